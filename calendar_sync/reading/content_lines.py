"""Content lines of iCalendar (RFC 5545, 3.1): a name, parameters, and a value that nobody has read yet."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# What most lines begin with: they need not be looked at further.
_USUAL = frozenset(
    {
        "UID", "DTSTART", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION", "LOCATION",
        "STATUS", "SEQUENCE", "TRANSP", "CLASS", "URL", "CATEGORIES", "PRIORITY", "DURATION", "RRULE", "GEO",
    }
)  # fmt: skip
_SIMPLE = re.compile(r"([A-Za-z0-9_-]+)\s*:(.*)", re.DOTALL)
_NAME = re.compile(r"([A-Za-z0-9_-]+)\s*(?=[;:])")
# A parameter without a value says nothing, unless in vCalendar 1.0 ("SUMMARY;QUOTED-PRINTABLE:"), and harms nobody.
_PARAMETER = re.compile(r';\s*([A-Za-z0-9_-]+)\s*(?:=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)|(?=[;:]))')
_MOMENT = re.compile(r"(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)((?:;.*)?):([^:]*)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = (("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\N", "\n"), ("\\:", ":"), ('\\"', '"'))
_CARET = re.compile(r"\^([n'^])")
_COMMA = re.compile(r"(?<!\\),")
# Overrides of the writing direction make a title read as something else.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
_LONGEST_HEAD = 200


class ContentLine(NamedTuple):
    """One property: its name in upper case, its parameters, and its value as written.

    A feed has a million of them; a named tuple is made in a third of the time of a frozen dataclass.
    """

    name: str
    value: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str:
        """Return the value of a parameter, blank when it is not there."""
        for key, value in self.parameters:
            if key == name:
                return value
        return ""

    def without(self, *names: str) -> ContentLine:
        """Return the line with these parameters left out."""
        return ContentLine(self.name, self.value, tuple(pair for pair in self.parameters if pair[0] not in names))

    def with_parameter(self, name: str, value: str) -> ContentLine:
        """Return the line with one parameter set."""
        return ContentLine(self.name, self.value, (*self.without(name).parameters, (name, value)))

    def text(self) -> str:
        """Write the line again.

        >>> ContentLine("DTSTART", "20260302T100000", (("TZID", "Europe/Berlin"),)).text()
        'DTSTART;TZID=Europe/Berlin:20260302T100000'
        """
        written = "".join(f";{key}={_quoted(value)}" for key, value in self.parameters)
        return f"{self.name}{written}:{self.value}"


def cut(line: str) -> ContentLine:
    """Cut an unfolded line into name, parameters and value.

    >>> cut('organizer;CN="UNODA; Office":mailto:a@example.org').parameter("CN")
    'UNODA; Office'

    Raises:
        ValueError: It is no content line.
    """
    head, colon, value = line.partition(":")
    if colon:
        if head in _USUAL:
            return ContentLine(head, value)
        # The same few heads stand in every event of a feed; a colon inside a parameter is looked for below.
        if len(head) <= _LONGEST_HEAD and '"' not in head:
            name, parameters = _head(head)
            if name and not (name in _MOMENTS and ":" in value):
                return ContentLine(name, value, parameters)
    return _cut_slowly(line)


@lru_cache(maxsize=2_000)
def _head(head: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Cut what stands before the colon; a blank name when it takes a closer look."""
    try:
        line = _cut_slowly(head + ":")
    except ValueError:
        return "", ()
    return line.name, line.parameters


def _cut_slowly(line: str) -> ContentLine:
    if match := _SIMPLE.match(line):
        return ContentLine(match[1].upper(), match[2])
    name = _NAME.match(line)
    if name is None:
        raise ValueError("it has no colon" if ":" not in line else "it begins with no property name")
    at, parameters = name.end(), []
    while line.startswith(";", at):
        match = _PARAMETER.match(line, at)
        if match is None:
            # A semicolon too many is harmless.
            if line[at + 1 : at + 2] in (":", ";"):
                at += 1
                continue
            break
        parameters.append((match[1].upper(), _parameter(match[2] or "")))
        at = match.end()
    is_moment = _MOMENT.fullmatch(line)
    if line.startswith(":", at) and not (is_moment and ":" in line[at + 1 :]):
        return ContentLine(name[1].upper(), line[at + 1 :], tuple(parameters))
    if is_moment:
        # An unquoted colon, as in TZID=(UTC+01:00) Amsterdam: no date holds one, so that the last colon ends the name.
        pairs = [part.partition("=") for part in is_moment[2].split(";") if "=" in part]
        return ContentLine(
            is_moment[1].upper(),
            is_moment[3],
            tuple((key.strip().upper(), _parameter(value)) for key, _, value in pairs),
        )
    raise ValueError("its parameters cannot be told from its value")


def plain_text(value: str) -> str:
    r"""Read a TEXT value: undo its escapes, drop overrides of direction and blanks around it.

    >>> plain_text(r"Accra\, Ghana \n")
    'Accra, Ghana'
    """
    if "\\" in value:
        if "\\\\" in value:
            value = _ESCAPED.sub(_unescaped, value)
        else:
            # The same, several times faster: only an escaped backslash makes the order matter.
            for escaped, letter in _ESCAPES:
                value = value.replace(escaped, letter)
    if not value.isascii():
        value = _DIRECTION.sub("", value)
    return value.strip()


def texts(value: str) -> list[str]:
    r"""Read a list of TEXT values.

    >>> texts(r"Workshop,Export\, import,")
    ['Workshop', 'Export, import']
    """
    return [text for part in _COMMA.split(value) if (text := plain_text(part))]


def _unescaped(match: re.Match[str]) -> str:
    letter = match[1]
    if letter in "nN":
        return "\n"
    return letter if letter in ',;:"\\' else match[0]


def _parameter(value: str) -> str:
    value = value.strip()
    if '"' in value:
        value = value.replace('"', "")
    if "^" in value:
        value = _CARET.sub(lambda match: {"n": "\n", "'": '"', "^": "^"}[match[1]], value)
    return value


def _quoted(value: str) -> str:
    value = value.replace('"', "'").replace("\n", " ")
    return f'"{value}"' if any(letter in value for letter in ",;:") else value
