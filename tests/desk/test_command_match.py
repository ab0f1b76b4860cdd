"""`outreach match` as a person or a pipe meets it: tables in; pairs, explanations, weights and a page out."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import jsonschema
import polars as pl
import pytest
import xlsxwriter
from example_tables import example_table

from desk.cli import main

OUTREACH = Path(sys.executable).with_name("outreach")
PAIR = ("mfa-thailand/5d5bd0d2", "unrcpd/2017-bangkok")
STRANGERS = ("arf/arf-2006-beijing", "us-state/09STATE96413")


def match(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    return subprocess.run(
        [OUTREACH, "match", *map(str, words)], cwd=cwd, env=clean, capture_output=True, text=True, timeout=120
    )


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cwd: Path, *words: str | Path) -> str:
    """Run the command in this process, since no library need be loaded anew to be told of a mistake."""
    monkeypatch.chdir(cwd)
    monkeypatch.setattr(sys, "argv", ["outreach", "match", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    return " ".join(said.err.replace("│", " ").split())


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example_table(tmp_path_factory.mktemp("tables") / "examples.csv")


@pytest.fixture(scope="module")
def found(table: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Pairs of the examples with the defaults."""
    out = tmp_path_factory.mktemp("out") / "pairs.csv"
    ran = match(table, "--out", out, cwd=out.parent)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_excel(table: Path, path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book, table.open(newline="", encoding="utf-8") as file:
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(file)):
            sheet.write_row(number, 0, row)
    return path


def as_parquet(table: Path, path: Path) -> Path:
    frame = pl.read_csv(table, infer_schema=False)
    frame.with_columns(pl.col("start", "end", "published").str.to_date(strict=False)).write_parquet(path)
    return path


@pytest.mark.parametrize("kind", [as_excel, as_parquet], ids=["xlsx", "parquet"])
def test_every_kind_of_table_gives_the_same_pairs(table: Path, found: Sequence[dict[str, str]], tmp_path: Path, kind):
    """A file saved in another format says the same."""
    ran = match(kind(table, tmp_path / "other.table"), cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert list(csv.DictReader(io.StringIO(ran.stdout))) == list(found)


def test_reasons_add_up_and_ids_are_in_order(found: Sequence[dict[str, str]]):
    """What is written must bear being checked."""
    same = [row for row in found if row["kind"] == "same_event"]

    assert len(same) > 10
    assert {row["kind"] for row in found} > {"same_event"}
    for row in found:
        assert row["id_a"] < row["id_b"]
    for row in same:
        assert f"{sum(float(one.rpartition(' ')[2]) for one in row['reasons'].split('; ')):.2f}" == row["bits"]
    assert len({(row["id_a"], row["id_b"]) for row in found}) == len(found)


def test_two_tables_row_order_and_workers_change_nothing(table: Path, found: Sequence[dict[str, str]], tmp_path: Path):
    """Bytes that hang on the order of rows cannot be compared from one night to the next."""
    header, *rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"))))
    for name, part in (("a.csv", rows[::-2]), ("b.csv", rows[-2::-2])):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *part])
    ran = match("b.csv", "a.csv", "--workers", "2", cwd=tmp_path)

    assert list(csv.DictReader(io.StringIO(ran.stdout))) == list(found)


def test_ids_that_collide_are_told_apart_by_their_table(tmp_path: Path):
    """Two people number their lists from 1."""
    rows = "id,title,start,city\n1,Workshop on resolution 1540 for African States,2007-11-27,Gaborone\n"
    (tmp_path / "ours.csv").write_text(rows)
    (tmp_path / "theirs.csv").write_text(rows)
    ran = match("ours.csv", "theirs.csv", "--explain", "1", "theirs:1", cwd=tmp_path)
    asked = match("ours.csv", "theirs.csv", "--explain", "ours:1", "theirs:1", cwd=tmp_path)

    assert ran.returncode == 2
    assert "No listing has the id '1'. Nearest: ours:1, theirs:1." in ran.stderr
    assert asked.returncode == 0
    assert "One event" in asked.stdout


