"""What each organisation was told, night by night, and the numbers by which people call findings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
)

from dedupe.decisions import Decision
from dedupe.findings import FindingKey, Kind, Severity, changed_facts
from store import bodies
from store.connecting import exclusively
from store.tables import finding_bodies, finding_numbers, findings, tellings

REMEMBERED = timedelta(days=180)
"""How long what was told as resolved is remembered, so that it comes back as the same finding."""


class Standing(StrEnum):
    """Where a finding stood when it was told."""

    NEW = "new"
    CHANGED = "changed"
    OPEN = "open"
    """Told before, and still so."""
    BACK = "back"
    """Told as resolved, and so again."""
    UNSEEN = "unseen"
    """Told before, and not so on this night; it may be so on the next."""
    RESOLVED = "resolved"
    """Told before, and no longer so; told once."""


GONE = (Standing.UNSEEN, Standing.RESOLVED)
"""What is not so on the night it is told of: nobody has to decide on it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as an organisation was told of it. *body* is JSON of whoever told it; the store never looks inside."""

    key: FindingKey
    severity: Severity
    title: str
    fingerprint: str
    body: str
    first_night: date
    """The night it was first told."""
    state: Standing
    stood: tuple[tuple[str, date], ...] = ()
    """How it stood when that was news, each with the last night it stood so; words of whoever told it."""
    why: str = ""
    """Why it is not so, in a word of whoever told it; blank while it is."""

    @property
    def id(self) -> str:
        """The short id of its key."""
        return self.key.id

    @property
    def kind(self) -> Kind:
        """The kind of its key."""
        return self.key.kind

    @property
    def open(self) -> bool:
        """True unless it was told as resolved."""
        return self.state is not Standing.RESOLVED

    @property
    def seen(self) -> bool:
        """True when it was so on the night it was told of."""
        return self.state not in GONE

    def settled_by(self, decision: Decision) -> bool:
        """True when *decision* was made on these very facts; the rule of `Decision.settles`."""
        return decision.finding == self.key and not changed_facts(decision.fingerprint, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding with the number people call it by, and the night it was last told."""

    number: int
    told: Told
    night: date


def save_night(db: Connection, organisation: str, night: date, told: Sequence[Told]) -> None:
    """Keep what an organisation is told on a night, in this order, in place of what an earlier run told it.

    A night on which it is told nothing is kept too. Findings that have no number yet get the next ones.

    Raises:
        ValueError: A finding stands there twice.
    """
    if len({finding.key for finding in told}) != len(told):
        raise ValueError(f"a finding is told twice to {organisation} on {night}")
    exclusively(db, f"findings of {organisation}")
    db.execute(delete(findings).where(findings.c.organisation == organisation, findings.c.night == night))
    db.execute(delete(tellings).where(tellings.c.organisation == organisation, tellings.c.night == night))
    digests = bodies.save(db, (finding.body for finding in told)) if told else {}
    said = repr([
        (finding.id, finding.state, finding.fingerprint, digests[finding.body], finding.first_night, finding.stood)
        for finding in told
    ])  # fmt: skip
    db.execute(insert(tellings).values(organisation=organisation, night=night, stamp=bodies.digest(said)))
    if not told:
        return
    db.execute(
        insert(findings),
        [
            {
                "organisation": organisation,
                "night": night,
                "finding": finding.id,
                "position": position,
                "kind": str(finding.kind),
                "ids": json.dumps(finding.key.ids),
                "severity": str(finding.severity),
                "title": finding.title,
                "fingerprint": finding.fingerprint,
                "digest": digests[finding.body],
                "first_night": finding.first_night,
                "state": str(finding.state),
                "why": finding.why,
                "stood": json.dumps({name: night.isoformat() for name, night in finding.stood}),
            }
            for position, finding in enumerate(told)
        ],
    )
    _number(db, organisation, [finding.id for finding in told])


def told(db: Connection, organisation: str, night: date) -> list[Told]:
    """Return what an organisation was told on a night, in the order of its report; empty when it was told nothing."""
    rows = db.execute(
        select(findings)
        .where(findings.c.organisation == organisation, findings.c.night == night)
        .order_by(findings.c.position)
    )
    return [told for _, told in _read(db, rows)]


def told_before(db: Connection, organisation: str, night: date) -> list[Told]:
    """Return how every finding stands that an organisation was told of before *night*.

    Those of its latest earlier night, then those that were told as resolved before that, the latest first, while they
    are REMEMBERED.
    """
    last = _last(db, organisation, tellings.c.night < night)
    if last is None:
        return []
    found = {finding.key: finding for finding in told(db, organisation, last)}
    rows = db.execute(
        select(findings)
        .where(
            findings.c.organisation == organisation,
            findings.c.state == Standing.RESOLVED,
            findings.c.night < last,
            findings.c.night >= night - REMEMBERED,
        )
        .order_by(findings.c.night.desc(), findings.c.position)
    )
    for _, resolved in _read(db, rows):
        found.setdefault(resolved.key, resolved)
    return list(found.values())


