"""Figures for a program that watches: complete, true, and without a word that is in the calendars."""

from __future__ import annotations

import re
from datetime import timedelta

from desk_server import NIGHT, RunningDesk
from desk_visitors import visitors
from prometheus_client.parser import text_string_to_metric_families
from published_feed import PublishedFeed, workshops

from flows import steps, tonight
from flows.syncing import sync_calendar
from reports import languages

NEXT = NIGHT + timedelta(days=1)


def figures(desk: RunningDesk) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = desk.ask("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_pages(watched: RunningDesk, feed: PublishedFeed):
    """Whoever is woken by them must find the same on the page."""
    feed.body = workshops(4)
    sync_calendar(watched.config, "feed", NEXT)
    with visitors(watched.url, "ines", "omar") as (ines, _):
        assert ines.get("/calendars/feed").status_code == 200
        assert ines.get("/calendars/feed?language=fr").status_code == 200
        assert ines.get("/calendars/nowhere").status_code == 404
        assert ines.get("/feeds/secret-token/report.ics").status_code == 404
        assert ines.get("/nothing/here/at/all").status_code == 404
        ines.http.request("BREW", "/calendars")
        found = figures(watched)
        account = next(one for one in steps.accounts_of(watched.config) if one.name == "ines")
        told = tonight.morning(watched.config, languages.tongue("en"), account, NIGHT)
        assert told is not None
        waiting = len(told.queue.waiting) + len(told.queue.informing)
        ines.post("/findings/1", ines.form_on("/findings/1") | {"verdict": "confirmed"})
        later = figures(watched)
    feed_of = (("calendar", "feed"),)
    assert found["outreach_calendar_listings", feed_of] == 10
    assert found["outreach_calendar_failing", feed_of] == 1
    assert found["outreach_calendar_last_good_copy_age_seconds", feed_of] == 36 * 3600
    assert found["outreach_calendar_failing", (("calendar", "programme"),)] == 0
    assert found["outreach_desk_sessions", ()] == 2
    assert found["process_resident_memory_bytes", ()] > 10_000_000

    def open_ones(of: dict) -> float:
        return sum(value for (name, _), value in of.items() if name == "outreach_findings_open")

    assert open_ones(found) == waiting
    assert open_ones(later) == waiting - 1, "what was decided waits no more"

    def requests(route: str, status: int, method: str = "GET") -> float:
        labels = tuple(sorted({"route": route, "status": str(status), "method": method}.items()))
        return found["outreach_desk_requests_total", labels]

    assert requests("/calendars/{calendar}", 200) == 2
    assert requests("/calendars/{calendar}", 404) == 1
    assert requests("/feeds/{token}/{name}", 404) == 1
    assert requests("none", 404) == 1
    assert requests("/calendars", 405, "other") == 1
    assert found["outreach_desk_request_seconds_count", (("route", "/calendars/{calendar}"), ("status", "200"))] == 2


def test_nothing_in_them_is_a_secret_or_a_name(watched: RunningDesk, feed: PublishedFeed):
    """They are kept for years by another program."""
    with visitors(watched.url, "ines") as (ines,):
        ines.get("/feeds/secret-token/report.ics")
        ines.get("/organisations/AU?language=fr&key=secret-query")
    text = watched.ask("/metrics").text
    for word in ("ines", "secret-token", "secret-query", "private-k1", "Workshop", "Seminar", "127.0.0.1"):
        assert word not in text
    labels = {label for line in text.splitlines() for label in re.findall(r'(\w+)="', line)}
    assert labels <= {"calendar", "kind", "severity", "state", "route", "status", "method", "le"}


def test_only_this_machine_is_told(watched: RunningDesk):
    """Whoever comes through the web server in front finds nothing at that address."""
    for headers in (
        {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"},
        {"Host": "outreach.example.org"}, {"Host": "rebound.example"},
    ):  # fmt: skip
        answer = watched.client.get(f"{watched.url}/metrics", headers=headers)
        assert answer.status_code == 404, headers
        assert "outreach_" not in answer.text
    assert watched.ask("/metrics", "HEAD").status_code == 200
