"""The words of dates in six languages and a few neighbours, and texts cut into them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache


class Word(Enum):
    """What a piece of a text means for its dates."""

    NUMBER = auto()
    YEAR = auto()
    MONTH = auto()
    WEEKDAY = auto()
    """0 is Monday."""
    TO = auto()
    AND = auto()
    OR = auto()
    OF = auto()
    """Articles and prepositions that stand between the parts of a date."""
    DAY = auto()
    """A day relative to publication: -1 yesterday, 0 today, 1 tomorrow."""
    UNIT = auto()
    """1 day, 7 week, 30 month, 90 quarter, 180 half year, 365 year; 15 is half of whatever follows."""
    ORDINAL = auto()
    """1 to 31; -1 is last."""
    CARDINAL = auto()
    DAYS = auto()
    """A length in days, said in one word."""
    PART = auto()
    """0 early, 1 middle, 2 late."""
    THIS = auto()
    NEXT = auto()
    PAST = auto()
    FOLLOWING = auto()
    STARTS = auto()
    """-1 said of the past, 1 of the present or future, 0 of either."""
    ENDS = auto()
    BREAK = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text, with its meaning and value."""

    word: Word
    value: int
    text: str


_MONTHS = (
    (
        "january jan janvier janv enero ene janeiro januar janner gennaio gen stycznia styczen января январь январе янв"
        " يناير جانفي ينايير كانونالثاني มกราคม"
    ),
    (
        "february feb fevrier fevr fev febrero fevereiro februar febbraio lutego luty февраля февраль феврале фев"
        " فبراير فيفري شباط กุมภาพันธ์"
    ),
    "march mar mars marzo marco marz marca marzec марта март марте مارس اذار มีนาคม",
    "april apr avril avr abril abr aprile kwietnia kwiecien апреля апрель апреле апр ابريل افريل نيسان เมษายน",
    "may mai mayo maio maggio mag maja maj мая май мае مايو ماي ايار พฤษภาคม",
    "june jun juin junio junho juni giugno giu czerwca czerwiec июня июнь июне يونيو جوان يونيه حزيران มิถุนายน",
    "july jul juillet juil julio julho juli luglio lug lipca lipiec июля июль июле يوليو جويلية يوليه تموز กรกฎาคม",
    "august aug aout agosto ago sierpnia sierpien августа август августе авг اغسطس اوت غشت اب สิงหาคม",
    (
        "september sept sep septembre septiembre setiembre setembro set settembre wrzesnia wrzesien сентября сентябрь"
        " сентябре сен سبتمبر شتنبر ايلول กันยายน"
    ),
    (
        "october oct octobre octubre outubro out oktober okt ottobre ott pazdziernika pazdziernik октября октябрь"
        " октябре окт اكتوبر تشرينالاول ตุลาคม"
    ),
    (
        "november nov novembre noviembre novembro listopada listopad ноября ноябрь ноябре ноя نوفمبر نونبر تشرينالثاني"
        " พฤศจิกายน"
    ),
    (
        "december dec decembre diciembre dic dezembro dez dezember dicembre grudnia grudzien декабря декабрь"
        " декабре дек ديسمبر دجنبر كانونالاول ธันวาคม"
    ),
)
_WEEKDAYS = (
    "monday mon lundi lunes segunda montag lunedi понедельник понедельника الاثنين الإثنين",
    "tuesday tue tues mardi martes terca dienstag martedi вторник вторника الثلاثاء",
    "wednesday wed mercredi miercoles quarta mittwoch mercoledi среда среду среды الاربعاء الأربعاء",
    "thursday thu thur thurs jeudi jueves quinta donnerstag giovedi четверг четверга الخميس",
    "friday fri vendredi viernes sexta freitag venerdi пятница пятницу пятницы الجمعة",
    "saturday sat samedi sabado samstag sabato суббота субботу субботы السبت",
    "sunday sun dimanche domingo sonntag domenica воскресенье воскресенья الاحد الأحد",
)
_ORDINALS: Mapping[int, str] = {
    -1: "last final dernier derniere derniers dernieres ultimo ultima ultimos ultimas последний последняя последние"
    " последнюю последней последних الاخير الاخيرة اخر",
    1: "الحادي first premier premiere premiers premieres primer primero primera primeros primeras primeiro primeira"
    " primeiros primeiras первый первая первые первую первой первое первом первых الاول الاولى اول",
    2: "second deuxieme seconde segundo segunda второй вторая вторую второе втором الثاني الثانية",
    3: "third troisieme tercer tercero tercera terceiro terceira третий третья третью третьей третье третьем الثالث"
    " الثالثة",
    4: "fourth quatrieme cuarto cuarta quarto четвертый четвертая четвертую четвертой четвертом الرابع الرابعة",
    5: "الخامس الخامسة", 6: "السادس", 7: "السابع", 8: "الثامن", 9: "التاسع", 10: "العاشر",
}  # fmt: skip
_CARDINALS: Mapping[int, str] = {
    1: "one un une uno una um uma один واحد", 2: "two deux dos dois duas два две zwei due dwa",
    3: "three trois tres три трех ثلاثة ثلاث drei tre", 4: "four quatre cuatro четыре اربعة اربع",
    5: "five cinq cinco пять خمسة خمس", 6: "six seis шесть ستة ست", 7: "seven siete sete семь سبعة سبع",
    8: "eight huit ocho oito восемь ثمانية ثماني", 9: "nine neuf nueve nove девять تسعة تسع",
    10: "ten dix diez десять عشرة عشر", 12: "twelve douze doce doze", 14: "fourteen quatorze catorce",
    15: "fifteen quinze quince",
}  # fmt: skip
_PLAIN: Mapping[tuple[Word, int], str] = {
    (Word.TO, 0): "to until till through thru - au aux al a ate hasta bis до по الى حتى ถึง fino غاية",
    (Word.AND, 0): "and et y e и و & , / und i + och",
    (Word.OR, 0): "or ou o или او oder",
    (Word.OF, 0): "of the on in from de du des d del do da das le la les los las el il l en dal dall dem den am im"
    " vom between entre et during with с со в на من في بين ما خلال الفترة والفترة th st nd rd r w dniach"
    " dia . г года год held",
    (Word.DAY, -1): "yesterday hier ayer ontem вчера امس gestern",
    (Word.DAY, 0): "today tonight aujourd hoy hoje сегодня اليوم heute oggi 今天 今日",
    (Word.DAY, 1): "tomorrow demain manana amanha завтра غدا غد morgen 明天",
    (Word.UNIT, 1): "day days jour jours jornada jornadas dia dias journee journees дня дней день дни ايام يوم يوما"
    " يومي 天 tage tagen giorni",
    (Word.UNIT, 7): "week weeks semaine semaines semana semanas неделя недели неделю неделе недель اسبوع الاسبوع اسابيع"
    " woche",
    (Word.UNIT, 15): "half moitie mitad metade половина половине половину النصف",
    (Word.UNIT, 30): "month months mois mes meses месяц месяца месяце شهر الشهر",
    (Word.UNIT, 90): "quarter trimester trimestre квартал квартале квартала الربع ربع",
    (Word.UNIT, 180): "semester semestre полугодие полугодии",
    (Word.UNIT, 365): "year years annee annees ano anos году года год العام عام سنة السنة",
    (Word.DAYS, 2): "يومين يومان двухдневная двухдневный двухдневное двухдневной двухдневного",
    (Word.DAYS, 3): "трехдневная трехдневный трехдневное трехдневной трехдневного",
    (Word.DAYS, 14): "اسبوعين",
    (Word.PART, 0): "early beginning debut principios comienzos inicios comecos начале начало اوائل"
    " مطلع بداية",
    (Word.PART, 1): "mid middle mi milieu mediados meados mezzo середине середина منتصف",
    (Word.PART, 2): "late end fin finales fines finais конце конец اواخر نهاية",
    (Word.THIS, 0): "this current ce cet cette este esta corrente presente esse nesta neste текущего этого этом этой"
    " الجاري الحالي هذا هذه ngayong 本",
    (Word.NEXT, 0): "next coming upcoming forthcoming prochain prochaine prochains prochaines proximo proxima proximos"
    " proximas futuro следующей следующем следующего будущего المقبل القادم المقبلة القادمة",
    (Word.PAST, 0): "past previous passe passee pasado pasada passado passada прошлой прошлом прошлого الماضي الماضية",
    (Word.FOLLOWING, 0): "following suivants suivantes siguientes seguintes",
    (Word.STARTS, -1): "started began begun opened launched kicked commenced since depuis entame demarre demarree"
    " ouvert inicio comenzo iniciou comecou начался началась началось بدأت بدا بدات افتتحت انطلقت",
    (Word.STARTS, 0): "start starting beginning opening launch kick kicking commence partir desde running",
    (Word.STARTS, 1): "starts begin begins open opens launches kicks commences debute debutera inicia comienza comeca"
    " начнется تنطلق",
    (Word.ENDS, -1): "finished ended concluded closed cloture culmino concluyo termino terminou завершился завершилась"
    " завершилось اختتمت wrapped",
    (Word.ENDS, 0): "finish conclude concluding close closing jusqu",
    (Word.ENDS, 1): "ends concludes closes culmina termina finaliza prendra",
    (Word.BREAK, 0): "; … ( ) : title",
}  # fmt: skip
_ALONE_MONTH = frozenset({"may", "mar", "set", "ago", "out", "gen", "mag", "ott", "ماي", "اب", "march"})
"""Months that are other words too: they need a number or a year beside them, or a word that leads to a date."""