def last_told(
    db: Connection, organisation: str, night: date, *, bodies_of: Collection[Kind] = tuple(Kind)
) -> Iterator[tuple[date, Told]]:
    """Yield every finding that an organisation was told of up to *night*, with the night it was told last.

    Only those of the kinds *bodies_of* come with their bodies, which are long; those of the others are blank. They come
    a few at a time, the earlier nights first, while *db* is open.
    """
    latest = (
        select(findings.c.finding, func.max(findings.c.night).label("night"))
        .where(findings.c.organisation == organisation, findings.c.night <= night)
        .group_by(findings.c.finding)
        .subquery()
    )
    rows = db.execute(
        select(findings)
        .join(latest, and_(findings.c.finding == latest.c.finding, findings.c.night == latest.c.night))
        .where(findings.c.organisation == organisation)
        .order_by(findings.c.night, findings.c.position)
    )
    for some in rows.mappings().partitions(bodies.AT_ONCE):
        said = bodies.read(db, (row["digest"] for row in some if row["kind"] in bodies_of))
        # Findings of two kinds may share a body: the kind decides, not whether its body was read.
        yield from ((row["night"], _told(row, said[row["digest"]] if row["kind"] in bodies_of else "")) for row in some)


def load_queue(db: Connection, organisation: str, night: date | None = None) -> list[Numbered]:
    """Return the open findings of a night (the latest told, by default), in the order of the report.

    Decisions made since are not looked at: see `Told.settled_by`.
    """
    if night is None:
        night = _last(db, organisation)
    if night is None:
        return []
    rows = db.execute(
        _numbered(organisation)
        .where(findings.c.night == night, findings.c.state.not_in(GONE))
        .order_by(findings.c.position)
    )
    return [Numbered(row["number"], told, night) for row, told in _read(db, rows)]


def told_stamp(db: Connection, organisation: str, night: date, *, ever: bool = False) -> str:
    """Tell apart what `told_before` may return, without reading a finding; with *ever*, on how many nights before."""
    mine, last = findings.c.organisation == organisation, _last(db, organisation, tellings.c.night < night)
    if last is None:
        return ""
    said = stamp(db, organisation, last)
    resolved = and_(findings.c.state == Standing.RESOLVED, findings.c.night >= night - REMEMBERED)
    before = findings.c.night < last
    # The stamp of the last night stands for its findings; an earlier version left none.
    told = mine, and_(before, resolved) if said else or_(findings.c.night == last, and_(before, resolved))
    parts = findings.c.finding, findings.c.digest, findings.c.fingerprint, findings.c.state, findings.c.stood
    nights = tellings.c.organisation == organisation, tellings.c.night < night
    number = db.execute(select(func.count()).where(*nights)).scalar() if ever else ""
    return f"{last} {said} {number} {_stamp(db, told, *parts, cast(findings.c.first_night, Text))}"


def numbers_stamp(db: Connection, organisation: str) -> str:
    """Tell apart what `numbers` may return: a number once given stays."""
    asked = select(func.count(), func.max(finding_numbers.c.number))
    return repr(tuple(db.execute(asked.where(finding_numbers.c.organisation == organisation)).one()))


def _stamp(db: Connection, which: Sequence[ColumnElement[bool]], *parts: ColumnElement[str]) -> str:
    row: ColumnElement[str] = cast(findings.c.position, Text)
    for part in parts:
        row = row + " " + part
    rows = db.execute(select(func.count(), func.aggregate_strings(row, "\n")).where(*which))
    return hashlib.sha256(repr(tuple(rows.one())).encode("utf-8", "surrogatepass")).hexdigest()


def by_number(db: Connection, organisation: str, number: int) -> Numbered | None:
    """Return a finding as it was last told, resolved or not; None when no finding has this number."""
    rows = db.execute(
        _numbered(organisation).where(finding_numbers.c.number == number).order_by(findings.c.night.desc()).limit(1)
    )
    return next((Numbered(number, told, row["night"]) for row, told in _read(db, rows)), None)


def last_told_of(db: Connection, organisation: str, ids: Collection[str]) -> dict[str, Numbered]:
    """Return findings by their short ids, each as it was told last, resolved or not; those never told are left out."""
    latest = (
        select(findings.c.finding, func.max(findings.c.night).label("night"))
        .where(findings.c.organisation == organisation, findings.c.finding.in_(sorted(set(ids))))
        .group_by(findings.c.finding)
        .subquery()
    )
    same = and_(findings.c.finding == latest.c.finding, findings.c.night == latest.c.night)
    rows = db.execute(_numbered(organisation).join(latest, same))
    return {row["finding"]: Numbered(row["number"], told, row["night"]) for row, told in _read(db, rows)}


