"""What each calendar said, night by night, and how each night's reading went.

Everything is kept by night. Saving a night replaces what that night wrote and nothing else: what was known as of
every other night that was written stays as it was, so an earlier night can be run again without touching a later
one. A later night then still rests on what the earlier one said before; run it again too where that matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select

from calendar_sync.listings import Listing
from calendar_sync.parts import Part
from calendar_sync.reading import Problem
from calendar_sync.sources import Payload, Validators
from store import doubts, revisions, serialising
from store.connecting import exclusively
from store.tables import calendar_nights, listing_versions, payloads, reading_memories

if TYPE_CHECKING:
    # It knows how calendars are read, and with it every parser.
    from calendar_sync.reading.memory import Memory
    from calendar_sync.refresh import Refreshed

_COPIED = ("media_type", "charset", "name", "address", "etag", "last_modified", "moved_to")
_State = Mapping[str, tuple[str, str]]
"""Listings that stand: id to digest and body."""


@dataclass(frozen=True, slots=True)
class CalendarHealth:
    """How a calendar fared on a night. *detail* is the error's sentence, *code* its name; blank when it was read."""

    calendar: str
    outcome: str
    """A value of `calendar_sync.refresh.Outcome`."""
    code: str
    detail: str
    last_good: date | None
    """The last night, this one included, on which it could be read; None when it never could."""
    listings: int
    """How many stood that night."""
    problems: int
    """How many things in it were wrong, whatever was done about them."""
    doubts: frozenset[Part] | None = None
    """When it came with too little: which parts of it are kept, EVERY for all of it; else None."""
    since: tuple[tuple[date, frozenset[Part]], ...] = ()
    """Nights after *last_good* and before this one on which parts of it were in doubt, the newest first; and which."""

    @property
    def good(self) -> bool:
        """True when it could be read that night."""
        return not self.code


def known(db: Connection, calendar: str, night: date) -> list[Listing]:
    """Return the listings that stood after *night*, in the order of their keys."""
    return _listings(_state(db, calendar, listing_versions.c.night <= night))


def known_before(db: Connection, calendar: str, night: date) -> list[Listing]:
    """Return the listings that stood before *night*: what its first run knew, and every later run must know too."""
    return _listings(_state(db, calendar, listing_versions.c.night < night))


def stored_payload(db: Connection, calendar: str, night: date) -> Payload | None:
    """Return the last good copy that had come by *night*, with what to ask "anything new?" with."""
    return _payload(db, calendar, calendar_nights.c.night <= night)


def stored_before(db: Connection, calendar: str, night: date) -> Payload | None:
    """Return the last good copy of an earlier night: what a second run of *night* asks with, to go as the first."""
    return _payload(db, calendar, calendar_nights.c.night < night)


def memory_before(db: Connection, calendar: str, night: date) -> Memory | None:
    """Return what the reading left behind that the listings known before *night* come from; None: read everything."""
    body = db.execute(
        select(reading_memories.c.body)
        .where(reading_memories.c.calendar == calendar, reading_memories.c.night < night)
        .order_by(reading_memories.c.night.desc())
        .limit(1)
    ).scalar()
    if body is None:
        return None
    from calendar_sync.reading.memory import Memory

    return Memory.from_bytes(bytes(body))


def nights_in_doubt(db: Connection, calendar: str, night: date) -> Callable[[Part], int]:
    """Say of a part on how many nights before *night*, since its last good one, it came emptied or shrunken.

    Where somebody refused to believe the copy of a night, the count starts anew after it.
    """
    refused = doubts.last_refused(db, calendar, night) or date.min
    rows = db.execute(
        select(calendar_nights.c.code, calendar_nights.c.doubts)
        .where(
            calendar_nights.c.calendar == calendar, calendar_nights.c.night < night, calendar_nights.c.night > refused
        )
        .order_by(calendar_nights.c.night.desc())
    )
    doubted = [_doubts(row.code, row.doubts) for row in takewhile(lambda row: row.code, rows)]

    def of(part: Part) -> int:
        told = [None if parts is None else parts == EVERY or part in parts for parts in doubted]
        heard = [each for each in told if each is not None]
        return sum(takewhile(bool, heard))

    return of


EVERY = frozenset[Part]()
"""In place of the parts in doubt: the calendar as a whole was, before parts were told apart."""


