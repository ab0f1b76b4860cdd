"""Whereabouts: where an event is held, as far as its title and the words about its venue tell."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from dedupe.meaning.mentions import Mention, mentions
from dedupe.meaning.places import known
from dedupe.meaning.venues import venue_known

_IN = re.compile(
    r"(?:^|[\s(,;:«“\"'’])(?:in|at|near|held in|à|au|aux|en|dans|im|bei|em|no|na|nos|nas|a|ad|ao|sa|w|we|v"
    r"|в|во|на|под|в г\.|في|بمدينة|在|于|於)\s*"
    r"(?:(?:the|la|le|el|los|las|les|l['’]|o|os|as|city of|ciudad de|ville de|г\.|город[еу]?|مدينة|دولة)\s*)?$",
    re.IGNORECASE,
)
"""What stands before the place where something is held."""
_PREFIXED = re.compile(r"^و?(?:ب|في)")
_HOSTS = re.compile(
    r"^,?\s*(?:[^,.;:]{0,60}?\s)?(?:(?:to|will|gains bid to|set to|co-|has|a|ont|se)\s*)?"
    r"(?:co-?)?(?:hosts?|hosted|hosting|convenes?|accueill\w+|abrit\w+|reçoi\w+|acog\w+|anfitri\w+|albergar\w*"
    r"|será sede|fue sede|sediar\w*|acolhe\w*|ospit\w+|принима\w+|провод\w+"
    r"|تستضيف|يستضيف|استضافت|تحتضن|يحتضن|يطلق|تطلق|主办|承办)",
    re.IGNORECASE,
)
"""What stands after a host, a few words apart."""
_EVENT_AFTER = re.compile(
    r"^\s+(?:\w+\s){0,2}(?:round|workshop|conference|seminar|meeting|summit|forum|session|course)\b", re.IGNORECASE
)
_OF = re.compile(r"\w\s(?:of|de|di|von|do|da)\s*$", re.IGNORECASE)
_CO_HOSTS = re.compile(r"^,?\s*(?:and|et|y|e)\s+[^.;:]{0,40}?\b(?:co-?)?host", re.IGNORECASE)
_DATELINE = re.compile(r"^\s*(?:[-–—]\s|\s?:|\.\.|،|-(?=\w))")
_TAIL = re.compile(
    r"^\s*(?:$|[.,;:)/|]|[-–—]\s|\d|[(]|on\b|from\b|tomorrow\b|today\b|du\b|le\b|les\b|del\b|los\b|am\b|vom\b)"
)
_LISTED = re.compile(r"\s*(?:,|and|et|y|e|и|و|&|-)\s+(?:the\s|in\s|la\s|le\s|el\s)?\s*", re.IGNORECASE)
_OTHERS = re.compile(
    r"(?:with|from|by|participation of|avec|con|com|mit|с участием|بمشاركة|من)\s*(?:the|la|le|les|el|los|l['’])?\s*$",
    re.IGNORECASE,
)
"""What stands before those who take part."""
_BRANDS = (
    r"convention|treaty|protocol|accords?|agreement|process|agenda|code of conduct|declaration|principles|framework"
    r"|consensus|document|memorandum|charter|rules|initiative|group|club|pact|guidelines|manual|call|commitments?"
    r"|arrangement|system|summit outcome|times|post|prize|center for|institute|university"
)
_BRAND_AFTER = re.compile(rf"^['’]?s?\s+(?:\w+\s)?(?:{_BRANDS})s?\b", re.IGNORECASE)
_BRAND_BEFORE = re.compile(
    r"(?:convention|traité|protocole|accords?|processus|déclaration|principes|consensus|charte|code de conduite"
    r"|convenio|convenci[óo]n|tratado|protocolo|acuerdos?|proceso|declaraci[óo]n|principios|consenso|carta"
    r"|convenção|acordo|processo|declaração|конвенци\w+|договор\w*|протокол\w*|деклараци\w+|процесс\w*"
    r"|اتفاقية|معاهدة|بروتوكول|إعلان|universit\w+|university of|expertise|bank of|embassy of|ambassade)"
    r"\s+(?:de\s+la|de\s+l['’]|d['’]|de|du|da|do|of|di)?\s*$",
    re.IGNORECASE,
)
_REPORT_AFTER = re.compile(r"^['’]?s?\s+(?:\w+\s){0,2}(?:report|evaluation|candidacy|bid(?! to host))\b", re.IGNORECASE)
_ONLINE = re.compile(
    r"\b(?:online|on-line|virtual(?:ly)?|webinars?|webex|zoom|teams|kudo|videoconference|hybrid|en ligne"
    r"|visioconférence|webinaires?|en línea|por videoconferencia|virtuales|em linha"
    r"|on-?line|вебинар\w*|онлайн|видеоконференц\w*)\b"
    r"|افتراضي|عبر الإنترنت|المرئي|عن بعد|线上|在线|网络研讨会|视频",
    re.IGNORECASE,
)
_CERTAIN = 5
"""Weight from which on words place an event even when it is online or several places are named."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an event is held. *words* are those it was taken from, first those that say most; blank is unknown."""

    country: str = ""
    """ISO 3166-1 alpha-2."""
    city: str = ""
    words: tuple[str, ...] = ()
    online: bool = False


@dataclass(frozen=True, slots=True)
class _Weighed:
    mention: Mention
    weight: int


