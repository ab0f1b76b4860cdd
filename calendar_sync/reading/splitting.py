"""Bytes of an iCalendar feed to its series: text, content lines, components; no value is read here.

One bad event must not lose its neighbours, so the feed is cut on BEGIN and END before any parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import StringIO

from calendar_sync.reading import Problem
from calendar_sync.reading.encodings import guessed

_FOLD = re.compile(r"\n[ \t]")
_BYTES_FOLD = re.compile(rb"(?:\r\n?|\n)[ \t]")
# vCalendar 1.0 breaks the lines of a quoted-printable text with "=", and the next one begins anywhere.
_QUOTED = re.compile(rb"QUOTED-PRINTABLE", re.IGNORECASE)
_SOFT = re.compile(rb"^[^\r\n:]*QUOTED-PRINTABLE[^\r\n:]*:(?:[^\r\n]*=\r?\n)+", re.IGNORECASE | re.MULTILINE)
_SOFT_BREAK = re.compile(rb"=\r?\n(?:[ \t](?==))?")
_CHARSET = re.compile(rb"^[^:]*;CHARSET=\"?([A-Za-z0-9_-]+)", re.IGNORECASE)
_INDENTED = re.compile(r"\n[ \t]+BEGIN:VEVENT", re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n?|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_READ_COMPONENTS = frozenset({"VEVENT", "VTIMEZONE"})


@dataclass(slots=True)
class Block:
    """One component as content lines, unfolded, its BEGIN and END left out; *parts* are components inside it."""

    name: str
    lines: list[str] = field(default_factory=list)
    parts: list[Block] = field(default_factory=list)
    closed: bool = True
    calendar: int = 0
    """Which VCALENDAR of the feed it stands in: zones and properties are those of its own."""

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
    calendars: list[list[str]] = field(default_factory=lambda: [[]])
    """The same, VCALENDAR by VCALENDAR."""
    zones: list[Block] = field(default_factory=list)
    events: list[Block] = field(default_factory=list)
    seen: int = 0
    """VEVENTs in the feed, those beyond the limit too."""
    problems: list[Problem] = field(default_factory=list)
    is_calendar: bool = True

    def value(self, name: str) -> str:
        """The value of the first calendar property of that name."""
        return Block("VCALENDAR", self.properties).value(name)

    def values(self, name: str) -> list[str]:
        """The value of the first property of that name in each VCALENDAR."""
        return [Block("VCALENDAR", lines).value(name) for lines in self.calendars]


def decoded(body: bytes, charset: str = "") -> tuple[str, list[Problem]]:
    """Turn bytes into text, and say what had to be assumed."""
    if encoding := _utf_16(body):
        told = Problem("encoding-assumed", f"the feed is not UTF-8 as RFC 5545 asks; it was read as {encoding}")
        return body.decode(encoding, errors="replace").removeprefix("\ufeff"), [told]
    if b"\r\r\n" in body:
        # A program that writes text files on Windows ends its lines twice.
        body = body.replace(b"\r\r\n", b"\r\n")
    if _QUOTED.search(body):
        body = _SOFT.sub(lambda match: _SOFT_BREAK.sub(b"", match[0]), body)
    # A fold may fall between the bytes of one letter (RFC 5545, 3.1), so that lines are joined first.
    body = _BYTES_FOLD.sub(b"", body.removeprefix(b"\xef\xbb\xbf"))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf_8(body, charset)
    if "\ufffd" in text:
        return text, [Problem("damaged-letters", "the feed holds replacement characters: letters were lost before us")]
    return text, []


def _utf_16(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = body[:12].upper()
    if start == "BEGIN:".encode("utf-16-le"):
        return "utf-16-le"
    return "utf-16-be" if start == "BEGIN:".encode("utf-16-be") else ""


def _not_utf_8(body: bytes, charset: str) -> tuple[str, list[Problem]]:
    """Read what the server said it is, else line by line: one foreign line must not spoil its neighbours."""
    if charset and charset.lower().replace("-", "") not in ("utf8", "usascii"):
        try:
            text = body.decode(charset)
            text.encode("utf-8")  # UTF-7 can spell half a letter
        except (LookupError, UnicodeError, ValueError):
            text = ""
        if "BEGIN:V" in text[:1_000].upper():
            return text, [
                Problem("encoding-assumed", f"the feed is not UTF-8 as RFC 5545 asks; it was read as {charset}")
            ]
    lines: list[str] = []
    foreign: dict[int, bytes] = {}
    for line in _LINE_END.split(body):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            foreign[len(lines)] = line
            lines.append("")
    encoding = guessed(list(foreign.values()))
    for number, line in foreign.items():
        lines[number] = _in_stated_charset(line) or line.decode(encoding, errors="replace")
    return "\n".join(lines), [
        Problem(
            "encoding-assumed", f"{len(foreign)} lines are not UTF-8 as RFC 5545 asks; they were read as {encoding}"
        )
    ]


def _in_stated_charset(line: bytes) -> str:
    """Read a line in the CHARSET it names, as vCalendar 1.0 allowed; blank when it names none or a wrong one."""
    named = _CHARSET.match(line)
    try:
        return line.decode(named[1].decode("ascii")) if named else ""
    except (LookupError, UnicodeError, ValueError):
        return ""


def split(text: str, most: int) -> Feed:
    """Cut the text of a feed into its components, its first *most* VEVENTs; some texts are no calendar at all."""
    feed = Feed()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\nBEGIN:VEVENT" not in text and _INDENTED.search(text):
        # Written by hand or by a template, every line indented: these are no folds.
        text = "\n".join(line.strip() for line in text.split("\n"))
        feed.problems.append(Problem("indented", "the lines are indented, which means a fold in iCalendar"))
    text = _FOLD.sub("", text)
    cleaned = _CONTROL.sub("", text)
    if len(cleaned) != len(text):
        feed.problems.append(Problem("control-characters", "control characters stand in the text; they were left out"))
    text = cleaned.lstrip("\ufeff \t\n")
    if not text[:7].upper().startswith("BEGIN:V"):
        feed.is_calendar = False
        feed.problems.append(Problem("not-a-calendar", _what_instead(text[:80].partition("\n")[0].strip())))
        return feed
    _Splitter(feed, most).take(line for line in StringIO(text) if not line.isspace())
    if not feed.seen:
        feed.problems.append(Problem("no-events", "the calendar holds no event"))
    surplus = feed.seen - len(feed.events)
    if surplus:
        feed.problems.append(
            Problem("too-many-events", f"{surplus} events beyond the first {most} were not read", lost=True)
        )
    return feed


class _Splitter:
    """Walks over content lines and keeps the components that are open."""

    def __init__(self, feed: Feed, most: int) -> None:
        self.feed, self.most = feed, most
        self.open: list[Block] = []
        self.calendars = 0

    def take(self, lines: Iterable[str]) -> None:
        for line in lines:
            line = line.rstrip("\n")
            # Most lines begin neither: one letter tells.
            if line[:1] in "BbEe":
                start = line[:6].upper()
                if start == "BEGIN:":
                    self._begin(line[6:].strip().upper())
                    continue
                if start.startswith("END:"):
                    self._end(line[4:].strip().upper())
                    continue
            if self.open and self.open[-1].name != "VCALENDAR":
                self.open[-1].lines.append(line)
            else:
                self.feed.properties.append(line)
                self.feed.calendars[-1].append(line)
        if any(block.name == "VCALENDAR" for block in self.open):
            # What was cut off nobody knows: what is not here may still be there.
            message = "END:VCALENDAR is missing; the feed may have been cut short"
            self.feed.problems.append(Problem("missing-end", message, lost=True))
        while self.open:
            block = self.open.pop()
            if block.name != "VCALENDAR":
                block.closed = False
                self._close(block)
        if not self.calendars:
            self.feed.problems.append(Problem("no-vcalendar", "no VCALENDAR stands around the events"))

    def _begin(self, name: str) -> None:
        if name == "VCALENDAR":
            self.calendars += 1
            inside = any(block.name == "VCALENDAR" for block in self.open)
            if self.feed.calendars != [[]] or self.feed.events or self.feed.zones:
                # Where the END of the one before is missing, what it says holds here too.
                self.feed.calendars.append(list(self.feed.calendars[-1]) if inside else [])
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
        self.open.append(Block(name, calendar=len(self.feed.calendars) - 1))

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
            self.feed.seen += 1
            if len(self.feed.events) < self.most:
                self.feed.events.append(block)
        elif block.name == "VTIMEZONE":
            self.feed.zones.append(block)


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
