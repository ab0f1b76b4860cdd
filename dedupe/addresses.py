"""Addresses of pages often hold the day, or the month, on which they were published."""

from __future__ import annotations

import re
from datetime import date

from calendar_sync.listings import Listing
from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve
from dedupe.partial_dates import partial

_DAY = re.compile(r"(?<!\d)((?:199|20[0-4])\d)([-/_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:199|20[0-4])\d)[-/_](0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:199|20[0-4])\d)(?!\d)")
_MIDDLE = 15


def published(url: str) -> tuple[date | None, bool]:
    """Find the day an address names, and whether it names the day or only a month (whose middle is returned).

    >>> published("http://paper.example/20090618/news1.php"), published("https://body.example/news/2008/10/course")
    ((datetime.date(2009, 6, 18), True), (datetime.date(2008, 10, 15), False))
    """
    path = _path(url)
    for found in _DAY.finditer(path):
        try:
            return date(int(found[1]), int(found[3]), int(found[4])), True
        except ValueError:
            continue
    month = _MONTH.search(path)
    return (date(int(month[1]), int(month[2]), _MIDDLE), False) if month else (None, False)


def year(url: str) -> int:
    """Find the one year an address names, 0 when there is none or more than one."""
    years = {int(found) for found in _YEAR.findall(_path(url))}
    return years.pop() if len(years) == 1 else 0


def span(listing: Listing) -> Span | None:
    """Return the listing's span; where its words lack only what the address tells, the span they then mean."""
    if listing.span is not None or not listing.date_text or listing.published is not None:
        return listing.span
    day, to_the_day = published(listing.url)
    if day is None or not (to_the_day or partial(listing).first):
        return None
    resolved = resolve(listing.date_text, published=day, language=listing.language)
    return None if resolved is None else resolved.span


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2]
