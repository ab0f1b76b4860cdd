"""Tables of listings, as committees mail them and as `outreach match` reads them: CSV, XLSX, ODS, DOCX, Parquet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from calendar_sync.countries import country_code, place_parts
from calendar_sync.errors import TableRefused
from calendar_sync.identity import MADE_UID
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.grids import Grid, Row
from calendar_sync.reading.headers import Header, header_of, is_header_again, side_by_side
from calendar_sync.reading.headings import Section, issued, period, provisional, says_issued, section
from calendar_sync.reading.office_files import grids_of
from calendar_sync.reading.packages import FileRefused
from calendar_sync.reading.paragraphs import apart, entries_of
from calendar_sync.reading.parquet import MAGIC, rows_of_parquet
from calendar_sync.reading.row_dates import Context, When, day, month_first, when
from calendar_sync.reading.row_status import status_of, title_and_status, visibility_of
from calendar_sync.reading.separated import decoded, grid_of, rows_of
from calendar_sync.roster import Calendar
from calendar_sync.vague_dates import resolve
from calendar_sync.wording import plain

HEADER_WITHIN = 40
"""Rows in which the first header must stand: a table may begin with a letterhead."""
MOST_PROBLEMS = 1_000
"""Problems told of one table; beyond it they are counted."""
_YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "oui", "si", "sim", "online", "virtual", "en ligne", "en linea"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_TOTAL = re.compile(r"(?:grand |sub ?)?totals?\b|sous total|somme|suma\b|subtotal|total geral|итого|всего|المجموع")
_FOOTNOTE = re.compile(
    r"\s*(?:[*†‡§¹²³⁰-⁹]|\[\d|\(\*|(?:note|n\.?b\.?|source|nota|remarque|fuente|fonte)s?\s*[:.])", re.IGNORECASE
)
_GROUPS = frozenset({
    "africa", "african", "afrique", "asia", "asie", "pacific", "pacifique", "europe", "europa", "america", "americas",
    "amerique", "caribbean", "caraibes", "caribe", "latin", "latina", "arab", "middle", "east", "global", "regional",
    "national", "international", "other", "others", "autres", "otros", "outros", "and", "et", "y", "e", "the", "states",
    "region", "meetings", "workshops", "seminars", "training", "events", "activities", "reunions", "ateliers",
})  # fmt: skip
"""Words of which a row that only names a group is made."""
_DATES = ("start", "end", "date_text", "when_where", "day")

Cells = Mapping[str, str]


class UnreadableRow(ValueError):
    """A row that cannot become a listing; its text says why."""


# -- the four kinds of file ----------------------------------------------------------------------------------------


def read_csv(body: bytes, calendar: Calendar, charset: str = "") -> Reading:
    """Read a table of comma-, semicolon-, tab- or bar-separated values; never raises on what it holds."""
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _read_file(body, calendar)
    text, guessed = decoded(body, charset)
    reading = _read([grid_of(text, _limit(calendar))], calendar)
    if not guessed:
        return reading
    assumed = Problem("encoding-assumed", "the table is not UTF-8 and was read as Windows-1252")
    return replace(reading, problems=(assumed, *reading.problems))


def read_xlsx(body: bytes, calendar: Calendar) -> Reading:
    """Read every visible sheet of a workbook that has a header row; never raises on what it holds."""
    return _read_file(body, calendar)


def read_ods(body: bytes, calendar: Calendar) -> Reading:
    """Read an OpenDocument workbook as `read_xlsx` does; never raises on what it holds."""
    return _read_file(body, calendar)


def read_docx(body: bytes, calendar: Calendar) -> Reading:
    """Read the tables of a document, else the list its paragraphs make; never raises on what it holds."""
    return _read_file(body, calendar)


def _read_file(body: bytes, calendar: Calendar) -> Reading:
    """Read an office file by what it is: names and addresses call many a file what it is not."""
    try:
        found = grids_of(body, calendar.limits.bytes, _limit(calendar))
    except FileRefused as refused:
        return Reading(problems=(Problem(refused.code, str(refused)),), is_calendar=False)
    except MemoryError:
        return Reading(problems=(Problem("too-large", "it does not fit into memory"),), is_calendar=False)
    return _read(found, calendar)


def _limit(calendar: Calendar) -> int:
    return calendar.limits.events + HEADER_WITHIN


# -- outreach match ------------------------------------------------------------------------------------------------


def rows_of_file(path: Path) -> Iterator[Sequence[str]]:
    """Return the rows of a table of any kind: separated values, a workbook's first sheet with a header, Parquet.

    Raises:
        TableRefused: The file cannot be read.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise TableRefused(path, f"it cannot be read ({error.strerror})", "check the path") from error
    try:
        if body[:4] == b"PK\x03\x04":
            limits = Calendar("", "", "").limits
            found = [[row.cells for row in grid.rows] for grid in grids_of(body, limits.bytes, _TABLE_ROWS)]
            return iter(next((rows for rows in found if first_header(rows)), found[0] if found else []))
        if body.startswith(MAGIC):
            return iter(rows_of_parquet(body))
    except FileRefused as error:
        remedy = "write it again" if body.startswith(MAGIC) else "save it again as .xlsx"
        raise TableRefused(path, str(error), f"{remedy}, or as CSV in UTF-8") from error
    return rows_of(decoded(body, "")[0])


