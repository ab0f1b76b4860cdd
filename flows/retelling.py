"""A finding told again from what the store kept of it, in any language, without working the world out anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from calendar_sync.listings import Listing
from calendar_sync.spans import Overlap
from dedupe import sayings
from dedupe.events import Event
from dedupe.evidence import Evidence
from dedupe.findings import Fact, Finding, Reason, Value, is_id
from store import calendars
from store.findings import Numbered, Told


def retold(db: Connection, several: Sequence[Numbered]) -> list[Finding | None]:
    """Tell findings again as they were told, their events with the listings as they read that night.

    None stands for one of which a listing is not to be had any more.
    """
    bodies = [json.loads(one.told.body) if one.told.body else {} for one in several]
    wanted: defaultdict[date, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one, kept in zip(several, bodies, strict=True):
        for listing in _listings(kept):
            wanted[one.night][listing["calendar"]].add(listing["id"])
    found = {
        (night, listing.id): listing
        for night, ids in wanted.items()
        for listing in calendars.last_words_in(db, ids, night)
    }
    return [
        _finding(one.told, kept, {id_: listing for (night, id_), listing in found.items() if night == one.night})
        for one, kept in zip(several, bodies, strict=True)
    ]


def _listings(kept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [listing for event in kept.get("events", ()) for listing in event["listings"] if "id" in listing]


def _finding(told: Told, kept: Mapping[str, Any], known: Mapping[str, Listing]) -> Finding | None:
    if not kept or not all(listing["id"] in known for listing in _listings(kept)):
        return None
    said = {english: sayings.unpacked(packed) for english, packed in kept.get("said", {}).items()}

    def again(text: str) -> str:
        return said.get(text, text)

    return Finding(
        kind=told.kind,
        severity=told.severity,
        title=again(told.title),
        events=tuple(
            Event(event["id"], tuple(known[listing["id"]] for listing in event["listings"]), workshop=event["workshop"])
            for event in kept["events"]
        ),
        listing_ids=tuple(kept["listing_ids"]),
        reasons=tuple(Reason(again(reason["text"]), reason["against"]) for reason in kept["reasons"]),
        facts=tuple(
            Fact(
                fact["field"],
                tuple(
                    Value(
                        again(value["text"]), value["listing_id"], value["organisation"], value["since"] or "",
                        value["newest"],
                    )
                    for value in fact["values"]
                ),
                fact["agrees"],
            )
            for fact in kept["facts"]
        ),
        evidence=tuple(Evidence(**entry) for entry in kept["evidence"]),
        bits=kept["bits"],
        probability=kept["probability"],
        overlap=Overlap(kept["overlap"]) if kept["overlap"] else None,
        certain=kept["certain"],
        states=tuple(kept["states"]),
        smaller_audience=kept["smaller_audience"],
        days_apart=(kept["days_apart"][0], kept["days_apart"][1]) if kept["days_apart"] else None,
        proposals=tuple(again(proposal) for proposal in kept["proposals"]),
        subject=next((id_ for id_ in told.key.ids if not is_id(id_)), ""),
    )  # fmt: skip
