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
    SEASON = auto()
    """0 spring to 3 winter, of the northern half; means something only before a year."""
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
        "february feb fevrier fevr fev febrero fevereiro februar febbraio lutego luty февраля февраль феврале фев февр"
        " فبراير فيفري شباط กุมภาพันธ์"
    ),
    "march mar mars marzo marco marz marca marzec марта март марте مارس اذار มีนาคม",
    "april apr avril avr abril abr aprile kwietnia kwiecien апреля апрель апреле апр ابريل افريل نيسان เมษายน",
    "may mai mayo maio maggio mag maja maj мая май мае مايو ماي ايار พฤษภาคม",
    "june jun juin junio junho juni giugno giu czerwca czerwiec июня июнь июне июн يونيو جوان يونيه حزيران มิถุนายน",
    (
        "july jul juillet juil julio julho juli luglio lug lipca lipiec июля июль июле июл"
        " يوليو يوليوز جويلية يوليه تموز กรกฎาคม"
    ),
    "august aug aout agosto ago sierpnia sierpien августа август августе авг اغسطس اوت غشت اب สิงหาคม",
    (
        "september sept sep septembre septiembre setiembre setembro set settembre wrzesnia wrzesien сентября сентябрь"
        " сентябре сен сент سبتمبر شتنبر ايلول กันยายน"
    ),
    (
        "october oct octobre octubre outubro out oktober okt ottobre ott pazdziernika pazdziernik октября октябрь"
        " октябре окт اكتوبر تشرينالاول ตุลาคม"
    ),
    (
        "november nov novembre noviembre novembro listopada listopad ноября ноябрь ноябре ноя нояб"
        " نوفمبر نونبر تشرينالثاني พฤศจิกายน"
    ),
    (
        "december dec decembre diciembre dic dezembro dez dezember dicembre grudnia grudzien декабря декабрь"
        " декабре дек ديسمبر دجنبر كانونالاول ธันวาคม"
    ),
)
_FURTHER_MONTHS = (
    (
        "januari januara leden ledna tammikuu tammikuuta ianuarie januar ιανουαριοσ ιανουαριου январуари јануар"
        " січень січня студзень студзеня януари ocak januaris sausio ינואר ژانویه جنوری"
    ),
    (
        "februari februara februarie unora unor helmikuu helmikuuta subat pebrero φεβρουαριοσ φεβρουαριου фебруар лютий"
        " лютого лютага люты февруари veebruar vasario פברואר فوریه فروری"
    ),
    (
        "maart marts brezna brezen maaliskuu maaliskuuta martie marec machi marcius maret μαρτιοσ μαρτιου березень"
        " березня сакавік сакавіка марта marta martie martis kovo מרץ مارس"
    ),
    (
        "aprill aprilis aprilie dubna duben huhtikuu huhtikuuta aprili abril απριλιοσ απριλιου април квітень квітня"
        " красавік красавіка balandzio אפריל آوریل اپریل"
    ),
    ("mei maj kvetna kveten toukokuu toukokuuta maaj mayıs majus majs μαιοσ μαιου мај травень травня geguzes מאי مه"),
    (
        "juna cervna cerven kesakuu kesakuuta iunie haziran junius hunyo ιουνιοσ ιουνιου јун червень червня чэрвень"
        " чэрвеня юни birzelio יוני ژوئن"
    ),
    (
        "jula cervence cervenec heinakuu heinakuuta iulie temmuz julius julai hulyo ιουλιοσ ιουλιου јул липень липня"
        " ліпень ліпеня юли liepos יולי ژوئیه"
    ),
    (
        "augusti augustus srpna srpen elokuu elokuuta agustos augusztus agustus agosti ogos avgust avgusta αυγουστοσ"
        " αυγουστου август серпень серпня жнівень жніуня rugpjucio אוגוסט اوت اگست"
    ),
    (
        "septembra septembrie zari syyskuu syyskuuta eylul szeptember septemba setyembre septembris σεπτεμβριοσ"
        " σεπτεμβριου септембар вересень вересня верасень верасня септември rugsejo ספטמבר سپتامبر"
    ),
    (
        "oktobra octombrie rijna rijen lokakuu lokakuuta ekim oktoba oktubre oktobris οκτωβριοσ οκτωβριου октобар"
        " жовтень"
        " жовтня кастрычнік кастрычніка октомври spalio אוקטובר اکتبر اکتوبر"
    ),
    (
        "novembra noiembrie listopadu marraskuu marraskuuta kasım novemba nobyembre novembris νοεμβριοσ νοεμβριου"
        " новембар"
        " листопад листопада лістапад лістапада ноември lapkricio נובמבר نوامبر نومبر"
    ),
    (
        "decembra decembrie prosince prosinec joulukuu joulukuuta aralık desember desemba disember disyembre decembris"
        " δεκεμβριοσ δεκεμβριου децембар грудень грудня снежань снежня декември gruodzio דצמבר دسامبر دسمبر"
    ),
)
"""Months of neighbours' languages, without the forms that mean another month or another word somewhere else."""
_SHORT_MONTHS = (
    "sty січ", "febr lut лют", "mrt mär marz бер мар", "kwi кві квіт кві", "mei maj трав", "jun cze чер черв",
    "jul lip лип", "agu ags сер серп", "wrz вер", "okt paz жов жовт", "nov lis лис", "des gru гру груд",
)  # fmt: skip
_SEASONS = (
    "spring printemps primavera fruhling fruhjahr весна весной весны الربيع",
    "summer ete verano verao sommer лето летом лета الصيف estate",
    "autumn fall automne otono outono herbst осень осенью осени الخريف autunno",
    "winter hiver invierno inverno зима зимой зимы الشتاء",
)
_WEEKDAYS = (
    (
        "maandag mandag pondeli poniedziałek понеділок понеділка pazartesi senin jumatatu maanantai hetfo luni δευτερα"
        " วันจันทร์ จันทร์ monday mon lundi lunes segunda montag lunedi понедельник понедельника الاثنين الإثنين"
    ),
    (
        "dinsdag tirsdag tisdag utery wtorek вівторок вівторка salı selasa jumanne tiistai kedd τριτη อังคาร วันอังคาร"
        " tuesday tue tues mardi martes terca dienstag martedi вторник вторника الثلاثاء"
    ),
    (
        "woensdag onsdag streda sroda środa середа середу середи carsamba rabu jumatano keskiviikko szerda τεταρτη พุธ"
        " วันพุธ wednesday wed mercredi miercoles quarta mittwoch mercoledi среда среду среды الاربعاء الأربعاء"
    ),
    (
        "donderdag torsdag ctvrtek czwartek четвер четверга persembe kamis alhamisi torstai csutortok πεμπτη พฤหัสบดี"
        " วันพฤหัสบดี วันพฤหัส thursday thu thur thurs jeudi jueves quinta donnerstag giovedi четверг четверга"
        " الخميس"
    ),
    (
        "vrijdag fredag patek piatek пʼятниця пятниця cuma jumat ijumaa perjantai pentek παρασκευη ศุกร์ วันศุกร์ friday"
        " fri vendredi viernes sexta freitag venerdi пятница пятницу пятницы الجمعة"
    ),
    (
        "zaterdag lordag lørdag sobota субота суботу суботи cumartesi sabtu jumamosi lauantai szombat σαββατο เสาร์"
        " วันเสาร์ saturday sat samedi sabado samstag sabato суббота субботу субботы السبت"
    ),
    (
        "zondag sondag søndag nedele niedziela неділя неділю неділі pazar jumapili sunnuntai vasarnap κυριακη อาทิตย์"
        " วันอาทิตย์ sunday sun dimanche domingo sonntag domenica воскресенье воскресенья الاحد الأحد"
    ),
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
    (Word.TO, 0): "تا to until till through thru - au aux al a ate hasta bis до по الى حتى ถึง fino غاية 至 到 から まで"
    " 〜 tot til hanggang sampai hingga hadi mpaka kadar 부터 까지",
    (Word.AND, 0): "and et y e и و & , / und i + och ve dan og 、 和 と 及 และ та und",
    (Word.OR, 0): "or ou o или او oder",
    (Word.OF, 0): "of the on in from de du des d del do da das le la les los las el il l en dal dall dem den am im"
    " vom between entre et during with с со в на من في بين ما خلال الفترة والفترة th st nd rd r w ' ’ ׳ dniach"
    " dia . г года год held roku р року tahun mwaka tarihleri arasında วันที่ เดือน พ ศ ปี vuoden 日 tanggal tarehe nam"
    " ngay",
    (Word.DAY, -1): "yesterday hier ayer ontem вчера امس gestern ieri вчора wczoraj kemarin",
    (Word.DAY, 0): "today tonight aujourd hoy hoje сегодня اليوم heute oggi 今天 今日 сьогодні dzis dzisiaj bugun วันนี้",
    (Word.DAY, 1): "tomorrow demain manana amanha завтра غدا غد morgen 明天 domani завтра jutro yarın besok kesho"
    " พรุ่งนี้",
    (Word.UNIT, 1): "day days jour jours jornada jornadas dia dias journee journees дня дней день дни ايام يوم يوما"
    " يومي 天 tage tagen giorni",
    (Word.UNIT, 7): "week weeks semaine semaines semana semanas неделя недели неделю неделе недель اسبوع الاسبوع اسابيع"
    " woche",
    (Word.UNIT, 15): "half moitie mitad metade половина половине половину النصف quincena quinzaine quinzena halfte"
    " metà meta",
    (Word.UNIT, 30): "month months mois mes meses месяц месяца месяце شهر الشهر",
    (Word.UNIT, 90): "quarter trimester trimestre квартал квартале квартала quartal kwartał kwartale quartile الربع"
    " ربع",
    (Word.UNIT, 180): "semester semestre полугодие полугодии",
    (Word.UNIT, 365): "year years annee annees ano anos году года год العام عام سنة السنة",
    (Word.DAYS, 2): "يومين يومان двухдневная двухдневный двухдневное двухдневной двухдневного",
    (Word.DAYS, 3): "трехдневная трехдневный трехдневное трехдневной трехдневного",
    (Word.DAYS, 14): "اسبوعين",
    (Word.PART, 0): "early beginning debut principios comienzos inicios comecos anfang inizio beginn начале начало"
    " اوائل مطلع بداية",
    (Word.PART, 1): "mid middle mi milieu mediados meados mezzo mitte medio середине середина منتصف",
    (Word.PART, 2): "late end ende eind fin finales fines finais конце конец اواخر نهاية",
    (Word.THIS, 0): "courant this current ce cet cette este esta corrente presente esse nesta neste текущего этого этом"
    " этой الجاري الحالي هذا هذه ngayong 本",
    (Word.NEXT, 0): "next coming upcoming forthcoming prochain prochaine prochains prochaines proximo proxima proximos"
    " proximas futuro следующей следующем следующего будущего kommende kommenden nachste nachsten prossimo prossima"
    " المقبل القادم المقبلة القادمة",
    (Word.PAST, 0): "past previous passe passee pasado pasada passado passada прошлой прошлом прошлого الماضي الماضية",
    (Word.FOLLOWING, 0): "following suivants suivantes siguientes seguintes",
    (Word.STARTS, -1): "started began begun opened launched kicked commenced since depuis entame demarre demarree"
    " ouvert inicio comenzo iniciou comecou начался началась началось بدأت بدا بدات افتتحت انطلقت",
    (Word.STARTS, 0): "ابتداء اعتبارا compter start starting beginning opening launch kick kicking commence partir"
    " desde running",
    (Word.STARTS, 1): "starts begin begins open opens launches kicks commences debute debutera inicia comienza comeca"
    " начнется تنطلق",
    (Word.ENDS, -1): "finished ended concluded closed cloture culmino concluyo termino terminou завершился завершилась"
    " завершилось اختتمت wrapped",
    (Word.ENDS, 0): "finish conclude concluding close closing jusqu",
    (Word.ENDS, 1): "ends concludes closes culmina termina finaliza prendra",
    (Word.BREAK, 0): "; … ( ) : title",
}  # fmt: skip
_ALONE_MONTH = frozenset(
    {
        "lis",
        "lip",
        "gru",
        "sty",
        "мая",
        "des",
        "lut",
        "mei",
        "мар",
        "مه",
        "may",
        "mar",
        "set",
        "ago",
        "out",
        "gen",
        "mag",
        "ott",
        "ماي",
        "اب",
        "march",
    }
)
"""Months that are other words too: they need a number or a year beside them, or a word that leads to a date."""

