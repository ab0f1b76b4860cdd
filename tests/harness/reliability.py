"""The table of docs/reliability.md, written from the tests that hold its figures.

`pytest --reliability=docs/reliability.md` runs the tests marked `fault` and writes what they reached.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

FAULTS = {
    "T01": "an address inside a private network, in any notation",
    "T02": "a redirect to where nobody may go",
    "T03": "a name that answers otherwise the second time, or with mixed addresses",
    "T04": "keys that follow to another origin",
    "T05": "an answer or office file that unpacks to a thousand times its size",
    "T06": "an answer without end",
    "T07": "an answer that drips",
    "T08": "a recurrence that never ends, or takes for ever",
    "T09": "years 1 and 9999, lengths below zero and beyond counting",
    "T10": "malformed parts: nothing is withdrawn for what cannot be read",
    "T11": "time zones by any name",
    "T12": "letters in any encoding",
    "T13": "a feed of a million events",
    "T14": "listings that take every pair to compare: none that is one event goes unlooked at",
    "T15": "XML that pulls in files or explodes",
    "T16": "a CalDAV server that cuts short, forgets or answers beside the point",
    "T17": "something else in place of a calendar",
    "T18": "a calendar emptied or shrunken by an outage; a cancellation honoured",
    "T19": "UIDs renewed, exchanged, numbered anew or doubled",
    "T20": "HTML, scripts, styles and addresses in any field of a listing, in every output",
    "T21": "Markdown in names and titles: pictures, markup, links that lead elsewhere",
    "T22": "cells that a spreadsheet would run, in CSV and XLSX",
    "T23": "names and subjects that would add a header to a mail",
    "T24": "words that would add a line, a property or an event to a feed of ours",
    "T25": "titles in letters that look like others, with what nobody sees or what turns letters round",
    "T26": "keys in errors, logs, tracebacks or what is stored",
    "T27": "a record hidden from an organisation: its report, tonight's and tomorrow's, byte for byte",
    "T28": "a reader who compares, counts, probes or colludes to work out what is hidden from it",
    "T29": "consent withdrawn, CLASS raised, a listing taken away: the next report retracts it without its text",
    "T30": "mail: a sender killed anywhere, and several senders at once",
    "T31": "a night killed anywhere, and run again",
    "T32": "one night started many times at once, and a worker that wakes up after another took over",
    "T33": "nights on which clocks change, or a whole day is left out",
    "T34": "a disk that is full, over its quota or read-only",
    "T35": "a database that is locked, or whose line breaks",
    "T36": "some sources down, all but one at most: reports, blind spots, nothing resolved by silence",
    "T37": "findings that come and go: one piece of news for each way they stand",
    "T38": "decisions after UIDs were renewed, listings withdrawn, events merged and split",
    "T39": "a reviewer who teaches wrongly: at random, upside down, always yes, always no, about one thing only",
    "T40": "acting for somebody else at the desk, or getting in: forms, sessions, links, headers, passwords, roles",
    "T41": "a link to leave by that scanners follow: only its reader's POST acts",
    "T42": "secret addresses guessed, forwarded or revoked",
    "T43": "words of calendars with Prefect: its database, logs, artifacts and results after fifty nights",
    "T44": "paths out of their folder, and attachments",
    "T45": "titles that would drive a terminal",
    "T46": "a host that asks to be left alone; one request at a time",
    "T48": "a database of any earlier version, migrated: what is hidden in it stays hidden the following night",
}
"""What each row is about, in a few words."""


@dataclass
class Figure:
    """What the tests of one fault reached."""

    held: int = 0
    of: int = 0
    notes: list[str] = field(default_factory=list)
    tests: set[str] = field(default_factory=set)


class Figures:
    """Collects the outcome of every test marked `fault`."""

    def __init__(self) -> None:
        self.by_fault: defaultdict[str, Figure] = defaultdict(Figure)

    def add(self, item: pytest.Item, passed: bool) -> None:
        """Count one test; it counts as one case unless it told how many it holds."""
        for mark in item.iter_markers("fault"):
            told = dict(item.user_properties)
            cases = int(told.get("cases", 1))
            figure = self.by_fault[mark.args[0]]
            figure.held += cases if passed else 0
            figure.of += cases
            figure.tests.add(item.nodeid.partition("::")[0])
            if "measured" in told:
                figure.notes.append(str(told["measured"]))

    def table(self) -> str:
        """Lay the figures out as Markdown."""
        rows = ["| fault | what | held | measured | tests |", "|---|---|---|---|---|"]
        for fault in sorted(self.by_fault):
            figure = self.by_fault[fault]
            tests = " ".join(f"`{name}`" for name in sorted(figure.tests))
            held = f"{figure.held} of {figure.of}"
            rows.append(f"| {fault} | {FAULTS.get(fault, '')} | {held} | {'; '.join(figure.notes)} | {tests} |")
        return "\n".join(rows)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the file to write."""
    parser.addoption("--reliability", help="write the figures of the tests marked `fault` into this Markdown file")


def pytest_configure(config: pytest.Config) -> None:
    """Collect only when asked."""
    if config.getoption("--reliability"):
        config.pluginmanager.register(_Collector(Path(config.getoption("--reliability"))))


class _Collector:
    def __init__(self, file: Path) -> None:
        self.file, self.figures = file, Figures()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the tests that hold no figure."""
        items[:] = [item for item in items if item.get_closest_marker("fault")]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
        """Count each test once, after its body."""
        report = yield
        if report.when == "call" and not report.skipped:
            self.figures.add(item, report.passed)
        return report

    def pytest_sessionfinish(self) -> None:
        """Write the table between its marks."""
        text = self.file.read_text(encoding="utf-8")
        block = f"{BEGIN}\n{self.figures.table()}\n{END}"
        self.file.write_text(
            re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.S), encoding="utf-8"
        )
