"""The committee's programme as an iCalendar feed, to be subscribed to."""

from __future__ import annotations

from reports.coming import worded
from reports.programme import Programme
from reports.rendering.vevents import calendar, midnight, tombstone, vevent

NAME = "{committee}: programme"
"""What clients call the calendar."""


def render(programme: Programme) -> bytes:
    """Write the feed; vague workshops span their outer bounds, tentatively, those without a date are left out."""
    feed = calendar("Programme", NAME.format(committee=programme.committee), programme.disclaimer)
    stamp = midnight(programme.night)
    for workshop in programme.workshops:
        if workshop.event.span is not None:
            newest = worded(workshop.event, programme.reader.languages)
            feed.add_component(vevent(workshop.id, workshop.event, newest, stamp, programme.names))
    for uid in programme.withdrawn:
        feed.add_component(tombstone(uid, programme.night))
    return bytes(feed.to_ical())
