"""Relations between the events of a large table, of which only those are made that can have any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from calendar_sync.listing_columns import Coded
from calendar_sync.listings import Listing, Status
from dedupe.columns import Bools, Columns, Ints
from dedupe.events import Event
from dedupe.finding import Relation, related
from dedupe.lexicon import Sort, lexicon
from dedupe.meaning.audiences import group_names, groups_in
from dedupe.policy import Policy
from dedupe.profiles import NATIONAL, profile
from dedupe.title_columns import Titles
from dedupe.titles import Wording


def relations_of_table(known: Columns, group_of: Ints, policy: Policy) -> list[Relation]:
    """Name the relations between the events of a table, as `finding.relations` does of all of them.

    Shapes:
        group_of  (n_listings,)  the same number for the listings of one event
    """
    said: dict[str, Wording] = {}
    found = []
    for members in _telling_events(known, group_of):
        for at in members:
            title = known.table.titles[at]
            if title not in said:
                said[title] = said_by(known.titles, at)
        found.append(profile(_event([known.table.listing(at) for at in members]), (), said=said.__getitem__))
    return related(found, policy)


def _telling_events(known: Columns, group_of: Ints) -> Iterator[list[int]]:
    """Yield the listings of each event of which one names an organiser or may tell who is invited."""
    telling = _says(known.table.bodies, len(known)) | _says(known.table.audiences, len(known))
    telling |= _names_audience(known)
    rows = np.flatnonzero(np.isin(group_of, np.unique(group_of[telling])))
    rows = rows[np.argsort(group_of[rows], kind="stable")]
    stops = np.flatnonzero(np.diff(group_of[rows])) + 1
    told = rows.tolist()
    for begin, end in pairwise([0, *stops.tolist(), len(told)] if told else []):
        yield told[begin:end]


def said_by(titles: Titles, at: int) -> Wording:
    """Return what `wording` makes of a title, from the words in its columns."""
    written = [titles.spelt[code] for code in titles.raw[titles.raw_start[at] : titles.raw_start[at + 1]].tolist()]
    words = [titles.vocabulary[code] for code in titles.words[titles.start[at] : titles.start[at + 1]].tolist()]
    of: defaultdict[Sort, list[str]] = defaultdict(list)
    for word in words:
        of[word.sort].append(word.token)
    terms = lexicon().terms
    return Wording(
        words=tuple(words),
        initials="".join(word[0] for word in written if terms.get(word, _NO_TERM)[0] is not Sort.STOP),
        length=len(written),
        foreign=bool(titles.foreign[at]),
        ordinals=frozenset(int(token[1:]) for token in of[Sort.ORDINAL]),
        years=frozenset(map(int, of[Sort.YEAR])),
        numbers=frozenset(token for token in of[Sort.NUMBER] if len(token) == _RESOLUTION),
        regions=_meanings(of[Sort.REGION]),
        speakers=_meanings(of[Sort.SPEAKERS]),
        participants=_meanings(of[Sort.PARTICIPANTS]),
        instruments=_meanings(of[Sort.INSTRUMENT]),
        countries=_meanings(of[Sort.PLACE]),
        part=_meanings(of[Sort.PART]),
    )


_NO_TERM = (Sort.PLAIN, "")
_RESOLUTION = 4
"""Digits of the number of a resolution."""


def _meanings(tokens: Sequence[str]) -> frozenset[str]:
    return frozenset(token.partition(":")[2] for token in tokens)


def _event(listings: list[Listing]) -> Event:
    """Make one event, as `assembling.events` does."""
    keyed = [(listing.id, listing) for listing in listings]
    _, anchor = min((listing.first_seen or date.max, key) for key, listing in keyed)
    keyed.sort(key=_newest_first)
    return Event(anchor, tuple(listing for _, listing in keyed))


def _newest_first(keyed: tuple[str, Listing]) -> tuple[bool, int, str]:
    key, listing = keyed
    since = listing.since
    return listing.status is Status.CANCELLED, -(since.toordinal() if since else 0), key


def _says(column: Coded[tuple[str, ...]] | None, size: int) -> Bools:
    """Say which rows of a column hold anything, shape (size,)."""
    if column is None:
        return np.zeros(size, dtype=np.bool_)
    told = np.array([bool(value) for value in column.values], dtype=np.bool_)
    return told[column.codes]


def _names_audience(known: Columns) -> Bools:
    """Say which titles name a group of states or a national event, shape (n_listings,)."""
    titles = known.titles
    told = np.zeros(len(known), dtype=np.bool_)
    national = np.array([word.token == NATIONAL for word in titles.vocabulary], dtype=np.bool_)
    if len(national):
        told[titles.owners()[national[titles.words]]] = True
    for at in np.flatnonzero(_may_name_group(titles, known.table.titles) & ~told).tolist():
        told[at] = bool(groups_in(known.table.titles[at]))
    return told


def _may_name_group(titles: Titles, written: Sequence[str]) -> Bools:
    """Say which titles hold, of all words of some group's name, the one that fewest titles hold.

    Others than those in plain letters are not cut into words as `groups_in` cuts them: all of them may.
    """
    told = ~np.fromiter(map(str.isascii, written), dtype=np.bool_, count=len(written))
    names = [name.split() for name in group_names()]
    wanted = {word for name in names for word in name}
    counts = np.bincount(titles.raw, minlength=len(titles.spelt)).tolist()
    held = dict.fromkeys(wanted, 0)
    # "Africa++" is cut as one word here, and as another there.
    spelt = [(code, bare) for code, word in enumerate(titles.spelt) if (bare := word.rstrip("+#")) in wanted]
    for code, word in spelt:
        held[word] += counts[code]
    rarest = {min(name, key=held.__getitem__) for name in names}
    asked = np.zeros(len(titles.spelt), dtype=np.bool_)
    asked[[code for code, word in spelt if word in rarest]] = True
    told[np.repeat(np.arange(len(written)), titles.length)[asked[titles.raw]]] = True
    return told