_ORDINAL_WEEKDAYS: Mapping[str, int] = {"segunda": 2, "quarta": 4, "quinta": 5}
"""Portuguese days of the week that are ordinals too."""
_LISTED = frozenset({"en", "fr", "es", "pt", "ar", "zh", "it", "th", "ja", "ko", "mul", "und"})
_BOTH: Mapping[str, frozenset[str]] = {code: frozenset({"mar"}) for code in ("it", "es", "fr", "ro", "fil", "ca")}

_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2}|h\d{2})(?::\d{2})?\s*(?:[ap]\.?m\b\.?)?|\b\d{1,2}\s*[ap]\.?m\b\.?")
_AS_OTHERS_SAY = (
    (re.compile(r"(\d)\s?년\s?"), r"\1年"), (re.compile(r"(\d)\s?월\s?"), r"\1月"), (re.compile(r"(\d)\s?일"), r"\1日"),
    (re.compile(r"下(?:周|週|星期)(?![一二三四五六日天])|来週"), " next week "),
    (re.compile(r"上(?:周|週|星期)(?![一二三四五六日天])|先週"), " previous week "),
    (re.compile(r"[本这這](?:周|週|星期)(?![一二三四五六日天])|今週"), " this week "),
    (re.compile(r"下个?月|来月"), " next month "), (re.compile(r"上个?月|先月"), " previous month "),
    (re.compile(r"昨天|昨日|어제"), " yesterday "), (re.compile(r"\b[ст]\.\s?г\."), " этого года "),
    (re.compile(r"부터|에서"), "至"), (re.compile(r"오늘"), "今天"), (re.compile(r"내일"), "明天"),
    (re.compile(r"까지|[월화수목금토일]요일|\([월화수목금토일]\)"), " "),
)  # fmt: skip
_WEEKDAY_SIGN = re.compile(
    r"[(（]?(?:(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[(（][月火水木金土日][)）])[)）]?"
)
_FIGURES = str.maketrans("〇零一二两三四五六七八九", "001223456789")
_YEAR_SIGNS = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_TENS_SIGN = re.compile(r"([一二三])?十([一二三四五六七八九])?(?=[月日号號天])|[一二两三四五六七八九](?=[月日号號天])")
_EAST_ASIAN_PARTS = (
    (re.compile(r"(\d{4})年第?([一二三四1-4])(?:季度|季|四半期)"),
     lambda found: f" q {found[2].translate(_FIGURES)} {found[1]} "),
    (re.compile(r"(\d{4})年(上|下)半年"),
     lambda found: f" {'first' if found[2] == '上' else 'second'} semester {found[1]} "),
    (re.compile(r"(?:(\d{4})年)?(\d{1,2})月(上|中|下)旬"),
     lambda found: f" {('early', 'mid', 'late')['上中下'.index(found[3])]} \ue000{found[2]} {found[1] or ''} "),
)  # fmt: skip
_EAST_ASIAN = (
    (
        re.compile(
            r"(\d{4})年(\d{1,2})月(\d{1,2})[日号號]?\s{0,3}[至到~〜～\-–—、和及から與]{1,2}\s{0,3}(\d{1,2})[日号號]"
        ),
        " \\3 - \\4 \ue000\\2 \\1 ",
    ),
    (
        re.compile(r"(\d{1,2})月(\d{1,2})[日号號]?\s{0,3}[至到~〜～\-–—、和及から與]{1,2}\s{0,3}(\d{1,2})[日号號]"),
        " \\2 - \\3 \ue000\\1 ",
    ),
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号號]"), " \\3 \ue000\\2 \\1 "),
    (re.compile(r"(\d{1,2})月(\d{1,2})[日号號]"), " \\2 \ue000\\1 "),
    (re.compile(r"(\d{4})年(\d{1,2})月"), " \ue000\\2 \\1 "),
    (re.compile(r"(\d{4})年"), r" \1 "),
    (re.compile(r"(\d{1,2})[日号號]"), r" days \1 "),
    (re.compile(r"(今天|今日|明天|昨天|天|至|到|から|まで)"), r" \1 "),
)
_VIETNAMESE_MONTH = re.compile(r"\bth(?:an)?g\s(\d{1,2})\b")
_VIETNAMESE_WEEKDAY = re.compile(r"\bth(?:u)?\s[2-7],")
_ABBREVIATED = re.compile(r"(?<![^\W\d_])(ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค)\.")
_THAI_SHORT = ("ม.ค", "ก.พ", "มี.ค", "เม.ย", "พ.ค", "มิ.ย", "ก.ค", "ส.ค", "ก.ย", "ต.ค", "พ.ย", "ธ.ค")
_PIECE = re.compile(r"\ue000\d{1,2}|\d+(?:st|nd|rd|th|ers?|emes?|[oa]|го)?(?!\w)|\d+|[^\W\d_]+|[^\w\s]")
_THAI_MARKS = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
"""Vowels and tones that Unicode does not count among the letters, so that they would cut words in two."""
_TWO_WORD_MONTH = re.compile(r"\b(تشرين|كانون)\s+(الاول|الثاني)\b")


