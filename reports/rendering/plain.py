"""The report as plain text, 78 columns, for a mail or a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from unicodedata import combining, east_asian_width

from dedupe.findings import Finding, Kind, Severity
from dedupe.same import Same, made_once
from dedupe.sayings import Tongue, beside, say, told
from reports import languages, ledger_wording, wording
from reports.coming import ComingEvent
from reports.leads import lead
from reports.ledger import Ledger
from reports.nightly import MOST_COMING, NightlyReport
from reports.rendering.harmless import link, words
from reports.rendering.tricks import noted
from reports.sides import Cell, Row, Sides, sides
from reports.standing import ToldFinding

_ONE_COLUMN = re.compile("[\u0000-\u02ff\u0400-\u0482\u0600-\u060f\u061b-\u064a\u0660-\u066f\u200e\u2010-\u202f]*")
"""Letters of which each takes one column, for a quick answer."""
_BLANKS = re.compile("[ \t\n\x0b\x0c\r]+")
"""Where a line may end: not at a blank that keeps words together."""
WIDTH = 78
FIELD, WIDEST_FIELD = 13, 18
"""Columns of what stands left, the name of a field: in English, and at most."""
_ADDRESS = re.compile(r"(://|\bwww\.)(?=\S)", re.IGNORECASE)


def render(report: NightlyReport) -> bytes:
    """Write the text, UTF-8, one line feed a line."""
    lines = [*_Text(report).lines(), "", "-" * WIDTH, *wrapped(told(report.disclaimer, report.spoken), ours=True)]
    lines += wrapped(told(beside((report.committee, report.contact)), report.spoken), ours=True)
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8")


def ledger_lines(ledger: Ledger, tongue: Tongue | None = None) -> list[str]:
    """Lay the results out, 78 columns; in English where no language is given."""
    spoken = tongue or languages.tongue("en")

    def lines_of(text: str, first: str = "") -> list[str]:
        return wrapped(told(text, spoken), first)

    if not ledger.months:
        return lines_of(ledger_wording.NOTHING_YET)
    lines = lines_of(ledger_wording.MONTHS)
    for run in ledger_wording.runs(ledger.months):
        begin = f"{ledger_wording.months(run)}  "
        if run[0].nothing:
            lines += lines_of(ledger_wording.NOTHING, begin)
        else:
            named = zip(ledger_wording.COLUMNS[1:], ledger_wording.numbers(run[0]), strict=True)
            parts = [
                say("{name}: {number}", name=name, number=number) for name, number in named if number not in ("", "0")
            ]
            lines += lines_of(beside(parts, "; "), begin)
    conflicts = [entry for entry in ledger.entries if entry.conflict][: ledger_wording.MOST_CONFLICTS]
    if conflicts:
        lines += ["", *lines_of(ledger_wording.CONFLICTS)]
    for entry in conflicts:
        lines += lines_of(say("{title}: {course}", title=entry.line.title, course=ledger_wording.course(entry)), "- ")
    return [*lines, *lines_of(ledger_wording.more(ledger))]


def wrapped(text: str, first: str = "", width: int = WIDTH, *, ours: bool = False) -> list[str]:
    """Break a text into lines of *width* columns; what follows the first stands under its words.

    Addresses in it are parted, so that no mail program makes links of them, unless the text is *ours*: the address of a
    listing stands on a line of its own, and no title can look like one.

    >>> wrapped("one two three", "- ", 9)
    ['- one two', '  three']
    >>> wrapped("Cairo https://un.example/"), wrapped("https://un.example/", ours=True)
    (['Cairo https:// un.example/'], ['https://un.example/'])
    """
    text = words(text) if ours else _ADDRESS.sub(r"\1 ", words(text))
    if quick := _greedy(text, first, width):
        return quick
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)
    # Chinese and Thai count twice, or not at all, on a terminal.
    if all(columns(line) <= width for line in lines):
        return lines
    narrow = max(len(first) + 2, width // 2)
    return textwrap.wrap(text, narrow, initial_indent=first, subsequent_indent=" " * len(first))


@made_once(1 << 13)
def _short(finding: Same[Finding], language: str) -> list[str]:
    """Return the lines of a finding's title, with room for its number: the same for all who read it in a language."""
    return wrapped(told(finding.of.title, languages.tongue(language)), " " * 6) or [" " * 6]


@lru_cache(maxsize=1 << 10)
def _tagged(severity: Severity, kind: Kind, change: str, language: str) -> list[str]:
    spoken = languages.tongue(language)
    named = (f"{wording.SHAPE[severity]} {told(wording.SEVERITY[severity], spoken)}", told(wording.KIND[kind], spoken))
    return wrapped(" · ".join((*named, change)), " " * 6)