_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2}|h\d{2})(?::\d{2})?\s*(?:[ap]\.?m\b\.?)?|\b\d{1,2}\s*[ap]\.?m\b\.?")
_EAST_ASIAN = (
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]"), " \\3 \ue000\\2 \\1 "),
    (re.compile(r"(\d{1,2})月(\d{1,2})[日号]"), " \\2 \ue000\\1 "),
    (re.compile(r"(\d{4})年(\d{1,2})月"), " \ue000\\2 \\1 "),
    (re.compile(r"(\d{1,2})[日号]"), r" days \1 "),
    (re.compile(r"(今天|今日|明天|天)"), r" \1 "),
)
_PIECE = re.compile(r"\ue000\d{1,2}|\d+(?:st|nd|rd|th|ers?|emes?|[oa]|го)?(?!\w)|\d+|[^\W\d_]+|[^\w\s]")
_THAI_MARKS = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
"""Vowels and tones that Unicode does not count among the letters, so that they would cut words in two."""
_TWO_WORD_MONTH = re.compile(r"\b(تشرين|كانون)\s+(الاول|الثاني)\b")


_NUMERIC = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<a>\d{1,2})(?P<s>[./-])(?P<b>\d{1,2})(?P=s)(?P<c>\d{4}))(?!\d)"
)
_ISO_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})-(0[1-9]|1[0-2])(?![\d-])")
_MONTH_NAMES = ("", *(names.split()[0] for names in _MONTHS))


