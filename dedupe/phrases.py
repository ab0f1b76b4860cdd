"""Dates, places and states in words, for the sentences of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from calendar_sync.countries import country_name
from calendar_sync.listings import Listing
from calendar_sync.spans import Span
from dedupe import sayings
from dedupe.events import Event
from dedupe.meaning import places
from dedupe.sayings import counted, say

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(value: date) -> str:
    """Write a day out.

    >>> day(date(2010, 2, 2))
    '2 February 2010'
    """
    return sayings.days(f"{value.day} {_MONTHS[value.month - 1]} {value.year}", value, value)


def interval(first: date, last: date) -> str:
    """Write days out.

    >>> interval(date(2009, 12, 7), date(2009, 12, 10)), interval(date(2009, 12, 30), date(2010, 1, 2))
    ('7–10 December 2009', '30 December 2009 – 2 January 2010')
    """
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return sayings.days(f"{first.day}–{day(last)}", first, last)
    start = f"{first.day} {_MONTHS[first.month - 1]}" if first.year == last.year else day(first)
    return sayings.days(f"{start} – {day(last)}", first, last)


def dates(span: Span | None, text: str = "") -> str:
    """Write a span out; a vague one in the words of its source, when there are any.

    >>> dates(Span.exact(date(2009, 12, 7), date(2009, 12, 10)))
    '7–10 December 2009'
    >>> dates(Span.vague(date(2010, 1, 22), date(2010, 1, 31)))
    'some time within 22–31 January 2010'
    """
    if span is None:
        return say("“{words}”", words=text) if text else say("no date yet")
    if span.is_exact:
        return interval(span.earliest, span.latest)
    within = interval(span.earliest, span.latest)
    return (
        say("“{words}”, some time within {days}", words=text, days=within)
        if text
        else say("some time within {days}", days=within)
    )


def dates_of(listing: Listing) -> str:
    """Write out when a listing is held; what is vague in the listing's own words as well."""
    exact = listing.span is not None and listing.span.is_exact
    return dates(listing.span, "" if exact else listing.date_text)


def days(apart: tuple[int, int]) -> str:
    """Say how far apart.

    >>> days((54, 54)), days((43, 52)), days((1, 1))
    ('54 days', '43 to 52 days', '1 day')
    """
    least, most = apart
    if least == most:
        return counted(least, "{n} day", "{n} days")
    return counted(most, "{least} to {n} day", "{least} to {n} days", least=least)


def state(code: str) -> str:
    """Name a state by its ISO code.

    >>> state("BW")
    'Botswana'
    """
    return sayings.name(country_name(code), "state", code)


def states(codes: Iterable[str]) -> str:
    """Name states in alphabetical order of their names."""
    named = sorted(state(code) for code in codes)
    return sayings.joined(_and(named), named, "and", ordered=True)


def listed(names: Sequence[str]) -> str:
    """Join names as in a sentence.

    >>> listed(["Ghana", "Kenya", "Mali"])
    'Ghana, Kenya and Mali'
    """
    return sayings.joined(_and(names), names, "and")


def _and(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def where(event: Event) -> str:
    """Name an event by its place, or by its title where it has none.

    >>> from calendar_sync.listings import Listing, ListingKey
    >>> where(Event("1", (Listing(ListingKey("c", "u"), "o", "A workshop", country="BW"),)))
    'Botswana'
    """
    return (
        town(event.city, event.country)
        or (state(event.country) if event.country else "")
        or say("“{title}”", title=event.title)
    )


def town(city: str, country: str) -> str:
    """Name a city as the gazetteer does, whatever script a listing spells it in; as spelt where it is unknown."""
    found = places.locate(city, country) if city else None
    return sayings.name(found.name, "town", found.name) if found else city


def place(city: str, country: str) -> str:
    """Name a place: city and state, whichever is known."""
    return sayings.beside((town(city, country), state(country) if country else ""))
