"""Decisions: an append-only chain. Each row's hash covers the row before it, so that nothing is changed unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, false, insert, or_, select

from calendar_sync.errors import OutreachError
from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind
from store.connecting import exclusively
from store.tables import decisions, utc_text, words

BEGINNING = "0" * 64
"""What the first row names as the row before it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """An intact chain. Rows cut off its end leave no trace in it: note *length* and *head* elsewhere to see that."""

    length: int
    head: str


class ChainBroken(OutreachError):
    """Somebody changed, removed or inserted a decision behind our back."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return (
            f"Decision {self.number} is not as it was recorded, or one before it is missing. Nothing was changed. "
            "Next: compare the database with a backup."
        )


def save(db: Connection, decision: Decision) -> int:
    """Append a decision and return its number, counted from 1.

    Raises:
        ValueError: It says no time zone.
    """
    exclusively(db, "decisions")
    last = db.execute(select(decisions.c.number, decisions.c.hash).order_by(decisions.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, BEGINNING)
    row: dict[str, object] = {
        "number": number,
        "finding": decision.finding.id,
        "kind": str(decision.finding.kind),
        "ids": json.dumps(decision.finding.ids),
        "verdict": str(decision.verdict),
        "fingerprint": decision.fingerprint,
        "by": words(decision.by),
        "at": decision.at,
        "note": words(decision.note),
        "previous": previous,
    }
    db.execute(insert(decisions).values(**row, hash=_hash(row)))
    return number


def load_all(db: Connection) -> list[Decision]:
    """Return the newest decision about each finding, in the order they were made."""
    newest: dict[str, Decision] = {}
    for row in db.execute(select(decisions).order_by(decisions.c.number)).mappings():
        newest.pop(row["finding"], None)
        newest[row["finding"]] = _decision(row)
    return list(newest.values())


def alone(db: Connection) -> None:
    """Wait until nobody else decides, so that what is read now still holds when a decision is saved."""
    exclusively(db, "decisions")


def made(
    db: Connection,
    finding: str = "",
    *,
    before: int | None = None,
    most: int | None = None,
    among: Collection[str] | None = None,
) -> list[tuple[int, Decision]]:
    """Return decisions with their numbers, the newest first: every one ever made, or those about one *finding*'s id.

    Only those numbered *before* it, at most so many, and those about findings *among* these, where that is given.
    """
    asked = select(decisions).order_by(decisions.c.number.desc()).limit(most)
    if finding:
        asked = asked.where(decisions.c.finding == finding)
    if before is not None:
        asked = asked.where(decisions.c.number < before)
    if among is not None:
        asked = asked.where(decisions.c.finding.in_(sorted(among)))
    return [(row["number"], _decision(row)) for row in db.execute(asked).mappings()]


def about(db: Connection, kind: Kind, ids: Collection[str]) -> list[tuple[int, Decision]]:
    """Return decisions about findings of a kind that name any of *ids*, with their numbers, the newest first."""
    named = or_(false(), *(decisions.c.ids.contains(id_, autoescape=True) for id_ in sorted(ids)))
    asked = select(decisions).where(decisions.c.kind == str(kind), named).order_by(decisions.c.number.desc())
    return [(row["number"], _decision(row)) for row in db.execute(asked).mappings()]


def head(db: Connection, kind: Kind | None = None) -> str:
    """Return the hash of the newest row, which covers all before it; BEGINNING where nothing was decided.

    With *kind*, of the newest row about a finding of that kind.
    """
    asked = select(decisions.c.hash).order_by(decisions.c.number.desc()).limit(1)
    if kind is not None:
        asked = asked.where(decisions.c.kind == str(kind))
    return db.execute(asked).scalar() or BEGINNING


def verify_chain(db: Connection) -> Chain:
    """Go through every decision ever made.

    Raises:
        ChainBroken: One is not as it was recorded.
    """
    head, number = BEGINNING, 0
    for number, row in enumerate(db.execute(select(decisions).order_by(decisions.c.number)).mappings(), 1):
        if (row["number"], row["previous"], row["hash"]) != (number, head, _hash(dict(row))):
            raise ChainBroken(number)
        head = row["hash"]
    return Chain(number, head)


def _decision(row: RowMapping) -> Decision:
    return Decision(
        finding=FindingKey(Kind(row["kind"]), tuple(json.loads(row["ids"]))),
        verdict=Verdict(row["verdict"]),
        fingerprint=row["fingerprint"],
        by=row["by"],
        at=row["at"],
        note=row["note"],
    )


def _hash(row: dict[str, object]) -> str:
    at = row["at"]
    told = {
        **{name: value for name, value in row.items() if name != "hash"},
        "at": utc_text(at) if isinstance(at, datetime) else at,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()
