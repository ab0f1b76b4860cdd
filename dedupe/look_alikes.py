"""Words that look like others: letters of another script, and characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Trick(StrEnum):
    """What makes a text look like another."""

    SCRIPT = "script"
    """Letters of another script among those they look like."""
    HIDDEN = "hidden"
    """Characters nobody sees, inside a word."""
    TURNED = "turned"
    """Characters that turn the order of letters round."""


_LATIN = {
    script: dict(zip(theirs, latin, strict=True))
    for script, theirs, latin in (
        ("CYRILLIC", "асԁеһіјӏорԛѕѵԝхуАВСЕҺІЈКМНОРԚЅТѴԜХУӀ", "acdehijlopqsvwxyABCEHIJKMHOPQSTVWXYI"),
        ("GREEK", "ορνυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "opvuikABEZHIKMNOPTYX"),
        ("ARMENIAN", "օոսհցզԼՕՍՏ", "onuhgqLOUS"),
        ("CHEROKEE", "ᎪᏴᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃ", "ABCDEGHIJKLMPRSTVWYZ"),
    )
}
"""Letters that few would tell from Latin ones. Where a word is of that script, the Latin letter is the stranger."""
_THEIRS = {script: {latin: theirs for theirs, latin in letters.items()} for script, letters in _LATIN.items()}
_SUSPECT = re.compile("[\u0370-\u052f\u0530-\u058f\u13a0-\u13f4]")
_WORD = re.compile(r"[^\W\d_]+")
_LETTER = "A-Za-z0-9\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff"
"""Of scripts in which nothing unseen belongs inside a word; elsewhere it joins letters, or parts words."""
_UNSEEN = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0"
)
_HIDDEN = re.compile(f"(?<=[{_LETTER}])[{_UNSEEN}]+(?=[{_LETTER}])|[\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
"""Flags of regions are spelt with characters that nobody sees."""
_TURNED = re.compile("[\u202d\u202e]")


def skeleton(text: str) -> str:
    """Return a text as it looks: without what nobody sees, each letter in the script of its word.

    >>> skeleton("Wоrkѕhор"), skeleton("Work\\u200bshop"), skeleton("Cеминар"), skeleton("Семинар OPCW, 12-я сессия")
    ('Workshop', 'Workshop', 'Семинар', 'Семинар OPCW, 12-я сессия')
    """
    if text.isascii():
        return text
    return _in_one_script(_HIDDEN.sub("", _TURNED.sub("", _FLAG.sub("", text))))


def tricks(text: str) -> tuple[Trick, ...]:
    """Say what makes a text look like another; nothing for what is honestly written in any script, or in several.

    >>> tricks("Wоrkshop"), tricks("ورشة عمل 1540"), tricks("Région \\u202e0451")
    ((<Trick.SCRIPT: 'script'>,), (), (<Trick.TURNED: 'turned'>,))
    """
    if text.isascii():
        return ()
    plain = _FLAG.sub("", text)
    seen = _HIDDEN.sub("", plain)
    told = (
        (Trick.SCRIPT, _in_one_script(seen) != seen),
        (Trick.HIDDEN, seen != plain),
        (Trick.TURNED, bool(_TURNED.search(text))),
    )
    return tuple(trick for trick, found in told if found)


def _in_one_script(text: str) -> str:
    """Write each word that mixes look-alikes in one script, and Latin words that are foreign through and through."""
    if not _SUSPECT.search(text):
        return text
    mended = _WORD.sub(lambda found: _word(found[0]), text)
    words = [(word, _script(word[0])) for word in _WORD.findall(mended)]
    if not any(script == "LATIN" and len(word) >= _LONG for word, script in words):
        return mended
    for script, letters in _LATIN.items():
        theirs = [word for word, of in words if of == script]
        # Where a text has other words of that script, such a word is probably one of them.
        long = any(len(word) >= (_LONGER if word.isupper() else _LONG) for word in theirs)
        if long and letters.keys() >= set("".join(theirs)):
            mended = "".join(letters.get(letter, letter) for letter in mended)
    return mended


_LONG, _LONGER = 3, 5
"""Letters from which on a word that could be Latin is taken for a pretence; more in capitals, for the sake of ООН."""


def _word(word: str) -> str:
    """Write a word of two scripts in one of them, when every letter of the other has its like there."""
    scripts = {_script(letter) for letter in word}
    if len(scripts) < 2 or "LATIN" not in scripts:
        return word
    for script in sorted(scripts & _LATIN.keys()):
        theirs = [letter for letter in word if _script(letter) == script]
        if all(letter in _LATIN[script] for letter in theirs):
            return _word("".join(_LATIN[script].get(letter, letter) for letter in word))
        if all(letter in _THEIRS[script] for letter in word if _script(letter) == "LATIN"):
            return _word("".join(_THEIRS[script].get(letter, letter) for letter in word))
    return word


@lru_cache(maxsize=1 << 12)
def _script(letter: str) -> str:
    """Name the script of a letter by the first word of its name; letters in use in all scripts have none of these."""
    return unicodedata.name(letter, "").partition(" ")[0]
