"""All events of a world as columns: what the rules ask of each, laid out once a night so that a check reads few.

An event becomes an object again only where it may matter to the workshop asked about; see `screens`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe import phrases, sayings
from dedupe.events import Event
from dedupe.meaning.places import Place
from dedupe.packing import Array, packed, unpacked
from dedupe.profiles import Profile
from dedupe.sayings import say
from dedupe.word_sets import Sets

_BY_HAND = frozenset({"event", "span", "states", "place", "titles"})
_UNDATED_ONLY = frozenset({"groups", "pages", "month_days"})
"""What no rule asks of an event with a date; a proposal is held against no other."""
_SETS = tuple(field.name for field in fields(Profile) if field.type in ("frozenset[str]", "frozenset[int]"))
SETS = tuple(name for name in _SETS if name not in _BY_HAND | _UNDATED_ONLY)
_NUMBERS = frozenset(field.name for field in fields(Profile) if field.type == "frozenset[int]")
FLAGS = tuple(field.name for field in fields(Profile) if field.type == "bool")
WORDS = tuple(field.name for field in fields(Profile) if field.type == "str")
_CARRIED = {*SETS, *FLAGS, *WORDS, *_BY_HAND, *_UNDATED_ONLY}
_WORD = 64
"""Bits of a word of a bitset."""
NO_PLACE = -1
NO_ROW = -1
MOST_UNDERSTOOD = 1 << 14
"""Profiles kept for whoever asks again, some sixty megabytes."""
_NO_KEY = ListingKey("", "")
_TITLE = re.compile("“(.*)”", re.DOTALL)
"""How phrases name an event that has no place."""


@dataclass(frozen=True)
class EventColumns:
    """Events in the order of their first possible days, undated ones last.

    Shapes (n events, m listings, t titles, w words of titles):
        ids            (n, 16)  the UUID of each event
        listing_ids    (m, 16)  those of its listings, newest word first, from listing_start[i] to listing_start[i + 1]
        calendars      (m,)     where each listing stands, codes into calendar_names
        earliest, latest, certain_first, certain_last  (n,)  proleptic days, 0 where unknown
        states         (n, v)   bitset of the names of states, v words of 64 bits
        places         (n,)     into place_table, NO_PLACE for none
        title_start    (n + 1,) into the titles, whose words are title_words with what they count, title_worth
    """

    arrays: Mapping[str, Array]
    sets: Mapping[str, Sets]
    names: Mapping[str, Sequence[str]]
    places: Sequence[Place]
    where: Callable[[int], str]
    """How phrases name an event: by its town, its state or its title."""

    def __len__(self) -> int:
        return len(self.arrays["earliest"])

    def __getattr__(self, name: str) -> Array:
        try:
            found: Array = self.__dict__["arrays"][name]
        except KeyError:
            raise AttributeError(name) from None
        return found

    @cached_property
    def sizes(self) -> Array:
        """How many states each event invites, shape (n,)."""
        counts: Array = np.bitwise_count(self.states).sum(axis=1, dtype=np.int64)
        return counts

    @cached_property
    def invitations(self) -> tuple[Array, Array]:
        """The same as lists: event i invites the states of codes[start[i]:start[i + 1]]; start and codes."""
        bits = _unpacked(self.states).reshape(len(self), self.states.shape[1] * _WORD)
        return np.concatenate([[0], np.cumsum(self.sizes)]), np.nonzero(bits)[1].astype(np.int32)

    def inviting(self, state: str) -> Array:
        """Say of each event whether it invites a state, shape (n,)."""
        names = self.names["states"]
        if state not in names:
            return np.zeros(len(self), dtype=np.bool_)
        word, bit = divmod(names.index(state), _WORD)
        found: Array = (self.states[:, word] >> np.uint64(bit)) & np.uint64(1) > 0
        return found

    def bits(self, states: Iterable[str]) -> Array:
        """Return states as a bitset of these columns, shape (v,); those that no event invites are left out."""
        numbers = {name: code for code, name in enumerate(self.names["states"])}
        return bitset((numbers[state] for state in states if state in numbers), self.states.shape[1])

    def states_of(self, bits: Array) -> frozenset[str]:
        """Name the states of a bitset."""
        return frozenset(self.names["states"][at] for at in np.flatnonzero(_unpacked(bits)).tolist())

    def span(self, row: int) -> Span | None:
        """Return the dates of an event."""
        first, last, sure, until = (
            int(self.arrays[name][row]) for name in ("earliest", "latest", "certain_first", "certain_last")
        )
        if not first:
            return None
        certain = (date.fromordinal(sure), date.fromordinal(until)) if sure else None
        return Span(date.fromordinal(first), date.fromordinal(last), certain)

    def place_of(self, row: int) -> Place | None:
        """Return where an event is held."""
        code = int(self.arrays["place"][row])
        return None if code == NO_PLACE else self.places[code]

    def event_id(self, row: int) -> str:
        """Return the id of an event."""
        return str(uuid.UUID(bytes=self.ids[row].tobytes()))

    def rows_of(self, events: Sequence[str]) -> Array:
        """Return the rows of events by their ids, NO_ROW for what is none of these columns, shape (len(events),)."""
        wanted = _uuids(events)
        heads, rows = self._by_head
        if not len(rows):
            return np.full(len(wanted), NO_ROW, dtype=np.int64)
        found = rows[np.minimum(np.searchsorted(heads, _heads(wanted)), len(rows) - 1)]
        return np.where((self.ids[found] == wanted).all(axis=1), found, NO_ROW)

    @cached_property
    def _by_head(self) -> tuple[Array, Array]:
        # Ids are digests: no two of a hundred thousand begin with the same 64 bits.
        heads = _heads(self.ids)
        rows = np.argsort(heads, kind="stable")
        return heads[rows], rows

    def name(self, row: int) -> str:
        """Name an event as *where* does, so that its town or its state can be told in other languages."""
        english, place = self.where(row), self.place_of(row)
        if place is not None and place.name == english:
            return sayings.name(english, "town", english)
        country = self.names["country"][int(self.arrays["country"][row])]
        if country and phrases.state(country) == english:
            return phrases.state(country)
        inside = _TITLE.fullmatch(english)
        return say("“{title}”", title=inside[1]) if inside else english

    def listings(self, row: int) -> list[tuple[str, str]]:
        """Return calendar and id of each listing of an event, newest word first."""
        begin, end = self.listing_start[row : row + 2].tolist()
        return [
            (self.names["calendars"][int(self.calendars[at])], str(uuid.UUID(bytes=self.listing_ids[at].tobytes())))
            for at in range(begin, end)
        ]

    def profiles(self, rows: Sequence[int]) -> list[Profile]:
        """Return events understood; of each event itself they know its id, and its name in place of a title.

        For deciding, not for telling: what is told needs the listings.
        """
        understood = self._understood
        # Of one's own: another thread may clear what is kept meanwhile.
        found = {row: kept for row in rows if (kept := understood.get(row)) is not None}
        missing = [row for row in dict.fromkeys(rows) if row not in found]
        fresh = dict(zip(missing, self._profiles(missing) if missing else (), strict=True))
        if len(understood) + len(fresh) > MOST_UNDERSTOOD:
            understood.clear()
        understood.update(fresh)
        found.update(fresh)
        return [found[row] for row in rows]

    @cached_property
    def _understood(self) -> dict[int, Profile]:
        return {}

    def _profiles(self, rows: Sequence[int]) -> list[Profile]:
        at = np.asarray(rows, dtype=np.int64)
        told: dict[str, list[Any]] = {name: self.arrays[name][at].tolist() for name in FLAGS}
        for name in WORDS:
            words = self.names[name]
            told[name] = [words[code] for code in self.arrays[name][at].tolist()]
        for name in SETS:
            told[name] = self.sets[name].several(at)
            if name in _NUMBERS:
                told[name] = [frozenset(map(int, words)) for words in told[name]]
        told["states"] = [self._states_of(bits.tobytes()) for bits in self.states[at]]
        told["titles"] = self._titles(at)
        found = []
        for row, values in zip(at.tolist(), zip(*told.values(), strict=True), strict=True):
            known = dict(zip(told, values, strict=True))
            stub = Listing(_NO_KEY, "", self.where(row), country=known["country"])
            found.append(
                Profile(
                    event=Event(self.event_id(row), (stub,)),
                    span=self.span(row),
                    place=self.place_of(row),
                    groups=(),
                    pages=frozenset(),
                    month_days=(0, 0),
                    **known,
                )
            )
        return found

    def _states_of(self, bits: bytes) -> frozenset[str]:
        found = self._audiences.get(bits)
        if found is None:
            found = self._audiences[bits] = self.states_of(np.frombuffer(bits, dtype=np.uint64))
        return found

    @cached_property
    def _audiences(self) -> dict[bytes, frozenset[str]]:
        return {}

    def _titles(self, rows: Array) -> list[tuple[Mapping[str, float], ...]]:
        names = self.sets["vocabulary"].names
        word_start, title_words, title_worth = self.word_start, self.title_words, self.title_worth
        told: list[tuple[Mapping[str, float], ...]] = []
        starts, stops = self.title_start[rows].tolist(), self.title_start[rows + 1].tolist()
        for first, last in zip(starts, stops, strict=True):
            bounds: list[int] = word_start[first : last + 1].tolist()
            here = slice(bounds[0], bounds[-1])
            words = [names[code] for code in title_words[here].tolist()]
            counts = dict(enumerate(zip(words, title_worth[here].tolist(), strict=True), start=bounds[0]))
            told.append(
                tuple(MappingProxyType(dict(counts[at] for at in range(one, other))) for one, other in pairwise(bounds))
            )
        return told

    def to_bytes(self) -> bytes:
        """Write the columns down."""
        arrays = dict(self.arrays)
        texts = [self.where(row).encode("utf-8", "surrogatepass") for row in range(len(self))]
        arrays["where"] = np.frombuffer(b"".join(texts), dtype=np.uint8)
        arrays["where_start"] = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        for name, sets in self.sets.items():
            arrays[f"{name} start"], arrays[f"{name} codes"] = sets.start, sets.codes
            arrays[f"{name} owners"], arrays[f"{name} first"] = sets.owners, sets.first
        about = {
            "names": {name: list(names) for name, names in self.names.items()},
            "sets": {name: list(sets.names) for name, sets in self.sets.items()},
            "places": [[place.name, place.country, place.latitude, place.longitude] for place in self.places],
        }
        return packed(arrays, about)

    @classmethod
    def from_bytes(cls, body: bytes) -> EventColumns:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is something else, or was written by a version that knew other columns.
        """
        arrays, about = unpacked(body)
        if not _columns() <= arrays.keys():
            raise ValueError(f"these columns lack {', '.join(sorted(_columns() - arrays.keys()))}")
        texts, start = arrays.pop("where"), arrays.pop("where_start")
        sets = {
            name: Sets(
                arrays.pop(f"{name} start"), arrays.pop(f"{name} codes"), arrays.pop(f"{name} owners"),
                arrays.pop(f"{name} first"), names,
            )
            for name, names in about["sets"].items()
        }  # fmt: skip

        def where(row: int) -> str:
            return bytes(texts[start[row] : start[row + 1]]).decode("utf-8", "surrogatepass")

        return cls(arrays, sets, about["names"], [Place(*place) for place in about["places"]], where)