def test_json_follows_its_schema_and_says_what_csv_says(
    table: Path, found: Sequence[dict[str, str]], tmp_path: Path, repository: Path
):
    """A program reads the same pairs as a person."""
    told = json.loads(match(table, "--json", cwd=tmp_path).stdout)
    jsonschema.validate(told, json.loads((repository / "desk/schemas/match.schema.json").read_text()))

    assert [(pair["id_a"], pair["id_b"], pair["kind"]) for pair in told["pairs"]] == [
        (row["id_a"], row["id_b"], row["kind"]) for row in found
    ]
    for pair in told["pairs"]:
        if pair["kind"] == "same_event":
            assert round(sum(piece["bits"] for piece in pair["evidence"]), 2) == pair["bits"]


def test_explain_answers_for_a_pair_found_and_for_one_never_compared(table: Path, tmp_path: Path, repository: Path):
    """Why, and why not."""
    schema = json.loads((repository / "desk/schemas/match-explain.schema.json").read_text())
    for pair, answer in ((PAIR, "one_event"), (STRANGERS, "never_compared")):
        ran = match(table, "--explain", *pair, "--json", cwd=tmp_path)
        told = json.loads(ran.stdout)
        jsonschema.validate(told, schema)
        assert (told["left"]["id"], told["right"]["id"], told["answer"]) == (*pair, answer)
        assert round(sum(piece["bits"] for piece in told["evidence"]), 2) == told["bits"]
    ran = match(table, "--explain", *STRANGERS, cwd=tmp_path)
    assert "Never compared, because no town in common" in ran.stdout


