"""The committee's programme as an iCalendar feed, to be subscribed to."""

from __future__ import annotations

from dedupe.sayings import say
from reports import languages
from reports.coming import worded
from reports.programme import Programme
from reports.rendering.vevents import calendar, midnight, tombstone, vevent


def render(programme: Programme) -> bytes:
    """Write the feed; vague workshops span their outer bounds, tentatively, those without a date are left out."""
    spoken, stamp = languages.of(programme.reader), midnight(programme.night)
    name = say("{committee}: programme", committee=programme.committee)
    feed = calendar("Programme", name, spoken, programme.disclaimer)
    for workshop in programme.workshops:
        if workshop.event.span is not None:
            newest = worded(workshop.event, programme.reader.languages)
            feed.add_component(vevent(workshop.id, workshop.event, newest, stamp, programme.names, spoken))
    for uid in programme.withdrawn:
        feed.add_component(tombstone(uid, programme.night, spoken))
    return bytes(feed.to_ical())
