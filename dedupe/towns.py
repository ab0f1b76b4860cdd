"""Towns under their several names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from dedupe.lexicon import fold

_NO_TOWN = frozenset({"online", "virtual", "en ligne", "en linea", "virtuel", "tbd", "tba", "tbc", "remote", "world",
                      "worldwide", "anywhere", "internet", "everywhere", "global"})  # fmt: skip
_PARTS = ("city", "ciudad de", "ville de", "greater", "metropolitan area", "area", "dc", "d c")


@lru_cache(maxsize=1 << 16)
def town(city: str, online: bool = False) -> str:
    """Name a town in one way, blank when none is meant.

    >>> town("Ciudad de Panamá"), town("Köln"), town("Tshwane"), town("New York City"), town("Online")
    ('panama', 'cologne', 'pretoria', 'new york', '')
    """
    if not city:
        return ""
    name = fold(city.split(",")[0].split("(")[0].split("/")[0]) or fold(city)
    if name in _NO_TOWN or (online and name.startswith("online")):
        return ""
    known = _aliases()
    if name in known:
        return known[name]
    words = f" {name} "
    for part in _PARTS:
        words = words.replace(f" {part} ", " ")
    name = " ".join(words.split()) or name
    name = name.removeprefix("st ") if not name.startswith("st ") else f"saint {name[3:]}"
    return known.get(name, name)


@cache
def _aliases() -> Mapping[str, str]:
    table = tomllib.loads(files("dedupe").joinpath("town_names.toml").read_text("utf-8"))
    return {fold(alias): fold(name) for name, aliases in table["town"].items() for alias in (name, *aliases)}
