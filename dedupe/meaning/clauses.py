"""What stands around the names in an audience: all of them, only some, without these, and others besides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dedupe.lexicon import fold

_EXCEPT = re.compile(
    r"[,(]?\s*(?:\b(?:except(?:ing)?(?: for)?|excluding|other than|with the exception of|apart from|but not|minus"
    r"|without|sauf|hors|à l['’]exception (?:de la|de l['’]|de|du|des|d['’])|à l['’]exclusion (?:de la|de|du|des)"
    r"|hormis|excepté"
    r"|excepto|salvo|con (?:la )?excepción de|a excepción de|exceto|com (?:a )?exceção d\w+|à exceção d\w+"
    r"|кроме|за исключением|исключая)\b|باستثناء|ما عدا)",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"[)]|\b(?:plus|as well as|together with|along with|ainsi que|así como|bem como|а также)\b", re.IGNORECASE
)
"""What ends the words that leave somebody out."""
_EXCEPT_AROUND = re.compile(r"除(?:了)?(.+?)(?:以外|之外|外)的?")
_OPEN = re.compile(
    r"(?:\b(?:and|et|y|e|и)\s+(?:\w+\s+){0,3}|[+&/]\s*)"
    r"(?:partners?|observers?|donors?|others?|partenaires|observateurs|donateurs|socios|asociados|observadores|donantes"
    r"|parceiros|doadores|партн[её]р\w*|наблюдател\w*|доноры)\b"
    r"|وشركا|والشركاء|والمراقب|[和及与](?:其)?(?:合作)?(?:伙伴|观察员)",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:staff|secretariat|institutions|secrétariat|secretaría|secretaria|секретариат)\s*$", re.IGNORECASE
)
"""Ends of words that mean those who work for a group, not its members."""
_NUMBERS = (
    "two deux dos dois два|three trois tres três три|four quatre cuatro quatro четыре|five cinq cinco пять"
    "|six seis шесть|seven sept siete sete семь|eight huit ocho oito восемь|nine neuf nueve nove девять"
    "|ten dix diez dez десять|eleven onze once одиннадцать|twelve douze doce doze двенадцать"
    "|thirteen treize trece treze|fourteen quatorze catorce"
    "|fifteen quinze quince|sixteen seize dieciséis|twenty vingt veinte vinte двадцать"
)
_SPELT = {word: (at + 2 if at < 15 else 20) for at, words in enumerate(_NUMBERS.split("|")) for word in words.split()}
_COUNT = re.compile(
    r"(?<![\w.,-])(?:(\d{1,3})(?:\s+of\s+\d+)?|(" + "|".join(_SPELT) + r"))\s+(?=[^\W\d_])", re.IGNORECASE
)
_SOME = re.compile(
    r"^(?:some|several|selected|certain|various|a number of|plusieurs|certains|quelques|varios|algunos|vários|alguns"
    r"|несколько|некоторы\w+)\b|^بعض\b|^(?:一些|部分)",
    re.IGNORECASE,
)
_INSTRUMENTS = (
    r"un|united nations|onu|opcw|iaea|npt|cwc|bwc|btwc|att|ctbt|ctbto|wco|who|oiac|opaq|aiea|oiea|oon|"
    r"(?:the |la |el )?(?:convention|treaty|convencion|tratado|traite)"
)
_STATES = (
    r"member states|states members|state parties|states parties|all states|countries|etats membres|etats parties"
    r"|estados miembros|estados parte|estados partes|estados membros|stati parte|gosudarstva chleny|duwl alaada"
    r"|parties|etats|estados|gosudarstva|strany|mitgliedstaaten"
)
_WHOLE_WORLD = re.compile(
    rf"(?:(?:all|tous les|toutes les|todos los|todos os|vse|alle) )?(?:the )?(?:(?:{_INSTRUMENTS}) )*(?:{_STATES})"
    rf"(?: and signatories| et signataires| y signatarios| signataires)?"
    rf"(?: (?:of|to|de|de la|de l|del|da|des|do|au|a la) (?:the )?"
    rf"(?:{_INSTRUMENTS}|nations unies|naciones unidas|nacoes unidas))?"
)
_NOT_ALL = frozenset({"countries", "parties", "etats", "estados", "gosudarstva", "strany"})
"""Words that mean everybody only with "all" before them."""
_WORLD = frozenset(map(fold, (
    "global", "worldwide", "mondial", "mundial", "all", "all countries", "tous les pays", "todos los países",
    "todos os países", "все страны", "все государства", "государства-члены", "государства — члены ООН",
    "государства-участники", "الدول الأعضاء", "جميع الدول", "جميع الدول الأعضاء", "الدول الأطراف", "会员国",
    "所有会员国", "所有国家", "缔约国", "所有缔约国", "Mitgliedstaaten der Vereinten Nationen",
)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clauses:
    """Words about an audience, cut: who is meant and who is left out."""

    meant: str
    but: str = ""
    count: int = 0
    """How many states are spoken of; 0 when nobody says, 1 for "several"."""
    open: bool = False
    universal: bool = False


@lru_cache(maxsize=1 << 14)
def clauses(words: str) -> Clauses:
    """Cut words about an audience.

    >>> clauses("10 African States (except Egypt and Libya) and partners")
    Clauses(meant='10 African States and partners', but='Egypt and Libya', count=10, open=True, universal=False)
    >>> clauses("除南非以外的非洲国家").but
    '南非'
    """
    but: list[str] = []
    meant = words
    for around in _EXCEPT_AROUND.finditer(words):
        but.append(around[1])
        meant = meant.replace(around[0], " ", 1)
    while (match := _EXCEPT.search(meant)) is not None:
        rest = meant[match.end() :]
        end = _UNTIL.search(rest)
        stop = end.start() if end else len(rest)
        but.append(rest[:stop].strip())
        meant = f"{meant[: match.start()]} {rest[stop:].removeprefix(')')}"
    meant = "" if _OFFICE.search(meant) else " ".join(meant.split())
    return Clauses(
        meant,
        "; ".join(but),
        _count(meant),
        _OPEN.search(meant) is not None,
        bool(but) and is_whole_world(meant),
    )


def _count(words: str) -> int:
    if _SOME.search(words):
        return 1
    found = _COUNT.search(words)
    if found is None:
        return 0
    return int(found[1]) if found[1] else _SPELT[found[2].lower()]


@lru_cache(maxsize=1 << 14)
def is_whole_world(words: str) -> bool:
    """Say whether words mean every state, or every party to an instrument of the whole world.

    >>> [is_whole_world(words) for words in ("all UN Member States", "40 countries", "AU Member States")]
    [True, False, False]
    """
    folded = fold(words)
    if folded in _WORLD:
        return True
    return folded not in _NOT_ALL and _WHOLE_WORLD.fullmatch(folded) is not None
