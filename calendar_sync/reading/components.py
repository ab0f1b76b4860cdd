"""People and places that an event holds as components of their own (RFC 9073)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from calendar_sync.countries import country_code
from calendar_sync.reading.content_lines import ContentLine, cut, plain_text
from calendar_sync.reading.splitting import Block

_LONGEST_DATA = 50_000
_MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part, and as what: SPONSOR, CONTACT, SPEAKER ... (RFC 9073, 6.2)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is, in the words of a component; blank where it is silent."""

    venue: str = ""
    city: str = ""
    country: str = ""
    position: str = ""
    """Latitude and longitude as GEO writes them."""


def participants(parts: Sequence[Block]) -> Iterator[Participant]:
    """Yield who takes part, as far as they are named."""
    for part in parts[:_MOST_PARTS]:
        if part.name == "PARTICIPANT":
            said = _said(part)
            name = _text(said, "NAME") or _text(said, "SUMMARY") or _address(said)
            if name:
                yield Participant(_text(said, "PARTICIPANT-TYPE").upper(), name)


def place(parts: Sequence[Block], structured: Sequence[ContentLine]) -> Place:
    """Return the first place that is named: by a VLOCATION, or by a schema.org Place in STRUCTURED-DATA."""
    for part in parts[:_MOST_PARTS]:
        if part.name == "VLOCATION":
            said = _said(part)
            name, position = _text(said, "NAME") or _text(said, "DESCRIPTION"), _text(said, "GEO").replace(";", ",")
            told = _of_schema(said.get("STRUCTURED-DATA", ()))
            if name or told.venue or told.city:
                return Place(name or told.venue, told.city, told.country, position)
    return _of_schema(structured)


def _said(part: Block) -> Mapping[str, list[ContentLine]]:
    said: dict[str, list[ContentLine]] = {}
    for text in part.lines:
        try:
            line = cut(text)
        except ValueError:
            continue
        said.setdefault(line.name, []).append(line)
    return said


def _text(said: Mapping[str, Sequence[ContentLine]], name: str) -> str:
    lines = said.get(name)
    return plain_text(lines[0].value) if lines else ""


def _address(said: Mapping[str, Sequence[ContentLine]]) -> str:
    value = _text(said, "CALENDAR-ADDRESS")
    return value[len("mailto:") :] if value[:7].lower() == "mailto:" else value


def _of_schema(lines: Sequence[ContentLine]) -> Place:
    for line in lines[:_MOST_PARTS]:
        if "json" not in line.parameter("FMTTYPE").lower() or len(line.value) > _LONGEST_DATA:
            continue
        try:
            data = json.loads(plain_text(line.value))
        except (ValueError, RecursionError):
            continue
        found = _place_in(data)
        if found.venue or found.city or found.country:
            return found
    return Place()


def _place_in(data: object) -> Place:
    """Find name and address in an Event, a Place or a PostalAddress."""
    if not isinstance(data, dict):
        return Place()
    inside = data.get("location", data)
    if isinstance(inside, list):
        inside = next((one for one in inside if isinstance(one, dict)), {})
    if not isinstance(inside, dict):
        return Place(venue=_word(inside))
    is_address = inside.get("@type") == "PostalAddress"
    address = inside if is_address else inside.get("address", {})
    is_event = inside is data and not is_address and "address" not in inside
    venue = "" if is_address or is_event else _word(inside.get("name"))
    if not isinstance(address, dict):
        return Place(venue)
    country = address.get("addressCountry")
    named = _word(country.get("name") if isinstance(country, dict) else country)
    return Place(venue, _word(address.get("addressLocality")), country_code(named))


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
