"""Where an event is held, from its own words: venues told apart from names, audiences and hosts."""

from __future__ import annotations

import pytest

from bench import countries
from dedupe.meaning.mentions import mentions
from dedupe.meaning.whereabouts import whereabouts


@pytest.mark.parametrize(
    ("title", "country", "city"),
    [
        ("Regional workshop in Victoria, Seychelles", "SC", "Victoria"),
        ("Regional workshop in Victoria, Canada", "CA", "Victoria"),
        ("Seminar in Georgetown, Guyana", "GY", "Georgetown"), ("Taller en San José, Costa Rica", "CR", "San José"),
        ("Workshop held in Tshwane", "ZA", "Pretoria"), ("UN workshop opens in Gaberone tomorrow", "BW", "Gaborone"),
        ("Training in Mombassa", "KE", "Mombasa"), ("Séminaire à N’Djamena", "TD", "N'Djamena"),
        ("семинар в Минске", "BY", "Minsk"), ("ورشة عمل بالقاهرة", "EG", "Cairo"),
        ("在北京举行的讲习班", "CN", "Beijing"),
        ("семинар проходит в Казахстане", "KZ", ""), ("ورشة عمل في الكويت", "KW", ""), ("泰国主办的讲习班", "TH", ""),
        ("Atelier régional au Togo", "TG", ""), ("Taller regional en Panamá", "PA", ""),
        ("Curso em Moçambique", "MZ", ""),
        ("Der Workshop findet in Wien statt", "AT", "Vienna"), ("La riunione si svolge a Ginevra", "CH", "Geneva"),
        ("Workshop in Swaziland", "SZ", ""), ("Pretoria: atelier sur la résolution 1540", "ZA", "Pretoria"),
        ("Togo : Lomé abrite une rencontre", "TG", "Lomé"), ("Ghana to host workshop for Kenya and Uganda", "GH", ""),
        ("Kenya, Uganda and Rwanda to review the plan in Nairobi", "KE", "Nairobi"),
        ("New York Hosts Briefing on Dushanbe Process", "US", "New York City"),
        ("China and Malaysia co-hosted the workshop", "CN", ""),
        ("Workshop, Dar es Salaam, 3-5 May", "TZ", "Dar es Salaam"),
        ("Cybersecurity week (Benin)", "BJ", ""), ("Curso regional en RD", "DO", ""),
    ],
)  # fmt: skip
def test_the_place_is_found_in_the_words(title, country, city):
    """Calendars without a place column say in the title where people are to travel."""
    found = whereabouts(title)
    assert (found.country, found.city) == (country, city)
    assert found.words
    assert all(word in title for word in found.words)


@pytest.mark.parametrize(
    "title",
    [
        "Workshop on the Budapest Convention", "Implementing the Geneva Conventions",
        "Meeting of the Vienna Group of Ten",
        "Seminar on the Washington Treaty", "The Hague Code of Conduct: regional seminar",
        "States Parties to the Kinshasa Convention", "Seguimiento del Consenso de Brasilia",
        "Atelier sur le Traité de Pelindaba",
        "GPDRR releases Bali Agenda for Resilience", "Convention d’Abuja", "Дартмутский процесс",
        "Belarus, Kyrgyzstan and Tajikistan share experiences", "Paraguay - Uruguay peer review",
        "Training in the Bahamas and St Kitts and Nevis", "Courses in Tanzania and in Kenya",
        "انطلاق المنتدى الإقليمي بمشاركة المغرب", "Plenary approves Nepal's mutual evaluation report",
        "Réunion régionale sur les munitions", "Taller de Bienes de Uso Dual", "Workshop for Southern African States",
        "KVM Forum", "New England seminar", "Regional workshop for francophone Africa", "",
    ],
)  # fmt: skip
def test_a_name_that_is_no_venue_places_nothing(title):
    """A wrong place makes a wrong clash; a convention is not held where it was signed."""
    assert whereabouts(title).country == ""


@pytest.mark.parametrize(
    ("venue", "country", "city"),
    [
        ("Palais des Nations, Room XVII", "CH", "Geneva"), ("UN Headquarters", "US", "New York City"),
        ("Siège des Nations Unies", "US", "New York City"), ("Hilton Kingston hotel", "JM", "Kingston"),
        ("Vienna International Centre", "AT", "Vienna"), ("Sheraton Fiji Resort", "FJ", ""),
        ("فندق الرياض إنتركونتننتال", "SA", "Riyadh"), ("Radisson Hotel Kathmandu, Lazimpat", "NP", "Kathmandu"),
        ("OPCW Headquarters", "NL", "The Hague"), ("مقر الأمانة العامة لجامعة الدول العربية", "EG", "Cairo"),
        ("Landmark Hotel", "", ""), ("Palacio de San Carlos", "", ""), ("Police Academy, St. James", "", ""),
        ("Centro Nacional de Alta Tecnología", "", ""), ("online", "", ""),
    ],
)  # fmt: skip
def test_a_venue_places_an_event_only_by_a_name_that_is_sure(venue, country, city):
    """Hotels carry the names of saints, kings and other cities."""
    found = whereabouts("Regional workshop on resolution 1540", venue)
    assert (found.country, found.city) == (country, city)


def test_what_is_online_is_held_nowhere_unless_somebody_hosts_it():
    """Nobody travels to a webinar about Mongolia."""
    assert whereabouts("Webinar series for South Asia and Mongolia").online
    assert whereabouts("Webinar series for South Asia and Mongolia").country == ""
    hosted = whereabouts("New York hosts a virtual briefing")
    assert (hosted.online, hosted.country) == (True, "US")


def test_mentions_say_where_in_the_words_they_stand():
    """Whoever doubts an answer must be able to point at the words."""
    title = "From São Tomé to Côte d’Ivoire and the Lao PDR"
    assert [(title[one.start : one.end], one.country) for one in mentions(title)] == [
        ("São Tomé", "ST"), ("Côte d’Ivoire", "CI"), ("Lao PDR", "LA"),
    ]  # fmt: skip


def test_real_listings_are_placed_by_their_words(shared):
    """What the titles of 627 real listings say of their country, held to a list made by hand."""
    score = countries.score(countries.listings(shared), countries.labels())
    assert score.named >= 200
    assert score.right >= 0.95 * score.named
    assert len(score.wrong) <= 0.02 * score.named


def test_the_tables_stay_small():
    """Names of the whole world must not outweigh the program that reads them."""
    assert 1e6 < countries.installed_data() <= 15e6
