"""Sentences that still know what they were made of, so that they can be said again in another language.

Everything said here is plain English text, and may be used as such. Whoever writes for a reader of another language
asks `told` for it: the template is looked up in that language's catalogue, and what fills it is told in turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol


class Tongue(Protocol):
    """A language to say things in."""

    @property
    def code(self) -> str:
        """BCP 47, lower case: en, fr, ..."""
        ...

    def message(self, template: str) -> str:
        """Return a template in this language; unchanged where it has none."""
        ...

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the template for *number* of something."""
        ...

    def days(self, first: date, last: date, *, year: bool) -> str:
        """Write a day out, or days from one to another; without their year where it stands elsewhere."""
        ...

    def month(self, value: date, *, narrow: bool) -> str:
        """Name a month, in short where *narrow*."""
        ...

    def state(self, code: str) -> str:
        """Name a state by its ISO 3166-1 alpha-2 code."""
        ...

    def town(self, name: str) -> str:
        """Name a town by its English name."""
        ...

    def listed(self, names: Sequence[str]) -> str:
        """Join names as in a sentence."""
        ...

    def between(self, sign: str) -> str:
        """Return what stands between two parts where English has *sign*: a comma, a semicolon, a blank."""
        ...

    def number(self, value: float, pattern: str) -> str:
        """Write a number by one of Unicode's number patterns."""
        ...


class Said(str, ABC):
    """English text that can be told in other languages."""

    @abstractmethod
    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""

    @abstractmethod
    def packed(self) -> dict[str, Any]:
        """Return it as JSON values, for `unpacked`."""


class Sentence(Said):
    """A template, filled in. Where *many* is given, *number* chooses between it and *template*."""

    template: str
    many: str
    number: int
    values: Mapping[str, object]

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        several = bool(self.many)
        template = tongue.plural(self.template, self.many, self.number) if several else tongue.message(self.template)
        return template.format(**{name: told(value, tongue) for name, value in self.values.items()})

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        values = {name: _pack(value) for name, value in self.values.items()}
        counted = {"many": self.many, "number": self.number} if self.many else {}
        return {"say": self.template, **counted, **({"with": values} if values else {})}


def say(template: str, /, **values: object) -> Sentence:
    """Fill a template in.

    >>> say("{where} can still be moved.", where="Nairobi")
    'Nairobi can still be moved.'
    """
    return _sentence(template, "", 0, values)


def counted(number: int, one: str, many: str, /, **values: object) -> Sentence:
    """Fill in the template for one of something or for several; `{n}` is the number.

    >>> counted(1, "{n} day", "{n} days"), counted(54, "{n} day", "{n} days")
    ('1 day', '54 days')
    """
    return _sentence(one, many, number, {"n": number, **values})


def _sentence(template: str, many: str, number: int, values: Mapping[str, object]) -> Sentence:
    chosen = many if many and number != 1 else template
    said = Sentence(chosen.format(**values) if values else chosen)
    said.template, said.many, said.number, said.values = template, many, number, values
    return said


class Days(Said):
    """A day, or days from one to another."""

    first: date
    last: date
    year: bool

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        return tongue.days(self.first, self.last, year=self.year)

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"days": [self.first.isoformat(), self.last.isoformat()], "year": self.year}


def days(english: str, first: date, last: date, *, year: bool = True) -> Days:
    """Say days; *english* is how."""
    said = Days(english)
    said.first, said.last, said.year = first, last, year
    return said


class Name(Said):
    """The name of a state (*sort* "state", *key* its ISO code) or of a town ("town", its English name)."""

    sort: str
    key: str

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        return tongue.state(self.key) if self.sort == "state" else tongue.town(self.key)

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {self.sort: self.key, "english": str(self)}


def name(english: str, sort: str, key: str) -> Name:
    """Name a state or a town; *english* is how."""
    said = Name(english)
    said.sort, said.key = sort, key
    return said


class Title(Said):
    """A name that whoever bears it has in several languages."""

    names: Mapping[str, str]

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        return self.names.get(tongue.code, str(self))

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"names": dict(self.names), "english": str(self)}


def titled(english: str, names: Mapping[str, str]) -> Title:
    """Name somebody; *english* is how, *names* are those in other languages by their codes."""
    said = Title(english)
    said.names = names
    return said


class Number(Said):
    """A number as each language writes it; *pattern* is one of Unicode's number patterns."""

    value: float
    pattern: str

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        return tongue.number(self.value, self.pattern)

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"number": self.value, "pattern": self.pattern, "english": str(self)}


def number(english: str, value: float, pattern: str) -> Number:
    """Say a number; *english* is how."""
    said = Number(english)
    said.value, said.pattern = value, pattern
    return said


