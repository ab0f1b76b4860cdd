"""Tables of listings for `outreach match`, however many rows they have: read into columns, not into objects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from calendar_sync.countries import country_code
from calendar_sync.errors import TableRefused
from calendar_sync.listing_columns import Coded, ListingColumns, said, together
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.reading.headers import columns
from calendar_sync.reading.row_dates import Context, When, day, when
from calendar_sync.reading.tables import (
    HEADER_WITHIN,
    first_header,
    is_yes,
    language_of,
    listing_of,
    rows_of_file,
    several,
)
from calendar_sync.roster import Calendar

T = TypeVar("T", bound=Hashable)

_BLOCK = 1 << 14
"""Rows laid out at a time."""
_DATED = ("start", "end", "date_text", "day", "published", "language")
"""Fields that have a say in when a row takes place."""


def listing_table(path: Path) -> list[Listing]:
    """Read one table into listings, ordered by their ids; see `listing_tables`."""
    table = listing_tables([path])
    return [table.listing(at) for at in range(len(table))]


def listing_tables(paths: Sequence[Path]) -> ListingColumns:
    """Read tables for `outreach match` as one.

    A row's `id` is its UID, its `source` the calendar (else the file's name). Ids that stand in more than one file are
    told apart by the name of the file.

    Raises:
        TableRefused: A file cannot be read, has no `id` or `title` column, or gives two rows one id.
    """
    tables = [_read(path) for path in paths]
    seen = Counter(chain.from_iterable(table.ids for table in tables)) if len(tables) > 1 else Counter[str]()
    for number, table in enumerate(tables, start=1):
        name = table.stem if sum(table.stem == other.stem for other in tables) == 1 else f"{table.stem}-{number}"
        table.ids[:] = [f"{name}:{uid}" if seen[uid] > 1 else uid for uid in table.ids] if seen else table.ids
    return _laid_out(_joined(tables))


@dataclass(slots=True)
class _Column:
    """The cells of one field, each distinct text kept once."""

    numbers: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    codes: list[NDArray[np.int32]] = field(default_factory=list)

    def add(self, cells: Sequence[str]) -> None:
        self.codes.append(np.fromiter(map(self.numbers.__getitem__, cells), dtype=np.int32, count=len(cells)))

    def coded(self) -> Coded[str]:
        codes = np.concatenate(self.codes or [np.zeros(0, dtype=np.int32)])
        return Coded(codes, [text.strip() for text in self.numbers])


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows with their ids and titles as they stand, and every other field as a coded column."""

    stem: str
    ids: list[str]
    titles: list[str]
    fields: Mapping[str, Coded[str]]

    def field(self, name: str) -> Coded[str]:
        """Return a field, blank throughout when the table has none of that name."""
        blank = np.zeros(len(self.ids), dtype=np.int32)
        return self.fields.get(name) or Coded(blank, [""])


def _read(path: Path) -> _Table:
    rows = rows_of_file(path)
    head = list(islice(rows, HEADER_WITHIN))
    found = first_header(head)
    at, fields = found if found is not None else (0, columns(head[0]) if head else {})
    for name in ("id", "title"):
        if name not in fields:
            named = ", ".join(cell for cell in (head[0] if head else ()) if cell)[:200] or "nothing"
            raise TableRefused(
                path, f"it has no column {name!r}", f"name one; the columns id and title are needed, it has: {named}"
            )
    gathered = {name: _Column() for name in fields if name not in ("id", "title")}
    ids: list[str] = []
    titles: list[str] = []
    below = chain(head[at + 1 :], rows)
    number = at + 2
    while block := list(islice(below, _BLOCK)):
        cells = _cells(path, block, number, fields)
        number += len(block)
        ids += cells["id"]
        titles += map(str.strip, cells["title"])
        for name, column in gathered.items():
            column.add(cells[name])
    if len(set(ids)) < len(ids):
        _refuse_twins(path, ids)
    told = {name: column.coded() for name, column in gathered.items()}
    sources = told.get("source") or Coded(np.zeros(len(ids), dtype=np.int32), [""])
    told["source"] = Coded(sources.codes, [source or path.stem for source in sources.values])
    return _Table(path.stem, ids, titles, told)


