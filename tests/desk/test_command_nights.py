"""The command on the bundled calendars, as a coordinator uses it: nights, queue, decisions, checks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

OUTREACH = Path(sys.executable).with_name("outreach")
EXAMPLES = Path(__file__).parents[2] / "examples" / "1540"
SCHEMAS = Path(__file__).parents[2] / "desk" / "schemas"
NIGHTS = ("2009-12-04", "2010-02-01")
NAIROBI = (
    "--title", "Workshop on resolution 1540", "--start", "2010-01-26", "--end", "2010-01-28", "--city", "Nairobi",
    "--country", "KE", "--audience", "African Union",
)  # fmt: skip


def outreach(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "PREFECT_"))}
    return subprocess.run([OUTREACH, *words], cwd=cwd, env=clean | env, capture_output=True, text=True, timeout=280)


def lay_out(folder: Path) -> Path:
    """Copy the bundled calendars, as the demo does."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, folder)
    shutil.copytree(EXAMPLES / "nights", folder / "nights")
    return folder


def reports(folder: Path, night: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "state" / "reports" / night).iterdir())}


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled calendars after the third night."""
    folder = lay_out(tmp_path_factory.mktemp("third"))
    ran = outreach("nightly", "--as-of", NIGHTS[0], cwd=folder)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def demo(third: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled calendars after the fourth night."""
    folder = tmp_path_factory.mktemp("demo") / "copy"
    shutil.copytree(third, folder)
    ran = outreach("nightly", "--as-of", NIGHTS[1], cwd=folder)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return folder


def test_a_night_prints_where_its_reports_are(demo: Path):
    """A script picks them up from stdout."""
    ran = outreach("nightly", "--as-of", NIGHTS[1], "--json", cwd=demo)
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    jsonschema.validate(told, json.loads((SCHEMAS / "nightly.schema.json").read_text()))
    assert told["complete"]
    assert all(Path(path).is_file() and Path(path).is_absolute() for path in told["reports"])
    assert any(path.endswith("2010-02-01/AU.html") for path in told["reports"])


def test_a_night_run_twice_gives_the_same_bytes(demo: Path):
    """Nobody may read two versions of one night."""
    before = reports(demo, NIGHTS[1])
    assert outreach("nightly", "--as-of", NIGHTS[1], cwd=demo).returncode == 0
    assert reports(demo, NIGHTS[1]) == before


def test_the_third_and_fourth_night_tell_of_cairo_and_nairobi(demo: Path):
    """The story the demo exists for."""
    third = json.loads(reports(demo, NIGHTS[0])["AU.json"])
    (found,) = [entry for entry in third["findings"] if entry["kind"] == "duplicative"]
    assert (found["days_apart"], len(found["states"]), found["smaller_audience"]) == ([43, 52], 12, 14)
    assert not found["certain"]
    fourth = json.loads(reports(demo, NIGHTS[1])["AU.json"])
    (found,) = [entry for entry in fourth["findings"] if entry["kind"] == "duplicative"]
    assert (found["days_apart"], found["certain"], found["change"]) == ([54, 54], True, "changed")
    subjects = {entry["facts"][0]["field"] for entry in fourth["findings"] if entry["kind"] == "contradiction"}
    assert subjects == {"dates", "audience"}


def test_a_decision_settles_a_finding(demo: Path, tmp_path: Path):
    """What a coordinator settled is not asked again, and its number stays."""
    folder = tmp_path / "copy"
    shutil.copytree(demo, folder)
    queue = json.loads(outreach("findings", "--as-of", NIGHTS[1], "--json", cwd=folder).stdout)
    number = next(entry["number"] for entry in queue if entry["kind"] == "duplicative")
    shown = outreach("show", str(number), "--as-of", NIGHTS[1], cwd=folder)
    assert "12 of the 14 states" in shown.stdout
    assert outreach("dismiss", str(number), "--as-of", NIGHTS[1], "--note", "agreed", cwd=folder).returncode == 0
    left = json.loads(outreach("findings", "--as-of", NIGHTS[1], "--json", cwd=folder).stdout)
    assert number not in [entry["number"] for entry in left]
    assert outreach("show", "999", cwd=folder).returncode == 2


def test_fail_on_ends_with_one_only_when_asked(demo: Path):
    """A script may stop on findings; a person's shell should not."""
    assert outreach("findings", "--as-of", NIGHTS[1], cwd=demo).returncode == 0
    assert outreach("findings", "--as-of", NIGHTS[1], "--fail-on", "duplicative", cwd=demo).returncode == 1
    assert outreach("findings", "--as-of", NIGHTS[1], "--fail-on", "clash", cwd=demo).returncode == 0
    assert outreach("findings", "--as-of", NIGHTS[1], "--fail-on", "quarrel", cwd=demo).returncode == 2


def test_a_check_names_duplicates_history_and_other_dates(demo: Path):
    """Would my workshop clash, and when would it not?"""
    ran = outreach("check", "--as-of", NIGHTS[0], "--json", *NAIROBI, cwd=demo)
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    jsonschema.validate(answer, json.loads((SCHEMAS / "check.schema.json").read_text()))
    assert {"clash", "duplicative"} & {finding["kind"] for finding in answer["findings"]}
    assert {line["state"] for line in answer["history"]} >= {"BW", "KE", "EG"}
    assert answer["alternatives"]
    assert "Cairo" in outreach("check", "--as-of", NIGHTS[0], *NAIROBI, cwd=demo).stdout


