"""Bodies: the organisers and sponsors of a listing, under one name each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from calendar_sync.countries import country_code
from calendar_sync.listings import Listing
from dedupe.lexicon import fold

_STATE = re.compile(
    r"^(?:the )?(?:government|governement|gouvernement|gobierno|governo|ministry|ministere|ministerio|ministeriy"
    r"|republic|embassy|ambassade|state|kingdom)\b.*?\b(?:of|de|du|del|da|do|d)\b (?:the |la |le |l )?(.+)$"
)
_SEVERAL = re.compile(r"[;؛]|،")
_LONGEST = 5
"""Words of the longest name of a body that a longer name may begin with."""
UMBRELLA = "united nations"
"""Whoever names only the whole does not contradict one who names its office."""


def bodies(names: Sequence[str]) -> dict[str, float]:
    """Name each body once, with the share of its rarity it weighs.

    >>> sorted(bodies(("ODA", "Government of Botswana", "US")))
    ['state:BW', 'state:US', 'unoda']
    """
    parts = [part for name in names for part in _SEVERAL.split(name)]
    return {known: 1.0 for part in parts for known in _known(part) if known}


def joint(listings: Sequence[Listing]) -> bool:
    """True when more than one body organises or sponsors what is listed; an office and its parent are one.

    >>> from calendar_sync.listings import ListingKey
    >>> def by(*organisers: str, sponsors: tuple[str, ...] = ()) -> list[Listing]:
    ...     return [Listing(ListingKey("c", "u"), "o", "Workshop", organisers=organisers, sponsors=sponsors)]
    >>> joint(by("UNODA", sponsors=("Norway",))), joint(by("UNODA")), joint(by("United Nations", "UNODA"))
    (True, False, False)
    """
    named = {
        parent(name.removesuffix(" and partners"))
        for listing in listings
        for name in bodies((*listing.organisers, *listing.sponsors))
    } - {"partners"}
    return len(named - {UMBRELLA}) > 1


@lru_cache(maxsize=1 << 16)
def _known(name: str) -> tuple[str, ...]:
    folded = fold(name)
    if not folded:
        return ()
    alias = _aliases().get(folded)
    if alias:
        return (alias,)
    code = country_code(name)
    if code:
        return (f"state:{code}",)
    match = _STATE.match(folded)
    if match is not None:
        code = _last_country(match[1])
        if code:
            return (f"state:{code}",)
    inside = re.search(r"\(([^)]{2,12})\)", name)
    if inside is not None and (alias := _aliases().get(fold(inside[1]))):
        return (alias,)
    return (folded,)


@lru_cache(maxsize=1 << 14)
def parent(body: str) -> str:
    """Return the known body whose office or committee a longer name speaks of; the name itself where none does.

    >>> parent("gfce research committee"), parent("osce programme office in dushanbe"), parent("small arms survey")
    ('gfce', 'osce', 'small arms survey')
    """
    words = body.split()
    for size in range(min(len(words) - 1, _LONGEST), 0, -1):
        known = _aliases().get(" ".join(words[:size]), "")
        if known and ":" not in known and known != UMBRELLA:
            return known
    return body


def _last_country(words: str) -> str:
    """Find the country at the end of "foreign affairs of the dominican republic"."""
    parts = words.split()
    for at in range(len(parts)):
        code = country_code(" ".join(parts[at:]).removeprefix("the "))
        if code and len(" ".join(parts[at:])) > 2:
            return code
    return ""


@cache
def _aliases() -> Mapping[str, str]:
    table = tomllib.loads(files("dedupe").joinpath("body_names.toml").read_text("utf-8"))
    return {
        fold(alias): (name if ":" in name else fold(name))
        for name, aliases in table["body"].items()
        for alias in (name, *aliases)
    }
