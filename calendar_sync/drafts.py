"""Superseding drafts: which row of a later draft is which of an earlier one, and what became of each.

Lists that are mailed have no UIDs. Their rows are recognised by what they say, as long as enough of it stays the same
and nothing says that it is another event: another number, region, language group or year in the title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from calendar_sync.countries import country_name
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from calendar_sync.wording import plain

LARGEST_BLOCK = 200
"""Rows of one date or place beyond which they are not compared one by one: no list anybody wrote has so many."""
FARTHEST = 366
"""Days a row may be moved; what is further away is another edition."""
_NEAR = 62
_SMALL = frozenset({
    "a", "an", "and", "au", "aux", "com", "con", "d", "da", "das", "de", "del", "der", "des", "do", "dos", "du", "e",
    "el", "em", "en", "et", "for", "from", "in", "l", "la", "las", "le", "les", "los", "na", "no", "o", "of", "on",
    "os", "para", "por", "pour", "sobre", "sur", "the", "to", "y", "и", "в", "по", "для", "о", "на",
})  # fmt: skip
_TELLING = (
    ("afri", "africa"), ("asi", "asia"), ("europ", "europe"), ("americ", "america"), ("ameriq", "america"),
    ("carib", "caribbean"), ("caraib", "caribbean"), ("arab", "arab"), ("pacif", "pacific"), ("latin", "latin"),
    ("centr", "central"), ("west", "west"), ("ouest", "west"), ("occident", "west"), ("east", "east"),
    ("orient", "east"), ("north", "north"), ("nord", "north"), ("nort", "north"), ("south", "south"), ("sud", "south"),
    ("austral", "south"), ("anglo", "english"), ("english", "english"), ("franco", "french"), ("french", "french"),
    ("luso", "portuguese"), ("portug", "portuguese"), ("hispan", "spanish"), ("spanish", "spanish"),
    ("африк", "africa"), ("ази", "asia"), ("европ", "europe"), ("араб", "arab"),
)  # fmt: skip
"""Beginnings of words that tell one event from another whatever else their titles share."""
_ORDINALS = {
    word: number
    for number, words in {
        "1": "first premier premiere primer primera primeiro primeira 1st 1er 1ere",
        "2": "second deuxieme seconde segundo segunda 2nd 2e 2eme",
        "3": "third troisieme tercer tercera terceiro terceira 3rd 3e 3eme",
        "4": "fourth quatrieme cuarto cuarta quarto quarta 4th 4e 4eme",
        "5": "fifth cinquieme quinto quinta 5th 5e 5eme",
        "6": "sixth sixieme sexto sexta 6th 6e 6eme",
    }.items()
    for word in words.split()
}


class What(StrEnum):
    """What became of a row, in the order in which it is told of one row."""

    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    DATED = "dated"
    """Given days within the bounds it had."""
    RELOCATED = "relocated"
    PLACED = "placed"
    """Given a place within the country it had, or one at all."""
    REWORDED = "reworded"
    STATUS = "status"
    CHANGED = "changed"
    """Something else; *field* names it."""


_ORDER = tuple(What)
_OTHER_FIELDS = (
    ("organisers", "organisers"), ("sponsors", "sponsors"), ("audience", "participants"), ("themes", "themes"),
    ("description", "remarks"), ("url", "address"), ("visibility", "visibility"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was between two drafts of a list."""

    what: What
    key: ListingKey
    """Of the row in the later draft; of the earlier where the later has none."""
    title: str
    """As the later draft words it, if it has the row."""
    span: Span | None
    """When it is now; when it was, for a row that was dropped."""
    before: str = ""
    after: str = ""
    field: str = ""

    @property
    def words(self) -> str:
        """Say it to a person, in one line.

        >>> key = ListingKey("list", "row-1")
        >>> Difference(What.MOVED, key, "Workshop", None, "27-28 November 2007", "4-5 December 2007").words
        'moved from 27-28 November 2007 to 4-5 December 2007: Workshop'
        """
        match self.what:
            case What.ADDED | What.DROPPED:
                return f"{self.what}: {self.title} ({self.after or self.before})"
            case What.REWORDED:
                return f"reworded: {self.after} (was: {self.before})"
            case What.MOVED | What.RELOCATED:
                return f"moved from {self.before} to {self.after}: {self.title}"
            case What.PLACED:
                return f"now in {self.after} (was: {self.before}): {self.title}"
            case What.DATED:
                return f"now on {self.after} (was: {self.before}): {self.title}"
            case What.STATUS:
                return f"now {self.after} (was {self.before}): {self.title}"
        return f"{self.field}: {self.after or 'nothing'} (was: {self.before or 'nothing'}): {self.title}"