def test_a_check_takes_vague_and_missing_fields(demo: Path):
    """A plan begins with half of its facts."""
    vague = outreach(
        "check", "--as-of", NIGHTS[0], "--start", "last week of January 2010", "--audience", "KE", cwd=demo
    )
    assert vague.returncode == 0, vague.stderr
    wrong = outreach("check", "--as-of", NIGHTS[0], "--start", "whenever", cwd=demo)
    assert wrong.returncode == 2
    assert "is no date" in wrong.stderr
    assert outreach("check", cwd=demo).returncode == 2


@pytest.mark.parametrize("format_", ["html", "text", "csv", "xlsx", "ics", "json"])
def test_a_report_comes_in_every_format(demo: Path, tmp_path: Path, format_: str):
    """What the organisation would read, on demand."""
    out = tmp_path / f"report.{format_}"
    ran = outreach(
        "report", "--organisation", "AU", "--as-of", NIGHTS[1], "--format", format_, "--out", str(out), cwd=demo
    )
    assert ran.returncode == 0, ran.stderr
    assert out.stat().st_size > 500
    if format_ in ("html", "text", "json"):
        ending = {"text": "txt"}.get(format_, format_)
        assert out.read_bytes() == reports(demo, NIGHTS[1])[f"AU.{ending}"]


def test_the_programme_is_a_feed_of_its_own(tmp_path: Path):
    """The committee's workshops, for whoever subscribes; no more of them than one may read."""
    folder = lay_out(tmp_path / "programme")
    assert outreach("sync", "--as-of", "2007-11-26", cwd=folder).returncode == 0
    written = outreach("programme", "--as-of", "2007-11-26", cwd=folder)
    assert written.returncode == 0, written.stderr
    assert "NAME:1540 Committee: programme" in written.stdout
    assert "STATUS:TENTATIVE" in written.stdout
    roster = folder / "outreach.toml"
    open_to_all = roster.read_text(encoding="utf-8")
    roster.write_text(
        open_to_all.replace("programme = true", 'programme = true\nvisibility = "hidden"'), encoding="utf-8"
    )
    assert "BEGIN:VEVENT" not in outreach("programme", "--as-of", "2007-11-26", cwd=folder).stdout
    theirs = outreach("programme", "--as-of", "2007-11-26", "--organisation", "1540", cwd=folder)
    assert theirs.stdout == written.stdout
    assert outreach("programme", "--organisation", "NATO", cwd=folder).returncode == 2
    roster.write_text(open_to_all.replace("programme = true", "programme = false"), encoding="utf-8")
    none = outreach("programme", "--as-of", "2007-11-26", cwd=folder)
    assert (none.returncode, "no calendar is marked" in none.stderr) == (2, True)


def test_an_unknown_organisation_is_a_sentence(demo: Path):
    """With the ones that exist."""
    ran = outreach("report", "--organisation", "NATO", cwd=demo)
    assert ran.returncode == 2
    assert "SADC" in ran.stderr


@pytest.mark.parametrize(
    "command", [("check", "--start", "2010-01-26"), ("inspect", "nights/2010-02-01/arf.ics"), ("findings",)]
)
def test_what_a_person_waits_for_never_loads_prefect(demo: Path, command: tuple[str, ...]):
    """Loading it takes longer than the answer."""
    script = (
        "import sys\nsys.argv = ['outreach', *sys.argv[1:]]\nfrom desk.cli import main\n"
        "try:\n    main()\nfinally:\n    print('prefect' in sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script, *command], cwd=demo, capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip().endswith("False")


BROKEN = {
    "a login page": lambda path: path.write_text("<!DOCTYPE html><html><body>Please sign in</body></html>"),
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "no event left": lambda path: path.write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"),
}


@pytest.fixture(scope="module")
def without_changes(third: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The fourth night as it is when the embassies' calendar brings nothing new."""
    folder = tmp_path_factory.mktemp("unchanged") / "copy"
    shutil.copytree(third, folder)
    before, after = (folder / "nights" / night / "us-embassies.ics" for night in NIGHTS)
    shutil.copy(before, after)
    assert outreach("nightly", "--as-of", NIGHTS[1], cwd=folder).returncode == 0
    return _comparable(folder)


def _comparable(folder: Path) -> dict[str, dict[str, object]]:
    """Every report without what may differ: the blind spots and the counts of calendars."""
    found = {}
    for name, body in reports(folder, NIGHTS[1]).items():
        if name.endswith(".json"):
            told = json.loads(body)
            told.pop("blind_spots")
            told["counts"].pop("calendars_read")
            found[name] = told
    return found


@pytest.mark.parametrize("way", BROKEN)
def test_one_broken_calendar_costs_nobody_anything(
    way: str, tmp_path: Path, third: Path, without_changes: dict[str, dict[str, object]]
):
    """The others' reports are whole, the gap is named, nothing is withdrawn, and the exit code says so."""
    folder = tmp_path / "broken"
    shutil.copytree(third, folder)
    BROKEN[way](folder / "nights" / NIGHTS[1] / "us-embassies.ics")
    ran = outreach("nightly", "--as-of", NIGHTS[1], "--json", cwd=folder)
    assert ran.returncode == 3, ran.stderr[-2000:]
    assert _comparable(folder) == without_changes
    text = reports(folder, NIGHTS[1])["AU.txt"].decode()
    assert "What we could not see tonight" in text
    assert "us-embassies" in text
    assert "nothing was withdrawn" in " ".join(text.split())
