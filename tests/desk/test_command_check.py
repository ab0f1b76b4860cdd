"""outreach check as a coordinator uses it: one workshop, a whole plan, and every form of the answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import jsonschema
import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest

from calendar_sync.listings import Status
from calendar_sync.reading import guarded
from calendar_sync.roster import Calendar
from calendar_sync.sources.choosing import source_of

OUTREACH = Path(sys.executable).with_name("outreach")
EXAMPLES = Path(__file__).parents[2] / "examples" / "1540"
SCHEMA = Path(__file__).parents[2] / "desk" / "schemas" / "check.schema.json"
NIGHT = "2009-12-04"
NAIROBI = (
    "--title", "Workshop on resolution 1540", "--start", "2010-02-02", "--end", "2010-02-04", "--city", "Nairobi",
    "--country", "KE", "--audience", "African Union", "--theme", "biosecurity",
)  # fmt: skip
HEADINGS = ("title", "start", "end", "city", "country", "audience", "themes")
PLAN = (
    ("Workshop on resolution 1540 for Africa", "2010-02-02", "2010-02-04", "Nairobi", "KE", "KE; UG; EG; ZA", ""),
    ("Seminar on resolution 1540 for Africa", "2010-02-03", "2010-02-05", "Kampala", "UG", "KE; UG; EG; ZA", ""),
    ("Workshop on fisheries", "2010-09-07", "2010-09-08", "Suva", "FJ", "FJ; TO", ""),
    ("Course on resolution 1540", "the thirtieth of Smarch", "", "Lima", "PE", "PE", ""),
)  # fmt: skip


def outreach(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "PREFECT_"))}
    return subprocess.run([OUTREACH, *words], cwd=cwd, env=clean, capture_output=True, text=True, timeout=120)


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return outreach("check", *words, "--as-of", NIGHT, cwd=folder)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled calendars, read on the third night."""
    folder = tmp_path_factory.mktemp("synced")
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, folder)
    shutil.copytree(EXAMPLES / "nights", folder / "nights")
    ran = outreach("sync", "--as-of", NIGHT, cwd=folder)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One plan in every kind of table that committees mail."""
    folder = tmp_path_factory.mktemp("plans")
    rows = [HEADINGS, *PLAN]
    lines = [";".join(f'"{cell}"' for cell in row) for row in rows]
    (folder / "plan.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "plan.xlsx")
    paper = docx.Document()
    table = paper.add_table(rows=0, cols=len(HEADINGS))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    paper.save(str(folder / "plan.docx"))
    sheet = odf.opendocument.OpenDocumentSpreadsheet()
    grid = odf.table.Table(name="plan")
    for row in rows:
        line = odf.table.TableRow()
        for text in row:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        grid.addElement(line)
    sheet.spreadsheet.addElement(grid)
    sheet.save(str(folder / "plan.ods"))
    return folder


def test_the_answer_tells_all_that_a_coordinator_needs(synced):
    """What is found, what each state received, which days are off, and when it would not clash."""
    ran = check(synced, *NAIROBI)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("This workshop would duplicate")
    for words in ("Cairo, 7–10 December 2009", "54 days", "already received", "Other dates, best first", "no holiday"):
        assert words in ran.stdout


def test_json_follows_its_schema(synced, plans):
    """Other programs read it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    one = json.loads(check(synced, *NAIROBI, "--weeks", "52", "--json").stdout)
    jsonschema.validate(one, schema)
    assert one["counts"]["duplicative"] >= 1
    assert len(one["weeks"]) > 50
    assert one["holidays_known"] is True
    plan = json.loads(check(synced, "--file", str(plans / "plan.csv"), "--json").stdout)
    jsonschema.validate(plan, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**one, "weeks": None}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plan, "rows": [{}]}, schema)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "docx"])
def test_a_whole_plan_is_held_against_itself_and_everyone_else(synced, plans, kind):
    """A provisional list comes as a table; a row that cannot be read must not silence the others, nor hide."""
    ran = check(synced, "--file", str(plans / f"plan.{kind}"), "--json")
    told = json.loads(ran.stdout)
    assert ran.returncode == 3, ran.stderr
    rows = {row["title"]: row["check"] for row in told["rows"]}
    assert len(rows) == len(PLAN)
    nairobi, kampala, suva, lima = (rows[title] for title, *_ in PLAN)
    assert nairobi["counts"]["clash"] == 1
    assert kampala["counts"]["clash"] == 1
    assert {finding["event"]["city"] for finding in nairobi["findings"] if finding["kind"] == "clash"} == {"Kampala"}
    assert "EG" in {finding["event"]["country"] for finding in nairobi["findings"] if finding["event"]}
    assert not {"clash", "duplicative"} & suva["counts"].keys()
    assert lima["alternatives"] == []
    (problem,) = told["problems"]
    assert "Smarch" in problem
    assert problem.startswith(f"plan.{kind}: ")
    assert "row 5" in problem
    assert "Next:" in problem
    assert problem in ran.stderr