def spelt_out(text: str, *, month_first: bool = False) -> str:
    """Write dates in figures with the name of their month; where either could be the day, the first one is.

    >>> spelt_out("27/11/2007"), spelt_out("2007-11")
    (' 27 november 2007 ', ' november 2007 ')
    """
    text = _NUMERIC.sub(lambda match: _spelt(match, month_first), text)
    return _ISO_MONTH.sub(lambda match: f" {_MONTH_NAMES[int(match[2])]} {match[1]} ", text)


def _spelt(match: re.Match[str], month_first: bool) -> str:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        day, month, year = int(match["a"]), int(match["b"]), int(match["c"])
        if month > 12 >= day or (month_first and day <= 12):
            day, month = month, day
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f" {day} {_MONTH_NAMES[month]} {year} "


def folded(text: str) -> str:
    """Fold case, accents, dashes and the letters Arabic writes in several ways.

    >>> folded("Début – Août")
    'debut - aout'
    """
    text = re.sub(r"\.\.\.+", "…", text)
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("...", "…")
    text = "".join(letter for letter in decomposed if not unicodedata.combining(letter) and letter not in _THAI_MARKS)
    text = re.sub(r"[\u2010-\u2015\u2212~]", "-", text).replace("\u0640", "").replace("،", ",").replace("؛", ";")
    return text.replace("ٱ", "ا")


