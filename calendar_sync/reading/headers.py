"""Column headers of listing tables: which words stand for which field, in six languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from calendar_sync.wording import plain

# "No." is no id: lists are numbered anew with every row that is added.
# The first names of each field are those of `outreach match`; ours and other people's words may not collide.
_WORDS: dict[str, str] = {
    "id": "id|uid|identifier|listing id|identifiant|identificador|ref|reference",
    "source": "source|source org|fuente|fonte|calendar|calendrier",
    "title": "title|activity|activities|event|event title|event name|name of event|name of activity|subject|"
    "workshop|meeting|name|titre|intitule|activite|activites|evenement|reunion|intitule de l activite|"
    "objet|titulo|actividad|actividades|evento|nombre|nombre del evento|nombre de la actividad|taller|"
    "atividade|atividades|nome|nome do evento|designacao|titles|name of the event|name of the activity|"
    "activity event|event activity|title of event|title of activity|title of the event|course|seminar|"
    "description of activity|activite evenement|manifestation|nom|nom de l activite|nom de l evenement|"
    "titre de l activite|titre de l evenement|titulo de la actividad|titulo del evento|denominacion|"
    "reunion taller|titulo do evento|titulo da atividade|мероприятие|мероприятия|название|"
    "название мероприятия|наименование|наименование мероприятия|семинар|тема мероприятия|النشاط|العنوان|"
    "الفعالية|اسم الفعالية|اسم النشاط|ورشة العمل|الحدث",
    "start": "start|start date|begin|begins|begin date|from|date from|first day|debut|date de debut|du|inicio|"
    "fecha de inicio|fecha inicio|desde|data de inicio|data inicio|comienzo|starts|starting|"
    "starting date|start day|date start|beginning|commences|date debut|debute le|commence le|"
    "fecha inicial|empieza|data inicial|inicia|начало|дата начала|с|تاريخ البدء|تاريخ البداية|البداية|من",
    "end": "end|end date|ends|finish|to|date to|until|last day|fin|date de fin|au|fecha de fin|fecha fin|"
    "fecha de finalizacion|hasta|termino|data de fim|data de termino|data fim|fim|ending|ending date|"
    "end day|date end|finishes|date fin|se termine le|fecha final|termina|data final|conclusao|окончание|"
    "дата окончания|по|конец|تاريخ الانتهاء|تاريخ النهاية|النهاية|الى",
    "date_text": "date text|date|dates|when|dates of event|proposed dates|proposed date|dates prevues|date prevue|"
    "quand|periode|period|fecha|fechas|cuando|periodo|data|datas|quando|event date|event dates|"
    "date of event|date of activity|date s|dates and times|date and time|date time|tentative date|"
    "tentative dates|planned date|planned dates|provisional date|provisional dates|scheduled|timing|"
    "timeframe|time frame|date heure|calendrier prevu|fecha prevista|fechas previstas|fecha propuesta|"
    "fechas propuestas|fecha y hora|data prevista|datas previstas|data e hora|data proposta|дата|даты|"
    "дата проведения|даты проведения|сроки|срок|сроки проведения|период|когда|التاريخ|تاريخ|التواريخ|"
    "الموعد|الفترة|تاريخ الانعقاد",
    "city": "city|town|ville|ciudad|cidade|город|المدينة",
    "country": "country|host country|pays|pays hote|pais|pais anfitrion|pais anfitriao|state|country of event|"
    "nation|pays d accueil|pais sede|pais de acolhimento|страна|страна проведения|الدولة|البلد|"
    "الدولة المضيفة|البلد المضيف",
    "place_raw": "place raw|place|location|where|lieu|endroit|ou|lugar|donde|local|onde|lieu et pays|place and date|"
    "places|venue location|country city|city country|city and country|country and city|town country|"
    "venue country|place country|venue city|location country|lieu pays|ville pays|pays ville|"
    "ville et pays|ciudad pais|pais ciudad|ciudad y pais|lugar y pais|cidade pais|cidade e pais|"
    "local e pais|lieu de la reunion|lugar de celebracion|local de realizacao|место|место проведения|где|"
    "المكان|مكان الانعقاد|الموقع",
    "venue": "venue|site|salle|sede|recinto|local do evento|venue name|hotel|lieu de reunion|площадка|القاعة",
    "online": "online|virtual|en ligne|en linea|online event|format",
    "organisers": "organisers|organiser|organizers|organizer|organised by|organized by|organizing body|lead|host|"
    "implementing body|organisateur|organisateurs|organise par|organizador|organizadores|organizado por|"
    "organiza|organizacao|organizacion|organizers co organizers|organiser s|organizer s|"
    "organized by host|organising body|organisation|organization|organizing organization|"
    "lead organisation|lead organization|lead agency|responsible|organizing entity|hosted by|"
    "host organization|organisme|organisme responsable|organisme organisateur|hote|responsable|"
    "entidad organizadora|entidade organizadora|entidade|responsavel|anfitrion|организатор|организаторы|"
    "кем организовано|الجهة المنظمة|المنظم|المنظمون|الجهات المنظمة",
    "sponsors": "sponsors|sponsor|donor|donors|funding|funded by|supported by|bailleur|bailleurs|bailleur de fonds|"
    "donateur|donateurs|financement|finance par|patrocinador|patrocinadores|donante|donantes|"
    "financiacion|financiamiento|doador|doadores|financiamento|sponsor s|sponsored by|donor s|"
    "funding source|source of funding|financed by|financial support|co sponsors|bailleurs de fonds|"
    "source de financement|parrain|parraine par|financiado por|fuente de financiacion|"
    "fonte de financiamento|patrocinado por|спонсор|спонсоры|донор|доноры|финансирование|الجهة المانحة|"
    "الجهات المانحة|المانحون|التمويل|الراعي",
    "audience": "audience|participants|for|for whom|target audience|participating states|invited states|invited|"
    "states invited|participation|public|public cible|pour|etats participants|participantes|"
    "destinatarios|para|publico|publico destinatario|estados participantes|publico alvo|participant s|"
    "participating countries|target group|target states|target countries|beneficiaries|invitees|"
    "attendees|attendance|number of participants|participants prevus|pays participants|public vise|"
    "beneficiaires|invites|etats invites|paises participantes|estados invitados|beneficiarios|invitados|"
    "publico objetivo|paises convidados|convidados|estados convidados|участники|целевая аудитория|"
    "государства участники|приглашенные|المشاركون|الدول المشاركة|الجمهور المستهدف|الفئة المستهدفة|"
    "المدعوون",
    "themes": "themes|theme|topic|topics|thematic area|sujet|sujets|thematique|tema|temas|themes topics|main theme|"
    "area|subject matter|focus|domaine|temas principales|area tematica|assunto|тема|темы|тематика|"
    "الموضوع|المواضيع|المحور",
    "language": "language|lang|languages|working language|langue|langues|idioma|idiomas|lingua|язык|языки|اللغة",
    "published": "published|issued|pub date|publication date|date of publication|publie|publie le|date de publication|"
    "publicado|fecha de publicacion|data de publicacao|announced|as of|дата публикации|تاريخ النشر",
    "url": "url|link|web|website|source url|lien|enlace|web page|page|ligacao|hyperlink|internet|site web|"
    "sitio web|pagina web|ссылка|сайт|الرابط|الموقع الالكتروني",
    "description": "description|remarks|remark|comments|comment|details|remarques|observations|commentaires|"
    "descripcion|observaciones|comentarios|descricao|observacoes|additional information|further information|info|"
    "remarks comments|informacion adicional|informacoes|примечание|примечания|"
    "комментарий|комментарии|описание|ملاحظات|الوصف",
    "when_where": "date and place|dates and place|date and venue|dates and venue|date place|date venue|dates venue|"
    "dates place|date and location|dates and location|when and where|place date|place and dates|"
    "venue and date|venue and dates|date et lieu|dates et lieu|lieu et date|lieu et dates|lieu date|"
    "date lieu|fecha y lugar|fechas y lugar|lugar y fecha|lugar y fechas|fecha lugar|data e local|"
    "datas e local|local e data|дата и место|дата и место проведения|место и дата|التاريخ والمكان|"
    "المكان والتاريخ",
    "month": "month|months|mois|mes|meses|месяц|الشهر",
    "year": "year|annee|an|ano|anos|год|السنة",
    "day": "day|days|jour|jours|dia|dias|день|дни|اليوم",
    "visibility": "confidential|confidentiality|classification|class|sensitivity|distribution|circulation|handling|tlp|"
    "confidentiel|confidentialite|diffusion|confidencial|confidencialidad|clasificacion|difusion|"
    "confidencialidade|classificacao|difusao|конфиденциально|конфиденциальность|гриф|السرية|سري|التصنيف",
    "notes": "note|notes|nota|notas",
    "status": "status|state of play|statut|etat|estado|situacion|situacao|stage|confirmed|etat d avancement|"
    "situation|estatus|статус|состояние|الحالة|الوضع",
}
_FIELD = {plain(word): field for field, words in _WORDS.items() for word in words.split("|")}
_LONGEST = 80
"""Characters of a header; bilingual ones are long."""
_DATED = frozenset({"start", "end", "date_text", "when_where", "day", "month"})
_APART = re.compile(r"\s*(?:[/|\n;]|\s[-–—]\s)\s*")


@lru_cache(maxsize=8192)
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
        field = field_of(cell) if 0 < len(cell) <= _LONGEST else ""
        if field and field not in found:
            found[field] = number
    return found


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table are: those we know by field, the others by what stands above them."""

    fields: Mapping[str, int]
    others: tuple[tuple[str, int], ...] = ()

    @property
    def dated(self) -> bool:
        """True when one of its columns is about dates."""
        return not _DATED.isdisjoint(self.fields)

    def with_second_row(self, cells: Sequence[str]) -> Header | None:
        """Take the row below as part of the header ("Date" above "Start" and "End"); None when it is none.

        *cells* are those it does not merely repeat. Each of them is a header, and none stands under the title.
        """
        said = {number: cell for number, cell in enumerate(cells) if cell}
        below = {number: field_of(cell) if len(cell) <= _LONGEST else "" for number, cell in said.items()}
        if not said or not all(below.values()) or self.fields["title"] in said:
            return None
        fields = {field: number for field, number in self.fields.items() if below.get(number, field) == field}
        for number, field in below.items():
            fields.setdefault(field, number)
        others = tuple((name, number) for name, number in self.others if number not in below)
        return replace(self, fields=fields, others=others) if fields != dict(self.fields) else None