def _greedy(text: str, first: str, width: int) -> list[str]:
    """Break plain words as textwrap would, in a fifth of its time; nothing where a word is longer than a line."""
    if not _ONE_COLUMN.fullmatch(text):
        return []
    lines, line = [], ""
    room = width - len(first)
    for word in _BLANKS.split(text.strip(" \t\n\x0b\x0c\r")):
        if len(word) > room:
            return []
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    indent = " " * len(first)
    return [f"{first if number == 0 else indent}{part}" for number, part in enumerate([*lines, line])] if line else []


def columns(text: str) -> int:
    """Count the columns a text takes on a terminal.

    >>> columns("Cairo"), columns("开罗")
    (5, 4)
    """
    if _ONE_COLUMN.fullmatch(text):
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


class _Text:
    """The report's lines, in the language of its reader."""

    def __init__(self, report: NightlyReport) -> None:
        self.report, self.tongue = report, report.spoken
        labels = [columns(self._told(label)) for label in wording.FIELD.values()]
        self.field = min(max(FIELD, *(wide + 3 for wide in labels)), WIDEST_FIELD)

    def lines(self) -> list[str]:
        """Return everything above the disclaimer."""
        report = self.report
        lines = [*self._wrapped(wording.title(report)), ""]
        lines += self._wrapped(beside(lead(report), " "))
        *standing, read = (f"{number} {self._told(noun)}" for number, noun in self._counts())
        lines += ["", *wrapped(f"{self._told(wording.COUNTED)} {' · '.join(standing)}"), read]
        for heading, informs in (("findings", False), ("information", True)):
            if findings := [entry for entry in report.in_full if entry.informs is informs]:
                lines += self._heading(wording.HEADING[heading])
                for entry in findings:
                    lines += ["", *self._finding(entry, report.desk)]
        if report.in_short:
            lines += [*self._heading(wording.HEADING["short"]), *self._wrapped(wording.ELSEWHERE), ""]
            for entry in report.in_short:
                first, *more = _short(Same(entry.finding), self.tongue.code)
                lines += [f"{f'{entry.number}. ':<6}{first[6:]}", *more]
                lines += _tagged(
                    entry.finding.severity, entry.finding.kind, self._told(wording.change(entry)), self.tongue.code
                )
            lines += ["", *self._wrapped(wording.untold(report.untold))] if report.untold else []
        lines += [] if report.in_turn else ["", *self._wrapped(wording.LASTING)]
        if report.findings and report.contact:
            lines += ["", *self._wrapped(wording.answer(report))]
        if report.resolved:
            lines += self._heading(wording.HEADING["resolved"])
            for gone in report.resolved:
                lines += self._wrapped(wording.resolved(gone), "- ")
        if report.unseen:
            lines += self._heading(ledger_wording.UNSEEN)
            for gone in report.unseen:
                lines += self._wrapped(ledger_wording.unseen(wording.resolved_title(gone), gone), "- ")
        return lines + self._coming() + self._unseen()

    def _coming(self) -> list[str]:
        report = self.report
        lines = self._heading(wording.coming(report))
        for entry in report.coming[:MOST_COMING]:
            lines += ["", *self._event(entry)]
        if len(report.coming) > MOST_COMING:
            lines += ["", *self._wrapped(wording.later(len(report.coming) - MOST_COMING))]
        lines += [] if report.coming else self._wrapped(wording.no_coming(report))
        if report.no_longer_listed:
            lines += self._heading(wording.HEADING["lost"])
            for lost in report.no_longer_listed:
                facts, said = wording.lost_facts(lost, noted(lost.title)), wording.lost(lost, report.names)
                lines += self._wrapped(
                    say("{facts}: {what}.", facts=facts, what=said) if facts else say("{what}.", what=said), "- "
                )
        return lines

    def _unseen(self) -> list[str]:
        lines: list[str] = []
        if self.report.ledger is not None:
            lines += [*self._heading(ledger_wording.RESULTS), *ledger_lines(self.report.ledger, self.tongue)]
        lines += self._heading(wording.HEADING["blind"]) if self.report.blind_spots else []
        for spot in self.report.blind_spots:
            lines += self._wrapped(beside((*wording.blind(spot, self.report.names), spot.detail), " "), "- ")
        return lines

    def _counts(self) -> list[tuple[str, str]]:
        return [(self._told(number), noun) for number, noun in wording.counts(self.report)]

    def _told(self, text: str) -> str:
        return told(text, self.tongue)

    def _wrapped(self, text: str, first: str = "", width: int = WIDTH) -> list[str]:
        return wrapped(self._told(text), first, width)

    def _heading(self, text: str) -> list[str]:
        heading = self._told(text)
        return ["", "", heading, "=" * columns(heading)]

    def _finding(self, entry: ToldFinding, desk: str) -> list[str]:
        finding = entry.finding
        lines = self._wrapped(finding.title, f"{entry.number}. ")
        lines += self._wrapped(self._tags(entry), "   ")
        for reason in finding.reasons:
            lines += self._wrapped(
                *((wording.against(reason.text), "   - ") if reason.against else (reason.text, "   + "))
            )
        lines += self._table(entry)
        if finding.evidence:
            lines += ["", *self._wrapped(wording.score(finding), "   ")]
            for piece in finding.evidence:
                named = f"{self._told(wording.comparison(piece.comparison))}: {self._told(wording.level(piece.level))}"
                lines += wrapped(named, f"   {self._told(wording.bits(piece.bits)):>6}  ")
        lines += [""] if finding.proposals else []
        for proposal in finding.proposals:
            lines += self._wrapped(proposal, "   > ")
        lines += [f"   {self._told(wording.DECIDE)}: {desk}/findings/{entry.number}"] if desk else []
        return [*lines, f"   {self._told(wording.REFERENCE)} {finding.key.id}"]

    def _tags(self, entry: ToldFinding) -> str:
        finding = entry.finding
        shape, severity = wording.SHAPE[finding.severity], wording.SEVERITY[finding.severity]
        return beside((f"{shape} {self._told(severity)}", wording.KIND[finding.kind], wording.change(entry)), " · ")

    def _table(self, entry: ToldFinding) -> list[str]:
        """Lay the sides out: two beside each other, versions of one fact and more sides one below another."""
        laid = sides(entry, self.report.names)
        lines = [""] if laid.rows else []
        # Columns of a language that runs from right to left would change places on some displays and not on others.
        if laid.versions or len(laid.heads) != 2 or languages.right_to_left(self.tongue.code):
            return lines + self._below(laid)
        lines += self._beside(
            "", [[self._told(head.label), self._told(wording.since(head.origin, head.label))] for head in laid.heads]
        )
        lines.append("   " + "-" * (WIDTH - 3))
        for row in laid.rows:
            lines += self._beside(self._field(row), [self._said(row, cell) for cell in row.cells])
        return lines

    def _below(self, laid: Sides) -> list[str]:
        lines: list[str] = []
        for row in laid.rows:
            lines.append(f"   {self._told(wording.FIELD.get(row.field, row.field))}")
            for head, cell in zip(laid.heads, row.cells, strict=True):
                newest = f" ({self._told(wording.NEWEST)})" if cell.newest and laid.versions else ""
                said = "; ".join(self._said(row, replace(cell, origin=None)))
                lines += wrapped(f"{said}{newest}", "     - " if not cell.differs else "     ≠ ")
                lines += self._wrapped(wording.since(cell.origin or head.origin), "       ")
        return lines

    def _field(self, row: Row) -> str:
        field = self._told(wording.FIELD.get(row.field, row.field))
        return ("≠ " if any(cell.differs for cell in row.cells) else "  ") + field

    def _said(self, row: Row, cell: Cell) -> list[str]:
        """Return what a cell says, each part for a line of its own."""
        if not cell.text:
            return [self._told(wording.SILENT)]
        parts = [self._told(noted(cell.text) if row.field == "title" else cell.text)]
        if cell.states:
            alone = f"; {self._told(wording.alone(cell.alone))}" if cell.alone else ""
            parts = [f"{self._told(wording.named(cell.states))}{alone}"]
        if cell.was:
            parts.append(self._told(wording.WAS_LIST if cell.states else wording.was(cell.was)))
        if cell.origin:
            parts.append(f"({self._told(wording.since(cell.origin))})")
        return parts

    def _beside(self, field: str, cells: Sequence[Sequence[str]]) -> list[str]:
        """Set a field and two cells in columns."""
        wide = (WIDTH - 3 - self.field) // 2 - 1
        blocks = [[line for part in cell if part for line in wrapped(part, width=wide)] for cell in cells]
        names = wrapped(field[2:], field[:2], self.field - 1) if field else []
        lines = []
        for name, left, right in zip_longest(names, *blocks, fillvalue=""):
            gap = " " * (wide + 2 - columns(left))
            lines.append(f"   {name}{' ' * (self.field - columns(name))}{left}{gap}{right}")
        return lines

    def _event(self, entry: ComingEvent) -> list[str]:
        lines = self._wrapped(noted(entry.title))
        facts = (entry.dates, entry.place or wording.NO_PLACE, wording.firm(entry), wording.news(entry))
        lines += self._wrapped(beside(facts, " · "), "  ")
        if entry.states:
            lines += self._wrapped(wording.invites(entry), "  ")
        for source in entry.sources:
            owner = self._told(self.report.name(source.organisation))
            since = self._told(beside((wording.since_day(source.since), source.note)))
            dates = self._told(source.dates)
            title = self._told(noted(source.title))
            lines += wrapped(f"{owner}{f' ({since})' if since else ''}: {title}; {dates}", "  - ")
            lines += [f"    {link(source.url)}"] if link(source.url) else []
        return lines
