"""Web pages that describe their events in schema.org's words: JSON-LD, microdata, RDFa Lite."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from lxml import etree
from lxml import html as pages

from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.markup import words
from calendar_sync.reading.microdata import TooMuch, items
from calendar_sync.reading.page_dates import Node
from calendar_sync.reading.schema_events import Found, Page, listings_of, types
from calendar_sync.roster import Calendar

Window = tuple[date, date] | None

DEEPEST = 40
"""Levels of nesting that are followed."""
MOST_NODES = 200_000
"""Values of one page that are looked at."""
_OTHER_EVENT_TYPES = frozenset({"Festival", "Hackathon", "CourseInstance", "EventSeries"})
_NOT_ENTERED = frozenset({"superEvent", "isPartOf", "workFeatured", "eventSchedule"})
"""Properties that only point at another event, which stands for itself elsewhere or not at all."""
_OPENINGS = ("<!--", "<![CDATA[", "//", "/*", "*/")
_CLOSINGS = ("-->", "]]>", "//", "/*", "*/", ";")
"""What keeps a script from the eyes of browsers that are long gone."""
_STRING_OR_COMMA = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|,(?=\s{0,1000}[,}\]])', re.DOTALL)
_BETWEEN = re.compile(r"[\s,;]*")


def read_page(
    body: bytes, calendar: Calendar, charset: str = "", *, window: Window = None, address: str = ""
) -> Reading:
    """Read the events a page describes; a page without any is no calendar. Never raises on what it holds.

    *window* is [from, to) for the days of recurring ones; *address* is that of the page, which its links start from.
    """
    page, name = Page(), ""
    if body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        _gather(page, body.decode(_encoding(body, charset) or "utf-8", errors="replace"), "the file")
    else:
        name = _gather_page(page, body, charset)
    listings = listings_of(page, calendar, window, address or calendar.source)
    if not listings:
        problems = page.problems or [Problem("no-event", "the page describes no schema.org event")]
        return Reading(problems=tuple(problems), is_calendar=False, name=name)
    return Reading(tuple(listings), tuple(page.problems), name=name)


def _gather_page(page: Page, body: bytes, charset: str) -> str:
    """Gather the events of an HTML page, and return its title."""
    # A page may nest without end; libxml2 stops at 256 levels and 10 MB of one text.
    try:
        parser = pages.HTMLParser(encoding=_encoding(body, charset), huge_tree=False)
        document = pages.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        page.problems.append(Problem("not-a-page", f"it is no HTML page ({error})"))
        return ""
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        page.problems.append(
            Problem("page-cut", "the page nests too deeply or is too large; its end is lost", lost=True)
        )
    for number, block in enumerate(document.iterfind(".//script"), start=1):
        if (block.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            _gather(page, block.text or "", f"script {number} of the page")
    try:
        for item in items(document):
            _walk(page, item, None, 0, in_markup=True)
    except TooMuch as error:
        page.problems.append(Problem("page-cut", f"the page has {error}; the rest was left out", lost=True))
    return words(document.findtext(".//title") or "")


def _encoding(body: bytes, charset: str) -> str | None:
    """Return the encoding to read with; None leaves it to what the page declares."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        "".encode(charset)
    except (LookupError, UnicodeError):
        return None
    return charset or None


def _gather(page: Page, text: str, where: str) -> None:
    """Read the JSON of one script: each value in it counts, however badly the next one is written."""
    values, wrong = _values(_unwrapped(text))
    half_letters = "\\ud" in text.lower()
    for value in values:
        if half_letters:
            # JSON can spell half a letter (a lone surrogate); no file or database can hold it.
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", errors="replace"))
        _walk(page, value, None, 0)
    if wrong:
        page.problems.append(Problem("malformed-json-ld", f"{where} is no JSON and was left out ({wrong})", lost=True))


def _unwrapped(text: str) -> str:
    """Take off the comments and CDATA marks around a script."""
    text = text.strip()
    for _ in range(8):
        for opening in _OPENINGS:
            text = text.removeprefix(opening).lstrip()
        for closing in _CLOSINGS:
            text = text.removesuffix(closing).rstrip()
    return text


def _values(text: str) -> tuple[list[Any], str]:
    """Return every JSON value of a text, and what is wrong where it ends too early."""
    if not text.strip():
        return [], ""
    try:
        return [json.loads(text, strict=False)], ""
    except RecursionError:
        return [], "it nests too deeply"
    except ValueError:
        # A comma too many, and several objects one after the other, are the faults of templates.
        text = _STRING_OR_COMMA.sub(lambda match: "" if match[0] == "," else match[0], text)
    decoder, at = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while (match := _BETWEEN.match(text, at)) is not None and (at := match.end()) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            return values, str(error)[:200]
        values.append(value)
    return values, ""


def _walk(page: Page, value: object, parent: Node | None, depth: int, *, in_markup: bool = False) -> None:
    """Collect every event, and every node that others refer to."""
    page.looked_at += 1
    if depth > DEEPEST or page.looked_at > MOST_NODES:
        wrong = f"what lies below {DEEPEST} levels" if depth > DEEPEST else f"what follows {MOST_NODES} values"
        problem = Problem("nested-too-deep", f"{wrong} was left out", lost=True)
        if problem not in page.problems[-1:]:
            page.problems.append(problem)
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict | list):
                _walk(page, entry, parent, depth + 1, in_markup=in_markup)
    elif isinstance(value, dict):
        id_ = value.get("@id")
        if isinstance(id_, str) and len(value) > 1:
            page.by_id.setdefault(id_, value)
        if is_event(value):
            page.events.append(Found(value, parent, in_markup))
            parent = value
        for name, inner in value.items():
            if name not in _NOT_ENTERED and isinstance(inner, dict | list):
                _walk(
                    page, inner, parent if name in ("subEvent", "subEvents") else None, depth + 1, in_markup=in_markup
                )


def is_event(node: Node) -> bool:
    """True for an event that says more than its type and name."""
    return len(node) > 2 and any(type_.endswith("Event") or type_ in _OTHER_EVENT_TYPES for type_ in types(node))