_MARKS = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks of writing direction, which stand between the figures of Arabic dates."""
_ISO_DAYS = (
    (re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})\s?[/\u2013\u2014]\s?(\d{2})(?![\d:h-])"), r"\1-\2-\3 - \1-\2-\4"),
    (
        re.compile(r"(?<!\d)(\d{4})([/.])(\d{1,2})\2(\d{1,2})\s?[-\u2013]\s?(\d{1,2})(?![\d:h/.-])"),
        r"\1-\3-\4 - \1-\3-\5",
    ),
    (
        re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})\s*[/\u2013\u2014]\s*(\d{2})-(\d{2})(?![\d-])"),
        r"\1-\2-\3 - \1-\4-\5",
    ),
    (
        re.compile(r"(?<!\d)(\d{4})\.\s?(\d\d?)\.\s?(\d\d?)\.?\s?[-\u2013]\s?(\d\d?)\.\s?(\d\d?)\.(?!\d)"),
        r"\1-\2-\3 - \1-\4-\5",
    ),
    (
        re.compile(r"(?<!\d)(\d{4})\.\s?(\d\d?)\.\s?(\d\d?)\.?\s?[-\u2013]\s?(\d\d?)\.(?!\d)"),
        r"\1-\2-\3 - \1-\2-\4",
    ),
)
_NUMERIC = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})\s?(?P<t>[./-])\s?(?P<m>\d{1,2})\s?(?P=t)\s?(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?P=s)\s?(?P<c>\d{4}|\d{2}(?!/\d)))(?!\d)"
)
_SHORT_YEAR_FIRST = re.compile(r"(?<!\d)(\d{2})([./-])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d|[./-]\d)")
_YEARS_FIRST = ("ja", "ko", "zh", "hu", "lt", "sv-fi", "eu")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})(\.)\s?(\d{1,2})\.(?!\d)(?!\s?[^\W\d_]+\s+\d{4})")
_BEFORE_A_WHOLE_ONE = re.compile(
    r"(?<![\d/.])(\d{1,2})([/.])(\d{1,2})(?=\s*(?:[-\u2013\u2014]|to|au|al?|bis|до|по)\s*(?:[^\W\d_]{1,9}[.,]{0,2}\s*)?"
    r"\d{1,2}\2\d{1,2}\2\d{2,4})"
)
_ROMAN_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})\s?[./ -]\s?(XII|XI|IX|IV|VIII|VII|VI|III|II|X|V|I)\s?[./ -]\s?(\d{4})(?!\d)"
)
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN_PART = re.compile(r"\b(IV|I{1,3})(?=[\s-]+(?:квартал|кв\b|полугод|[tT]rim|[qQ]uarter|[kK]wart|[sS]emest))")
_MONTH_OF_YEAR = re.compile(r"(?<![\w/.,-])(0?[1-9]|1[0-2])[/.]((?:19|20)\d{2})(?![\d/.-])")
_SHORT_YEAR = re.compile(r"(?:(?<=\d-)([^\W\d_]{3,9})-|(?<=[^\W\d_])([.\s]{1,2})['\u2019])(\d{2})(?![\d'\u2019])")
_ISO_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})-(0[1-9]|1[0-2])(?![\d-])")
_MONTH_NAMES = ("", *(names.split()[0] for names in _MONTHS))
_CENTURY_TURNS = 70
"""Of years in two digits: 69 is 2069, 70 is 1970."""


def spelt_out(text: str, *, month_first: bool = False, language: str = "") -> str:
    """Write dates in figures with the name of their month; where either could be the day, the first one is.

    >>> spelt_out("27/11/2007"), spelt_out("2007-11")
    (' 27 november 2007 ', ' november 2007 ')
    >>> spelt_out("29.12.-3.1.2020"), spelt_out("12.XI.2009")
    (' 29 december - 3 january 2020 ', ' 12 november 2009 ')
    """
    text = _east_asian(_MARKS.sub("", text))
    for pattern, plain in _ISO_DAYS:
        text = pattern.sub(plain, text)
    text = _SHORT_YEAR.sub(lambda match: f"{match[1] or match[2]} {_whole(match[3])}", text)
    text = _ROMAN_MONTH.sub(lambda match: f" {match[1]} {_MONTH_NAMES[_ROMAN.index(match[2])]} {match[3]} ", text)
    text = _ROMAN_PART.sub(lambda match: str(_ROMAN.index(match[1])), text)
    if language.lower().startswith(_YEARS_FIRST):
        text = _SHORT_YEAR_FIRST.sub(lambda match: f"{_whole(match[1])}-{match[3]}-{match[4]}", text)
    text = _BEFORE_A_WHOLE_ONE.sub(lambda match: _spelt_without_year(match, month_first), text)
    text = _NUMERIC.sub(lambda match: _spelt(match, month_first), text)
    text = _DOTTED.sub(lambda match: _spelt_without_year(match, month_first), text)
    text = _MONTH_OF_YEAR.sub(lambda match: f" {_MONTH_NAMES[int(match[1])]} {match[2]} ", text)
    return _ISO_MONTH.sub(lambda match: f" {_MONTH_NAMES[int(match[2])]} {match[1]} ", text)


def either_way(text: str) -> str:
    """Return the first date in figures whose day and month could change places, else nothing.

    >>> either_way("on 5/6/2008"), either_way("on 15/6/2008"), either_way("2008-05-06")
    ('5/6/2008', '', '')
    """
    for match in _NUMERIC.finditer(text):
        if match["a"] and match["s"] != "." and match["a"] != match["b"]:
            first, second = int(match["a"]), int(match["b"])
            if 1 <= first <= 12 and 1 <= second <= 12 and first != second:
                return match[0]
    return ""


def _whole(year: str) -> int:
    number = int(year)
    return number if len(year) == 4 else number + (2000 if number < _CENTURY_TURNS else 1900)


def _spelt(match: re.Match[str], month_first: bool) -> str:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        day, month, year = int(match["a"]), int(match["b"]), _whole(match["c"])
        if month > 12 >= day or (month_first and day <= 12):
            day, month = month, day
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f" {day} {_MONTH_NAMES[month]} {year} "


def _spelt_without_year(match: re.Match[str], month_first: bool) -> str:
    day, month = int(match[1]), int(match[3])
    if month > 12 >= day or (month_first and day <= 12):
        day, month = month, day
    return f" {day} {_MONTH_NAMES[month]} " if 1 <= month <= 12 and 1 <= day <= 31 else match[0]


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
    for number, names in enumerate(_FURTHER_MONTHS, start=1):
        add(names, Word.MONTH, number)
    for number, names in enumerate(_SHORT_MONTHS, start=1):
        add(names, Word.MONTH, number)
    for number, names in enumerate(_WEEKDAYS):
        add(names, Word.WEEKDAY, number)
    for (word, value), names in _PLAIN.items():
        add(names, word, value)
    for number, names in enumerate(_SEASONS):
        add(names, Word.SEASON, number)
    for number, names in _ORDINALS.items():
        add(names, Word.ORDINAL, number)
    for number, names in _CARDINALS.items():
        add(names, Word.CARDINAL, number)
    return found


@cache
def _own_words(language: str) -> Mapping[str, tuple[Word, int]]:
    """Return the months and days of the week of a language that has words we do not list, or that mean others here."""
    code = language.replace("_", "-").split("-")[0].lower()
    if not code.isalpha() or code in _LISTED or len(code) > 3:
        return {}
    # Late, because few calendars are in such a language.
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    found: dict[str, tuple[Word, int]] = {}
    for word, forms, from_ in ((Word.WEEKDAY, locale.days, 0), (Word.MONTH, locale.months, 0)):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in forms.get(context, {}).get(width, {}).items():
                    plain = folded(name).strip(".\u05f3 ")
                    if len(plain) > (word is Word.WEEKDAY) + 1 and plain.isalpha():
                        found[plain] = (word, number + from_)
    return found


@cache
def _own_weekdays(language: str) -> frozenset[str]:
    """Return the abbreviated days of the week that are months too: "mar 15" is a Tuesday in Italian."""
    return _BOTH.get(language.replace("_", "-").split("-")[0].lower(), frozenset())


def tokens(text: str, language: str = "") -> list[Token]:
    """Cut a text into its words. Clock times are left out.

    >>> [token.word.name for token in tokens("27 and 28 November 2007")]
    ['NUMBER', 'AND', 'NUMBER', 'MONTH', 'YEAR']
    """
    text = _ABBREVIATED.sub(lambda found: f" \ue000{_THAI_SHORT.index(found[1]) + 1} ", _east_asian(text))
    text = _CLOCK.sub(" ", folded(text))
    if _VIETNAMESE_MONTH.search(text):
        text = _VIETNAMESE_MONTH.sub("\ue000\\1", _VIETNAMESE_WEEKDAY.sub(" ", text))
    text = _TWO_WORD_MONTH.sub(r"\1\2", text)
    pieces = [piece for match in _PIECE.finditer(text) for piece in _split(match[0])]
    own = _own_words(language)
    found = _with_tens([_token(piece, own) for piece in pieces])
    for number, token in enumerate(found):
        if token.text in _own_weekdays(language) and _is_weekday(found, number, month_first=language.startswith("fil")):
            found[number] = Token(Word.WEEKDAY, 1, token.text)
    for number, token in enumerate(found[:-1]):
        if token.text in _ORDINAL_WEEKDAYS and found[number + 1].word is Word.UNIT:
            found[number] = Token(Word.ORDINAL, _ORDINAL_WEEKDAYS[token.text], token.text)
    return [token for number, token in enumerate(found) if not _is_no_month(found, number)]


def _east_asian(text: str) -> str:
    """Put Chinese, Japanese and Korean dates in the order of the others."""
    if text.isascii():
        return text
    for pattern, plain in _AS_OTHERS_SAY:
        text = pattern.sub(plain, text)
    text = _WEEKDAY_SIGN.sub(" ", text)
    text = _YEAR_SIGNS.sub(lambda found: found[0].translate(_FIGURES), text)
    text = _TENS_SIGN.sub(_number, text)
    for pattern, word in _EAST_ASIAN_PARTS:
        text = pattern.sub(word, text)
    for pattern, plain in _EAST_ASIAN:
        text = pattern.sub(plain, text)
    return text


def _number(found: re.Match[str]) -> str:
    """Write 二十八 as 28."""
    if "十" not in found[0]:
        return found[0].translate(_FIGURES)
    return str(10 * int((found[1] or "一").translate(_FIGURES)) + int((found[2] or "〇").translate(_FIGURES)))


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
    if found is None and piece[:1] in ("ل", "ب", "ב") and len(piece) > 3:
        found = vocabulary.get(piece[1:])
    return found


def _is_weekday(found: Sequence[Token], number: int, *, month_first: bool) -> bool:
    """True for the first word of "mar 15 - mer 16 giu": a number follows it, and another month the number."""
    at = number + 1
    while at < len(found) and found[at].text in (".", ","):
        at += 1
    if at == number + 1 and month_first:
        return False
    before = found[number - 1].word if number else Word.BREAK
    others = any(token.word is Word.MONTH and token.text != found[number].text for token in found)
    if before is Word.NUMBER or at >= len(found) or not others:
        return False
    return found[at].word is Word.NUMBER or (found[at].word is Word.MONTH and at > number + 1)


def _token(piece: str, own: Mapping[str, tuple[Word, int]]) -> Token:
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
    word, value = (
        own.get(piece) or (own.get(piece[1:]) if piece[0] == "ב" else None) or _known(piece) or (Word.OTHER, 0)
    )
    return Token(word, value, piece)


def _is_no_month(found: Sequence[Token], number: int) -> bool:
    """True for "may", "out" and the like where nothing beside them belongs to a date."""
    token = found[number]
    if token.word is not Word.MONTH or token.text not in _ALONE_MONTH:
        return False
    dated = {Word.NUMBER, Word.YEAR, Word.MONTH, Word.PART, Word.OF, Word.ORDINAL}
    before = number - 1 if number and found[number - 1].text != "-" else number - 2
    near = [other.word for other in (*found[max(0, before) : before + 1], *found[number + 1 : number + 2])]
    return not any(word in dated for word in near) and len(found) > 1
