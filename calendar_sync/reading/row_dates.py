"""The date columns of one row of a table to days, however its writer filled them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from calendar_sync.reading.headings import Section, under, whole_years
from calendar_sync.spans import Span
from calendar_sync.vague_dates import ResolvedDate, resolve
from calendar_sync.wording import plain

_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_SERIAL = re.compile(r"[3-5]\d{4}(?:\.\d+)?")
"""A day as spreadsheets count them, 1982 to 2064: what is left of a date whose format was lost."""
_TO_BE_DECIDED = frozenset({
    "tbc", "tbd", "tba", "to be confirmed", "to be determined", "to be decided", "to be announced", "date tbc",
    "dates tbc", "date to be confirmed", "dates to be confirmed", "a confirmer", "a determiner", "a preciser",
    "a definir", "por confirmar", "por determinar", "por definir", "a confirmar", "a determinar", "n a", "not fixed",
    "pending", "open", "уточняется", "будет уточнено", "подлежит уточнению",
})  # fmt: skip
_CONTINUES = re.compile(r"\d{1,2}")

_ONE_DAY = timedelta(days=1)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of a list share: when it was issued, the heading they stand under, how it writes its days."""

    issued: date | None = None
    from_file: bool = False
    """True when *issued* is only when the file was last changed."""
    heading: Section | None = None
    month_first: bool | None = None
    """Whether 05/06 is in May; None when no row of the list tells."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """What a row says about its dates; *end* is exclusive."""

    span: Span | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    text: str = ""
    note: str = ""
    wrong: str = ""
    """What could not be made of it, blank when all is well."""
    undecided: bool = False
    """True when it says, in words or by saying nothing, that there is no date yet."""


def when(row: Row, context: Context) -> When:
    """Understand the date columns of a row. Days are inclusive in tables."""
    if plainly := _in_full(row):
        return plainly
    stated_start, stated_end = whole_years(row.get("start", "")), whole_years(row.get("end", ""))
    text = row.get("date_text", "") or row.get("day", "")
    start, end = moment(stated_start, context.month_first), moment(stated_end, context.month_first)
    if start is None and not stated_start and isinstance(timed := moment(text, context.month_first), datetime):
        start = timed
    words = whole_years(text)
    if not words and ((stated_start and start is None) or (stated_end and end is None)):
        if start is not None:
            return _until(start, stated_end, context)
        words = f"{stated_start} to {stated_end}" if stated_end and stated_end != stated_start else stated_start
        text = words.replace(" to ", " - ")
    if start is not None and (end is not None or not text or start is moment(text, context.month_first)):
        return replace(_between(start, end, text), note=_order_note((stated_start, stated_end), context))
    if not words:
        if end is not None:
            return _between(end, end, text)
        heading = context.heading
        return When(heading.span, note=f"taken from the heading {heading.text!r}") if heading else When(undecided=True)
    resolved = _resolved(words, row, context)
    if resolved is None:
        if start is not None:
            return _between(start, end, text)
        if plain(words) in _TO_BE_DECIDED:
            return When(text=text or words, undecided=True)
        return When(text=text or words, wrong=f"the date {words[:200]!r} was not understood and is kept as it is")
    if not resolved.span.is_exact:
        if start is not None:
            # The table knows the first day; the words say something less.
            return _between(start, end, text)
        return When(resolved.span, text=text or words, note=resolved.note)
    first, last = resolved.span.earliest, resolved.span.latest
    if start is not None and _civil(start) != first:
        return _between(start, end, text)
    return When(resolved.span, first, last + timedelta(days=1), text or words, resolved.note)


def _in_full(row: Row) -> When | None:
    """Read days that are all in the form of ISO 8601, as most tables have them; None for anything else."""
    start, end = row.get("start", ""), row.get("end", "")
    if len(start) != 10 or len(end) not in (0, 10) or row.get("date_text") or row.get("day"):
        return None
    try:
        first = date.fromisoformat(start)
        last = date.fromisoformat(end) if end else first
    except ValueError:
        return None
    return None if last < first or last == date.max else When(Span.exact(first, last), first, last + _ONE_DAY)


def _resolved(words: str, row: Row, context: Context) -> ResolvedDate | None:
    """Resolve by what the words say themselves, else by the heading above, else by when the list was issued."""
    language = "en-us" if context.month_first else row.get("language", "") or context.language
    heading = context.heading
    if heading is not None and resolve(words, published=None, language=language) is None:
        completed = under(words, heading, language)
        if completed is not None:
            return completed
    published = day(row.get("published", ""))
    resolved = resolve(words, published=published or context.issued, language=language, prose=False)
    if resolved is not None and published is None and context.from_file:
        return replace(resolved, note=resolved.note.replace("publication on", "the file's last change on"))
    return resolved


def _until(start: date | datetime, stated_end: str, context: Context) -> When:
    """Read an end in words behind a start that is a date: "28 November", or just "28"."""
    first = _civil(start)
    words = f"{stated_end} {first:%B %Y}" if _CONTINUES.fullmatch(stated_end) else stated_end
    resolved = resolve(words, published=first, language=context.language, prose=False)
    if resolved is None or not resolved.span.is_exact or resolved.span.latest < first:
        wrong = "" if plain(stated_end) in _TO_BE_DECIDED else f"the last day {stated_end[:200]!r} was not understood"
        return replace(_between(start, None, ""), note="the end is not stated", wrong=wrong)
    return _between(start, resolved.span.latest, "")


def _between(start: date | datetime, end: date | datetime | None, text: str) -> When:
    first = _civil(start)
    last = first if end is None else _civil(end)
    wrong = ""
    if last < first:
        wrong = f"it ends on {last}, before it starts on {first}; only the first day is kept"
        last, end = first, None
    timed = isinstance(start, datetime) and (end is None or isinstance(end, datetime))
    try:
        until = end if timed else last + timedelta(days=1)
    except OverflowError:
        return When(text=text or str(first), wrong=f"nothing can be planned for {last}")
    return When(Span.exact(first, last), start if timed else first, until, text, wrong=wrong)


def _order_note(stated: Iterable[str], context: Context) -> str:
    if not any(_either_way(cell) for cell in stated):
        return ""
    if context.month_first:
        return "month read before day, as other rows of the list show"
    return "day read before month" if context.month_first is None else ""


def month_first(cells: Iterable[str]) -> bool | None:
    """Tell from 11/27/2007 among them that a column writes the month first; None when no cell tells.

    >>> month_first(["05/06/2008", "11/27/2007"]), month_first(["05/06/2008"]), month_first(["27/11/2007"])
    (True, None, False)
    """
    seen = {False: 0, True: 0}
    for cell in cells:
        match = _NUMERIC.match(cell)
        if match and (int(match[1]) > 12) != (int(match[3]) > 12):
            seen[int(match[3]) > 12] += 1
    return None if not any(seen.values()) or all(seen.values()) else bool(seen[True])


def moment(cell: str, month_first: bool | None = None) -> date | datetime | None:
    """Read an ISO date or date and time, a day-first date, or a spreadsheet's number; None for anything else."""
    if not cell or not cell[0].isdigit() or len(cell) > 40:
        return None
    try:
        if len(cell) <= 10:
            return date.fromisoformat(cell) if not _SERIAL.fullmatch(cell) else _of_serial(cell)
        found = datetime.fromisoformat(cell)
    except ValueError:
        return _of_numbers(cell, month_first)
    # A sheet keeps a day as midnight; nobody starts a workshop then.
    return found.date() if found.time() == time() else found


def _of_serial(cell: str) -> date:
    return date(1899, 12, 30) + timedelta(days=int(float(cell)))


def _of_numbers(cell: str, month_first: bool | None) -> date | None:
    match = _NUMERIC.fullmatch(cell)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if second > 12 or (month_first and first <= 12):
        first, second = second, first
    try:
        return date(year, second, first)
    except ValueError:
        return None


def _either_way(cell: str) -> bool:
    """True for 05/06/2008, which some write with the month first."""
    match = _NUMERIC.fullmatch(cell)
    return match is not None and int(match[1]) <= 12 and int(match[3]) <= 12 and match[1] != match[3]


def day(cell: str) -> date | None:
    """Read a cell that holds one day, such as when a row was published."""
    found = moment(cell)
    if found is not None:
        return _civil(found)
    resolved = resolve(cell, published=None) if cell else None
    return resolved.span.earliest if resolved is not None and resolved.span.is_exact else None


def _civil(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