def differences(old: Sequence[Listing], new: Sequence[Listing]) -> tuple[Difference, ...]:
    """Say row by row what changed from one draft of a list to the next, in order of date."""
    before = {listing.key: listing for listing in old}
    now = {listing.key: listing for listing in new}
    lost = [listing for key, listing in before.items() if key not in now]
    fresh = [listing for key, listing in now.items() if key not in before]
    again = same_rows(lost, fresh)
    found: list[Difference] = []
    for key, listing in now.items():
        earlier = before.get(key) or (before[again[key]] if key in again else None)
        found += [_whole(What.ADDED, listing)] if earlier is None else _between(earlier, listing)
    taken = set(again.values())
    found += [_whole(What.DROPPED, listing) for listing in lost if listing.key not in taken]
    return tuple(sorted(found, key=_order))


def same_rows(lost: Sequence[Listing], fresh: Sequence[Listing]) -> dict[ListingKey, ListingKey]:
    """Recognise rows without a UID: for each fresh one that is a lost one reworded, moved or both, the key it had.

    Where two would fit equally well nobody can tell, and neither is taken.
    """
    olds = {listing.key: listing for listing in lost}
    news = {listing.key: listing for listing in fresh}
    scored = {
        (one, other): score
        for one, other in _worth_comparing(lost, fresh)
        if (score := _score(olds[one], news[other])) > 0
    }
    found: dict[ListingKey, ListingKey] = {}
    taken: set[ListingKey] = set()
    by_score: defaultdict[float, list[tuple[ListingKey, ListingKey]]] = defaultdict(list)
    for pair, score in scored.items():
        by_score[score].append(pair)
    for score in sorted(by_score, reverse=True):
        open_ = [(one, other) for one, other in by_score[score] if one not in taken and other not in found]
        for one, other in open_:
            rivals = sum(one == first or other == second for first, second in open_)
            if rivals == 1:
                found[other] = one
                taken.add(one)
    return found


# -- the same row? -------------------------------------------------------------------------------------------------


def _worth_comparing(lost: Iterable[Listing], fresh: Iterable[Listing]) -> set[tuple[ListingKey, ListingKey]]:
    """Pair rows that share their dates, their place or their title."""
    pairs: set[tuple[ListingKey, ListingKey]] = set()
    by: tuple[Callable[[Listing], Hashable], ...] = (_dates, _place, lambda listing: plain(listing.title))
    for name in by:
        blocks: defaultdict[Hashable, tuple[list[ListingKey], list[ListingKey]]] = defaultdict(lambda: ([], []))
        for side, listings in enumerate((lost, fresh)):
            for listing in listings:
                if name(listing):
                    blocks[name(listing)][side].append(listing.key)
        for olds, news in blocks.values():
            if len(olds) <= LARGEST_BLOCK and len(news) <= LARGEST_BLOCK:
                pairs.update((one, other) for one in olds for other in news)
    return pairs


def _score(old: Listing, new: Listing) -> float:
    """Return how well two rows fit, 0 when they are not to be taken for the same."""
    alike = _alike(old.title, new.title)
    if alike <= 0:
        return 0.0
    apart = _days_apart(old, new)
    same_dates = bool(_dates(old)) and _dates(old) == _dates(new)
    same_place = bool(_place(old)) and _place(old) == _place(new)
    elsewhere = bool(_place(old)) and bool(_place(new)) and not same_place
    if elsewhere and old.country and old.country == new.country and not (old.city and new.city):
        elsewhere = False  # "Botswana", then "Gaborone, Botswana"
    if same_dates:
        needed = 0.3 if same_place else 0.75 if elsewhere else 0.5
    elif apart is None or apart <= _NEAR:
        needed = 0.6 if same_place else 0.9 if elsewhere else 0.75
    elif apart <= FARTHEST:
        needed = 0.8 if same_place else 1.0
    else:
        return 0.0
    if alike < needed:
        return 0.0
    nearness = 1.0 if same_dates else 0.0 if apart is None else 0.5 * (1 - apart / (FARTHEST + 1))
    return round(alike + nearness + (0.6 if same_place else -0.3 if elsewhere else 0.0), 6)


