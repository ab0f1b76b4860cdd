"""What a list says about how firm a row is, and who may know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from calendar_sync.listings import Status
from calendar_sync.visibility import Visibility
from calendar_sync.wording import plain

_STATUS: Mapping[Status, str] = {
    Status.PROVISIONAL: "provisional|provisionally scheduled|provisoire|provisorio|provisoria|planned|prevu|prevue|"
    "previsto|prevista|planificado|planejado|draft|proposed|propose|propuesto|proposto|предварительно|планируется|"
    "запланировано|مؤقت|مخطط|مقترح",
    Status.TENTATIVE: "tentative|tbc|tbd|tba|to be confirmed|to be determined|not confirmed|unconfirmed|pending|"
    "a confirmer|non confirme|en attente|por confirmar|no confirmado|sin confirmar|pendiente|a confirmar|"
    "nao confirmado|pendente|postponed|rescheduled|reporte|reportee|aplazado|aplazada|pospuesto|pospuesta|adiado|"
    "adiada|no|non|nao|уточняется|не подтверждено|отложено|перенесено|قيد التأكيد|غير مؤكد|مؤجل|تأجيل",
    Status.CONFIRMED: "confirmed|confirme|confirmee|confirmado|confirmada|final|firm|definite|yes|y|oui|si|sim|held|"
    "completed|done|tenu|realizado|realizada|concluido|подтверждено|состоялось|مؤكد|نهائي",
    Status.CANCELLED: "cancelled|canceled|annule|annulee|cancelado|cancelada|anulado|anulada|suspendido|dropped|"
    "withdrawn|called off|supprime|отменено|отменен|отменена|ملغى|ملغي|ألغي|إلغاء",
}
_WORDS = {plain(word): status for status, words in _STATUS.items() for word in words.split("|")}
_ANYWHERE = re.compile(
    r"\b(" + "|".join(sorted((word for word in _WORDS if len(word) > 3), key=lambda word: (-len(word), word))) + r")\b"
)
_IN_TITLE = (
    "cancell?ed|annulée?|annulee?|cancelad[oa]|anulad[oa]|postponed|reportée?|aplazad[oa]|pospuest[oa]|adiad[oa]"
)
_MARKED = re.compile(
    rf"^[\[(*\s]*(?P<before>{_IN_TITLE})\b[\])*\s]*(?:[:–—-]\s*|(?<=[\])*])\s*)(?=\S)|"
    rf"\s*(?:[\[(]\s*(?P<behind>{_IN_TITLE})\s*[\])]|[–—-]\s+(?P<last>{_IN_TITLE}))\s*$",
    re.IGNORECASE,
)
_ENUMERATED = re.compile(r"(?:[•▪‣·o–-]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z]\)\s+)(?=\S)")
_FOOTNOTE_MARKS = re.compile(r"(?:\s*[*†‡§¹²³⁰-⁹])+$")
_OPEN_CLASSES = frozenset({
    "public", "open", "no", "none", "non", "nao", "unclassified", "unrestricted", "publique", "publico", "publica",
    "ouvert", "abierto", "aberto", "false", "0", "tlp clear", "tlp white", "clear", "white", "general", "all",
    "non classifie", "no clasificado", "нет", "открыто", "открытый", "عام", "لا",
})  # fmt: skip


@lru_cache(maxsize=2048)
def status_of(stated: str) -> Status | None:
    """Return the status words stand for, alone or in a phrase; None when they stand for none.

    >>> status_of("Annulé"), status_of("CANCELLED (lack of funds)"), status_of("not confirmed"), status_of("see note")
    (<Status.CANCELLED: 'cancelled'>, <Status.CANCELLED: 'cancelled'>, <Status.TENTATIVE: 'tentative'>, None)
    """
    words = plain(stated)
    if words in _WORDS:
        return _WORDS[words]
    found = _ANYWHERE.search(words[:200])
    return _WORDS[found[1]] if found else None


def title_and_status(title: str) -> tuple[str, str]:
    """Take numbering, footnote marks and words such as "CANCELLED" off a title; return it and those words.

    >>> title_and_status("3. CANCELLED: Workshop for\\nAfrican States*"), title_and_status("1540 Workshop (postponed)")
    (('Workshop for African States', 'CANCELLED'), ('1540 Workshop', 'postponed'))
    """
    title = " ".join(title.split())
    if len(title) > 1_000:
        return title[:1_000], ""
    title = _FOOTNOTE_MARKS.sub("", _ENUMERATED.sub("", title, count=1) if _ENUMERATED.match(title) else title)
    marked = _MARKED.search(title)
    if marked is None:
        return title, ""
    word = marked["before"] or marked["behind"] or marked["last"]
    rest = (title[: marked.start()] + title[marked.end() :]).strip()
    return (rest, word) if rest else (title, "")


def visibility_of(stated: str) -> Visibility:
    """Return what a column such as "Confidential" or "Classification" allows; words we do not know hide the row.

    >>> visibility_of("").name, visibility_of("Restricted").name, visibility_of("no").name, visibility_of("-").name
    ('PUBLIC', 'HIDDEN', 'PUBLIC', 'PUBLIC')
    """
    words = plain(stated)
    return Visibility.PUBLIC if not words or words in _OPEN_CLASSES else Visibility.HIDDEN
