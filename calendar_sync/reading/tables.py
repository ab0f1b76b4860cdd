"""Tables of listings, as committees mail them and as `outreach match` reads them: CSV and XLSX."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from calendar_sync.changes import MADE_UID
from calendar_sync.countries import country_code, place_parts
from calendar_sync.errors import TableRefused
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.headers import columns
from calendar_sync.reading.workbooks import NotAWorkbook, sheets
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve
from calendar_sync.wording import plain

HEADER_WITHIN = 20
"""Rows in which the header must stand: a table may begin with a letterhead."""
MOST_ROWS = 50_000
"""Rows of one table that are read; more is a mistake or an attack."""
_DELIMITERS = (",", ";", "\t", "|")
_STATUS = {
    "provisional": Status.PROVISIONAL, "provisoire": Status.PROVISIONAL, "provisorio": Status.PROVISIONAL,
    "planned": Status.PROVISIONAL, "prevu": Status.PROVISIONAL, "previsto": Status.PROVISIONAL,
    "tentative": Status.TENTATIVE, "tbc": Status.TENTATIVE, "to be confirmed": Status.TENTATIVE,
    "a confirmer": Status.TENTATIVE, "por confirmar": Status.TENTATIVE, "a confirmar": Status.TENTATIVE,
    "postponed": Status.TENTATIVE, "reporte": Status.TENTATIVE, "aplazado": Status.TENTATIVE,
    "pospuesto": Status.TENTATIVE, "adiado": Status.TENTATIVE,
    "confirmed": Status.CONFIRMED, "confirme": Status.CONFIRMED, "confirmado": Status.CONFIRMED,
    "cancelled": Status.CANCELLED, "canceled": Status.CANCELLED, "annule": Status.CANCELLED,
    "cancelado": Status.CANCELLED, "anulado": Status.CANCELLED,
}  # fmt: skip
_YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "oui", "si", "sim", "online", "virtual", "en ligne", "en linea"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_ISSUED = "issued"
"""Holds, in each row, the day the whole list was issued: it dates words, not the listing."""

Row = Mapping[str, str]


class UnreadableRow(ValueError):
    """A row that cannot become a listing; its text says why."""


@dataclass(frozen=True, slots=True)
class _When:
    """What a row says about its dates; *end* is exclusive."""

    span: Span | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    text: str = ""
    note: str = ""
    wrong: str = ""
    """What could not be made of it, blank when all is well."""


def read_csv(body: bytes, calendar: Calendar, charset: str = "") -> Reading:
    """Read a table of comma-, semicolon-, tab- or bar-separated values; never raises on what it holds."""
    text, guessed = decoded(body, charset)
    problems: tuple[Problem, ...] = ()
    if guessed:
        problems = (Problem("encoding-assumed", "the table is not UTF-8 and was read as Windows-1252"),)
    reading = _read([("", rows_of(text))], calendar)
    return replace(reading, problems=(*problems, *reading.problems))


def read_xlsx(body: bytes, calendar: Calendar) -> Reading:
    """Read every sheet of a workbook that has a header row; never raises on what it holds."""
    try:
        found = sheets(body)
    except NotAWorkbook as error:
        return Reading(problems=(Problem("not-a-workbook", str(error)),), is_calendar=False)
    return _read(found, calendar)


def listing_table(path: Path) -> list[Listing]:
    """Read a table for `outreach match`: its `id` is the UID, its `source` the calendar (else the file's name).

    Raises:
        TableRefused: The file cannot be read, has no `id` or `title` column, or gives two rows one id.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise TableRefused(path, f"it cannot be read ({error.strerror})", "check the path") from error
    if body[:4] == b"PK\x03\x04":
        try:
            found = sheets(body)
        except NotAWorkbook as error:
            raise TableRefused(path, str(error), "save it again as .xlsx, or as CSV in UTF-8") from error
        rows = next((rows for _, rows in found if _header(rows) is not None), found[0][1] if found else [])
    else:
        rows = rows_of(decoded(body, "")[0])
    return list(_listings_of_table(path, rows))


def _listings_of_table(path: Path, rows: Sequence[Sequence[str]]) -> Iterator[Listing]:
    header = _header(rows)
    at, fields = header if header is not None else (0, columns(rows[0]) if rows else {})
    for column in ("id", "title"):
        if column not in fields:
            named = ", ".join(cell for cell in (rows[0] if rows else ()) if cell)[:200] or "nothing"
            raise TableRefused(
                path, f"it has no column {column!r}", f"name one; the columns id and title are needed, it has: {named}"
            )
    taken: dict[str, int] = {}
    for number, row in _rows_below(rows, at, fields):
        uid = row.get("id", "")
        if not uid:
            raise TableRefused(path, f"row {number} has no id", "give every row an id of its own")
        if uid in taken:
            raise TableRefused(
                path, f"rows {taken[uid]} and {number} have the same id {uid!r}", "give every row an id of its own"
            )
        taken[uid] = number
        source = row.get("source", "") or path.stem
        calendar = Calendar(source, source, "")
        yield _listing(row, ListingKey(source, uid), calendar, _when(row), as_worded=True)


def _read(found: Sequence[tuple[str, Sequence[Sequence[str]]]], calendar: Calendar) -> Reading:
    """Read tables that each have a name (of a sheet, blank for a file) and rows of text cells."""
    listings: list[Listing] = []
    problems: list[Problem] = []
    used: dict[str, int] = {}
    any_header = False
    for name, rows in found:
        header = _header(rows)
        if header is None:
            continue
        if len(rows) > MOST_ROWS:
            message = f"only the first {MOST_ROWS} of {len(rows)} rows were read"
            problems.append(Problem("too-many-rows", message, lost=True))
            rows = rows[:MOST_ROWS]
        any_header = True
        at, fields = header
        issued = _issued(rows[:at])
        for number, row in _rows_below(rows, at, fields):
            if issued:
                row[_ISSUED] = issued
            where = f"sheet {name!r}, row {number}" if name else f"row {number}"
            try:
                listing, wrong = _entry(row, calendar, used)
            except UnreadableRow as error:
                problems.append(Problem("unreadable-row", f"{where}: {error}", row.get("id", ""), lost=True))
                continue
            listings.append(listing)
            if wrong:
                problems.append(Problem("unclear-date", f"{where}: {wrong}", listing.key.uid))
    if not any_header:
        message = f"no row of the first {HEADER_WITHIN} names a title and another column we know"
        return Reading(problems=(Problem("no-header", message),), is_calendar=False)
    listings.sort(key=_order)
    return Reading(tuple(listings), tuple(problems))


def _issued(letterhead: Sequence[Sequence[str]]) -> str:
    """Find the day a list was issued in the rows above its header ("as of 15 October 2007"); blank when not said."""
    for row in letterhead:
        for cell in row:
            resolved = resolve(cell, published=None) if cell else None
            if resolved is not None and resolved.span.is_exact and resolved.span.days == 1:
                return resolved.span.earliest.isoformat()
    return ""


def _entry(row: Row, calendar: Calendar, used: dict[str, int]) -> tuple[Listing, str]:
    """Make one row a listing, and say what of its dates could not be understood.

    Raises:
        UnreadableRow: The row has no title.
    """
    if not row.get("title"):
        raise UnreadableRow("it has no title")
    when = _when(row)
    uid = row.get("id", "") or _made_uid(row)
    used[uid] = used.get(uid, 0) + 1
    if used[uid] > 1:
        uid = f"{uid}#{used[uid]}"
    return _listing(row, ListingKey(calendar.id, uid), calendar, when), when.wrong


def _listing(row: Row, key: ListingKey, calendar: Calendar, when: _When, *, as_worded: bool = False) -> Listing:
    """Make a listing of a row; *as_worded* leaves city and country as they stand, without looking into the place."""
    get = row.get
    place = get("place_raw", "")
    city, country = get("city", ""), country_code(get("country", ""))
    online = plain(get("online", "")) in _YES
    venue = get("venue", "")
    if not as_worded and not (city and country):
        city, country, venue = place_parts(place or venue, city, country, venue)
    stated = get("status", "") or calendar.status
    return Listing(
        key=key,
        organisation=calendar.organisation,
        title=get("title", ""),
        language=get("language", "").lower() if _LANGUAGE.fullmatch(get("language", "")) else calendar.language,
        status=_STATUS.get(plain(stated), Status.CONFIRMED) if stated else Status.CONFIRMED,
        visibility=calendar.visibility,
        span=when.span,
        start=when.start,
        end=when.end,
        date_text=when.text,
        date_note=when.note,
        city=city,
        country=country,
        place_text=place,
        venue=venue,
        online=online,
        organisers=_several(get("organisers", "")),
        sponsors=_several(get("sponsors", "")),
        audience=_several(get("audience", "")),
        themes=_several(get("themes", "")),
        description=get("description", ""),
        url=get("url", ""),
        published=_day(get("published", "")),
    )


def _when(row: Row) -> _When:
    """Understand the date columns of a row. Days are inclusive in tables."""
    stated_start, stated_end, text = row.get("start", ""), row.get("end", ""), row.get("date_text", "")
    start, end = _moment(stated_start), _moment(stated_end)
    words = text
    if not words and ((stated_start and start is None) or (stated_end and end is None)):
        words = f"{stated_start} - {stated_end}" if stated_end else stated_start
    if start is not None and (end is not None or not text):
        doubtful = any(_either_way(stated) for stated in (stated_start, stated_end))
        return replace(_between(start, end, text), note="day read before month" if doubtful else "")
    if not words:
        return _between(end, end, text) if end is not None else _When()
    resolved = resolve(
        words, published=_day(row.get("published", "") or row.get(_ISSUED, "")), language=row.get("language", "")
    )
    if resolved is None:
        if start is not None:
            return _between(start, end, text)
        return _When(text=words, wrong=f"the date {words!r} was not understood and is kept as it is")
    if not resolved.span.is_exact:
        if start is not None:
            # The table knows the first day; the words say something less.
            return _between(start, end, text)
        return _When(resolved.span, text=words, note=resolved.note)
    first, last = resolved.span.earliest, resolved.span.latest
    if start is not None and _civil(start) != first:
        return _between(start, end, text)
    return _When(resolved.span, first, last + timedelta(days=1), words, resolved.note)


def _between(start: date | datetime, end: date | datetime | None, text: str) -> _When:
    first = _civil(start)
    last = first if end is None else _civil(end)
    wrong = ""
    if last < first:
        wrong = f"it ends on {last}, before it starts on {first}; only the first day is kept"
        last, end = first, None
    timed = isinstance(start, datetime) and (end is None or isinstance(end, datetime))
    until = end if timed else last + timedelta(days=1)
    return _When(Span.exact(first, last), start if timed else first, until, text, wrong=wrong)


def _moment(cell: str) -> date | datetime | None:
    """Read an ISO date or date and time, or a day-first date; None for anything else."""
    if not cell or not cell[0].isdigit():
        return None
    try:
        if len(cell) <= 10:
            return date.fromisoformat(cell)
        moment = datetime.fromisoformat(cell)
    except ValueError:
        match = _DAY_FIRST.fullmatch(cell)
        if match is None:
            return None
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if month > 12:
            day, month = month, day
        try:
            return date(year, month, day)
        except ValueError:
            return None
    # A sheet keeps a day as midnight; nobody starts a workshop then.
    return moment.date() if moment.time() == time() else moment


def _either_way(cell: str) -> bool:
    """True for 05/06/2008, which some write with the month first."""
    match = _DAY_FIRST.fullmatch(cell)
    return match is not None and int(match[1]) <= 12 and int(match[3]) <= 12 and match[1] != match[3]


def _day(cell: str) -> date | None:
    moment = _moment(cell)
    if moment is not None:
        return _civil(moment)
    resolved = resolve(cell, published=None) if cell else None
    return resolved.span.earliest if resolved is not None and resolved.span.is_exact else None


def _civil(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _several(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return tuple(value for part in re.split(r"[;\n]", cell) if (value := part.strip()))


def _made_uid(row: Row) -> str:
    """Name a row that has no id by what it says; `changes` recognises it again when it moves."""
    dates = row.get("date_text", "") or f"{row.get('start', '')}/{row.get('end', '')}"
    place = row.get("city", "") or row.get("place_raw", "")
    said = "\x1f".join((plain(row.get("title", "")), plain(dates), plain(place)))
    return MADE_UID + hashlib.sha256(said.encode()).hexdigest()[:20]


def _order(listing: Listing) -> tuple[date, str]:
    return (listing.span.earliest if listing.span is not None else date.max, listing.key.uid)


# -- bytes to rows of cells ----------------------------------------------------------------------------------------


def decoded(body: bytes, charset: str) -> tuple[str, bool]:
    """Turn bytes into text; the flag says that no encoding fitted and Windows-1252 was assumed."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace"), False
    for encoding in ("utf-8-sig", charset):
        try:
            text = body.decode(encoding or "utf-8")
            text.encode("utf-8")  # UTF-7 can spell half a letter
        except (UnicodeError, LookupError):
            continue
        return text, False
    return body.decode("cp1252", errors="replace"), True


def rows_of(text: str) -> list[list[str]]:
    """Split text into rows of stripped cells, with the delimiter under which its header is best understood."""
    sample = text[:65536]
    best = max(_DELIMITERS, key=lambda delimiter: (_understood(sample, delimiter), sample.count(delimiter)))
    return list(_split(text, best))


def _understood(sample: str, delimiter: str) -> int:
    head = [row for row, _ in zip(_split(sample, delimiter), range(HEADER_WITHIN), strict=False)]
    return max((len(columns(row)) for row in head), default=0)


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # One cell too long to be one (an open quote, say): that row is lost, the next begins after it.
            yield []
            continue
        yield [cell.strip() for cell in row]


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """Find the row that names most columns; it must name a title and another."""
    best: tuple[int, dict[str, int]] | None = None
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        fields = columns(row)
        if "title" in fields and len(fields) > 1 and (best is None or len(fields) > len(best[1])):
            best = number, fields
    return best


def _rows_below(
    rows: Sequence[Sequence[str]], header: int, fields: Mapping[str, int]
) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield the number (from 1, as a person counts) and the cells of each row below the header that says anything."""
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        width = len(row)
        cells = {field: row[column] for field, column in fields.items() if column < width and row[column]}
        if cells:
            yield number, cells