_TABLE_ROWS = 1_000_000
"""A person who names a file on the command line means all of it."""


def first_header(rows: Sequence[Sequence[str]]) -> tuple[int, Mapping[str, int]] | None:
    """Find the row that names most columns; it must name a title and another."""
    found = [(number, header) for number, row in enumerate(rows[:HEADER_WITHIN]) if (header := header_of(row))]
    if not found:
        return None
    number, header = max(found, key=lambda each: (len(each[1].fields), -each[0]))
    return number, header.fields


# -- grids to listings ---------------------------------------------------------------------------------------------


def _read(grids: Sequence[Grid], calendar: Calendar) -> Reading:
    reader = _Reader(calendar)
    tables = [part for grid in grids for part in _parts(grid)]
    shown = [grid for grid in grids if not grid.hidden]
    # What a cover sheet says of the list holds for the sheets behind it.
    reader.issued = next((day for grid in shown if (day := issued(_said_alone(grid.rows)))), None)
    covers = [row for grid in shown if not any(header_of(row.cells) for row in grid.rows) for row in grid.rows[:20]]
    if not calendar.status and provisional(covers):
        reader.status = "provisional"
    for grid in sorted(tables, key=lambda grid: grid.hidden):
        reader.read(grid)
    if not reader.any_header:
        for grid in shown:
            reader.read_list(grid)
    if not (reader.any_header or reader.listings):
        message = f"no row of the first {HEADER_WITHIN} names a title and another column we know"
        return Reading(problems=(*reader.told(), Problem("no-header", message)), is_calendar=False)
    reader.listings.sort(key=_order)
    return Reading(tuple(reader.listings), reader.told())


def _parts(grid: Grid) -> Iterator[Grid]:
    """Yield the tables that stand side by side on a sheet, each with the letterhead; most sheets are one."""
    for number, row in enumerate(grid.rows[:HEADER_WITHIN]):
        beside = side_by_side(row.cells)
        if beside:
            for begin, end in beside:
                rows = [replace(row, cells=row.cells[begin:end], filled=_moved(row.filled, begin)) for row in grid.rows]
                yield replace(grid, rows=[*grid.rows[:number], *rows[number:]])
            return
    yield grid


def _moved(columns: frozenset[int], by: int) -> frozenset[int]:
    return frozenset(column - by for column in columns if column >= by)