def _doubts(code: str, doubts: str) -> frozenset[Part] | None:
    """Return which parts of a calendar were in doubt on a night; None on one when it could not be seen at all."""
    if code not in ("emptied", "shrunken"):
        return None
    return frozenset(tuple(part) for part in json.loads(doubts))


def last_asked(db: Connection, calendar: str, night: date) -> date | None:
    """Return the last night up to *night* on which a calendar was asked."""
    return db.execute(
        select(func.max(calendar_nights.c.night)).where(
            calendar_nights.c.calendar == calendar, calendar_nights.c.night <= night
        )
    ).scalar()


def problems(db: Connection, calendar: str, night: date) -> tuple[Problem, ...]:
    """Return what was wrong with a calendar on the last night up to *night* on which it was asked."""
    told = db.execute(
        select(calendar_nights.c.problem_list)
        .where(calendar_nights.c.calendar == calendar, calendar_nights.c.night <= night)
        .order_by(calendar_nights.c.night.desc())
        .limit(1)
    ).scalar()
    return tuple(Problem(**problem) for problem in json.loads(told or "[]"))


def save(db: Connection, night: date, refreshed: Refreshed) -> int:
    """Keep what a calendar said on *night*, in place of what an earlier run of this night wrote.

    Returns how many listings stand.

    Where the calendar was not seen (`refreshed.error`), nothing is withdrawn but from parts that are not in doubt, and
    a good copy that came earlier in the same night stays. One transaction should save one calendar, or several in the
    order of their ids.
    """
    calendar = refreshed.calendar
    exclusively(db, f"calendar {calendar}")
    this_night = and_(calendar_nights.c.calendar == calendar, calendar_nights.c.night == night)
    following = db.execute(
        select(func.min(calendar_nights.c.night)).where(
            calendar_nights.c.calendar == calendar, calendar_nights.c.night > night
        )
    ).scalar()
    kept_for_following = _state(db, calendar, listing_versions.c.night <= following) if following else None
    written_before = _written(db, calendar, night, following)
    earlier_run = db.execute(select(calendar_nights).where(this_night)).mappings().first()

    after: _State | None = None
    if not refreshed.as_before:
        after = {
            listing.id: (serialising.digest(listing), serialising.to_json(listing)) for listing in refreshed.listings
        }
        if refreshed.error is not None:
            withdrawn = {listing.id for listing in refreshed.changes.withdrawn}
            before = _state(db, calendar, listing_versions.c.night < night)
            after = {**{id_: kept for id_, kept in before.items() if id_ not in withdrawn}, **after}
    standing = len(after) if after is not None else _standing_before(db, calendar, night)

    copy = _copy(db, calendar, refreshed.payload)
    if refreshed.payload is None and earlier_run is not None:
        copy = {name: earlier_run[name] for name in copy}
    db.execute(
        delete(listing_versions).where(listing_versions.c.calendar == calendar, listing_versions.c.night == night)
    )
    db.execute(delete(calendar_nights).where(this_night))
    db.execute(
        insert(calendar_nights).values(
            calendar=calendar,
            night=night,
            outcome=str(refreshed.outcome),
            code=refreshed.error.code if refreshed.error else "",
            detail=str(refreshed.error) if refreshed.error else "",
            problems=len(refreshed.problems),
            problem_list=json.dumps([asdict(problem) for problem in refreshed.problems]),
            listings=standing,
            doubts=json.dumps(sorted(refreshed.doubts)),
            **copy,
        )
    )
    _remember(db, night, refreshed)
    if earlier_run is not None and earlier_run["digest"] not in (None, copy["digest"]):
        _drop_unused(db, calendar, earlier_run["digest"])
    if after is not None:
        _write_versions(db, calendar, night, after)
    if following is not None and kept_for_following is not None:
        _write_versions(db, calendar, following, kept_for_following)
    if _written(db, calendar, night, following) != written_before:
        revisions.count(db, calendar)
    return standing


def _written(db: Connection, calendar: str, *nights: date | None) -> set[tuple[object, ...]]:
    """Return which versions some nights wrote."""
    table = listing_versions.c
    versions = select(table.night, table.listing, table.present, table.digest).where(
        table.calendar == calendar, table.night.in_([night for night in nights if night is not None])
    )
    return {tuple(row) for row in db.execute(versions)}


