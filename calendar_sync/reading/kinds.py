"""The kinds of calendar: how each is told from its bytes, and who reads it.

A new kind is one class here and its name in `calendar_sync.roster.KINDS`; docs/adding-a-kind.md tells the rest.
"""
# ruff: noqa: D102  what `begins` and `read` do is told once, by Kind

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from calendar_sync.reading import Problem, Reading
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

Window = tuple[date, date] | None

_BLANK = b"\xef\xbb\xbf \t\r\n"
_PAGE = re.compile(
    rb"(?><\?xml[^>]{0,200}>\s*|<!--.{0,1000}?-->\s*)*+"
    rb"<(?:!doctype\s+html|(?:html|head|meta|title|script|style|link|base|body|div|noscript|center|form|h1|p)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(
    rb"(?><\?.{0,400}?\?>\s*|<!--.{0,1000}?-->\s*|<!DOCTYPE.{0,400}?>\s*)*+<(?:\w{1,20}:)?(rss|feed|rdf|channel)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"<(?:\?xml|[A-Za-z_][\w.-]{0,50}(?::[\w.-]{1,50})?[\s>/])")
_JSCALENDAR = re.compile(rb'"@type"\s*:\s*"(?:Event|Group|Task|jsevent|jsgroup)"')


class Kind(ABC):
    """One kind of calendar. Its reader never raises on what a payload holds."""

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]] = ()
    """Of file names, lower case."""
    media_types: ClassVar[tuple[str, ...]] = ()

    def begins(self, body: bytes) -> bool:
        """True when the bytes say that they are of this kind; False when they leave it open."""
        return False

    @abstractmethod
    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        """Read a payload. The library it takes is imported here: a night of feeds need not load them all."""


class Ics(Kind):
    """iCalendar."""

    name = "ics"
    endings = ("ics", "ical", "icalendar", "ifb", "vcs")
    media_types = ("text/calendar", "text/x-vcalendar")

    def begins(self, body: bytes) -> bool:
        return _start(body)[:7].upper() == b"BEGIN:V"

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.ics import read_ics

        return read_ics(payload.body, calendar, window, charset=payload.charset)


class Csv(Kind):
    """A table as text."""

    name = "csv"
    endings = ("csv", "tsv")
    media_types = ("text/csv", "text/tab-separated-values")

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.tables import read_csv

        return read_csv(payload.body, calendar, payload.charset)


class Xlsx(Kind):
    """A workbook of Excel, old ones too; also what any other ZIP is taken for, so that it is refused as one."""

    name = "xlsx"
    endings = ("xlsx", "xlsm", "xls")
    media_types = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel",
    )

    def begins(self, body: bytes) -> bool:
        if body.startswith(b"PK\x03\x04"):
            return not (Ods().begins(body) or Docx().begins(body))
        return body.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.tables import read_xlsx

        return read_xlsx(payload.body, calendar)


class Ods(Kind):
    """A workbook of LibreOffice."""

    name = "ods"
    endings = ("ods",)
    media_types = ("application/vnd.oasis.opendocument.spreadsheet",)

    def begins(self, body: bytes) -> bool:
        return body.startswith(b"PK\x03\x04") and b"opendocument.spreadsheet" in body[:200]

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.tables import read_ods

        return read_ods(payload.body, calendar)


class Docx(Kind):
    """A text document with tables."""

    name = "docx"
    endings = ("docx",)
    media_types = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)

    def begins(self, body: bytes) -> bool:
        return body.startswith(b"PK\x03\x04") and b"word/document.xml" in body

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.tables import read_docx

        return read_docx(payload.body, calendar)


class Page(Kind):
    """A web page that describes its events in schema.org's words, or the JSON-LD of one alone."""

    name = "html"
    endings = ("html", "htm", "xhtml", "jsonld")
    media_types = ("text/html", "application/xhtml+xml", "application/ld+json")

    def begins(self, body: bytes) -> bool:
        return is_page(body) or (_is_json(body) and b"schema.org" in body and b'"@type"' in body)

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.pages import read_page

        return read_page(payload.body, calendar, payload.charset, window=window, address=payload.address)


class Indico(Kind):
    """What an Indico server exports of a category."""

    name = "indico"

    def begins(self, body: bytes) -> bool:
        return _is_json(body) and b'"HTTPAPIResult"' in body

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.indico import read_indico

        return read_indico(payload.body, calendar)


