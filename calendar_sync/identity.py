"""Which listing of tonight is which of last night's: by its UID, and by what it says where UIDs cannot be trusted.

Some producers make new UIDs on every export, number their rows from the top, or give next year's edition the UID of
this year's. Each listing is judged by itself and those it could be confused with, never by how many others there are:
the outcome is the same whether a calendar was read whole or only where it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from calendar_sync.drafts import same_rows
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.wording import plain

MADE_UID = "row-"
"""Begins the UID of an entry whose calendar names none; it is made from what the entry says."""
_EDITION = "edition-"
NEXT_EDITION = timedelta(days=180)
"""From the end of an event that is over to the start of one that takes its UID: later than this it is another one."""


def recognised_again(
    known: Sequence[Listing], seen: Sequence[Listing], night: date, *, unread: Collection[ListingKey] = ()
) -> dict[ListingKey, tuple[str, Listing]]:
    """Give each listing seen the key it had before, even where its producer changed the UID; unique keys.

    Returns by key the UID that the calendar has now, and the listing. The keys of *unread* are those of listings that
    stand although nobody read them again; no other listing gets one of them.

    A listing of the same start, title and place is the same one, also under the UID of another that is gone or moved
    on. Where the UID is our own, made from what a row says, a coming row that was moved or reworded is also still the
    same row (`drafts.same_rows`).
    """
    before = {listing.key: listing for listing in known}
    now: dict[ListingKey, Listing] = {}
    for listing in seen:
        rival = now.get(listing.key)
        # One export may hold a UID twice; the later draft wins, the first among equals.
        if rival is None or listing.sequence > rival.sequence:
            now[listing.key] = listing
    displaced = {key for key, listing in now.items() if key in before and says_another(before[key], listing)}
    lost = [listing for key, listing in before.items() if key not in now or key in displaced]
    fresh = [listing for key, listing in now.items() if key not in before or key in displaced]
    standing = {key: key for key in now.keys() & before.keys() - displaced}
    olds, news = _alone(lost), _alone(fresh)
    standing |= {news[said].key: olds[said].key for said in olds.keys() & news.keys()}
    # Only coming rows: next year's edition often has the same title and town.
    rows = [old for old in _not(lost, standing.values()) if _is_row(old) and is_coming(old, night)]
    standing |= same_rows(rows, [new for new in _not(fresh, standing.keys()) if _is_row(new)])
    lost, fresh = _not(lost, standing.values()), _not(fresh, standing.keys())
    taken = {*standing.values(), *unread}
    editions = _editions(lost, night)
    for listing in fresh:
        standing[listing.key] = _free_key(listing, before, editions, taken | now.keys() - {listing.key}, taken, night)
        taken.add(standing[listing.key])
    return {
        standing[key]: (key.uid, listing if standing[key] == key else replace(listing, key=standing[key]))
        for key, listing in now.items()
    }


def is_coming(listing: Listing, night: date) -> bool:
    """True unless the listing certainly lies in the past on *night*; an undated one may still come."""
    return listing.span is None or listing.span.latest >= night


def says_another(old: Listing, new: Listing) -> bool:
    """True when neither title nor start is the same: an update, or another event under this UID."""
    return (plain(old.title) != plain(new.title) and _start(old) != _start(new)) or _is_next_edition(old, new)


def _is_next_edition(old: Listing, new: Listing) -> bool:
    if old.key.recurrence_id or new.key.recurrence_id or old.span is None or new.span is None:
        return False
    return new.span.earliest - old.span.latest > NEXT_EDITION


def _editions(lost: Iterable[Listing], night: date) -> dict[tuple[str, str], ListingKey]:
    """Index coming listings that took the UID of an event that is over, by calendar and UID."""
    return {
        (listing.key.calendar, listing.key.uid): listing.key
        for listing in lost
        if listing.key.recurrence_id.startswith(_EDITION) and is_coming(listing, night)
    }


def _free_key(
    listing: Listing,
    before: dict[ListingKey, Listing],
    editions: dict[tuple[str, str], ListingKey],
    reserved: set[ListingKey],
    taken: set[ListingKey],
    night: date,
) -> ListingKey:
    """Return the key for a listing that nothing known says word for word."""
    key = listing.key
    old = before.get(key)
    if old is not None and listing.span and _is_next_edition(old, listing) and not is_coming(old, night):
        known = editions.get((key.calendar, key.uid))
        return known or replace(key, recurrence_id=f"{_EDITION}{listing.span.earliest}")
    if key not in taken:
        return key
    # Its UID goes on standing for the listing that had it first.
    numbers = (replace(key, uid=f"{key.uid}~{number}") for number in range(2, len(taken) + 3))
    return next(free for free in numbers if free not in reserved and free not in before)


def _start(listing: Listing) -> str:
    return str(listing.start or listing.span or plain(listing.date_text))


def _start_title_place(listing: Listing) -> Hashable:
    when = listing.start or listing.span or plain(listing.date_text)
    return (str(when), plain(listing.title), _place(listing)) if when else None


def _is_row(listing: Listing) -> bool:
    return listing.key.uid.startswith(MADE_UID)


def _not(listings: Iterable[Listing], keys: Iterable[ListingKey]) -> list[Listing]:
    without = frozenset(keys)
    return [listing for listing in listings if listing.key not in without]


def _place(listing: Listing) -> str:
    return plain(listing.city or listing.place_text)


def _alone(listings: Iterable[Listing]) -> dict[Hashable, Listing]:
    """Index listings by start, title and place, without those that share them: nobody could tell them apart."""
    found: dict[Hashable, Listing] = {}
    shared: set[Hashable] = set()
    for listing in listings:
        said = _start_title_place(listing)
        if said in found:
            shared.add(said)
        elif said is not None:
            found[said] = listing
    return {said: listing for said, listing in found.items() if said not in shared}