@cache
def _vocabulary() -> Mapping[str, tuple[Word, int]]:
    found: dict[str, tuple[Word, int]] = {}

    def add(names: str, word: Word, value: int) -> None:
        for name in names.split():
            # The earlier meaning wins: "sept" is a month before it is seven.
            found.setdefault(folded(name), (word, value))

    for number, names in enumerate(_MONTHS, start=1):
        add(names, Word.MONTH, number)
    for number, names in enumerate(_WEEKDAYS):
        add(names, Word.WEEKDAY, number)
    for (word, value), names in _PLAIN.items():
        add(names, word, value)
    for number, names in _ORDINALS.items():
        add(names, Word.ORDINAL, number)
    for number, names in _CARDINALS.items():
        add(names, Word.CARDINAL, number)
    return found


def tokens(text: str) -> list[Token]:
    """Cut a text into its words. Clock times are left out.

    >>> [token.word.name for token in tokens("27 and 28 November 2007")]
    ['NUMBER', 'AND', 'NUMBER', 'MONTH', 'YEAR']
    """
    text = _CLOCK.sub(" ", folded(text))
    for pattern, plain in _EAST_ASIAN:
        text = pattern.sub(plain, text)
    text = _TWO_WORD_MONTH.sub(r"\1\2", text)
    pieces = [piece for match in _PIECE.finditer(text) for piece in _split(match[0])]
    found = _with_tens([_token(piece) for piece in pieces])
    return [token for number, token in enumerate(found) if not _is_no_month(found, number)]


def _with_tens(found: Sequence[Token]) -> list[Token]:
    """Join the Arabic ordinals from eleventh to nineteenth, which are two words."""
    joined: list[Token] = []
    for token in found:
        if token.text == "عشر" and joined and joined[-1].word is Word.ORDINAL and 1 <= joined[-1].value <= 9:
            joined[-1] = Token(Word.ORDINAL, joined[-1].value + 10, f"{joined[-1].text} {token.text}")
        else:
            joined.append(token)
    return joined


def _split(piece: str) -> Sequence[str]:
    """Split the Arabic "and" from the word it is written with."""
    if piece[0] == "و" and len(piece) > 1 and _known(piece) is None and _known(piece[1:]) is not None:
        return "و", piece[1:]
    return (piece,)


def _known(piece: str) -> tuple[Word, int] | None:
    vocabulary = _vocabulary()
    found = vocabulary.get(piece)
    if found is None and piece[:1] in ("ل", "ب") and len(piece) > 3:
        found = vocabulary.get(piece[1:])
    return found


def _token(piece: str) -> Token:
    if piece[0] == "\ue000" and piece[1:].isdigit() and 1 <= int(piece[1:]) <= 12:
        return Token(Word.MONTH, int(piece[1:]), piece)
    digits = re.match(r"\d+", piece)
    if digits is not None:
        number = int(digits[0][:9])
        if len(digits[0]) == 4 and 1900 <= number <= 2199:
            return Token(Word.YEAR, number, piece)
        if len(digits[0]) == 4 and 2443 <= number <= 2742 and not digits[0].isascii():
            # Thai years count from the death of the Buddha.
            return Token(Word.YEAR, number - 543, piece)
        return Token(Word.NUMBER, number, piece)
    word, value = _known(piece) or (Word.OTHER, 0)
    return Token(word, value, piece)


def _is_no_month(found: Sequence[Token], number: int) -> bool:
    """True for "may", "out" and the like where nothing beside them belongs to a date."""
    token = found[number]
    if token.word is not Word.MONTH or token.text not in _ALONE_MONTH:
        return False
    dated = {Word.NUMBER, Word.YEAR, Word.MONTH, Word.PART, Word.OF, Word.ORDINAL}
    near = [other.word for other in (*found[max(0, number - 1) : number], *found[number + 1 : number + 2])]
    return not any(word in dated for word in near) and len(found) > 1