class Opened(Said):
    """What begins a sentence: its first letter is a capital, where the script has any."""

    rest: str

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        text = told(self.rest, tongue)
        return text[:1].upper() + text[1:]

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"opened": _pack(self.rest)}


def opened(text: str) -> Opened:
    """Begin a sentence with *text*.

    >>> opened("both are organised by AU")
    'Both are organised by AU'
    """
    said = Opened(text[:1].upper() + text[1:])
    said.rest = text
    return said


class Joined(Said):
    """Parts one after another; *by* is what stands between them, "and" for names listed as in a sentence.

    States are put into the alphabetical order of the language where *ordered*.
    """

    parts: tuple[str, ...]
    by: str
    ordered: bool

    def told(self, tongue: Tongue) -> str:
        """Say it in *tongue*."""
        parts = [told(part, tongue) for part in self.parts]
        if self.ordered:
            parts.sort(key=alphabetically)
        return tongue.listed(parts) if self.by == "and" else tongue.between(self.by).join(parts)

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"parts": [_pack(part) for part in self.parts], "by": self.by, "ordered": self.ordered}


def joined(english: str, parts: Iterable[str], by: str, *, ordered: bool = False) -> Joined:
    """Join parts; *english* is how."""
    said = Joined(english)
    said.parts, said.by, said.ordered = tuple(parts), by, ordered
    return said


def beside(parts: Iterable[str], by: str = ", ", *, ordered: bool = False) -> Joined:
    """Put what there is of *parts* beside each other.

    >>> beside(["Cairo", "", "Egypt"])
    'Cairo, Egypt'
    """
    kept = [part for part in parts if part]
    return joined(by.join(kept), kept, by, ordered=ordered)


def parts(text: str, by: str) -> tuple[str, ...]:
    """Take apart again what was joined by *by*.

    >>> parts(beside(["Ghana", "Mali"], "; "), "; "), parts("Ghana", "; ")
    (('Ghana', 'Mali'), ('Ghana',))
    """
    if isinstance(text, Joined) and text.by == by:
        return text.parts
    return tuple(text.split(by)) if text else ()


def told(value: object, tongue: Tongue) -> str:
    """Say anything in *tongue*; what is no saying stays as it is."""
    return value.told(tongue) if isinstance(value, Said) and tongue.code != "en" else str(value)


def pack(texts: Iterable[str]) -> dict[str, Any]:
    """Return how those of *texts* that can be told in other languages are made, by their English."""
    return {str(text): text.packed() for text in texts if isinstance(text, Said)}


def unpacked(packed: Mapping[str, Any] | str) -> str:
    """Return what `packed` made JSON values of; plain text stays plain.

    Raises:
        ValueError: It is nothing that `packed` makes.
    """
    if isinstance(packed, str):
        return packed
    for mark, read in _READERS.items():
        if mark in packed:
            return read(packed)
    raise ValueError(f"no saying is made of {sorted(packed)}")


def _pack(value: object) -> object:
    return value.packed() if isinstance(value, Said) else value if isinstance(value, int) else str(value)


def _unpack(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    return value if isinstance(value, int) else unpacked(value)


def _read_sentence(packed: Mapping[str, Any]) -> str:
    values = {name: _unpack(value) for name, value in packed.get("with", {}).items()}
    return _sentence(packed["say"], packed.get("many", ""), packed.get("number", 0), values)


def _read_days(packed: Mapping[str, Any]) -> str:
    from dedupe import phrases

    first, last = (date.fromisoformat(day) for day in packed["days"])
    return phrases.interval(first, last, year=packed["year"])


def _read_name(packed: Mapping[str, Any]) -> str:
    sort = "state" if "state" in packed else "town"
    return name(packed["english"], sort, packed[sort])


def _read_joined(packed: Mapping[str, Any]) -> str:
    from dedupe import phrases

    parts = [_unpack(part) for part in packed["parts"]]
    english = phrases.listed(parts) if packed["by"] == "and" else packed["by"].join(parts)
    return joined(english, parts, packed["by"], ordered=packed["ordered"])


def _read_number(packed: Mapping[str, Any]) -> str:
    return number(packed["english"], packed["number"], packed["pattern"])


_READERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "say": _read_sentence, "days": _read_days, "state": _read_name, "town": _read_name, "parts": _read_joined,
    "names": lambda packed: titled(packed["english"], packed["names"]), "pattern": _read_number,
    "opened": lambda packed: opened(_unpack(packed["opened"])),
}  # fmt: skip


@lru_cache(maxsize=4096)
def alphabetically(text: str) -> str:
    """Return what to sort a text by, so that accents stand with their letters."""
    from unicodedata import combining, normalize

    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
