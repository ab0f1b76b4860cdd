"""Dates as announcements word them, in six languages and a few neighbours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.spans import Span
from calendar_sync.vague_dates import resolve

OCTOBER_2007 = date(2007, 10, 15)


def bounds(text, published=None):
    found = resolve(text, published=published)
    return None if found is None else (found.span.earliest.isoformat(), found.span.latest.isoformat())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("27 and 28 November 2007", "2007-11-27", "2007-11-28"),
        ("November 27-28, 2007", "2007-11-27", "2007-11-28"),
        ("from 28th September to 1st October 2010", "2010-09-28", "2010-10-01"),
        ("28 December to 3 January 2020", "2019-12-28", "2020-01-03"),
        ("30 December 2019 - 3 January", "2019-12-30", "2020-01-03"),
        ("Monday, 18 June, 2018 - Friday, 29 June, 2018", "2018-06-18", "2018-06-29"),
        ("Start Date: Aug 2 2016; End Date: Aug 5 2016", "2016-08-02", "2016-08-05"),
        ("23 Sep 2013, 9:00 AM - 27 Sep 2013, 5:00 PM", "2013-09-23", "2013-09-27"),
        ("29 November, 1 and 3 December 2021", "2021-11-29", "2021-12-03"),
        ("2007-11-27/2007-11-28", "2007-11-27", "2007-11-28"),
        ("27/11/2007 - 28/11/2007", "2007-11-27", "2007-11-28"),
        ("01-12-2014 – 04-12-2014", "2014-12-01", "2014-12-04"),
        ("du mercredi 30 septembre au vendredi 2 octobre 2009", "2009-09-30", "2009-10-02"),
        ("du 28 juin au 1er juillet 2016", "2016-06-28", "2016-07-01"),
        ("lunes 25 hasta el viernes 29 de julio de 2022", "2022-07-25", "2022-07-29"),
        ("los días 25 y 26 de octubre de 2023", "2023-10-25", "2023-10-26"),
        ("de 3 a 5 de dezembro de 2024", "2024-12-03", "2024-12-05"),
        ("с 21 по 22 апреля 2010 г.", "2010-04-21", "2010-04-22"),
        ("خلال الفترة من 8 إلى 11 تشرين الثاني/نوفمبر 2021", "2021-11-08", "2021-11-11"),
        ("5 إلى 6 محرم 1432 ه الموافق 11 إلى 12 ديسمبر 2010", "2010-12-11", "2010-12-12"),
        ("من 9 إلى 12 فيفري 2015", "2015-02-09", "2015-02-12"),
        ("٢٧ و ٢٨ نوفمبر ٢٠٠٧", "2007-11-27", "2007-11-28"),
        ("๒๗ – ๒๘ กันยายน ๒๕๖๐", "2017-09-27", "2017-09-28"),
        ("2024年6月25日", "2024-06-25", "2024-06-25"),
        ("vom 8. - 10. Jänner 2013", "2013-01-08", "2013-01-10"),
        ("dall'11 al 22 agosto 2025", "2025-08-11", "2025-08-22"),
        ("started on 28 June 2016; three-day event", "2016-06-28", "2016-06-30"),
        ("el 10 de junio del 2014 … los dos días siguientes", "2014-06-10", "2014-06-12"),
        ("has ended in Accra on 6th April, 2023; 3-day", "2023-04-04", "2023-04-06"),
        ("from Monday to Tuesday, April 23, 2024", "2024-04-22", "2024-04-23"),
        ("dim. 8 – jeu. 12 sept. 2013", "2013-09-08", "2013-09-12"),
        ("30 – 2 July 2019", "2019-06-30", "2019-07-02"),
        ("6, 8 and 13 May 2019", "2019-05-06", "2019-05-13"),
        ("23-25/10/2019", "2019-10-23", "2019-10-25"),
        ("29.12.-3.1.2020", "2019-12-29", "2020-01-03"),
        ("30.08–04.09.2017", "2017-08-30", "2017-09-04"),
        ("28/11 - 2/12/2009", "2009-11-28", "2009-12-02"),
        ("2010-01-22/31", "2010-01-22", "2010-01-31"),
        ("12.XI.2009", "2009-11-12", "2009-11-12"),
        ("27-Nov-07", "2007-11-27", "2007-11-27"),
        ("2–4 Feb ’10", "2010-02-02", "2010-02-04"),
        ("1.2.09", "2009-02-01", "2009-02-01"),
        ("2010年2月2日至4日", "2010-02-02", "2010-02-04"),
        ("2010年2月28日至3月2日", "2010-02-28", "2010-03-02"),
        ("二〇一〇年二月二日", "2010-02-02", "2010-02-02"),
        ("令和6年6月25日(火)～28日(金)", "2024-06-25", "2024-06-28"),
        ("2010년 2월 2일부터 4일까지", "2010-02-02", "2010-02-04"),
        ("2-4 กุมภาพันธ์ 2553", "2010-02-02", "2010-02-04"),
        ("๒ ก.พ. ๒๕๕๓", "2010-02-02", "2010-02-02"),
        ("5 sampai 7 Agustus 2010", "2010-08-05", "2010-08-07"),
        ("tarehe 5 hadi 7 Agosti 2010", "2010-08-05", "2010-08-07"),
        ("5-7 Ağustos 2010", "2010-08-05", "2010-08-07"),
        ("з 5 по 7 серпня 2010 року", "2010-08-05", "2010-08-07"),
        ("dal 5 al 7 maggio 2010", "2010-05-05", "2010-05-07"),
        ("12 Ramadan 1431 AH (22 August 2010)", "2010-08-22", "2010-08-22"),
    ],
)
def test_stated_days_are_exact(text, first, last):
    """These need no publication date, and nothing is inferred from one."""
    found = resolve(text, published=None)

    assert found is not None
    assert bounds(text) == (first, last)
    assert found.span.is_exact
    assert "publication" not in found.note


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("during the last 10 days of January 2010", "2010-01-22", "2010-01-31"),
        ("last week of October or the first week of November 2007", "2007-10-25", "2007-11-07"),
        ("second and third week of May 2019", "2019-05-08", "2019-05-21"),
        ("las semanas 2 y 3 de mayo de 2019", "2019-05-08", "2019-05-21"),
        ("la última semana de octubre de 2007", "2007-10-25", "2007-10-31"),
        ("first quarter of 2018", "2018-01-01", "2018-03-31"),
        ("Q4 2018", "2018-10-01", "2018-12-31"),
        ("deuxième semestre 2018", "2018-07-01", "2018-12-31"),
        ("second half of June 2018", "2018-06-16", "2018-06-30"),
        ("the weeks of 5 and 12 March 2012", "2012-03-05", "2012-03-18"),
        ("la semana del 5 de marzo de 2012", "2012-03-05", "2012-03-11"),
        ("week 12 of 2019", "2019-03-18", "2019-03-24"),
        ("first two weeks of May 2010", "2010-05-01", "2010-05-14"),
        ("les deux premières semaines de mai 2010", "2010-05-01", "2010-05-14"),
        ("segunda quincena de mayo de 2010", "2010-05-16", "2010-05-31"),
        ("2010年1月下旬", "2010-01-21", "2010-01-31"),
        ("2018年第一季度", "2018-01-01", "2018-03-31"),
        ("Q3/2018", "2018-07-01", "2018-09-30"),
        ("12/2010", "2010-12-01", "2010-12-31"),
        ("Fall 2012", "2012-09-01", "2012-11-30"),
        ("mid-May 2012", "2012-05-11", "2012-05-20"),
        ("before 5 May 2010", "2010-01-01", "2010-05-05"),
        ("Ramadan 1431", "2010-08-11", "2010-09-09"),
        ("III квартал 2018", "2018-07-01", "2018-09-30"),
        ("первый квартал 2018", "2018-01-01", "2018-03-31"),
        ("الربع الأول من 2018", "2018-01-01", "2018-03-31"),
        ("mid-June 2018", "2018-06-11", "2018-06-20"),
        ("fin octobre 2018", "2018-10-21", "2018-10-31"),
        ("a finales de octubre de 2018", "2018-10-21", "2018-10-31"),
        ("in early 2024", "2024-01-01", "2024-04-30"),
        ("November 2024", "2024-11-01", "2024-11-30"),
        ("in October–November 2017", "2017-10-01", "2017-11-30"),
        ("en noviembre y diciembre de 2017", "2017-11-01", "2017-12-31"),
        ("في الرياض في يناير 2013م", "2013-01-01", "2013-01-31"),
        ("February 2012", "2012-02-01", "2012-02-29"),
        ("during 2019", "2019-01-01", "2019-12-31"),
        ("during the week of 10 July 2023", "2023-07-10", "2023-07-16"),
        ("5-6 or 12-13 June 2018", "2018-06-05", "2018-06-13"),
    ],
)
def test_vague_words_give_outer_bounds(text, first, last):
    """An overlap with them is possible, never certain."""
    found = resolve(text, published=None)

    assert found is not None
    assert bounds(text) == (first, last)
    assert not found.span.is_exact


@pytest.mark.parametrize(
    ("text", "published", "first", "last"),
    [
        ("27 and 28 November", OCTOBER_2007, "2007-11-27", "2007-11-28"),
        ("in Botswana on November 27 and 28", OCTOBER_2007, "2007-11-27", "2007-11-28"),
        ("last week of October or the first week of November", date(2007, 10, 10), "2007-10-25", "2007-11-07"),
        ("2 to 4 February", date(2009, 12, 4), "2010-02-02", "2010-02-04"),
        ("from 27 to 29 July", date(2021, 8, 2), "2021-07-27", "2021-07-29"),
        ("16th to 18th November", date(2021, 12, 23), "2021-11-16", "2021-11-18"),
        ("los días 12 y 13", date(2016, 5, 10), "2016-05-12", "2016-05-13"),
        ("du 3 au 5 de ce mois", date(2024, 12, 4), "2024-12-03", "2024-12-05"),
        ("Wednesday 15 April", date(2009, 3, 1), "2009-04-15", "2009-04-21"),
        ("du 9 au 12 février prochain", date(2013, 3, 1), "2014-02-09", "2014-02-12"),
        ("Setembro próximo", date(2011, 3, 18), "2011-09-01", "2011-09-30"),
        ("primer trimestre de este año", date(2018, 5, 2), "2018-01-01", "2018-03-31"),
        ("from February 29 to March 3rd", date(2024, 1, 5), "2024-02-29", "2024-03-03"),
        ("from February 29 to March 3rd", date(2021, 1, 5), "2020-02-29", "2020-03-03"),
        ("today", OCTOBER_2007, "2007-10-15", "2007-10-21"),
        ("mañana", OCTOBER_2007, "2007-10-16", "2007-10-22"),
        ("hier et aujourd'hui", OCTOBER_2007, "2007-10-14", "2007-10-15"),
        ("today and running until 17 October", OCTOBER_2007, "2007-10-15", "2007-10-17"),
        ("began Tuesday and ends Wednesday", date(2023, 11, 14), "2023-11-14", "2023-11-15"),
        ("on Tuesday", OCTOBER_2007, "2007-10-09", "2007-10-16"),
        ("jeudi et vendredi derniers", OCTOBER_2007, "2007-10-11", "2007-10-12"),
        ("last Tuesday", OCTOBER_2007, "2007-10-09", "2007-10-15"),
        ("29.12. - 3.1.", OCTOBER_2007, "2007-12-29", "2008-01-03"),
        ("28 November - 2 December", OCTOBER_2007, "2007-11-28", "2007-12-02"),
        ("las semanas 2 y 3 de mayo", OCTOBER_2007, "2008-05-08", "2008-05-21"),
        ("from today", OCTOBER_2007, "2007-10-15", "2007-10-21"),
        ("next Tuesday", OCTOBER_2007, "2007-10-16", "2007-10-22"),
        ("last week", OCTOBER_2007, "2007-10-08", "2007-10-14"),
        ("next month", date(2007, 12, 15), "2008-01-01", "2008-01-31"),
        ("في نوفمبر المقبل", OCTOBER_2007, "2007-11-01", "2007-11-30"),
        ("hoy, durante dos días, inició", OCTOBER_2007, "2007-10-15", "2007-10-16"),
        ("begins here on Tuesday; two-day", OCTOBER_2007, "2007-10-16", "2007-10-17"),
        ("began on Tuesday; two-day", OCTOBER_2007, "2007-10-09", "2007-10-10"),
        ("concluded Tuesday; two-day event", OCTOBER_2007, "2007-10-08", "2007-10-09"),
        ("yesterday, Sunday, 14 October", OCTOBER_2007, "2007-10-14", "2007-10-20"),
        ("hasta mañana 16 de octubre; dos días", OCTOBER_2007, "2007-10-15", "2007-10-16"),
        ("15 October 2007 ... concluded today; two-day", OCTOBER_2007, "2007-10-14", "2007-10-15"),
        ("اليوم الاثنين؛ ثلاثة ايام", OCTOBER_2007, "2007-10-15", "2007-10-17"),
        ("ما بين التاسع والثاني عشر من فبراير المقبل", OCTOBER_2007, "2008-02-09", "2008-02-12"),
    ],
)
def test_words_are_resolved_against_publication_and_say_so(text, published, first, last):
    """Every fact says whether it was stated or inferred."""
    found = resolve(text, published=published)

    assert found is not None
    assert bounds(text, published) == (first, last)
    assert str(published) in found.note


@pytest.mark.parametrize(
    "text",
    ["", "to be decided", "three-day workshop", "27 and 28 November", "on Tuesday", "today", "40 countries",
     "may be held", "31 June 2018", "resolution 1540 (2004)", "spring"],
)  # fmt: skip
def test_what_cannot_be_told_is_not_guessed(text):
    """A wrong date is worse than none."""
    assert resolve(text, published=None) is None


def test_one_day_with_a_length_is_certain_and_the_rest_possible():
    """ "September 15; two days" may mean the 14th and 15th, or the 15th and 16th."""
    found = resolve("Nairobi, September 15, 2015; two days workshop", published=None)

    assert found is not None
    assert (found.span.earliest, found.span.latest) == (date(2015, 9, 14), date(2015, 9, 16))
    assert found.span.certain == (date(2015, 9, 15), date(2015, 9, 15))
    assert "length" in found.note


def test_an_open_end_is_possible_and_noted():
    """Whoever says "since" has not said until when."""
    found = resolve("depuis le 15 Novembre 2016", published=None)

    assert found is not None
    assert found.span.certain == (date(2016, 11, 15), date(2016, 11, 15))
    assert found.span.latest > date(2016, 11, 15)
    assert found.note == "the end is not stated"


def test_a_cell_says_all_there_is_and_a_sentence_may_not():
    """ "On 3 September" in the news is the day something opened; in a list of events it is the event."""
    news = resolve("on 3 September", published=OCTOBER_2007)
    cell = resolve("3 September", published=OCTOBER_2007, prose=False)

    assert news is not None
    assert cell is not None
    assert news.span == Span(date(2007, 9, 3), date(2007, 9, 9), (date(2007, 9, 3), date(2007, 9, 3)))
    assert "the end is not stated" in news.note
    assert cell.span == Span.exact(date(2007, 9, 3))


@pytest.mark.parametrize(
    ("text", "first", "last", "note"),
    [
        ("12 رمضان 1431", "2010-08-22", "2010-08-22", "Umm al-Qura"),
        ("12 Ramadan 1431 AH", "2010-08-22", "2010-08-22", "Umm al-Qura"),
        ("١٢ رمضان ١٤٣١ هـ", "2010-08-22", "2010-08-22", "Umm al-Qura"),
        ("29 Sha'ban - 2 Ramadan 1431", "2010-08-10", "2010-08-12", "Umm al-Qura"),
        ("1 Muharram 1300", "1882-11-10", "1882-11-14", "tabular"),
        ("۲۲ بهمن ۱۳۸۹", "2011-02-11", "2011-02-11", "Persian"),
        ("1 Ramadan 1431 AH (22 August 2010)", "2010-08-22", "2010-08-22", "another day"),
    ],
)
def test_days_of_other_calendars_are_counted_and_say_so(text, first, last, note):
    """A reader should know that the Gregorian day was not in the text; where it is, it wins."""
    found = resolve(text, published=None)

    assert found is not None
    assert bounds(text) == (first, last)
    assert note in found.note


@given(st.dates(date(1925, 1, 1), date(2076, 1, 1)))
def test_every_hijri_day_returns(day):
    """Against the tables of Umm al-Qura."""
    from hijridate import Gregorian

    months = [
        "محرم", "صفر", "ربيع_الأول", "ربيع_الآخر", "جمادى_الأولى", "جمادى_الآخرة", "رجب",
        "شعبان", "رمضان", "شوال", "ذو_القعدة", "ذو_الحجة",
    ]  # fmt: skip
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    text = f"{hijri.day} {months[hijri.month - 1].replace('_', ' ')} {hijri.year} هـ"

    found = resolve(text, published=None)

    assert found is not None
    assert found.span == Span.exact(day)


def test_americans_write_the_month_first():
    """Everybody else would read the fifth of June."""
    assert resolve("5/6/2008", published=None).span == Span.exact(date(2008, 6, 5))
    assert "other way round" in resolve("5/6/2008", published=None).note
    assert resolve("15/6/2008", published=None).note == ""
    assert resolve("5/6/2008", published=None, language="en-US").span == Span.exact(date(2008, 5, 6))


def test_cairo_and_nairobi_are_as_far_apart_as_known():
    """43 to 52 days: what the committee could know in December 2009."""
    cairo = resolve("7 to 10 December", published=date(2009, 12, 3))
    nairobi = resolve("the last 10 days of January 2010", published=None)

    assert cairo is not None
    assert nairobi is not None
    assert cairo.span.days_apart(nairobi.span) == (43, 52)


LOCALES = [
    "en_US", "en_GB", "fr", "es", "pt", "pt_PT", "ru", "ar", "ar_MA", "ar_LB", "ar_DZ", "zh", "zh_Hant", "de", "it",
    "nl", "pl", "uk", "tr", "id", "ms", "sv", "da", "nb", "fi", "cs", "ro", "el", "th", "ja", "ko", "vi", "sw",
    "hu", "he", "fa", "fil", "sr", "bg", "ca",
]  # fmt: skip
STYLES = ("full", "long", "medium", "short", "yMMMMd", "yMMMd", "yMd", "yMMMEd")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize("locale", LOCALES)
def test_dates_formatted_for_every_reader_are_read_back(locale, record_property):
    """What one program writes for people of some language, another must understand."""
    from babel.dates import format_date, format_interval

    record_property("cases", len(STYLES))
    starts = [date(1990, 1, 1) + timedelta(days=367 * step + step * step) for step in range(36)]
    for style in STYLES:
        for number, first in enumerate(starts):
            last = first if len(style) > 3 and style[0] != "y" else first + timedelta(days=1 + number % 11)
            if style.startswith("y"):
                text = format_interval(first, last, style, locale=locale)
            else:
                last, text = first, format_date(first, style, locale=locale)
            text = text.translate(ARABIC) if locale.startswith("ar") and number % 2 else text
            found = resolve(text, published=None, language=locale.replace("_", "-"))

            assert found is not None, text
            assert found.span == Span.exact(first, last), text


@given(st.dates(date(1950, 1, 1), date(2069, 12, 31)))
def test_buddhist_years_return(day):
    """Thai offices write 2553 for 2010, in either figures."""
    from babel.dates import format_date

    month = format_date(day, "d MMMM", locale="th")
    for text in (f"{month} {day.year + 543}", f"{month} พ.ศ. {day.year + 543}".translate(THAI)):
        found = resolve(text, published=None, language="th")

        assert found is not None, text
        assert found.span == Span.exact(day), text


@pytest.mark.parametrize(
    "text",
    ["1" * 1_000_000, "1 " * 500_000, "1/" * 500_000, "27 and " * 200_000, "١٢ رمضان " * 100_000, "((((" * 250_000,
     "1.1." * 250_000, "2010年" * 300_000, "الموافق" * 150_000, "- " * 500_000, "a" * 1_000_000,
     "12 Ramadan - " * 90_000],
)  # fmt: skip
def test_no_length_of_text_keeps_a_night_waiting(text):
    """A megabyte of figures costs no more than its first line: the same answer, from the same characters."""
    assert resolve(text, published=OCTOBER_2007) == resolve(text[:600], published=OCTOBER_2007)


WORDS = st.sampled_from(
    ["27", "28", "29", "1", "31", "0", "2007", "9999", "november", "février", "february", "mayo", "نوفمبر", "last",
     "first", "week", "or", "and", "to", "-", ",", "of", "días", "today", "tuesday", "next", "half", "quarter", "يومين",
     "двухдневная", "من", "إلى", "days", "month", "year", "until", "from", "(", ")", ";", "early", "mid", "ordinary",
     "رمضان", "1431", "ramadan", "2553", "ม.ค.", "年", "月", "日", "令和",
     "2010年2月", "5/6/08", "29.2.", "XII", "before", "fall", "Q3/",
     "week", "'10", "mar", "from", "บ", "bahman", "1389"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60), st.none() | st.dates())
def test_no_words_break_it(text, published):
    """Calendars hold anything."""
    found = resolve(text, published=published)

    assert found is None or found.span.earliest <= found.span.latest


@pytest.mark.parametrize("table", ["outreach1540", "outreach_neighbours"])
def test_dates_of_real_listings_are_understood(shared, table):
    """Measured on what organisations really write; bench/vague_dates.py shows the rows and the stricter measure."""
    import csv

    rows = list(csv.DictReader((shared / "data" / table / "listings.csv").open(encoding="utf-8-sig", newline="")))
    dated = [row for row in rows if row["date_text"] and row["start_date"] and row["end_date"]]
    same = inside = 0
    for row in dated:
        first, last = date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"])
        published = date.fromisoformat(row.get("pub_date") or f"{first.year}-04-01")
        found = resolve(row["date_text"], published=published, language=row["language"])
        same += found is not None and found.span.is_exact and (found.span.earliest, found.span.latest) == (first, last)
        inside += found is not None and found.span.earliest <= first and last <= found.span.latest

    assert same / len(dated) >= 0.93
    assert inside / len(dated) >= 0.95


@pytest.mark.parametrize(
    "text",
    [
        "Nov 27 - Nov 28, 2007", "November 27 – November 28, 2007", "27 Nov - 28 Nov 2007",
        "27-28 تشرين الثاني/نوفمبر 2007", "Nov 27, 2007 - Nov 28, 2007",
    ],
)  # fmt: skip
def test_a_month_named_twice_is_named_once_for_each_day(text):
    """One month under two names is one; two days of one month are two."""
    resolved = resolve(text, published=date(2007, 10, 1))

    assert (resolved.span.earliest, resolved.span.latest) == (date(2007, 11, 27), date(2007, 11, 28))
