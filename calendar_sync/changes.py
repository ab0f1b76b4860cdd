"""What changed in a calendar since it was last read. Unparseable is not absent, and silence is not withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from calendar_sync.errors import CalendarEmptied, CalendarShrunken
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.wording import plain

SHRUNKEN_SHARE = 0.30
SHRUNKEN_LEAST = 5
MADE_UID = "row-"
"""Begins the UID of an entry whose calendar names none; it is made from what the entry says."""

_NOT_COMPARED = frozenset({"key", "first_seen", "published", "sequence", "extra"})
_COMPARED = tuple(field.name for field in fields(Listing) if field.name not in _NOT_COMPARED)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of each listing. Every listing that stands is in exactly one of the first four."""

    added: tuple[Listing, ...] = ()
    updated: tuple[Listing, ...] = ()
    """As they read now; cancelled ones are among them."""
    unchanged: tuple[Listing, ...] = ()
    kept: tuple[Listing, ...] = ()
    """Known ones that were not read this time and stand: past ones, and those that could not be parsed."""
    withdrawn: tuple[Listing, ...] = ()
    """Coming ones that the calendar no longer holds."""
    replaced: tuple[Listing, ...] = ()
    """What *updated* replaced, in the same order."""

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every listing that stands, in the order of their keys."""
        standing = (*self.added, *self.updated, *self.unchanged, *self.kept)
        return tuple(sorted(standing, key=lambda listing: listing.key))

    @property
    def nothing(self) -> bool:
        """True when nothing was added, updated or withdrawn."""
        return not (self.added or self.updated or self.withdrawn)


def changes(
    known: Sequence[Listing],
    seen: Sequence[Listing],
    night: date,
    *,
    calendar: str = "",
    window: tuple[date, date] | None = None,
    unparsed: Collection[str] = (),
    some_lost: bool = False,
    accept: bool = False,
) -> Changes:
    """Compare what was known with what the calendar holds on *night*.

    *unparsed* are the UIDs of entries that are there and could not be read; *some_lost* says that others are there
    whose UID nobody can tell. *window* is what recurring series were expanded in: outside it nobody looked.
    *accept* takes an emptied or shrunken calendar as it is.

    Raises:
        CalendarEmptied: Nothing came, yet listings were known.
        CalendarShrunken: More than 30 % of the coming entries, and at least 5, are missing.
    """
    if known and not seen and not accept:
        raise CalendarEmptied(calendar or known[0].key.calendar, len(known))
    before = {listing.key: listing for listing in known}
    now = recognised_again(known, seen, night)
    missing = [listing for key, listing in before.items() if key not in now]
    gone = [
        listing
        for listing in missing
        if is_coming(listing, night)
        and not some_lost
        and listing.key.uid not in unparsed
        and not _outside(listing, window)
    ]
    if not accept:
        _hold_if_shrunken(known, gone, now.keys(), night, calendar)
    gone_keys = {listing.key for listing in gone}
    added: list[Listing] = []
    updated: list[tuple[Listing, Listing]] = []
    unchanged: list[Listing] = []
    for key, listing in now.items():
        old = before.get(key)
        if old is None:
            added.append(replace(listing, first_seen=night))
            continue
        listing = replace(listing, first_seen=old.first_seen or night)
        if changed_fields(old, listing):
            updated.append((old, listing))
        else:
            unchanged.append(listing)
    return Changes(
        added=_ordered(added),
        updated=tuple(new for _, new in sorted(updated, key=lambda pair: pair[0].key)),
        unchanged=_ordered(unchanged),
        kept=_ordered(listing for listing in missing if listing.key not in gone_keys),
        withdrawn=_ordered(gone),
        replaced=tuple(old for old, _ in sorted(updated, key=lambda pair: pair[0].key)),
    )


def cancellations(known: Sequence[Listing], seen: Sequence[Listing], night: date) -> Changes:
    """Take from a calendar that is otherwise not believed only what it cancels in so many words."""
    before = {listing.key: listing for listing in known}
    cancelled = {
        key: replace(listing, first_seen=before[key].first_seen)
        for key, listing in recognised_again(known, seen, night).items()
        if listing.status is Status.CANCELLED and key in before and before[key].status is not Status.CANCELLED
    }
    return Changes(
        updated=_ordered(cancelled.values()),
        kept=_ordered(listing for listing in known if listing.key not in cancelled),
        replaced=_ordered(before[key] for key in cancelled),
    )


def changed_fields(old: Listing, new: Listing) -> tuple[str, ...]:
    """Name the fields in which two readings of one listing differ; when it was published or read is not one."""
    return tuple(name for name in _COMPARED if getattr(old, name) != getattr(new, name))


def is_coming(listing: Listing, night: date) -> bool:
    """True unless the listing certainly lies in the past on *night*; an undated one may still come."""
    return listing.span is None or listing.span.latest >= night


def recognised_again(known: Sequence[Listing], seen: Sequence[Listing], night: date) -> dict[ListingKey, Listing]:
    """Give each listing seen the key it had before, even where its producer changed the UID; unique keys.

    Some producers make new UIDs on every export. A listing of the same start, title and place is the same one. Where
    the UID is our own, made from what a row says, a coming row moved in time or place is also still the same row; what
    was held before *night* is not: next year's edition often has the same title and town.
    """
    now: dict[ListingKey, Listing] = {}
    for listing in seen:
        rival = now.get(listing.key)
        # One export may hold a UID twice; the later draft wins, the first among equals.
        if rival is None or listing.sequence > rival.sequence:
            now[listing.key] = listing
    before = {listing.key for listing in known}
    lost = [listing for listing in known if listing.key not in now]
    fresh = [listing for key, listing in now.items() if key not in before]
    for identity in (_start_title_place, _made_title_place, _made_title_start):
        if not (lost and fresh):
            break
        movable = lost if identity is _start_title_place else [old for old in lost if is_coming(old, night)]
        olds, news = _alone(movable, identity), _alone(fresh, identity)
        same = {news[name].key: olds[name] for name in olds.keys() & news.keys()}
        for key, old in same.items():
            now[old.key] = replace(now.pop(key), key=old.key)
        taken = {old.key for old in same.values()}
        lost = [listing for listing in lost if listing.key not in taken]
        fresh = [listing for listing in fresh if listing.key not in same]
    return now


def _hold_if_shrunken(
    known: Sequence[Listing], gone: Sequence[Listing], now: Collection[ListingKey], night: date, calendar: str
) -> None:
    """Raise when too much is missing at once. A series counts once, however many days it has."""
    coming = {
        listing.key.uid for listing in known if is_coming(listing, night) and listing.status is not Status.CANCELLED
    }
    missing = coming & {listing.key.uid for listing in gone} - {key.uid for key in now}
    if len(missing) >= SHRUNKEN_LEAST and len(missing) > SHRUNKEN_SHARE * len(coming):
        raise CalendarShrunken(calendar or known[0].key.calendar, len(coming), len(missing))


def _outside(listing: Listing, window: tuple[date, date] | None) -> bool:
    """True for a day of a series that the window left out."""
    if window is None or not listing.key.recurrence_id or listing.span is None:
        return False
    return listing.span.earliest < window[0] or listing.span.earliest >= window[1]


def _start_title_place(listing: Listing) -> Hashable:
    when = listing.start or listing.span or plain(listing.date_text)
    return (str(when), plain(listing.title), _place(listing)) if when else None


def _made_title_place(listing: Listing) -> Hashable:
    if not listing.key.uid.startswith(MADE_UID):
        return None
    return (plain(listing.title), _place(listing))


def _made_title_start(listing: Listing) -> Hashable:
    when = listing.start or listing.span or plain(listing.date_text)
    if not listing.key.uid.startswith(MADE_UID) or not when:
        return None
    return (plain(listing.title), str(when))


def _place(listing: Listing) -> str:
    return plain(listing.city or listing.place_text)


def _alone(listings: Iterable[Listing], identity: Callable[[Listing], Hashable]) -> dict[Hashable, Listing]:
    """Index listings by an identity, without those that share it: nobody could tell them apart."""
    found: dict[Hashable, Listing] = {}
    shared: set[Hashable] = set()
    for listing in listings:
        name = identity(listing)
        if name in found:
            shared.add(name)
        elif name is not None:
            found[name] = listing
    return {name: listing for name, listing in found.items() if name not in shared}


def _ordered(listings: Iterable[Listing]) -> tuple[Listing, ...]:
    return tuple(sorted(listings, key=lambda listing: listing.key))