def _standing_before(db: Connection, calendar: str, night: date) -> int:
    number = db.execute(
        select(calendar_nights.c.listings)
        .where(calendar_nights.c.calendar == calendar, calendar_nights.c.night < night)
        .order_by(calendar_nights.c.night.desc())
        .limit(1)
    ).scalar()
    return number or 0


def _remember(db: Connection, night: date, refreshed: Refreshed) -> None:
    """Keep what the reading left behind, and drop what older ones did: only the newest and one before are asked for."""
    calendar = refreshed.calendar
    if refreshed.error is not None and refreshed.changes.nothing:
        # What is known still comes from the reading of an earlier night.
        return
    body = refreshed.memory.to_bytes() if refreshed.error is None and refreshed.memory is not None else None
    db.execute(insert(reading_memories).values(calendar=calendar, night=night, body=body))
    recent = db.execute(
        select(reading_memories.c.night)
        .where(reading_memories.c.calendar == calendar)
        .order_by(reading_memories.c.night.desc())
        .limit(2)
    ).scalars()
    db.execute(
        delete(reading_memories).where(
            reading_memories.c.calendar == calendar, reading_memories.c.night.not_in(list(recent))
        )
    )


def health(db: Connection, night: date) -> list[CalendarHealth]:
    """Say how every calendar that was asked on *night* fared, in the order of their ids."""
    other = calendar_nights.alias()
    last_good = (
        select(func.max(other.c.night))
        .where(other.c.calendar == calendar_nights.c.calendar, other.c.night <= night, other.c.code == "")
        .scalar_subquery()
    )
    rows = db.execute(select(calendar_nights, last_good.label("last_good")).where(calendar_nights.c.night == night))
    return sorted(
        (
            CalendarHealth(
                calendar=row["calendar"],
                outcome=row["outcome"],
                code=row["code"],
                detail=row["detail"],
                last_good=row["last_good"],
                listings=row["listings"],
                problems=row["problems"],
                doubts=_doubts(row["code"], row["doubts"]),
                since=_doubtful(db, row["calendar"], row["last_good"], night) if row["code"] else (),
            )
            for row in rows.mappings().all()
        ),
        key=lambda health: health.calendar,
    )


def _doubtful(
    db: Connection, calendar: str, last_good: date | None, night: date
) -> tuple[tuple[date, frozenset[Part]], ...]:
    """Return the nights between the last good one and *night* on which parts of a calendar were in doubt."""
    table = calendar_nights.c
    rows = db.execute(
        select(table.night, table.code, table.doubts)
        .where(table.calendar == calendar, table.night > (last_good or date.min), table.night < night)
        .order_by(table.night.desc())
    )
    told = ((row.night, _doubts(row.code, row.doubts)) for row in rows)
    return tuple((when, parts) for when, parts in told if parts is not None)


def last_words(db: Connection, calendar: str, listings: Collection[str], night: date) -> list[Listing]:
    """Return those of *listings* (ids) that stood in *calendar* on any night up to *night*, as they last read there."""
    last = {listing: body for _, listing, body in _versions(db, calendar, listings, night)}
    return sorted((serialising.from_json(body) for body in last.values()), key=lambda listing: listing.key)


def last_words_in(db: Connection, listings: Mapping[str, Collection[str]], night: date) -> list[Listing]:
    """Do as `last_words` does for the listings (ids) of several calendars at once: each id is of one calendar only."""
    wanted = sorted({listing for several in listings.values() for listing in several})
    here = listing_versions.c.calendar.in_(sorted(listings))
    last = {listing: body for _, listing, body in _said(db, here, wanted, night)}
    return sorted((serialising.from_json(body) for body in last.values()), key=lambda listing: listing.key)


def versions(db: Connection, calendar: str, listings: Collection[str], night: date) -> list[Listing]:
    """Return everything that *listings* (ids) said in *calendar* up to *night*, the newest last."""
    return [serialising.from_json(body) for _, _, body in _versions(db, calendar, listings, night)]


def _versions(db: Connection, calendar: str, listings: Collection[str], night: date) -> list[tuple[date, str, str]]:
    return _said(db, listing_versions.c.calendar == calendar, sorted(listings), night)