def last_night(db: Connection, organisation: str) -> date | None:
    """Return the latest night an organisation was told about, be it of nothing; None before the first."""
    return _last(db, organisation)


def stamp(db: Connection, organisation: str, night: date) -> str:
    """Return a digest of what an organisation was told on a night, blank where nobody noted it."""
    asked = select(tellings.c.stamp).where(tellings.c.organisation == organisation, tellings.c.night == night)
    return db.execute(asked).scalar() or ""


def queue_rows(db: Connection, organisation: str, night: date) -> Iterator[Numbered]:
    """Yield the open findings of a night with their bodies, in the order of the report, a few at a time.

    For whoever makes something small of each: of thousands, nobody can hold the bodies at hand.
    """
    asked = (
        _numbered(organisation, finding_bodies.c.body)
        .join(finding_bodies, finding_bodies.c.digest == findings.c.digest)
        .where(findings.c.night == night, findings.c.state.not_in(GONE))
        .order_by(findings.c.position)
    )
    for row in db.execute(asked.execution_options(yield_per=bodies.AT_ONCE)).mappings():
        yield Numbered(row["number"], _told(row, row["body"]), night)


def several(db: Connection, organisation: str, night: date, ids: Sequence[str]) -> list[Numbered]:
    """Return findings of a night by their ids, in that order; what was not told that night is left out."""
    rows = db.execute(
        _numbered(organisation).where(findings.c.night == night, findings.c.finding.in_(sorted(set(ids))))
    )
    found = {told.id: Numbered(row["number"], told, night) for row, told in _read(db, rows)}
    return [found[id_] for id_ in ids if id_ in found]


def last_before(db: Connection, organisation: str, finding: str, night: date) -> Told | None:
    """Return a finding, by its id, as an organisation was told of it last before *night*."""
    rows = db.execute(
        select(findings)
        .where(findings.c.organisation == organisation, findings.c.finding == finding, findings.c.night < night)
        .order_by(findings.c.night.desc())
        .limit(1)
    )
    return next((told for _, told in _read(db, rows)), None)


def numbers(db: Connection, organisation: str) -> dict[str, int]:
    """Return the number of every finding that an organisation was ever told of, by finding id."""
    rows = db.execute(
        select(finding_numbers.c.finding, finding_numbers.c.number).where(
            finding_numbers.c.organisation == organisation
        )
    )
    return {row.finding: row.number for row in rows}


def number_of(db: Connection, organisation: str, finding: FindingKey) -> int | None:
    """Return the number of a finding, None when this organisation was never told of it."""
    return db.execute(
        select(finding_numbers.c.number).where(
            finding_numbers.c.organisation == organisation, finding_numbers.c.finding == finding.id
        )
    ).scalar()


def _number(db: Connection, organisation: str, ids: Sequence[str]) -> None:
    """Number those of *ids* that have none. A number counts within its organisation, so gaps betray nothing."""
    known = numbers(db, organisation)
    last = max(known.values(), default=0)
    fresh = [id_ for id_ in ids if id_ not in known]
    if fresh:
        db.execute(
            insert(finding_numbers),
            [
                {"organisation": organisation, "finding": id_, "number": number}
                for number, id_ in enumerate(fresh, last + 1)
            ],
        )


def _numbered(organisation: str, *more: ColumnElement[Any]) -> Select[Any]:
    same = and_(
        finding_numbers.c.organisation == findings.c.organisation, finding_numbers.c.finding == findings.c.finding
    )
    return (
        select(findings, finding_numbers.c.number, *more)
        .join_from(findings, finding_numbers, same)
        .where(findings.c.organisation == organisation)
    )


def _last(db: Connection, organisation: str, *when: ColumnElement[bool]) -> date | None:
    return db.execute(select(func.max(tellings.c.night)).where(tellings.c.organisation == organisation, *when)).scalar()


def _read(
    db: Connection, rows: CursorResult[Any], bodies_of: Collection[Kind] = tuple(Kind)
) -> list[tuple[RowMapping, Told]]:
    found = rows.mappings().all()
    said = bodies.load(db, (row["digest"] for row in found if row["kind"] in bodies_of))
    return [(row, _told(row, said[row["digest"]] if row["kind"] in bodies_of else "")) for row in found]


def _told(row: RowMapping, body: str) -> Told:
    return Told(
        key=FindingKey(Kind(row["kind"]), tuple(json.loads(row["ids"]))),
        severity=Severity(row["severity"]),
        title=row["title"],
        fingerprint=row["fingerprint"],
        body=body,
        first_night=row["first_night"],
        state=Standing(row["state"]),
        stood=tuple(sorted((name, date.fromisoformat(night)) for name, night in json.loads(row["stood"]).items())),
        why=row["why"],
    )
