"""What changed in a calendar since it was last read. Unparseable is not absent, and silence is not withdrawal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

from calendar_sync.errors import CalendarEmptied, CalendarShrunken
from calendar_sync.identity import is_coming, recognised_again
from calendar_sync.listings import Listing, ListingKey, Status

SHRUNKEN_SHARE = 0.30
SHRUNKEN_LEAST = 5
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
    carried: Mapping[str, str] = field(default_factory=dict)
    """UIDs as the calendar has them now to those under which their listings stand, where the two differ; blank where
    the listings of one UID stand under several, or those of several under one."""
    called: Mapping[ListingKey, str] = field(default_factory=dict)
    """The UID that the calendar has now for each listing that was read, by the key under which it stands."""

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every listing that stands, in the order of their keys."""
        standing = (*self.added, *self.updated, *self.unchanged, *self.kept)
        return tuple(sorted(standing, key=lambda listing: listing.key))

    @property
    def nothing(self) -> bool:
        """True when nothing was added, updated or withdrawn."""
        return not (self.added or self.updated or self.withdrawn)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the readers of one part of a calendar see of its other parts: UIDs of series."""

    known: int = 0
    """Listings known."""
    any_seen: bool = False
    coming: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


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
    unread: Collection[str] = frozenset(),
    taken: Collection[ListingKey] = frozenset(),
    beside: Beside | None = None,
) -> Changes:
    """Compare what was known with what the calendar holds on *night*.

    *unparsed* are the UIDs of entries that are there and could not be read; *some_lost* says that others are there
    whose UID nobody can tell. *window* is what recurring series were expanded in: outside it nobody looked.
    *accept* takes an emptied or shrunken calendar as it is. *unread* are UIDs of known series that the calendar holds
    word for word as before, so that nobody read them again and *seen* lacks them. No listing gets one of the keys
    *taken*. Where these are one part of a calendar, *beside* is what else its readers see of it.

    Raises:
        CalendarEmptied: Nothing came, yet listings were known.
        CalendarShrunken: More than 30 % of the coming entries, and at least 5, are missing.
    """
    beside = beside or Beside()
    if known and not seen and not unread and not beside.any_seen and not accept:
        raise CalendarEmptied(calendar or known[0].key.calendar, len(known) + beside.known)
    as_before = [listing for listing in known if listing.key.uid in unread]
    others = [listing for listing in known if listing.key.uid not in unread] if as_before else known
    before = {listing.key: listing for listing in others}
    again = recognised_again(others, seen, night, unread=frozenset(taken).union(listing.key for listing in as_before))
    now = {key: listing for key, (_, listing) in again.items()}
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
        here = (*now.keys(), *(listing.key for listing in as_before))
        name = calendar or next((listing.key.calendar for listing in known), "")
        _hold_if_shrunken(coming_series(known, night), series_of(gone, here), name, beside)
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
    called = {key: uid for key, (uid, _) in again.items()}
    return Changes(
        added=_ordered(added),
        updated=tuple(new for _, new in sorted(updated, key=lambda pair: pair[0].key)),
        unchanged=_ordered((*unchanged, *as_before)),
        kept=_ordered(listing for listing in missing if listing.key not in gone_keys),
        withdrawn=_ordered(gone),
        replaced=tuple(old for old, _ in sorted(updated, key=lambda pair: pair[0].key)),
        carried=_carried(called),
        called=called,
    )


def joined(parts: Sequence[Changes]) -> Changes:
    """Put the changes of the parts of one calendar together; no two of them hold the same key."""
    updated = sorted(
        (pair for part in parts for pair in zip(part.updated, part.replaced, strict=True)),
        key=lambda pair: pair[0].key,
    )
    called = {key: uid for part in parts for key, uid in part.called.items()}
    standing = {listing.key for part in parts for listing in part.listings}
    return Changes(
        added=_ordered(listing for part in parts for listing in part.added),
        updated=tuple(new for new, _ in updated),
        unchanged=_ordered(listing for part in parts for listing in part.unchanged),
        kept=_ordered(listing for part in parts for listing in part.kept),
        # Two parts may each have had a listing of one UID: what went here stands there.
        withdrawn=_ordered(listing for part in parts for listing in part.withdrawn if listing.key not in standing),
        replaced=tuple(old for _, old in updated),
        carried=_carried(called),
        called=called,
    )


def cancellations(known: Sequence[Listing], seen: Sequence[Listing], night: date) -> Changes:
    """Take from a calendar that is otherwise not believed only what it cancels in so many words."""
    before = {listing.key: listing for listing in known}
    cancelled = {
        key: replace(listing, first_seen=before[key].first_seen)
        for key, (_, listing) in recognised_again(known, seen, night).items()
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


def coming_series(known: Iterable[Listing], night: date) -> frozenset[str]:
    """Return the UIDs of what is still to come; a series counts once, however many days it has."""
    return frozenset(
        listing.key.uid for listing in known if is_coming(listing, night) and listing.status is not Status.CANCELLED
    )


def series_of(gone: Iterable[Listing], here: Iterable[ListingKey]) -> frozenset[str]:
    """Return the UIDs of *gone* of which no day is *here*."""
    return frozenset(listing.key.uid for listing in gone) - {key.uid for key in here}


def _hold_if_shrunken(coming: frozenset[str], gone: frozenset[str], calendar: str, beside: Beside) -> None:
    """Raise when too much is missing at once."""
    expected, missing = coming | beside.coming, (coming & gone) | beside.missing
    if coming & gone and len(missing) >= SHRUNKEN_LEAST and len(missing) > SHRUNKEN_SHARE * len(expected):
        raise CalendarShrunken(calendar, len(expected), len(missing))


def _carried(called: Mapping[ListingKey, str]) -> dict[str, str]:
    standing: dict[str, set[str]] = {}
    for key, uid in called.items():
        standing.setdefault(uid, set()).add(key.uid)
    shared = Counter(name for under in standing.values() for name in under)
    return {
        uid: "" if len(under) > 1 or any(shared[name] > 1 for name in under) else min(under)
        for uid, under in standing.items()
        if under != {uid} or shared[uid] > 1
    }


def _outside(listing: Listing, window: tuple[date, date] | None) -> bool:
    """True for a day of a series that the window left out."""
    if window is None or not listing.key.recurrence_id or listing.span is None:
        return False
    return listing.span.earliest < window[0] or listing.span.earliest >= window[1]


def _ordered(listings: Iterable[Listing]) -> tuple[Listing, ...]:
    return tuple(sorted(listings, key=lambda listing: listing.key))
