"""What every kind of calendar owes its callers, kept in one place so that a new kind need not think of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date

from calendar_sync.listings import Listing
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.markup import safe
from calendar_sync.reading.moments import within
from calendar_sync.roster import Calendar
from calendar_sync.visibility import Visibility

Window = tuple[date, date] | None

MOST_PROBLEMS = 1_000
"""Problems told of one payload; beyond it they are counted."""
_TEXTS = tuple(field.name for field in fields(Listing) if field.type == "str" and field.name != "organisation")
_LISTS = tuple(field.name for field in fields(Listing) if field.type == "tuple[str, ...]")


def fulfilled(reading: Reading, calendar: Calendar, window: Window) -> Reading:
    """Hold a reading to the contract.

    Text without control characters and overrides of direction; nothing outside *window*; no more listings than the
    calendar's limit; keys that are unique; a visibility no laxer than the calendar's; problems that can be read.
    """
    problems = list(dict.fromkeys(reading.problems))
    listings: Iterable[Listing] = (_safe(listing) for listing in reading.listings)
    found = [listing for listing in listings if window is None or _inside(listing, window)]
    most = calendar.limits.events
    if len(found) > most:
        message = f"the {len(found) - most} listings beyond the first {most} were left out (limit: events)"
        problems.append(Problem("too-many-listings", message, lost=True))
        del found[most:]
    return replace(
        reading,
        listings=tuple(_told_apart(_as_strict(listing, calendar) for listing in found)),
        problems=_told(problems),
        name=safe(reading.name),
    )


def _as_strict(listing: Listing, calendar: Calendar) -> Listing:
    strictest = Visibility.strictest(listing.visibility, calendar.visibility)
    return listing if strictest is listing.visibility else replace(listing, visibility=strictest)


def _safe(listing: Listing) -> Listing:
    changed: dict[str, object] = {}
    for name in _TEXTS:
        said = getattr(listing, name)
        if said != (kept := safe(said)):
            changed[name] = kept.strip()
    for name in _LISTS:
        several = getattr(listing, name)
        if several != (kept_ones := tuple(safe(one) for one in several)):
            changed[name] = kept_ones
    uid = safe(listing.key.uid)
    if uid != listing.key.uid:
        changed["key"] = replace(listing.key, uid=uid)
    extra = tuple((name, safe(value)) for name, value in listing.extra)
    if extra != listing.extra:
        changed["extra"] = extra
    return replace(listing, **changed) if changed else listing  # type: ignore[arg-type]  # each has its field's type


def _inside(listing: Listing, window: tuple[date, date]) -> bool:
    """True when it starts in [from, to), or may do so; what nobody can date is left in."""
    if listing.start is not None:
        return within(listing.start, window)
    if listing.span is None:
        return True
    return listing.span.latest >= window[0] and listing.span.earliest < window[1]


def _told_apart(listings: Iterable[Listing]) -> Iterable[Listing]:
    """Number the listings that share a key, in their order."""
    seen: dict[tuple[str, str], int] = {}
    for listing in listings:
        key = (listing.key.uid, listing.key.recurrence_id)
        seen[key] = seen.get(key, 0) + 1
        while seen[key] > 1 and (numbered := (f"{key[0]}#{seen[key]}", key[1])) in seen:
            seen[key] += 1
        if seen[key] > 1:
            seen[numbered] = 1
            listing = replace(listing, key=replace(listing.key, uid=numbered[0]))
        yield listing


def _told(problems: list[Problem]) -> tuple[Problem, ...]:
    told = [replace(problem, message=safe(problem.message), uid=safe(problem.uid)) for problem in problems]
    rest = told[MOST_PROBLEMS:]
    if rest:
        lost = any(problem.lost for problem in rest)
        told[MOST_PROBLEMS:] = [Problem("more-problems", f"{len(rest)} more problems are not listed", lost=lost)]
    return tuple(told)