def _said(db: Connection, here: ColumnElement[bool], wanted: Sequence[str], night: date) -> list[tuple[date, str, str]]:
    found: list[tuple[date, str, str]] = []
    table = listing_versions.c
    for at in range(0, len(wanted), _AT_ONCE):
        # Were the nights compared here, SQLite would go through all that the calendar ever said instead of the ids.
        rows = db.execute(
            select(table.night, table.listing, table.body).where(
                here, table.listing.in_(wanted[at : at + _AT_ONCE]), table.present
            )
        ).tuples()
        found += [(when, listing, body) for when, listing, body in rows if when <= night]
    return sorted(found)


_AT_ONCE = 500
"""Ids asked for in one statement: databases limit how many."""


# -- listings -------------------------------------------------------------------------------------------------------


def _listings(state: _State) -> list[Listing]:
    return sorted((serialising.from_json(body) for _, body in state.values()), key=lambda listing: listing.key)


def _state(db: Connection, calendar: str, when: ColumnElement[bool]) -> _State:
    """Take the newest version of each listing among the nights *when*, unless it is a withdrawal."""
    newest_first = func.row_number().over(
        partition_by=listing_versions.c.listing, order_by=listing_versions.c.night.desc()
    )
    versions = (
        select(listing_versions, newest_first.label("age"))
        .where(listing_versions.c.calendar == calendar, when)
        .subquery()
    )
    rows = db.execute(
        select(versions.c.listing, versions.c.digest, versions.c.body).where(versions.c.age == 1, versions.c.present)
    )
    return {listing: (digest, body) for listing, digest, body in rows}


def _write_versions(db: Connection, calendar: str, night: date, after: _State) -> None:
    """Make *after* what stands as of *night*, by rows only for what differs from the nights before."""
    before = _state(db, calendar, listing_versions.c.night < night)
    rows = [
        {"calendar": calendar, "listing": listing, "night": night, "present": True, "digest": digest, "body": body}
        for listing, (digest, body) in sorted(after.items())
        if before.get(listing, ("", ""))[0] != digest
    ] + [
        {"calendar": calendar, "listing": listing, "night": night, "present": False, "digest": "", "body": ""}
        for listing in sorted(before.keys() - after.keys())
    ]
    db.execute(
        delete(listing_versions).where(listing_versions.c.calendar == calendar, listing_versions.c.night == night)
    )
    if rows:
        db.execute(insert(listing_versions), rows)


# -- payloads -------------------------------------------------------------------------------------------------------


def _payload(db: Connection, calendar: str, when: ColumnElement[bool]) -> Payload | None:
    row = (
        db.execute(
            select(calendar_nights, payloads.c.body)
            .join_from(
                calendar_nights,
                payloads,
                and_(calendar_nights.c.calendar == payloads.c.calendar, calendar_nights.c.digest == payloads.c.digest),
            )
            .where(calendar_nights.c.calendar == calendar, when)
            .order_by(calendar_nights.c.night.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    return Payload(
        body=bytes(row["body"]),
        media_type=row["media_type"],
        charset=row["charset"],
        name=row["name"],
        address=row["address"],
        validators=Validators(row["etag"], row["last_modified"]),
        moved_to=row["moved_to"],
    )


def _copy(db: Connection, calendar: str, payload: Payload | None) -> dict[str, str | None]:
    """Keep the bytes, once per content, and return the columns that describe them."""
    if payload is None:
        silent = dict.fromkeys(_COPIED, "")
        return {"digest": None, **silent}
    digest = hashlib.sha256(payload.body).hexdigest()
    here = and_(payloads.c.calendar == calendar, payloads.c.digest == digest)
    if not db.execute(select(exists().where(here))).scalar():
        db.execute(insert(payloads).values(calendar=calendar, digest=digest, body=payload.body))
    return {
        "digest": digest,
        "media_type": payload.media_type,
        "charset": payload.charset,
        "name": payload.name,
        "address": payload.address,
        "etag": payload.validators.etag,
        "last_modified": payload.validators.last_modified,
        "moved_to": payload.moved_to,
    }


def _drop_unused(db: Connection, calendar: str, digest: str) -> None:
    """Forget a copy that only an earlier run of a night had: a calendar read every hour would fill the disk."""
    db.execute(
        delete(payloads).where(
            payloads.c.calendar == calendar,
            payloads.c.digest == digest,
            ~exists().where(calendar_nights.c.calendar == calendar, calendar_nights.c.digest == digest),
        )
    )
