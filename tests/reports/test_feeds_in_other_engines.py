"""Our feeds say the same to engines that are not ours: vobject, and ical.js, which is not written in Python."""

from __future__ import annotations

import feed_worlds
import ical_engines
from feed_worlds import NIGHT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dedupe.events import Event
from reports import programme
from reports.nightly import NightlyReport
from reports.rendering import feed, programme_feed

WORLDS = 300


def test_three_engines_read_the_same(record_property):
    """Whatever client somebody subscribes with, title, days, status, place and relations are what we said."""
    feeds: list[bytes] = []

    @settings(
        max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None,
        phases=(Phase.generate,),
    )  # fmt: skip
    @given(feed_worlds.reports(), st.lists(feed_worlds.events(), max_size=3, unique_by=lambda event: event.id))
    def worlds(report: NightlyReport, events: list[Event]) -> None:
        listed = programme.compose(programme.EVERYBODY, NIGHT, feed_worlds.roster(), events)
        feeds.extend((feed.render(report), programme_feed.render(listed)))

    worlds()
    assert len(feeds) == 2 * WORLDS
    expected = [ical_engines.by_icalendar(body) for body in feeds]
    assert sum(map(len, expected)) > WORLDS
    assert sum(len(event.related) for events in expected for event in events) > 20
    for body, told in zip(feeds, expected, strict=True):
        assert ical_engines.by_vobject(body) == told
    assert ical_engines.by_ical_js(feeds) == expected
    record_property("measured", f"{sum(map(len, expected))} events of {len(feeds)} feeds")