def header_of(row: Sequence[str]) -> Header | None:
    """Read a row as a header; it must name a title and another column."""
    fields = columns(row)
    if "title" not in fields or len(fields) < 2:
        return None
    known = set(fields.values())
    others = [(" ".join(cell.split())[:_LONGEST], number) for number, cell in enumerate(row) if number not in known]
    return Header(fields, tuple((name, number) for name, number in others if name))


def is_header_again(row: Sequence[str], header: Header) -> bool:
    """True for a header further down: the same one on a new page, or that of another table below.

    A row of data may hold a word that is also a header ("Workshop", "Online"), so most of its cells must be headers,
    one of them about dates; and headers have no digits.
    """
    title = header.fields["title"]
    said = [cell for cell in row if cell]
    if len(said) < 2 or any(len(cell) > _LONGEST or any(map(str.isdigit, cell)) for cell in said):
        return False
    fields = columns(row)
    if "title" not in fields or (not Header(fields).dated and fields["title"] != title):
        return False
    return len(fields) >= 2 and 5 * len(fields) >= 3 * len(said)


def side_by_side(row: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each table begins and ends when a row is the header of several; empty when it is that of one."""
    parts: list[tuple[int, int]] = []
    begin = 0
    for number in range(len(row) + 1):
        if number == len(row) or not row[number]:
            if number > begin:
                parts.append((begin, number))
            begin = number + 1
    tables = [part for part in parts if header_of(row[part[0] : part[1]]) is not None]
    return tables if len(tables) > 1 else []