def _said_alone(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that hold one cell and say when the list was issued."""
    return [row for row in rows if not row.hidden and len(said := row.said) == 1 and says_issued(row.cells[said[0]])]


@dataclass(slots=True)
class _Table:
    """The state of one table while its rows go by."""

    header: Header
    context: Context
    status: str
    hidden: bool = False
    heading: Section | None = None
    month: str = ""
    year: str = ""
    gap: bool = False
    """True behind an empty row, where a table may have ended."""
    entries: list[tuple[Row, dict[str, str], tuple[tuple[str, str], ...], Context]] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    """Rows without a date behind a gap: remarks, unless a dated row follows."""


class _Reader:
    """Gathers the listings and the problems of one file."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.listings: list[Listing] = []
        self.problems: list[Problem] = []
        self.used: dict[str, int] = {}
        self.any_header = False
        self.issued: date | None = None
        self.status = calendar.status
        self.left = calendar.limits.events

    def told(self) -> tuple[Problem, ...]:
        """Return the problems, the last ones counted when there are too many to tell."""
        if len(self.problems) <= MOST_PROBLEMS:
            return tuple(self.problems)
        rest = self.problems[MOST_PROBLEMS:]
        lost = any(problem.lost for problem in rest)
        return (*self.problems[:MOST_PROBLEMS], Problem("more-problems", f"and {len(rest)} more", lost=lost))

    def read(self, grid: Grid) -> None:
        """Read one table, or several that stand one below the other."""
        at, header = self._header(grid.rows)
        if header is None:
            if not grid.hidden:
                self._without_header(grid)
            return
        self.any_header = self.any_header or not grid.hidden
        letterhead = grid.rows[:at]
        stated = issued(letterhead) or self.issued
        context = Context(stated or grid.changed, from_file=stated is None, language=self.calendar.language)
        status = self.status or ("provisional" if provisional(letterhead, grid.name) else "")
        heading = _heading_above(letterhead, context.issued)
        table = self._begin(header, grid.rows[at:], replace(context, heading=heading), status, hidden=grid.hidden)
        rows = list(grid.rows[at + 1 :])
        number = 0
        while number < len(rows):
            row = rows[number]
            if number == 0 and (second := header.with_second_row(_own(row))):
                table.header = second
            elif is_header_again(row.cells, table.header) and (again := header_of(row.cells)):
                # The same header again is a new page, on which the month above goes on; another begins a table.
                heading = table.heading if again.fields == table.header.fields else None
                self._end(table)
                table = self._begin(again, rows[number:], replace(context, heading=heading), status, hidden=grid.hidden)
            else:
                self._row(table, row)
            number += 1
        self._end(table)
        if grid.cut and self.left > 0:
            self._problem("too-many-rows", f"only the first {len(grid.rows)} of {grid.cut} rows were read", lost=True)

    def _header(self, rows: Sequence[Row]) -> tuple[int, Header | None]:
        """Find the first header; one that could be a row of data gives way to a fuller one right below."""
        best: tuple[int, Header] | None = None
        for number, row in enumerate(rows[:HEADER_WITHIN]):
            header = None if row.hidden else header_of(row.cells)
            if header is None:
                continue
            if best is None or (len(header.fields) > len(best[1].fields) and not best[1].dated):
                best = number, header
            if header.dated:
                break
        return best if best is not None else (0, None)

    def _begin(self, header: Header, rows: Sequence[Row], context: Context, status: str, *, hidden: bool) -> _Table:
        at = [header.fields[name] for name in ("start", "end", "date_text") if name in header.fields]
        written = month_first(row.cells[column] for row in rows for column in at if column < len(row.cells))
        if written is None and self.calendar.language.lower() == "en-us":
            written = True
        return _Table(header, replace(context, month_first=written), status, hidden, context.heading)

    def _problem(self, code: str, message: str, uid: str = "", *, lost: bool = False) -> None:
        self.problems.append(Problem(code, message, uid, lost))

    # -- rows ------------------------------------------------------------------------------------------------------

    def _row(self, table: _Table, row: Row) -> None:
        if row.torn:
            self._problem("unreadable-row", f"{row.where}: {row.torn}", lost=True)
            return
        said = row.said
        if not said:
            table.gap = table.gap or not any(row.cells)
            return
        cells = _named(row.cells, table.header.fields)
        if row.hidden or table.hidden:
            self._hidden(table, row, cells)
            return
        if len(said) == 1 and self._heading(table, row, said[0], cells):
            return
        if _TOTAL.match(plain(row.cells[said[0]])) and not _dated(cells):
            return
        if self._continues(table, row, cells):
            return
        self._take_month(table, cells)
        entry = (row, cells, _others(row, table.header), replace(table.context, heading=table.heading))
        if table.gap and not _dated(cells) and table.header.dated:
            table.below.append(row)
            table.entries.append(entry)
            return
        # A dated row follows: what stood behind the gap was part of the table after all.
        table.below.clear()
        table.gap = False
        table.entries.append(entry)

    def _heading(self, table: _Table, row: Row, column: int, cells: Cells) -> bool:
        """True for a row with one cell that is no entry: a month, a group, a footnote, a line about the list."""
        text = row.cells[column]
        in_title = table.header.fields["title"] == column
        found = section(text, table.context.issued, table.heading)
        if found is not None:
            dates = {table.header.fields.get(name) for name in _DATES}
            # "2 May 2008" alone under "Date" is a row whose title is missing; "May 2008" is a heading.
            if column not in dates or row.across > 1 or len(cells) == 0 or not found.span.is_exact:
                table.heading = found
                return True
        if _FOOTNOTE.match(text) or _TOTAL.match(plain(text)) or (says_issued(text) and resolve(text, published=None)):
            return True
        if in_title:
            columns = len(table.header.fields) + len(table.header.others)
            return (row.across > 1 and 2 * row.across >= columns) or (table.header.dated and _is_group(text))
        # In a column of ours a lone cell is what is left of an entry, or more of the one above.
        return row.across > 1 or not cells

    def _continues(self, table: _Table, row: Row, cells: Cells) -> bool:
        """Add to the entry above what a row says that has neither title nor date of its own."""
        title = table.header.fields["title"]
        own_date = any(table.header.fields.get(name) in row.said for name in _DATES)
        if title in row.said or own_date or not table.entries or table.gap:
            return False
        if title in row.filled or not cells.get("title"):
            _, above, _, _ = table.entries[-1]
            for name, cell in cells.items():
                if table.header.fields[name] not in row.filled:
                    above[name] = f"{above[name]}\n{cell}" if above.get(name) else cell
            return True
        return False

    def _take_month(self, table: _Table, cells: dict[str, str]) -> None:
        """Read columns for month and year, which are filled in once for several rows, as a heading."""
        month, year = cells.pop("month", ""), cells.pop("year", "")
        if not month and not year:
            return
        table.month, table.year = month or table.month, year or table.year
        found = section(f"{table.month} {table.year}".strip(), table.context.issued, table.heading)
        if found is not None:
            table.heading = found
        elif not _dated(cells):
            cells["date_text"] = f"{month} {year}".strip()

    def _hidden(self, table: _Table, row: Row, cells: dict[str, str]) -> None:
        """Name a hidden row without telling what it says: it is there, so nothing is withdrawn on its account."""
        self._take_month(table, cells)
        if title_and_status(cells.get("title", ""))[0] and (not table.header.dated or _dated(cells)):
            listing, _ = self._made(row, cells, (), replace(table.context, heading=table.heading), table.status)
            self._problem("hidden-row", f"{row.where} is hidden and was not read", listing.key.uid, lost=True)

    def _end(self, table: _Table) -> None:
        """Make the entries of a table listings."""
        below = {row.number for row in table.below} if any(_dated(cells) for _, cells, _, _ in table.entries) else set()
        if below:
            places = ", ".join(row.where for row in table.below[:5])
            self._problem("below-the-table", f"{places}: stands below the table without a date, and was not read")
        for row, cells, others, context in table.entries:
            if row.number in below:
                continue
            if self.left <= 0:
                self._problem(
                    "too-many-rows", f"the rows behind the first {self.calendar.limits.events} were not read", lost=True
                )
                return
            self.left -= 1
            try:
                listing, dates = self._made(row, cells, others, context, table.status)
            except UnreadableRow as error:
                self._problem("unreadable-row", f"{row.where}: {error}", cells.get("id", ""), lost=True)
                continue
            self.listings.append(listing)
            if dates.wrong:
                self._problem("unclear-date", f"{row.where}: {dates.wrong}", listing.key.uid)
            elif dates.undecided and table.header.dated:
                self._problem("no-date", f"{row.where}: it has no date yet; it is kept without one", listing.key.uid)

    def _made(
        self, row: Row, cells: Cells, others: tuple[tuple[str, str], ...], context: Context, status: str
    ) -> tuple[Listing, When]:
        if "when_where" in cells:
            dates, place = apart(cells["when_where"])
            cells = {"date_text": dates, "place_raw": place, **cells}
        calendar = replace(self.calendar, status=status) if status != self.calendar.status else self.calendar
        return _entry({**cells}, calendar, self.used, context, others)

    def _without_header(self, grid: Grid) -> None:
        """A sheet that names no columns is left out; when it is full of dates, nobody can tell what is missing."""
        said = [row for row in grid.rows[:500] if row.said and not row.hidden]
        dated = [row for row in said if len(row.said) > 1 and any(_a_day(row.cells[number]) for number in row.said)]
        if len(dated) >= 3 and 2 * len(dated) > len(said):
            where = f"sheet {grid.name!r}" if grid.name else "the table"
            self._problem("no-header", f"{where} names no columns, and its {len(dated)} dated rows were not read")

    # -- lists without a table -------------------------------------------------------------------------------------

    def read_list(self, grid: Grid) -> None:
        """Read paragraphs such as "27-28 November 2007, Gaborone: Workshop ..." where there is no table."""
        stated = issued(grid.rows[:HEADER_WITHIN]) if self.issued is None else self.issued
        context = Context(stated or grid.changed, from_file=stated is None, language=self.calendar.language)
        status = self.calendar.status or ("provisional" if provisional(grid.rows[:10], grid.name) else "")
        for row, cells, heading in entries_of(grid.rows, context.issued):
            if self.left <= 0:
                self._problem("too-many-rows", "the paragraphs behind the limit were not read", lost=True)
                return
            self.left -= 1
            try:
                listing, dates = self._made(row, cells, (), replace(context, heading=heading), status)
            except UnreadableRow as error:
                self._problem("unreadable-row", f"{row.where}: {error}", lost=True)
                continue
            self.listings.append(listing)
            if dates.wrong:
                self._problem("unclear-date", f"{row.where}: {dates.wrong}", listing.key.uid)


def _heading_above(letterhead: Sequence[Row], published: date | None) -> Section | None:
    """Find the month or year a list is about in the rows above its header; the last one said counts."""
    found: Section | None = None
    for row in letterhead:
        if len(row.said) == 1:
            text = row.cells[row.said[0]]
            found = section(text, published, found) or period(text) or found
    return found


def _own(row: Row) -> list[str]:
    return ["" if number in row.filled else cell for number, cell in enumerate(row.cells)]


def _named(cells: Sequence[str], fields: Mapping[str, int]) -> dict[str, str]:
    width = len(cells)
    return {name: cells[column] for name, column in fields.items() if column < width and cells[column]}


def _others(row: Row, header: Header) -> tuple[tuple[str, str], ...]:
    width = len(row.cells)
    return tuple((name, row.cells[column]) for name, column in header.others if column < width and row.cells[column])


def _is_group(text: str) -> bool:
    """True for "AFRICA" or "Meetings in 2008:" alone in a row, which name the rows below."""
    words = text.split()
    return text.endswith(":") or (len(words) <= 2 and text.isupper()) or not set(plain(text).split()) - _GROUPS


def _dated(cells: Cells) -> bool:
    return any(cells.get(name) for name in (*_DATES, "month"))


def _a_day(cell: str) -> bool:
    return len(cell) <= 60 and any(map(str.isdigit, cell)) and resolve(cell, published=date(2000, 1, 1)) is not None


# -- rows to listings ----------------------------------------------------------------------------------------------


def _entry(
    row: dict[str, str], calendar: Calendar, used: dict[str, int], context: Context, others: Iterable[tuple[str, str]]
) -> tuple[Listing, When]:
    """Make one row a listing, and say what its dates mean.

    Raises:
        UnreadableRow: The row has no title.
    """
    title, in_title = title_and_status(row.get("title", ""))
    if not title:
        raise UnreadableRow("it has no title")
    row["title"] = title
    if "notes" in row:
        row["description"] = "\n".join(part for part in (row.get("description", ""), row["notes"]) if part)
    if in_title:
        row["status"] = in_title
    dates = when(row, context)
    uid = row.get("id", "") or _made_uid(row)
    used[uid] = used.get(uid, 0) + 1
    if used[uid] > 1:
        uid = f"{uid}#{used[uid]}"
    return listing_of(row, ListingKey(calendar.id, uid), calendar, dates, others=tuple(others)), dates


def listing_of(
    row: Cells,
    key: ListingKey,
    calendar: Calendar,
    dates: When,
    *,
    as_worded: bool = False,
    others: tuple[tuple[str, str], ...] = (),
) -> Listing:
    """Make a listing of a row; *as_worded* leaves city and country as they stand, without looking into the place."""
    get = row.get
    place = get("place_raw", "")
    city, country = get("city", ""), country_code(get("country", ""))
    online = is_yes(get("online", ""))
    venue = get("venue", "")
    if not as_worded and not (city and country):
        city, country, venue = place_parts(place or venue, city, country, venue)
    stated = get("status", "")
    status = status_of(stated)
    if stated and status is None:
        others = (*others, ("status", stated))
    return Listing(
        key=key,
        organisation=calendar.organisation,
        title=get("title", ""),
        language=language_of(get("language", "")) or calendar.language,
        status=status or status_of(calendar.status) or Status.CONFIRMED,
        visibility=max(calendar.visibility, visibility_of(get("visibility", ""))),
        span=dates.span,
        start=dates.start,
        end=dates.end,
        date_text=dates.text,
        date_note=dates.note,
        city=city,
        country=country,
        place_text=place,
        venue=venue,
        online=online,
        organisers=several(get("organisers", "")),
        sponsors=several(get("sponsors", "")),
        audience=several(get("audience", "")),
        themes=several(get("themes", "")),
        description=get("description", ""),
        url=get("url", ""),
        published=day(get("published", "")),
        klass=get("visibility", ""),
        extra=others,
    )


def language_of(cell: str) -> str:
    """Return the language tag a cell holds, blank when it holds none."""
    return cell.lower() if _LANGUAGE.fullmatch(cell) else ""


def is_yes(cell: str) -> bool:
    """Say whether a cell says yes, or that an event is online."""
    return plain(cell) in _YES


def several(cell: str) -> tuple[str, ...]:
    """Split a cell that holds several names."""
    if not cell:
        return ()
    return tuple(value for part in re.split(r"[;\n]", cell) if (value := part.strip()))


def _made_uid(row: Cells) -> str:
    """Name a row that has no id by what it says; `changes` recognises it again when it moves."""
    dates = row.get("date_text", "") or f"{row.get('start', '')}/{row.get('end', '')}"
    place = row.get("city", "") or row.get("place_raw", "")
    said = "\x1f".join((plain(row.get("title", "")), plain(dates), plain(place)))
    return MADE_UID + hashlib.sha256(said.encode()).hexdigest()[:20]


def _order(listing: Listing) -> tuple[date, str]:
    return (listing.span.earliest if listing.span is not None else date.max, listing.key.uid)
