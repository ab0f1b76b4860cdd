"""Which encoding foreign bytes are in, where nobody says so; a guess, and it is told as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 20_000
_WESTERN, _CENTRAL = "windows-1252", "windows-1250"

# Letters that make up most of a text in each script, and the encodings it is written in.
_SCRIPTS = (
    ("оеаинтсрвлкмдпуяыьгз", ("windows-1251", "koi8-r", "iso-8859-5")),
    ("ايلمونرتبةعدسفكحق", ("windows-1256", "iso-8859-6")),
    ("αοιετσνηυρπκμλςίόάέή", ("windows-1253",)),
    ("יוהלארתבשמנדחקע", ("windows-1255",)),
    ("านรกอมเยวลสตทงีป", ("cp874",)),
)
_EAST_ASIAN = ("shift_jis", "euc_jp", "euc_kr", "gb18030", "big5")
_LEAST = 0.35
"""Share of common letters from which a guess is better than windows-1252."""


def guessed(foreign: Sequence[bytes]) -> str:
    """Return the encoding that lines which are not UTF-8 are most likely in.

    >>> guessed(["Réunion à Lomé".encode("latin-1")]), guessed(["Семинар по экспорту".encode("windows-1251")])
    ('windows-1252', 'windows-1251')
    >>> guessed(["不拡散に関する会議".encode("shift_jis")]), guessed(["关于出口管制的研讨会".encode("gb18030")])
    ('shift_jis', 'gb18030')
    """
    sample = b"\n".join(foreign)[:_SAMPLE]
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    if not runs:
        return _WESTERN
    # Letters of Latin scripts with an accent stand alone or in twos between others; other scripts fill whole words.
    if sum(run for run in runs if run <= 2) * 2 > sum(runs) and not _is_double(sample):
        return _of_latin(sample)
    scores = [(_script_score(sample, letters, name), name) for letters, names in _SCRIPTS for name in names]
    scores += [(_east_asian_score(sample, name), name) for name in _EAST_ASIAN]
    best, name = max(scores, key=lambda pair: pair[0])
    return name if best >= _LEAST else _of_latin(sample)


def _is_double(sample: bytes) -> bool:
    """True for two-byte letters whose second byte may be below 0x80: whole words of them, hardly a Latin letter."""
    latin = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    return latin < sum(byte >= 0x80 for byte in sample)


def _of_latin(sample: bytes) -> str:
    """Tell Central from Western Europe: where one has letters the other has signs inside words."""
    return _CENTRAL if _signs(sample, _CENTRAL) < _signs(sample, _WESTERN) else _WESTERN


def _signs(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, errors="replace")
    return sum(
        not letter.isalpha() and letter > "\x7f" and (text[at - 1 : at].isalpha() or text[at + 1 : at + 2].isalpha())
        for at, letter in enumerate(text)
    )


def _script_score(sample: bytes, common: str, encoding: str) -> float:
    """Share of the foreign letters that are common ones of the script, capitals in the middle of words aside."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    foreign = [letter for letter in text if letter > "\x7f"]
    found = sum(letter in common or letter.lower() in common for letter in foreign)
    odd = sum(letter.isupper() and text[at - 1].islower() for at, letter in enumerate(text) if at and letter > "\x7f")
    return (found - 2 * odd) / max(1, len(foreign))


def _east_asian_score(sample: bytes, encoding: str) -> float:
    """Share of the letters that texts of the language are made of."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    names = [unicodedata.name(letter, "") for letter in foreign]
    kana = sum(name.startswith(("HIRAGANA", "KATAKANA")) for name in names) / len(foreign)
    hangul = sum(name.startswith("HANGUL SYLLABLE") for name in names) / len(foreign)
    if encoding in ("shift_jis", "euc_jp"):
        half = sum(name.startswith("HALFWIDTH") for name in names) / len(foreign)
        return 0.5 + kana - half if kana > 0.15 else 0.0
    if encoding == "euc_kr":
        return hangul
    return _common_chinese(text, encoding)


def _common_chinese(text: str, encoding: str) -> float:
    """Both encodings place the common signs in their first half, and hold hardly anything else in plain texts."""
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    signs = [letter.encode(encoding) for letter in text if letter > "\x7f"]
    second = 0xA1 if encoding == "gb18030" else 0x40
    common = sum(len(sign) == 2 and first <= sign[0] <= last and sign[1] >= second for sign in signs)
    return 0.9 * common / max(1, len(signs))