def _cells(
    path: Path, block: Sequence[Sequence[str]], number: int, fields: Mapping[str, int]
) -> Mapping[str, Sequence[str]]:
    """Lay rows out by field; *number* is that of the first. Empty rows are left out, one without an id refused."""
    width = max(fields.values()) + 1
    wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in block]
    if not all(row[fields["id"]].strip() for row in wide):
        kept = []
        for line, row in enumerate(wide, start=number):
            if row[fields["id"]].strip():
                kept.append(row)
            elif any(row[at].strip() for at in fields.values()):
                raise TableRefused(path, f"row {line} has no id", "give every row an id of its own")
        wide = kept
    columns = list(zip(*wide, strict=False)) if wide else [()] * width
    return {name: columns[at] for name, at in fields.items()} | {"id": list(map(str.strip, columns[fields["id"]]))}


def _refuse_twins(path: Path, ids: Sequence[str]) -> None:
    """Name the two rows that have one id."""
    (uid, _), *_ = Counter(ids).most_common(1)
    rows = rows_of_file(path)
    head = list(islice(rows, HEADER_WITHIN))
    at, fields = first_header(head) or (0, columns(head[0]))
    all_rows = enumerate(chain(head[at + 1 :], rows), start=at + 2)
    first, second, *_ = (
        number for number, row in all_rows if "".join(row[fields["id"] : fields["id"] + 1]).strip() == uid
    )
    raise TableRefused(path, f"rows {first} and {second} have the same id {uid!r}", "give every row an id of its own")


def _joined(tables: Sequence[_Table]) -> _Table:
    """Put tables below each other, ordered by id."""
    ids = [uid for table in tables for uid in table.ids]
    titles = [title for table in tables for title in table.titles]
    names = dict.fromkeys(name for table in tables for name in table.fields)
    fields = {name: _below([table.field(name) for table in tables]) for name in names}
    if any(one > other for one, other in zip(ids, islice(ids, 1, None), strict=False)):
        order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
        ids = [ids[at] for at in order.tolist()]
        titles = [titles[at] for at in order.tolist()]
        fields = {name: column.at(order) for name, column in fields.items()}
    return _Table("", ids, titles, fields)


def _below(columns: Sequence[Coded[str]]) -> Coded[str]:
    if len(columns) == 1:
        return columns[0]
    numbers: dict[str, int] = {}
    parts = [
        np.array([numbers.setdefault(text, len(numbers)) for text in column.values], dtype=np.int32)[column.codes]
        for column in columns
    ]
    return Coded(np.concatenate(parts), list(numbers))


def _laid_out(table: _Table) -> ListingColumns:
    dates = together([table.field(name) for name in _DATED])
    moments = [when({name: text for name, text in zip(_DATED, told, strict=True) if text}, Context())
               for told in dates.values]  # fmt: skip
    hosts = together([table.field("organisers"), table.field("sponsors")])
    places = together([table.field("place_raw"), table.field("venue")])
    online = table.field("online")
    yes = np.array([is_yes(text) for text in online.values], dtype=np.bool_)
    return ListingColumns(
        ids=table.ids,
        calendars=table.field("source"),
        titles=table.titles,
        cities=table.field("city"),
        countries=_read_each(table.field("country"), country_code),
        online=yes[online.codes] if len(yes) else np.zeros(0, dtype=np.bool_),
        spans=Coded(dates.codes, [moment.span for moment in moments]),
        places=places if any(map(any, places.values)) else None,
        languages=said(_read_each(table.field("language"), language_of)),
        date_texts=said(Coded(dates.codes, [moment.text for moment in moments])),
        urls=said(table.field("url")),
        published=said(_read_each(table.field("published"), day)),
        bodies=said(Coded(hosts.codes, [several(one) + several(other) for one, other in hosts.values])),
        audiences=said(_read_each(table.field("audience"), several)),
        listing=_Rows(table, dates.codes, moments),
    )


def _read_each(column: Coded[str], read: Callable[[str], T]) -> Coded[T]:
    return Coded(column.codes, [read(text) for text in column.values])


@dataclass(frozen=True, slots=True)
class _Rows:
    """The listing of each row, made when it is asked for."""

    table: _Table
    which: NDArray[np.int32]
    moments: Sequence[When]

    def __call__(self, at: int) -> Listing:
        table = self.table
        row = {name: text for name, column in table.fields.items() if (text := column[at])}
        row["title"] = table.titles[at]
        source = row["source"]
        key = ListingKey(source, table.ids[at])
        return listing_of(row, key, Calendar(source, source, ""), self.moments[self.which[at]], as_worded=True)
