"""Confidentiality: what a state has asked to be kept from others, whoever publishes it."""

from __future__ import annotations

from dataclasses import dataclass

from calendar_sync.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Confidentiality:
    """A state's request about outreach held in it, or meant for it alone."""

    state: str
    """ISO 3166-1 alpha-2."""
    visibility: Visibility = Visibility.HIDDEN
    """What others may know at most; a listing or calendar that is stricter stays so."""
    shared_with: tuple[str, ...] = ()
    """Organisations that may read it, or know of its days, where *visibility* is shared or busy."""
    named: bool = False
    """True when it is about every listing that names the state among those invited, too."""