class JsCalendar(Kind):
    """JSCalendar (RFC 8984)."""

    name = "jscalendar"
    endings = ("jscal", "jscalendar")
    media_types = ("application/jscalendar+json",)

    def begins(self, body: bytes) -> bool:
        return _is_json(body) and b'"@context"' not in body and _JSCALENDAR.search(body) is not None

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.jscalendar import read_jscalendar

        return read_jscalendar(payload.body, calendar, window)


class Feed(Kind):
    """Atom or RSS."""

    name = "feed"
    endings = ("rss", "atom", "rdf")
    media_types = ("application/atom+xml", "application/rss+xml", "application/rdf+xml")

    def begins(self, body: bytes) -> bool:
        return _FEED.match(_start(body)) is not None

    def read(self, payload: Payload, calendar: Calendar, window: Window) -> Reading:
        from calendar_sync.reading.syndication import read_feed

        return read_feed(payload.body, calendar, payload.charset)


KINDS: tuple[Kind, ...] = (Ics(), Csv(), Xlsx(), Ods(), Docx(), Page(), Indico(), JsCalendar(), Feed())
_BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
_ENDINGS = {ending: kind.name for kind in KINDS for ending in kind.endings}
_MEDIA_TYPES = {media_type: kind.name for kind in KINDS for media_type in kind.media_types}
_OWN_JSON = ("html", "indico", "jscalendar")


def kind_of(payload: Payload, calendar: Calendar) -> str:
    """Tell the kind: the roster's word, else what the bytes begin with, else the media type, else the file's ending.

    A page in place of a feed is told from its first bytes, whatever the server calls it: it must not pass for a table.
    """
    body = payload.body
    if _BY_NAME["ics"].begins(body):
        return "ics"
    if calendar.kind:
        return calendar.kind
    told = next((kind.name for kind in KINDS if kind.begins(body)), "")
    promised = _ENDINGS.get(payload.name.rpartition(".")[2].lower(), "") if "." in payload.name else ""
    if told == "html" and promised:
        # Where a feed or a table was promised this is a login page; its events, if any, are somebody else's.
        return promised
    return told or promised or _MEDIA_TYPES.get(payload.media_type, "") or "ics"


def read(payload: Payload, calendar: Calendar, window: Window = None) -> Reading:
    """Read a payload of any supported kind; never raises on what it holds.

    *window* is [from, to) by start; None gives everything that is not recurring and one year of what is.
    """
    name = kind_of(payload, calendar)
    kind = _BY_NAME[name]
    if name == "ics" and kind.begins(payload.body):
        # It keeps the contract by itself: a hundred thousand events are not gone through twice.
        return kind.read(payload, calendar, window)
    instead = _what_instead(payload.body, name)
    if instead:
        return Reading(problems=(Problem("not-a-calendar", instead),), is_calendar=False)
    from calendar_sync.reading.contract import fulfilled

    return fulfilled(kind.read(payload, calendar, window), calendar, window)


def is_page(body: bytes) -> bool:
    """True for what a browser would show as a page."""
    return _PAGE.match(_start(body)) is not None


def _what_instead(body: bytes, kind: str) -> str:
    """Say what came in place of a calendar of *kind*; blank when it may be one.

    Servers answer 200 and send a page to log in at, an error in the format of their framework, or half a file.
    """
    start = _start(body)
    if not start.strip():
        return "it is empty"
    if start.startswith(b"\x1f\x8b"):
        return "it is packed with gzip and cannot be unpacked; perhaps its end is missing"
    if kind == "html":
        return ""
    if is_page(body):
        return "it is a web page, perhaps a login page"
    if kind != "feed" and _XML.match(start):
        return "it is XML, perhaps an error of the server that keeps it"
    if kind not in _OWN_JSON and _is_json(body):
        return "it is JSON, perhaps an error of the server"
    return ""


def _is_json(body: bytes) -> bool:
    return _start(body)[:1] in (b"{", b"[")


def _start(body: bytes) -> bytes:
    """Return the first letters of a body; those of UTF-16 without the zeros between them."""
    start = body[:8_000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:2]:
        start = start[2:].replace(b"\0", b"") if start[:1] in b"\xff\xfe" else start.replace(b"\0", b"")
    return start.lstrip(_BLANK)[:4_000]
