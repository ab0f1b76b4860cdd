"""How well dates in words are understood: date_text of two labelled tables against what other listings settle.

    python bench/vague_dates.py [--misses] [--peer]

Truth is the first and last day that *another* listing of the same event states, where all that state them agree (the
event was not moved and nobody contradicts; the collector's notes name the plans that were not kept). A text is resolved
against its publication date where there is one. Without one, a text that says no year is laid into a year of its own
and compared by day and month; a text that only
counts from its publication ("on Tuesday") cannot be resolved by anybody and is counted apart.

A second table of figures, of rows whose own source settles the dates, is larger and kinder: it holds no disagreement.

--peer also reads every row with dateparser, with the publication date as its base, preferring dates of the future for
announcements and of the past for reports; the hull of all it finds is its span. It gives days, not bounds, so the
share of rows in which its answer touches the event at all is printed too.
"""

from __future__ import annotations

import csv
import os
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from calendar_sync.date_mentions import Reach
from calendar_sync.date_phrases import mentions
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve

SHARED = Path(os.environ.get("OUTREACH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
TABLES = ("outreach1540", "outreach_neighbours")
_MOVED = re.compile(r"slipped|moved|postponed|first announce|planned month", re.IGNORECASE)
"""What the collector of the rows notes where a listing gives dates that were not kept."""
Days = tuple[date, date]
Reader = Callable[["Row"], "Span | None"]


@dataclass(frozen=True, slots=True)
class Row:
    """One listing's words about its date, and what is true."""

    name: str
    text: str
    language: str
    kind: str
    published: date | None
    truth: Days

    @property
    def base(self) -> date:
        """The day the words are counted from; without one stated, some day of the year."""
        return self.published or date(self.truth[0].year, 4, 1)

    @property
    def states_a_year(self) -> bool:
        """True where the words can be told without a publication date."""
        return resolve(self.text, published=None, language=self.language) is not None

    @property
    def only_relative(self) -> bool:
        """True where nothing is known to count from and the words do nothing but count."""
        if self.published is not None or self.states_a_year:
            return False
        one, other = (_span(self.text, self.language, date(2011, month, 14)) for month in (2, 9))
        return one is None or other is None or _month_days(one) != _month_days(other)


@dataclass(slots=True)
class Tally:
    """Figures of one reader over some rows."""

    rows: int = 0
    exact: int = 0
    held: int = 0
    touched: int = 0
    silent: int = 0
    named: int = 0
    named_exact: int = 0
    widths: list[int] = field(default_factory=list)
    misses: list[tuple[Row, Span | None]] = field(default_factory=list)

    def add(self, row: Row, span: Span | None, *, names_days: bool) -> None:
        """Count one row; without a year in the words and a publication date, by day and month only."""
        self.rows += 1
        self.named += names_days
        if span is None:
            self.silent += 1
            self.misses.append((row, None))
            return
        self.widths.append(span.days)
        by_month = row.published is None and not row.states_a_year
        placed = _moved_to(span, row.truth) if by_month else span
        exact = placed.is_exact and (placed.earliest, placed.latest) == row.truth
        held = placed.earliest <= row.truth[0] and row.truth[1] <= placed.latest
        self.touched += placed.earliest <= row.truth[1] and row.truth[0] <= placed.latest
        self.exact += exact
        self.named_exact += exact and names_days
        self.held += held
        if not held or (names_days and not exact):
            self.misses.append((row, span))

    def line(self, who: str) -> str:
        """Word the figures."""
        width = statistics.median(self.widths) if self.widths else 0
        named = f"{self.named_exact / self.named:.3f} of {self.named}" if self.named else "-"
        return (
            f"  {who:<11} rows {self.rows:>3}  bounds hold the truth {self.held / max(1, self.rows):.3f}  "
            f"share a day with it {self.touched / max(1, self.rows):.3f}  median width {width:g} d  "
            f"exact where day and month are named {named}  silent {self.silent}"
        )


def main() -> None:
    """Print the figures of each table and, when asked, every row missed."""
    for table in TABLES:
        path = SHARED / "data" / table / "listings.csv"
        listings = list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))
        for title, rows in (("other listings settle", _settled(listings)), ("its own source settles", _own(listings))):
            _print(table, title, list(rows))