def test_a_plan_reads_as_a_table_on_the_terminal(synced, plans):
    """The same for eyes."""
    ran = check(synced, "--file", str(plans / "plan.xlsx"))
    assert ran.stdout.startswith("2 of 4 workshops would or might clash or duplicate.")
    assert "best other date" in ran.stdout
    assert ran.returncode == 3


def test_a_plan_that_reads_whole_ends_with_zero_and_with_one_when_asked(synced, plans, tmp_path):
    """Exit codes are for scripts."""
    whole = tmp_path / "whole.csv"
    whole.write_text("\n".join((plans / "plan.csv").read_text().splitlines()[:-1]) + "\n", encoding="utf-8")
    assert check(synced, "--file", str(whole)).returncode == 0
    assert check(synced, "--file", str(whole), "--fail-on", "clash").returncode == 1


def test_what_is_no_plan_is_refused_in_a_sentence(synced, tmp_path):
    """A traceback helps nobody."""
    page = tmp_path / "login.html"
    page.write_text("<html><body>Please sign in</body></html>", encoding="utf-8")
    for path in (page, tmp_path / "missing.xlsx"):
        ran = check(synced, "--file", str(path))
        assert ran.returncode == 2
        assert "Nothing was checked. Next: outreach inspect" in ran.stderr
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--title", "Workshop", "--ics", "x.ics"), "needs a date"),
        (("--file", "plan.csv", "--title", "Workshop"), "leave the other options out"),
        ((), "at least one thing"),
        ((*NAIROBI, "--html", "no/such/folder/x.html"), "cannot be written"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(synced, words, said):
    """Usage errors end with 2 and a sentence."""
    ran = check(synced, *words)
    assert ran.returncode == 2
    assert said in " ".join(ran.stderr.replace("│", " ").split())


def test_the_proposal_as_a_calendar_file_reads_back_as_what_it_is(synced, tmp_path):
    """It goes into calendars, ours among them: tentative, on its days, related to what it repeats."""
    path = tmp_path / "proposal.ics"
    ran = check(synced, *NAIROBI, "--ics", str(path))
    assert ran.returncode == 0, ran.stderr
    calendar = Calendar(id="back", organisation="back", source=str(path))
    payload = source_of(calendar, tmp_path).fetch(date.max, None)
    assert payload is not None
    reading = guarded.read_guarded(payload, calendar, None)
    assert reading.problems == ()
    (listing,) = reading.listings
    assert listing.status is Status.TENTATIVE
    assert listing.span is not None
    assert (listing.span.earliest, listing.span.latest) == (date(2010, 2, 2), date(2010, 2, 4))
    assert (listing.title, listing.city, listing.country) == ("Workshop on resolution 1540", "Nairobi", "KE")
    unfolded = path.read_bytes().decode().replace("\r\n ", "")
    related = [line for line in unfolded.splitlines() if line.startswith("RELATED-TO")]
    answer = json.loads(check(synced, *NAIROBI, "--json").stdout)
    assert related
    assert all(line.startswith("RELATED-TO;RELTYPE=SIBLING:") for line in related)
    known = (synced / "nights" / NIGHT).rglob("*")
    bodies = "".join(file.read_text(encoding="utf-8", errors="replace") for file in known if file.is_file())
    assert all(line.partition(":")[2] in bodies for line in related)
    assert len(related) >= sum(answer["counts"].get(kind, 0) for kind in ("clash", "duplicative"))
    again = tmp_path / "again.ics"
    check(synced, *NAIROBI, "--ics", str(again))
    assert again.read_bytes() == path.read_bytes()


def test_words_for_dates_and_a_theme_bring_the_register_in(synced):
    """Plans begin with a month, and a theme may be somebody's position."""
    ran = check(
        synced, "--title", "Workshop on biosafety and resolution 1540", "--start", "last 10 days of January 2010",
        "--audience", "ZA", "--audience", "KE", "--theme", "biosecurity", "--json",
    )  # fmt: skip
    told = json.loads(ran.stdout)
    (forum,) = [finding for finding in told["findings"] if finding["kind"] == "forum"]
    assert forum["event"] is None
    assert told["notes"] == ["No host country is named: public holidays are left out."]
