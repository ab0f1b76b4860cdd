"""A calendar in parts: each is what the same organisations may read of it, compared and doubted by itself.

Were they compared together, the readers of one part could tell from it what became of another: that a calendar is held
back although nothing they know of is missing, or that one of two listings with one UID got another name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from calendar_sync.changes import Beside, Changes, cancellations, changes, coming_series, joined, series_of
from calendar_sync.errors import CalendarDoubted, CalendarEmptied, CalendarShrunken
from calendar_sync.identity import recognised_again, says_another
from calendar_sync.listings import Listing, ListingKey

Part = tuple[str, ...]
"""Ids of the organisations, beside the owner and the committee, that may know of a listing, sorted."""
PartOf = Callable[[Listing], Part]


def whole(_: Listing) -> Part:
    """Put everything into one part."""
    return ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed, and which parts came back with so little that they are kept as they were."""

    changes: Changes
    doubts: Mapping[Part, CalendarDoubted]


def compare(
    known: Sequence[Listing],
    seen: Sequence[Listing],
    night: date,
    part_of: PartOf,
    *,
    calendar: str,
    window: tuple[date, date] | None,
    unparsed: Collection[str],
    some_lost: bool,
    believed: Callable[[Part], bool],
    was_empty: Callable[[Part], bool],
    unread: Collection[str],
) -> Compared:
    """Compare a calendar part by part, as `changes` does; a part that is *believed* is taken however little came of it.

    The parts that more organisations read go first and are given the UIDs they have; a part is held against what its
    readers see, which is itself and every part with more readers.
    """
    before, now = _by_part(known, part_of), _by_part(seen, part_of)
    order = sorted({*before, *now}, key=lambda part: (-len(part), part))
    if len(order) > 1:
        _close(before, now, order, night, unread)
    found: list[Changes] = []
    doubts: dict[Part, CalendarDoubted] = {}
    besides: dict[Part, Beside] = {}
    taken: set[ListingKey] = set()
    for part in order:
        # What another part has now was opened to its readers, and is news to them.
        mine = [listing for listing in before[part] if listing.key not in taken]
        as_before = {listing.key.uid for listing in mine}.intersection(unread)
        once = partial(
            changes, mine, now[part], night, calendar=calendar, window=window, unparsed=unparsed, some_lost=some_lost,
            unread=as_before, taken=frozenset(taken),
            beside=_together([seen for other, seen in besides.items() if set(other) > set(part)]),
        )  # fmt: skip
        try:
            change = once(accept=believed(part))
        except (CalendarEmptied, CalendarShrunken) as error:
            if isinstance(error, CalendarEmptied) and was_empty(part):
                change = once(accept=True)
            else:
                doubts[part] = error
                change = cancellations(mine, now[part], night)
        found.append(change)
        taken.update(listing.key for listing in change.listings)
        if len(order) > 1:
            besides[part] = _beside(mine, now[part], night, as_before)
    return Compared(joined(found) if len(found) != 1 else found[0], doubts)


def _by_part(listings: Sequence[Listing], part_of: PartOf) -> defaultdict[Part, list[Listing]]:
    found: defaultdict[Part, list[Listing]] = defaultdict(list)
    for listing in listings:
        found[part_of(listing)].append(listing)
    return found


def _close(
    before: defaultdict[Part, list[Listing]],
    now: defaultdict[Part, list[Listing]],
    order: Sequence[Part],
    night: date,
    unread: Collection[str],
) -> None:
    """Move what is known to the part that holds it now, where all who read that could read it before."""
    keys = {part: {listing.key: listing for listing in now[part]} for part in order}
    for part in order:
        closed = [other for other in order if set(other) < set(part)]
        others = [listing for listing in before[part] if listing.key.uid not in unread]
        again = recognised_again(others, now[part], night)
        for listing in [listing for listing in others if listing.key not in again]:
            for other in closed:
                there = keys[other].get(listing.key)
                if there is not None and not says_another(listing, there):
                    before[part].remove(listing)
                    before[other].append(listing)
                    break


def _beside(known: Sequence[Listing], seen: Sequence[Listing], night: date, as_before: Collection[str]) -> Beside:
    again = recognised_again([listing for listing in known if listing.key.uid not in as_before], seen, night)
    here = (*again, *(listing.key for listing in known if listing.key.uid in as_before))
    coming = coming_series(known, night)
    gone = [listing for listing in known if listing.key not in set(here)]
    return Beside(len(known), bool(seen or as_before), coming, coming & series_of(gone, here))


def _together(parts: Sequence[Beside]) -> Beside:
    return Beside(
        sum(part.known for part in parts),
        any(part.any_seen for part in parts),
        frozenset(uid for part in parts for uid in part.coming),
        frozenset(uid for part in parts for uid in part.missing),
    )