@lru_cache(maxsize=8192)
def _alike(one: str, other: str) -> float:
    """Share of words two titles have in common, from 0 to 1; 0 where a word tells them apart."""
    mine, theirs = _telling(one), _telling(other)
    if mine - theirs and theirs - mine:
        return 0.0
    first, second = _stems(one), _stems(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _telling(title: str) -> frozenset[str]:
    """Return what tells one event of a kind from another: numbers, regions, groups of languages."""
    found: set[str] = set()
    for word in plain(title).split():
        if word.isdigit() or word in _ORDINALS:
            found.add(_ORDINALS.get(word, word))
            continue
        found.update(meaning for beginning, meaning in _TELLING if word.startswith(beginning))
        if word in ("est", "este", "ocidental", "sur"):
            found.add({"est": "east", "este": "east", "sur": "south"}.get(word, "west"))
    return frozenset(found)


def _stems(title: str) -> frozenset[str]:
    """Return the beginnings of the words of a title: plural, case and gender fall away."""
    return frozenset(word[:5] for word in plain(title).split() if word not in _SMALL)


def _dates(listing: Listing) -> str:
    if listing.span is not None:
        return f"{listing.span.earliest}/{listing.span.latest}"
    return plain(listing.date_text)


def _place(listing: Listing) -> str:
    return plain(listing.city or listing.place_text or listing.country)


def _days_apart(old: Listing, new: Listing) -> int | None:
    if old.span is None or new.span is None:
        return None
    return abs((new.span.earliest - old.span.earliest).days) if not old.span.overlaps(new.span) else 0


# -- what changed --------------------------------------------------------------------------------------------------


def _whole(what: What, listing: Listing) -> Difference:
    said = ", ".join(part for part in (_days(listing), _where(listing)) if part)
    before, after = ("", said) if what is What.ADDED else (said, "")
    return Difference(what, listing.key, listing.title, listing.span, before, after)


def _between(old: Listing, new: Listing) -> Iterator[Difference]:
    def told(what: What, before: str, after: str, field: str = "") -> Difference:
        return Difference(what, new.key, new.title, new.span, before, after, field)

    if _dates(old) != _dates(new):
        within = (
            old.span is not None
            and new.span is not None
            and not old.span.is_exact
            and old.span.earliest <= new.span.earliest <= new.span.latest <= old.span.latest
        )
        yield told(What.DATED if within or old.span is None else What.MOVED, _days(old), _days(new), "dates")
    if _where(old) != _where(new):
        placed = not _where(old) or (not old.city and bool(old.country) and old.country == new.country)
        what = What.PLACED if placed else What.RELOCATED
        yield told(what, _where(old) or "no place", _where(new) or "no place", "place")
    if plain(old.title) != plain(new.title):
        yield told(What.REWORDED, old.title, new.title, "title")
    if old.status is not new.status:
        yield told(What.STATUS, old.status.value, new.status.value, "status")
    for name, called in _OTHER_FIELDS:
        before, after = _said(getattr(old, name)), _said(getattr(new, name))
        if before != after:
            yield told(What.CHANGED, before, after, called)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return str(getattr(value, "name", value)).lower() if not isinstance(value, str) else value


def _where(listing: Listing) -> str:
    if listing.city or listing.country:
        return ", ".join(part for part in (listing.city, country_name(listing.country)) if part)
    return listing.place_text or listing.venue


def _days(listing: Listing) -> str:
    """Word the days of a listing as its readers would."""
    span = listing.span
    if span is None:
        return listing.date_text or "no date"
    if not span.is_exact:
        return listing.date_text or f"between {_day(span.earliest)} and {_day(span.latest)}"
    first, last = span.earliest, span.latest
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{_day(last)}"
    begin = f"{first.day} {first:%B}" if first.year == last.year else _day(first)
    return f"{begin} - {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _order(difference: Difference) -> tuple[date, str, ListingKey, int, str]:
    when = difference.span.earliest if difference.span is not None else date.max
    return (when, difference.title, difference.key, _ORDER.index(difference.what), difference.field)
