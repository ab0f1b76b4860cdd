"""Bytes of an iCalendar feed to its series: text, content lines, components; no value is read here.

One bad event must not lose its neighbours, so the feed is cut on BEGIN and END before any parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from calendar_sync.reading import Problem

MOST_EVENTS = 50_000
"""VEVENTs read from one feed; the surplus is named as a problem."""

_FOLD = re.compile(r"\n[ \t]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_READ_COMPONENTS = frozenset({"VEVENT", "VTIMEZONE"})


@dataclass(slots=True)
class Block:
    """One component as content lines, unfolded, its BEGIN and END left out; *parts* are components inside it."""

    name: str
    lines: list[str] = field(default_factory=list)
    parts: list[Block] = field(default_factory=list)
    closed: bool = True

    def value(self, name: str) -> str:
        """The value of the first property of that name, blank when there is none."""
        for line in self.lines:
            if line[: len(name)].upper() == name and line[len(name) : len(name) + 1] in (":", ";"):
                return line.partition(":")[2].strip() if ";" not in line[: len(name) + 1] else _after_parameters(line)
        return ""

    def text(self) -> str:
        """The component again, one content line a line."""
        inside = [part.text() for part in self.parts]
        return "\r\n".join([f"BEGIN:{self.name}", *self.lines, *inside, f"END:{self.name}"])


@dataclass(slots=True)
class Feed:
    """A feed cut into components."""

    properties: list[str] = field(default_factory=list)
    """Content lines of the VCALENDARs themselves."""
    zones: list[Block] = field(default_factory=list)
    events: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_calendar: bool = True

    def value(self, name: str) -> str:
        """The value of the first calendar property of that name."""
        return Block("VCALENDAR", self.properties).value(name)


def decoded(body: bytes, charset: str = "") -> tuple[str, list[Problem]]:
    """Turn bytes into text, and say what had to be assumed."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace"), []
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    # Windows-1252 is what "Latin-1" feeds hold; five bytes of it mean nothing and become U+FFFD.
    encoding = charset if charset and charset.lower().replace("-", "") not in ("utf8", "usascii") else "windows-1252"
    try:
        text = body.decode(encoding, errors="replace")
    except LookupError:
        encoding = "windows-1252"
        text = body.decode(encoding, errors="replace")
    return text.removeprefix("\ufeff"), [
        Problem("encoding-assumed", f"the feed is not UTF-8 as RFC 5545 asks; it was read as {encoding}")
    ]


def split(text: str) -> Feed:
    """Cut the text of a feed into its components; a text that does not start as one is no calendar."""
    feed = Feed()
    if _CONTROL.search(text.replace("\r", "")):
        feed.problems.append(Problem("control-characters", "control characters stand in the text; they were left out"))
    lines = [line for line in _lines(text) if line.strip()]
    first = lines[0].strip() if lines else ""
    if not first.upper().startswith("BEGIN:V"):
        feed.is_calendar = False
        feed.problems.append(Problem("not-a-calendar", _what_instead(first)))
        return feed
    _Splitter(feed).take(lines)
    if len(feed.events) > MOST_EVENTS:
        surplus = len(feed.events) - MOST_EVENTS
        feed.problems.append(
            Problem("too-many-events", f"{surplus} events beyond the first {MOST_EVENTS} were not read", lost=True)
        )
        del feed.events[MOST_EVENTS:]
    return feed


class _Splitter:
    """Walks over content lines and keeps the components that are open."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.open: list[Block] = []

    def take(self, lines: list[str]) -> None:
        for line in lines:
            word, _, rest = line.partition(":")
            word, name = word.strip().upper(), rest.strip().upper()
            if word == "BEGIN":
                self._begin(name)
            elif word == "END":
                self._end(name)
            elif self.open and self.open[-1].name != "VCALENDAR":
                self.open[-1].lines.append(line)
            else:
                self.feed.properties.append(line)
        while self.open:
            block = self.open.pop()
            if block.name != "VCALENDAR":
                block.closed = False
                self._close(block)

    def _begin(self, name: str) -> None:
        # A VEVENT cannot hold another one: the END of the first is missing.
        while name in ("VEVENT", "VCALENDAR", "VTIMEZONE", "VTODO", "VJOURNAL") and self.open:
            if self.open[-1].name == "VCALENDAR":
                if name != "VCALENDAR":
                    break
                self.open.pop()
                continue
            block = self.open.pop()
            block.closed = False
            self._close(block)
        self.open.append(Block(name))

    def _end(self, name: str) -> None:
        if all(block.name != name for block in self.open):
            if name not in ("VCALENDAR",):
                self.feed.problems.append(Problem("stray-end", f"END:{name} ends nothing; it was passed over"))
            return
        while self.open:
            block = self.open.pop()
            if block.name == "VCALENDAR":
                return
            block.closed = block.name == name
            self._close(block)
            if block.name == name:
                return

    def _close(self, block: Block) -> None:
        if not block.closed:
            uid = block.value("UID") if block.name == "VEVENT" else ""
            self.feed.problems.append(Problem("missing-end", f"END:{block.name} is missing; it was assumed", uid))
        parent = next((outer for outer in reversed(self.open) if outer.name != "VCALENDAR"), None)
        if parent is not None:
            # Alarms ring nowhere here, and are where half of all malformed lines stand.
            if block.name != "VALARM":
                parent.parts.append(block)
        elif block.name == "VEVENT":
            self.feed.events.append(block)
        elif block.name == "VTIMEZONE":
            self.feed.zones.append(block)


def _lines(text: str) -> Iterator[str]:
    """Yield content lines, unfolded, whatever the line ends are."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unfolded = _CONTROL.sub("", _FOLD.sub("", text))
    return iter(unfolded.split("\n"))


def _after_parameters(line: str) -> str:
    """Return what stands after the first colon that is not quoted."""
    quoted = False
    for position, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[position + 1 :].strip()
    return ""


def _what_instead(first: str) -> str:
    if not first:
        return "it is empty"
    if first.startswith("<"):
        return "it is a web page or XML, perhaps a login page"
    if first.startswith(("{%", "{{", "---")):
        return "it is the template of a calendar, not the calendar"
    return f"it does not begin with BEGIN:VCALENDAR but with {first[:40]!r}"