def columns_of(profiles: Sequence[Profile]) -> EventColumns:
    """Lay events out, in the order of their first possible days.

    Raises:
        TypeError: Profiles hold something that has no column.
    """
    missing = {field.name for field in fields(Profile)} - _CARRIED
    if missing:
        raise TypeError(f"no column holds {', '.join(sorted(missing))} of a profile")
    ordered = sorted(profiles, key=lambda entry: (entry.span.earliest if entry.span else date.max, entry.event.id))
    state_names = sorted({state for entry in ordered for state in entry.states})
    width = max(1, -(-len(state_names) // _WORD))
    state_codes = {state: code for code, state in enumerate(state_names)}
    places: dict[Place, int] = {}
    sets = {name: Sets.of([map(str, getattr(entry, name)) for entry in ordered]) for name in SETS}
    arrays: dict[str, Array] = {
        "ids": _uuids(entry.event.id for entry in ordered),
        "states": np.array(
            [bitset((state_codes[state] for state in entry.states), width) for entry in ordered], dtype=np.uint64
        ).reshape(len(ordered), width),
        "place": np.array(
            [places.setdefault(entry.place, len(places)) if entry.place else NO_PLACE for entry in ordered],
            dtype=np.int32,
        ),
        **_days(ordered),
        **_listings(ordered),
        **_title_columns(ordered, sets["vocabulary"]),
    }
    names: dict[str, Sequence[str]] = {"states": state_names, "calendars": _calendars(ordered)}
    for name in FLAGS:
        arrays[name] = np.array([getattr(entry, name) for entry in ordered], dtype=np.bool_)
    for name in WORDS:
        names[name] = sorted({getattr(entry, name) for entry in ordered})
        codes = {word: code for code, word in enumerate(names[name])}
        arrays[name] = np.array([codes[getattr(entry, name)] for entry in ordered], dtype=np.int32)
    texts = [phrases.where(entry.event) for entry in ordered]
    return EventColumns(arrays, sets, names, list(places), texts.__getitem__)


@cache
def _columns() -> frozenset[str]:
    """Name every array that columns are written as."""
    return frozenset(unpacked(columns_of(()).to_bytes())[0])


def bitset(codes: Iterable[int], width: int) -> Array:
    """Pack numbers into so many words of 64 bits, shape (width,)."""
    whole = sum(1 << code for code in set(codes))
    return np.frombuffer(whole.to_bytes(width * _WORD // 8, "little"), dtype="<u8").astype(np.uint64)


def _unpacked(bits: Array) -> Array:
    return np.unpackbits(np.ascontiguousarray(bits, dtype="<u8").view(np.uint8), bitorder="little")


def _heads(ids: Array) -> Array:
    """Return the first half of each id as a number, shape (n,)."""
    heads: Array = np.ascontiguousarray(ids[:, :8]).view(">u8").ravel().astype(np.uint64)
    return heads


def _uuids(ids: Iterable[str]) -> Array:
    return np.frombuffer(b"".join(uuid.UUID(id_).bytes for id_ in ids), dtype=np.uint8).reshape(-1, 16)


def _days(ordered: Sequence[Profile]) -> dict[str, Array]:
    spans = [entry.span for entry in ordered]
    certain = [span.certain if span else None for span in spans]
    told = {
        "earliest": [span.earliest.toordinal() if span else 0 for span in spans],
        "latest": [span.latest.toordinal() if span else 0 for span in spans],
        "certain_first": [days[0].toordinal() if days else 0 for days in certain],
        "certain_last": [days[1].toordinal() if days else 0 for days in certain],
    }
    return {name: np.array(days, dtype=np.int64) for name, days in told.items()}


def _calendars(ordered: Sequence[Profile]) -> list[str]:
    return sorted({listing.key.calendar for entry in ordered for listing in entry.event.listings})


def _listings(ordered: Sequence[Profile]) -> dict[str, Array]:
    codes = {name: code for code, name in enumerate(_calendars(ordered))}
    listings = [listing for entry in ordered for listing in entry.event.listings]
    return {
        "listing_start": np.cumsum([0, *(len(entry.event.listings) for entry in ordered)], dtype=np.int64),
        "listing_ids": _uuids(listing.id for listing in listings),
        "calendars": np.array([codes[listing.key.calendar] for listing in listings], dtype=np.int32),
        "workshop": np.array([entry.event.workshop for entry in ordered], dtype=np.bool_),
    }


def _title_columns(ordered: Sequence[Profile], vocabulary: Sets) -> dict[str, Array]:
    codes = {name: code for code, name in enumerate(vocabulary.names)}
    titles = [title for entry in ordered for title in entry.titles]
    least = [min((sum(title.values()) for title in entry.titles), default=0.0) for entry in ordered]
    return {
        "title_start": np.cumsum([0, *(len(entry.titles) for entry in ordered)], dtype=np.int64),
        "word_start": np.cumsum([0, *map(len, titles)], dtype=np.int64),
        "title_words": np.array([codes[word] for title in titles for word in title], dtype=np.int32),
        "title_worth": np.array([worth for title in titles for worth in title.values()], dtype=np.float64),
        "least_worth": np.array(least, dtype=np.float64),
    }
