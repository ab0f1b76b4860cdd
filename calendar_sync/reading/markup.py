"""Text out of what people paste into event systems: markup, entities, mail addresses."""

from __future__ import annotations

import html
import re

LONGEST = 20_000
"""Letters of one text that are kept."""
# Overrides of the writing direction make a title read as something else; half a letter fits into no file.
_NOT_SAID = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HALF = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(r"(<(/?)(?:script|style)\b[^<>]{0,500}>)", re.IGNORECASE)
_BLOCK = re.compile(r"<\s{0,3}/?\s{0,3}(?:br|p|div|li|tr|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]{0,2000}>")
_MAIL = re.compile(r"(?:mailto:)?[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE)


def safe(text: str) -> str:
    """Drop what is never part of a word: control characters, overrides of the writing direction, half letters.

    >>> safe("Work\u202eshop")
    'Workshop'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HALF.sub("?", _NOT_SAID.sub("", text))


def words(text: str) -> str:
    """Return one line of plain text: markup and entities taken out, blanks joined.

    >>> words("<p>On resolution&nbsp;1540 <b>(2004)</b></p>")
    'On resolution 1540 (2004)'
    """
    return " ".join(_without_markup(text, " ").split())


def paragraphs(text: str) -> str:
    """Return plain text that keeps its lines.

    >>> paragraphs("<p>First</p><p>Second &amp; last</p>")
    'First\\nSecond & last'
    """
    lines = (" ".join(line.split()) for line in _without_markup(text, "\n").splitlines())
    return "\n".join(line for line in lines if line)


def without_mail(text: str) -> str:
    """Take addresses of people out of a text; they were given to whoever reads that page, not to our readers.

    >>> without_mail("Write to ines@example.org (Inés)")
    'Write to (Inés)'
    """
    if "@" not in text:
        return text
    return re.sub(r"  +", " ", _MAIL.sub("", text)).strip()


def _shown(text: str) -> str:
    """Leave out scripts and styles, in one pass: what strangers write may open a thousand and close none."""
    first, *rest = _HIDDEN.split(text)
    return " ".join([first, *(shown for closing, shown in zip(rest[1::3], rest[2::3], strict=True) if closing)])


def _without_markup(text: str, line: str) -> str:
    text = text[: LONGEST * 4]
    # Feeds escape markup that holds entities, which makes two rounds.
    for _ in range(2):
        if "<" in text:
            text = _TAG.sub(" ", _BLOCK.sub(line, _shown(text)))
        if "&" not in text:
            break
        text = html.unescape(text)
    return safe(text)[:LONGEST]