@lru_cache(maxsize=1 << 14)
def whereabouts(title: str, venue: str = "") -> Whereabouts:
    """Say where an event is held, from its title and the words about its place; nothing where they leave it open.

    >>> whereabouts("Egypt to host a workshop for Yemen in Cairo")
    Whereabouts(country='EG', city='Cairo', words=('Cairo', 'Egypt'), online=False)
    >>> whereabouts("Workshop on the Budapest Convention for Belarus, Kyrgyzstan and Tajikistan").country
    ''
    >>> whereabouts("Regional seminar", "Hotel Pullman, Tshwane").city
    'Pretoria'
    """
    online = _ONLINE.search(venue) is not None or _ONLINE.search(title) is not None
    said = _weighed(venue, whole=True)
    building = venue_known(venue)
    if building is not None and not said:
        return Whereabouts(building.country, building.name, (venue,), online)
    said = [*said, *_weighed(title, whole=False)]
    if online:
        said = [one for one in said if one.weight >= _CERTAIN]
    return replace(_placed(said), online=online)


def hosts(title: str) -> list[Mention]:
    """Return the states that a title says host the event.

    >>> [one.country for one in hosts("Botswana to host a workshop for Kenya")]
    ['BW']
    """
    found = list(mentions(title))
    ends = [one.start for one in found[1:]] + [len(title)] * bool(found)
    return [one for one, end in zip(found, ends, strict=True) if not one.city and _HOSTS.search(title[one.end : end])]


def _placed(said: Sequence[_Weighed]) -> Whereabouts:
    """Choose among places: the one that most speaks for, if no other country has as much for it."""
    if not said:
        return Whereabouts()
    total: dict[str, int] = {}
    for one in said:
        total[one.mention.country] = max(total.get(one.mention.country, 0), one.weight)
    most = max(total.values())
    first = [country for country, weight in total.items() if weight == most]
    if len(first) > 1 or most <= 0:
        return Whereabouts()
    ours = sorted(
        (one for one in said if one.mention.country == first[0] and one.weight > 0), key=lambda one: -one.weight
    )
    city = next((one.mention.city for one in ours if one.mention.city), "")
    return Whereabouts(first[0], city, tuple(dict.fromkeys(one.mention.words for one in ours)))


def _weighed(text: str, whole: bool) -> list[_Weighed]:
    """Weigh the places that words name; *whole* is true for words about the place alone."""
    found = list(mentions(text))
    countries = {one.country for one in found if not one.city}
    found = [_of_country(one, countries) for one in found]
    weighed: list[_Weighed] = []
    for at, one in enumerate(found):
        after_it = text[one.end : found[at + 1].start] if at + 1 < len(found) else text[one.end :]
        if not one.sure and not (one.city and one.country in countries) and not _points(text, found, at, whole):
            continue
        weight = _weight(text, one, found, at, whole, after_it)
        last = weighed[-1] if weighed else None
        # "in the Bahamas and St Kitts and Nevis": what holds for the first of a list holds for the others.
        if last is not None and last.mention is found[at - 1] and bool(last.mention.city) == bool(one.city):
            rest = text[last.mention.end :]
            if _LISTED.fullmatch(text[last.mention.end : one.start]) and not _CO_HOSTS.search(rest):
                weight = max(weight, last.weight)
        weighed.append(_Weighed(one, weight))
    return weighed


def _of_country(one: Mention, countries: Set[str]) -> Mention:
    """Take of several towns of one name the one whose country is named as well: Victoria, Seychelles."""
    if not one.city or one.country in countries:
        return one
    places = (known(one.words, country) for country in sorted(countries))
    town = next((place for place in places if place is not None), None)
    return replace(one, country=town.country, city=town.name) if town else one


def _points(text: str, found: Sequence[Mention], at: int, whole: bool) -> bool:
    """Say whether the words around a name that may be another word's show that it is a place."""
    one = found[at]
    before, after = text[: one.start], text[one.end :]
    alone = not before.strip() and not after.strip()
    held = not before.strip() and _EVENT_AFTER.search(after)
    of = not whole and not after.strip() and _OF.search(before)
    own = one.city and not one.alias and _in_tail(before, after)
    return bool(alone or held or of or own or _IN.search(before) or _is_dateline(text, found, at))


def _is_dateline(text: str, found: Sequence[Mention], at: int) -> bool:
    """Say whether a mention opens the text as a dateline does; "Paraguay - Uruguay" does not."""
    if text[: found[at].start].strip() or not _DATELINE.search(text[found[at].end :]):
        return False
    following = found[at + 1] if at + 1 < len(found) else None
    near = following is not None and following.start - found[at].end < 4
    return not (near and following is not None and following.country != found[at].country)


def _in_tail(before: str, after: str) -> bool:
    return bool(re.search(r"[,(،]\s*$", before)) and bool(_TAIL.search(after))


def _weight(text: str, one: Mention, found: Sequence[Mention], at: int, whole: bool, between: str) -> int:
    before, after = text[: one.start], text[one.end :]
    if one.city and (_BRAND_AFTER.search(after) or _BRAND_BEFORE.search(before)):
        return -1
    if not one.city and (_BRAND_BEFORE.search(before) or _REPORT_AFTER.search(after)):
        return -1
    if not one.city and _OTHERS.search(before):
        return -1 if at or before.strip() else 0
    weight = 3 if one.city else 1
    if _IN.search(before) or (_PREFIXED.match(one.words) and not one.words.isascii()):
        weight += 4
    elif _CO_HOSTS.search(after) and not at:
        weight += 5
    elif _HOSTS.search(between) or _is_dateline(text, found, at):
        weight += 4
    elif _in_tail(before, after):
        weight += 3
    if whole:
        weight += 2
    # "in Lomé, Togo": what follows the city says where it is.
    if not one.city and any(other.city and other.country == one.country for other in found):
        weight += 1
    return weight
