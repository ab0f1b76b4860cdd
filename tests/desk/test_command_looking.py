"""outreach history and outreach coverage, on the bundled calendars: text, CSV, JSON, and pages in a real browser."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from chromium_browser import chromium
from playwright.sync_api import Browser, sync_playwright

OUTREACH = Path(sys.executable).with_name("outreach")
EXAMPLES = Path(__file__).parents[2] / "examples" / "1540"
SCHEMAS = Path(__file__).parents[2] / "desk" / "schemas"
NIGHT = ("--as-of", "2010-02-01")
PERIOD = ("--since", "2006-01-01", "--until", "2010-12-31", *NIGHT)


def outreach(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "PREFECT_"))}
    return subprocess.run([OUTREACH, *words], cwd=cwd, env=clean, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled calendars, read on the second and the fourth night."""
    here: Path = tmp_path_factory.mktemp("looking")
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, here)
    shutil.copytree(EXAMPLES / "nights", here / "nights")
    for night in ("2007-11-26", NIGHT[1]):
        ran = outreach("sync", "--as-of", night, cwd=here)
        assert ran.returncode == 0, ran.stderr[-2000:]
    return here


def test_botswana_was_invited_to_three_events(folder: Path):
    """Accra and Gaborone with its group, Nairobi by name."""
    ran = outreach("history", "Botswana", *NIGHT, "--json", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    known = json.loads(ran.stdout)
    jsonschema.validate(known, json.loads((SCHEMAS / "history.schema.json").read_text()))
    assert [(entry["city"], entry["by_name"], entry["over"]) for entry in known["invitations"]] == [
        ("Accra", False, True), ("Gaborone", False, True), ("Nairobi", True, False),
    ]  # fmt: skip
    text = outreach("history", "BW", *NIGHT, cwd=folder).stdout
    assert "Botswana: 3 events known on 2010-02-01, 1 still to come" in text
    assert "No calendar tells of assistance" in text


def test_coverage_tells_gaps_of_a_group(folder: Path):
    """Its members of the last day, in every form the same."""
    ran = outreach("coverage", "--group", "SADC", *PERIOD, "--json", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    known = json.loads(ran.stdout)
    jsonschema.validate(known, json.loads((SCHEMAS / "coverage.schema.json").read_text()))
    events = {row["state"]: row["events"] for row in known["states"]}
    assert events["BW"] == 3
    assert "KM" not in events, "the Comoros joined in 2017"
    lines = list(
        csv.DictReader(io.StringIO(outreach("coverage", "--group", "SADC", *PERIOD, "--csv", cwd=folder).stdout))
    )
    assert {line["state"] for line in lines} == set(events)
    text = outreach("coverage", "--group", "SADC", *PERIOD, cwd=folder).stdout
    assert f"{len(events)} of the {len(events)} states counted are invited to at least one." in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("history", "Atlantis"), "no state known here"),
        (("coverage", "--group", "Atlantis"), "no state and no group known here"),
        (("coverage", "--since", "2010-01-01", "--until", "2009-01-01"), "lies before"),
        (("coverage", "--html", "no/such/folder/page.html"), "cannot be written"),
    ],
)
def test_a_mistake_is_a_sentence(folder: Path, words: tuple[str, ...], says: str):
    """Nobody should meet a traceback for a slip of the pen."""
    ran = outreach(*words, *NIGHT, cwd=folder)
    assert ran.returncode == 2
    assert says in " ".join(ran.stderr.replace("│", " ").split())
    assert "Traceback" not in ran.stderr


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Path]:
    made = {"history": folder / "history.html", "coverage": folder / "coverage.html"}
    for name, words in (("history", ("history", "KE", *NIGHT)), ("coverage", ("coverage", *PERIOD))):
        ran = outreach(*words, "--html", str(made[name]), cwd=folder)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == ""
    return made


@pytest.mark.parametrize("name", ["history", "coverage"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_and_fetch_nothing(browser: Browser, pages: dict[str, Path], name: str, width: int, scheme: str):
    """They are read on a phone, sent by mail, and printed."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(pages[name].as_uri())
    assert asked == [pages[name].as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.close()


def test_each_picture_has_its_table_with_the_same_numbers(browser: Browser, pages: dict[str, Path]):
    """Not everybody sees a picture; and a shade is not a number."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages["coverage"].as_uri())
    drawn = page.evaluate("[...document.querySelectorAll('.matrix .cell')].reduce((n, t) => n + +t.textContent, 0)")
    tabled = page.evaluate(
        "[...document.querySelectorAll('#matrix ~ figure tbody tr')].reduce((n, r) => n +"
        " [...r.cells].slice(3).reduce((m, c) => m + (+c.textContent || 0), 0), 0)"
    )
    assert drawn == tabled > 100
    shaded = page.evaluate("document.querySelectorAll('.map .s1, .map .s2, .map .s3, .map .s4').length")
    assert shaded == page.evaluate("document.querySelectorAll('#matrix ~ figure tbody tr').length")
    for picture in ("map", "bars", "matrix"):
        assert page.evaluate(f"!!document.querySelector('svg.{picture}[role=img] > title')")
    assert "do not imply official endorsement" in page.inner_text("body")
    assert page.evaluate("document.querySelector('svg.map').getBoundingClientRect().width") > 800
    page.close()
