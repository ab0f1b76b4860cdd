"""Column headers of listing tables: which words stand for which field, in four languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from calendar_sync.wording import plain

# "No." is no id: lists are numbered anew with every row that is added.
# The first names of each field are those of `outreach match`; ours and other people's words may not collide.
_WORDS: dict[str, str] = {
    "id": "id|uid|identifier|listing id|identifiant|identificador|ref|reference",
    "source": "source|source org|fuente|fonte|calendar|calendrier",
    "title": "title|activity|activities|event|event title|event name|name of event|name of activity|subject|workshop|"
    "meeting|name|titre|intitule|activite|activites|evenement|reunion|intitule de l activite|objet|titulo|actividad|"
    "actividades|evento|nombre|nombre del evento|nombre de la actividad|taller|atividade|atividades|nome|"
    "nome do evento|designacao",
    "start": "start|start date|begin|begins|begin date|from|date from|first day|debut|date de debut|du|inicio|"
    "fecha de inicio|fecha inicio|desde|data de inicio|data inicio|comienzo",
    "end": "end|end date|ends|finish|to|date to|until|last day|fin|date de fin|au|fecha de fin|fecha fin|"
    "fecha de finalizacion|hasta|termino|data de fim|data de termino|data fim|fim",
    "date_text": "date text|date|dates|when|dates of event|proposed dates|proposed date|dates prevues|date prevue|"
    "quand|periode|period|fecha|fechas|cuando|periodo|data|datas|quando",
    "city": "city|town|ville|ciudad|cidade",
    "country": "country|host country|pays|pays hote|pais|pais anfitrion|pais anfitriao|state",
    "place_raw": "place raw|place|location|where|lieu|endroit|ou|lugar|donde|local|onde|lieu et pays|place and date",
    "venue": "venue|site|salle|sede|recinto|local do evento",
    "online": "online|virtual|en ligne|en linea|online event|format",
    "organisers": "organisers|organiser|organizers|organizer|organised by|organized by|organizing body|lead|host|"
    "implementing body|organisateur|organisateurs|organise par|organizador|organizadores|organizado por|"
    "organiza|organizacao|organizacion",
    "sponsors": "sponsors|sponsor|donor|donors|funding|funded by|supported by|bailleur|bailleurs|bailleur de fonds|"
    "donateur|donateurs|financement|finance par|patrocinador|patrocinadores|donante|donantes|financiacion|"
    "financiamiento|doador|doadores|financiamento",
    "audience": "audience|participants|for|for whom|target audience|participating states|invited states|invited|"
    "states invited|participation|public|public cible|pour|etats participants|participantes|destinatarios|para|"
    "publico|publico destinatario|estados participantes|publico alvo",
    "themes": "themes|theme|topic|topics|thematic area|sujet|sujets|thematique|tema|temas",
    "language": "language|lang|languages|working language|langue|langues|idioma|idiomas|lingua",
    "published": "published|issued|pub date|publication date|date of publication|publie|publie le|date de publication|"
    "publicado|fecha de publicacion|data de publicacao|announced|as of",
    "url": "url|link|web|website|source url|lien|enlace|web page|page|ligacao",
    "description": "description|remarks|remark|comments|comment|details|remarques|observations|commentaires|"
    "descripcion|observaciones|comentarios|descricao|observacoes",
    "status": "status|state of play|statut|etat|estado|situacion|situacao",
}
_FIELD = {word: field for field, words in _WORDS.items() for word in words.split("|")}
_APART = re.compile(r"\s*(?:[/|\n;]|\s[-–—]\s)\s*")


@cache
def field_of(header: str) -> str:
    """Return the field a header stands for, blank when it is none of ours.

    >>> field_of("Fecha de inicio"), field_of("Organizer(s)"), field_of("Title / Titre"), field_of("Budget (USD)")
    ('start', 'organisers', 'title', '')
    """
    for part in (header, *_APART.split(header)):
        for words in (part, re.sub(r"\(.*?\)", " ", part), part.replace("(", "").replace(")", "")):
            field = _FIELD.get(plain(words.replace("_", " ")))
            if field:
                return field
    return ""


def columns(row: Sequence[str]) -> dict[str, int]:
    """Map each field a row of headers names to its column; the first column of a name wins."""
    found: dict[str, int] = {}
    for number, cell in enumerate(row):
        # A header is a word or three; a sentence that happens to be one of them is rare enough.
        field = field_of(cell) if 0 < len(cell) <= 60 else ""
        if field and field not in found:
            found[field] = number
    return found
