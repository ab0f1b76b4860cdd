"""Roles: who organises, hosts, pays for and attends an event, each with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from calendar_sync.listings import Listing
from dedupe.bodies import bodies
from dedupe.lexicon import fold
from dedupe.meaning import groups
from dedupe.meaning.whereabouts import hosts

_DESIGNATION = re.compile(
    r"(?:member states?|participating states?|member countries|states parties|states?|countries|nations|region|members"
    r"|etats membres|etats|pays membres|pays|region|estados miembros|estados|paises|regiao|estados membros"
    r"|gosudarstva|strany|as a geographical designation|geographical area)"
)


_ARTICLE = re.compile(r" (?:of the|of|de la|de l|del|des|du|de|da|do)$")


class Part(StrEnum):
    """What somebody does in an event."""

    ORGANISER = "organiser"
    HOST = "host"
    SPONSOR = "sponsor"
    PARTICIPANT = "participant"


@dataclass(frozen=True, slots=True)
class Role:
    """A body or state (`state:BW`) with its part, and the words that give it to them."""

    part: Part
    body: str
    words: str


def of(listing: Listing) -> tuple[Role, ...]:
    """Return the roles that a listing gives.

    A group of states that only names a region organises nothing: "SAARC States" attend.

    >>> from calendar_sync.listings import ListingKey
    >>> title = "Sri Lanka hosts a workshop for SAARC States"
    >>> listing = Listing(ListingKey("c", "1"), "o", title, organisers=("DDA", "SAARC countries"), sponsors=("Norway",))
    >>> [(role.part.value, role.body) for role in of(listing)]
    [('host', 'state:LK'), ('organiser', 'unoda'), ('participant', 'SAARC'), ('sponsor', 'state:NO')]
    """
    return tuple(sorted(dict.fromkeys(_roles(listing)), key=lambda role: (role.part, role.body, role.words)))


def _roles(listing: Listing) -> Iterator[Role]:
    for name in listing.organisers:
        group = designated(name)
        if group:
            yield Role(Part.PARTICIPANT, group, name)
            continue
        for body in bodies((name,)):
            host = listing.country and body == f"state:{listing.country}"
            yield Role(Part.HOST if host else Part.ORGANISER, body, name)
    for name in listing.sponsors:
        yield from (Role(Part.SPONSOR, body, name) for body in bodies((name,)))
    for one in hosts(listing.title):
        yield Role(Part.HOST, f"state:{one.country}", one.words)


def designated(name: str) -> str:
    """Return the group whose members or region a name means, blank where it means the organisation, or no group.

    >>> designated("SAARC member States"), designated("the SAARC region"), designated("SAARC"), designated("UNODA")
    ('SAARC', 'SAARC', '', '')
    """
    words = fold(name).removeprefix("the ")
    for called, group in _with_designation(words):
        if called in groups.called():
            return group
    return ""


def _with_designation(words: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of a name without the words that make members or a region of it, and its group."""
    parts = words.split()
    for at in range(1, len(parts)):
        for name, rest in ((parts[:at], parts[at:]), (parts[at:], parts[:at])):
            left = " ".join(name)
            if _DESIGNATION.fullmatch(_ARTICLE.sub("", " ".join(rest))):
                yield left, groups.called().get(left, "")
