"""Folding of words, so that retyped ones are still the same."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Fold case, accents, blanks and punctuation.

    >>> plain("Séminaire  régional (Nairobi)")
    'seminaire regional nairobi'
    """
    text = text.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(text))