@pytest.fixture(scope="module")
def labels(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a person would say: the pairs found are right but for one, and a few others were looked at."""
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    ran = match(table, "--no-relations", cwd=path.parent)
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    with table.open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    same = {(row["id_a"], row["id_b"]) for row in rows}
    wrong = next(pair for pair in sorted(same) if sum(set(pair) & set(other) != set() for other in same) == 1)
    near = [pair for pair in combinations(sorted(ids), 2) if pair not in same][::11]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id_a", "id_b", "same"))
        writer.writerows((*pair, int(pair != wrong)) for pair in sorted(same))
        writer.writerows((*pair, 0) for pair in near)
        writer.writerow((*STRANGERS, ""))
    return path


def test_labels_train_weights_that_can_be_used_again(table: Path, labels: Path, tmp_path: Path):
    """What was learned once need not be learned each night."""
    trained = match(table, "--labels", labels, "--save-weights", "w.json", "--out", "a.csv", cwd=tmp_path)
    again = match(table, "--weights", "w.json", "--out", "b.csv", cwd=tmp_path)

    assert trained.returncode == again.returncode == 0, trained.stderr + again.stderr
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert "On the labels trained on, which flatters: precision" in trained.stderr
    assert "next time: --weights w.json" in trained.stderr
    told = json.loads((tmp_path / "w.json").read_text())["provenance"]
    assert told["learned"].startswith("from labelled pairs by outreach match --labels")


def test_report_shows_figures_the_wrong_pair_first_and_the_pair_asked_about(
    table: Path, labels: Path, tmp_path: Path, repository: Path
):
    """The wrong ones are what a person opens the page for."""
    (tmp_path / "w.json").write_bytes((repository / "dedupe/match_weights.json").read_bytes())
    ran = match(
        table, "--labels", labels, "--weights", "w.json", "--report", "page.html", "--explain", *PAIR, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    page = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert json.loads(ran.stdout)["answer"] == "one_event"
    assert "The weights given, as they are: precision 0.9" in ran.stderr
    assert page.count("Joined wrongly</span>") == 1
    assert page.index("Joined wrongly</span>") < page.index("Close to the threshold</span>")
    assert "Called one event, yet labelled as different" in page
    assert page.index("The pair you asked about") < page.index("The hardest pairs")
    assert page.count('role="img"') == page.count("<desc ") == page.count('<article class="card')
    assert "<script" not in page


def test_same_run_writes_the_same_page(table: Path, tmp_path: Path):
    """A page that differs without cause cannot be compared."""
    for name in ("a.html", "b.html"):
        assert match(table, "--report", name, "--out", "pairs.csv", cwd=tmp_path).returncode == 0

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--threshold", "high"), "'high' is no number: write a number of bits such as -0.5; higher is stricter"),
        (("--threshold", "nan"), "nan is no threshold"),
        (("--explain", "arf/arf-2006-beijng", "unrcpd/2017-bangkok"), "Nearest: arf/arf-2006-beijing"),
        (("--explain", "arf/arf-2006-beijing", "arf/arf-2006-beijing"), "name two listings"),
        (("--out", "nowhere/pairs.csv"), "there is no folder"),
        (("--report", "."), "it is a folder"),
        (("--labels", "missing.csv"), "check the path"),
        (("--weights", "missing.json"), "check the path"),
        (("--learn", "--labels", "missing.csv"), "leave out --labels and --weights"),
        (("--workers", "0"), "0 is not in the range"),
    ],
)
def test_mistakes_are_sentences_with_a_next_step(
    table: Path, tmp_path: Path, words: Sequence[str], says: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    """Nobody should need this file to mend a command."""
    assert says in refused(monkeypatch, capsys, tmp_path, table, *words)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id_a,id_b\nunrcpd/2017-bangkok,nobody\n", "no listing has the ids 'nobody' (row 2)"),
        ("id_a,id_b\nunrcpd/2017-bangkk,arf/arf-2006-beijing\n", "nearest to the first: unrcpd/2017-bangkok"),
        ("one,other\na,b\n", "it has no columns id_a and id_b, but one, other"),
        ("id_a,id_b,same\nunrcpd/2017-bangkok,arf/arf-2006-beijing,maybe\n", "row 2 says 'maybe' under same"),
        ("id_a,id_b\narf/arf-2006-beijing,arf/arf-2006-beijing\n", "row 2 pairs 'arf/arf-2006-beijing' with itself"),
        (
            "id_a,id_b,same\nunrcpd/2017-bangkok,arf/arf-2006-beijing,1\narf/arf-2006-beijing,unrcpd/2017-bangkok,0\n",
            "are labelled as different, yet other labels make them one event",
        ),
        (
            "id_a,id_b,same\nunrcpd/2017-bangkok,arf/arf-2006-beijing,0\n",
            "no pair that was compared is labelled as one",
        ),
    ],
)
def test_labels_that_cannot_be_used_say_where(
    table: Path, tmp_path: Path, text: str, says: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    """A label that is silently left out teaches the opposite of what was meant."""
    (tmp_path / "labels.csv").write_text(text)
    said = refused(monkeypatch, capsys, tmp_path, table, "--labels", "labels.csv")

    assert says in said
    assert "Next:" in said


@pytest.mark.parametrize("text", ["[]", "{", "{}", '{"comparisons": 3}', '{"comparisons": {}}'])
def test_weights_that_are_none_are_refused(
    table: Path, tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A file of the wrong kind must not end in a traceback."""
    (tmp_path / "w.json").write_text(text)
    said = refused(monkeypatch, capsys, tmp_path, table, "--weights", "w.json")

    assert said.startswith("w.json: ")
    assert "Next: " in said


def test_a_terminal_sees_progress_and_a_pipe_does_not(table: Path, tmp_path: Path):
    """A bar in a log file is noise; a minute of silence on a terminal is a hang."""
    ours, theirs = pty.openpty()
    ran = subprocess.Popen(
        [OUTREACH, "match", table, "--out", "pairs.csv"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other end of a pty is gone
        pass
    finally:
        os.close(ours)
    assert ran.wait(60) == 0
    assert b"reading" in shown
    assert b"events among" in shown
    assert "\x1b" not in match(table, "--out", "pairs.csv", cwd=tmp_path).stderr