def _print(table: str, title: str, rows: Sequence[Row]) -> None:
    readable = [row for row in rows if not row.only_relative]
    print(f"{table}, truth as {title}: {len(rows)} rows, {len(rows) - len(readable)} of them only relative to nothing")
    readers: dict[str, Reader] = {"ours": _ours}
    if "--peer" in sys.argv:
        readers["dateparser"] = _dateparser
    for who, read in readers.items():
        tally = Tally()
        for row in readable:
            tally.add(row, read(row), names_days=_names_days(row))
        print(tally.line(who))
        if "--misses" in sys.argv and who == "ours":
            for row, span in tally.misses:
                print(f"    {row.name} {row.truth[0]}..{row.truth[1]} pub {row.published} | {row.text} | {span}")


def _settled(listings: Sequence[dict[str, str]]) -> Iterator[Row]:
    """Rows of events whose other listings all state the same first and last day."""
    events: dict[str, list[dict[str, str]]] = defaultdict(list)
    for listing in listings:
        events[listing["event_gid"]].append(listing)
    for listing in listings:
        others = [other for other in events[listing["event_gid"]] if other is not listing]
        stated = {days for other in others if (days := _days(other))}
        own = _days(listing)
        if listing["date_text"] and len(stated) == 1 and own in (None, *stated) and not _MOVED.search(listing["notes"]):
            yield _row(listing, stated.pop())


def _own(listings: Sequence[dict[str, str]]) -> Iterator[Row]:
    for listing in listings:
        days = _days(listing)
        if listing["date_text"] and days:
            yield _row(listing, days)


def _row(listing: dict[str, str], truth: Days) -> Row:
    published = listing.get("pub_date") or ""
    return Row(
        listing["listing_id"],
        listing["date_text"],
        listing["language"],
        listing["listing_kind"],
        date.fromisoformat(published) if published else None,
        truth,
    )


def _days(listing: dict[str, str]) -> Days | None:
    first, last = listing["start_date"], listing["end_date"]
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None


def _names_days(row: Row) -> bool:
    """True where the words name a day and a month."""
    found = mentions(row.text, language=row.language)
    return any(phrase.reach is Reach.DAYS and phrase.relative is None for phrase in found.phrases)


def _span(text: str, language: str, published: date) -> Span | None:
    found = resolve(text, published=published, language=language)
    return None if found is None else found.span


def _ours(row: Row) -> Span | None:
    return _span(row.text, row.language, row.base)


def _dateparser(row: Row) -> Span | None:
    from dateparser import parse
    from dateparser.search import search_dates

    settings = {
        "RELATIVE_BASE": datetime.combine(row.base, time()),
        "PREFER_DATES_FROM": "future" if row.kind == "announcement" else "past",
    }
    found = search_dates(row.text, languages=[row.language], settings=settings) or []
    whole = parse(row.text, languages=[row.language], settings=settings)
    days = sorted(when.date() for when in (*(when for _, when in found), whole) if when is not None)
    return Span.exact(days[0], days[-1]) if days else None


def _month_days(span: Span) -> tuple[int, int, int, int]:
    return span.earliest.month, span.earliest.day, span.latest.month, span.latest.day


def _moved_to(span: Span, truth: Days) -> Span:
    """Move a span by whole years to the year of the truth."""
    years = truth[0].year - span.earliest.year

    def moved(day: date) -> date:
        try:
            return day.replace(year=day.year + years)
        except ValueError:
            return day.replace(year=day.year + years, day=28)

    certain = span.certain and (moved(span.certain[0]), moved(span.certain[1]))
    return Span(moved(span.earliest), moved(span.latest), certain)


if __name__ == "__main__":
    main()
