"""Assistance: whether a listing says that somebody asks for it."""

from __future__ import annotations

from functools import cache

from calendar_sync.listings import Listing
from dedupe.meaning.terms import Terms, terms

_ASKING = (
    "request for assistance", "requests for assistance", "assistance request", "assistance requests",
    "requested assistance", "demande d'assistance", "demandes d'assistance", "solicitud de asistencia",
    "solicitudes de asistencia", "pedido de assistência", "запрос о помощи", "طلب المساعدة",
)  # fmt: skip


def asked_in(listing: Listing) -> bool:
    """True when its title or description speaks of a request for assistance.

    >>> from calendar_sync.listings import ListingKey
    >>> asked_in(Listing(ListingKey("c", "1"), "o", "Uganda: request for assistance under resolution 1540"))
    True
    """
    return bool(_asking().named_in(f"{listing.title} {listing.description}"))


@cache
def _asking() -> Terms:
    return terms((words, "asked") for words in _ASKING)
