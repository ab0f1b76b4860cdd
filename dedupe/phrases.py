"""Dates, places and states in words, for the sentences of findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from calendar_sync.countries import country_name
from calendar_sync.listings import Listing
from calendar_sync.roster import Committee, Organisation
from calendar_sync.spans import Span
from dedupe import sayings
from dedupe.events import Event
from dedupe.meaning import places
from dedupe.sayings import counted, say

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def organisation(known: Organisation) -> str:
    """Name an organisation.

    >>> from calendar_sync.roster import Organisation
    >>> organisation(Organisation("AU", "African Union", names=(("fr", "Union africaine"),)))
    'African Union'
    """
    return sayings.titled(known.name, dict(known.names)) if known.names else known.name


def disclaimer(committee: Committee) -> str:
    """Return what the committee puts under everything it sends, in each language it has worded it in."""
    text = " ".join(committee.disclaimer.split())
    return sayings.titled(text, dict(committee.disclaimers)) if committee.disclaimers else text


def day(value: date) -> str:
    """Write a day out.

    >>> day(date(2010, 2, 2))
    '2 February 2010'
    """
    return sayings.days(f"{value.day} {_MONTHS[value.month - 1]} {value.year}", value, value)


def month(value: date, *, narrow: bool = False) -> str:
    """Name a month.

    >>> month(date(2010, 2, 1)), month(date(2010, 2, 1), narrow=True)
    ('February', 'Feb')
    """
    name = _MONTHS[value.month - 1]
    return name[:3] if narrow else name


def interval(first: date, last: date, *, year: bool = True) -> str:
    """Write days out; without the year of the last where it stands elsewhere.

    >>> interval(date(2009, 12, 7), date(2009, 12, 10)), interval(date(2009, 12, 30), date(2010, 1, 2))
    ('7–10 December 2009', '30 December 2009 – 2 January 2010')
    """
    end = day(last) if year else f"{last.day} {_MONTHS[last.month - 1]}"
    if first == last:
        return sayings.days(end, first, last, year=year)
    if (first.year, first.month) == (last.year, last.month):
        return sayings.days(f"{first.day}–{end}", first, last, year=year)
    start = f"{first.day} {_MONTHS[first.month - 1]}" if first.year == last.year else day(first)
    return sayings.days(f"{start} – {end}", first, last, year=year)


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


@lru_cache(maxsize=1024)
def state(code: str) -> str:
    """Name a state by its ISO code.

    >>> state("BW")
    'Botswana'
    """
    return sayings.name(country_name(code), "state", code)


def states(codes: Iterable[str]) -> str:
    """Name states in alphabetical order of their names."""
    return listed([state(code) for code in codes], ordered=True)


def listed(names: Sequence[str], *, ordered: bool = False) -> str:
    """Join names as in a sentence; where *ordered*, in the alphabetical order of whoever reads it.

    >>> listed(["Ghana", "Kenya", "Mali"])
    'Ghana, Kenya and Mali'
    """
    names = sorted(names) if ordered else names
    return sayings.joined(_and(names), names, "and", ordered=ordered)


def _and(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def theme(code: str) -> str:
    """Name a theme.

    >>> theme("export-control")
    'export control'
    """
    return say(code.replace("-", " "))


def themes(codes: Iterable[str]) -> str:
    """Name themes in alphabetical order."""
    return listed([theme(code) for code in codes], ordered=True)


def instrument(code: str) -> str:
    """Name an instrument.

    >>> instrument("1540"), instrument("bwc")
    ('resolution 1540', 'BWC')
    """
    return say("resolution {number}", number=code) if code.isdigit() else code.upper()


def bits(value: float) -> str:
    """Write bits with their sign.

    >>> bits(5.52), bits(-0.4), bits(0)
    ('+5.5', '−0.4', '0.0')
    """
    if abs(value) < 0.05:
        return sayings.number("0.0", 0.0, "0.0")
    return sayings.number(f"{value:+.1f}".replace("-", "−"), value, "+0.0;-0.0")


_COUNT = re.compile(r"[0-9]+")


def level(found: str) -> str:
    """Say what a comparison found: the parts of a level's name, each by itself.

    >>> level("14 bits or more, names")
    '14 bits or more, names'
    """
    return sayings.beside(_part(part) for part in found.split(", "))


def _part(part: str) -> str:
    count = _COUNT.search(part)
    return say(_COUNT.sub("{n}", part, count=1), n=int(count[0])) if count else say(part)


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
