"""The sentences of an alert; each can be told in other languages."""

from __future__ import annotations

from datetime import date

from dedupe import phrases
from dedupe.events import Event
from dedupe.findings import Finding
from dedupe.sayings import beside, counted, say

EYEBROW = say("Outreach calendar · alert")
WHY = say("A calendar has said this since your last report. The next report lists it too.")
SIDES = (say("One"), say("The other"))
ANSWER = say("Answer this finding")
REFERENCE = say("Reference")


def told(day: date) -> str:
    """Say that a finding was told between nights.

    >>> told(date(2009, 12, 4))
    'new, told by alert on 4 December 2009'
    """
    return say("new, told by alert on {day}", day=phrases.day(day))


def subject(titles: list[str]) -> str:
    """Return the subject of an alert.

    >>> subject(["Cairo and Nairobi need the same people"]), subject(["a", "b"])
    ('Alert: Cairo and Nairobi need the same people', 'Alert: 2 new clashes')
    """
    if len(titles) == 1:
        return say("Alert: {title}", title=titles[0])
    return counted(len(titles), "Alert: {n} new clash", "Alert: {n} new clashes")


def facts(event: Event) -> str:
    """Say when and where an event is held."""
    words = "" if event.span is None or event.span.is_exact else event.listings[0].date_text
    return beside([phrases.dates(event.span, words), phrases.place(event.city, event.country)])


def listed(name: str, since: date | None) -> str:
    """Say who lists an event, and since when."""
    if since is None:
        return say("listed by {name}", name=name)
    return say("listed by {name} since {day}", name=name, day=phrases.day(since))


def answer(contact: str) -> str:
    """Say how to answer; blank where nobody can be written to."""
    return say("To answer, write to {contact} and name the reference.", contact=contact) if contact else ""


def answer_subject(finding: Finding, organisation: str, day: date) -> str:
    """Return the subject of an answer, by which both sides know what it is about."""
    return say(
        "{id} ({organisation}, {night}): {title}",
        id=finding.key.id, organisation=organisation, night=day.isoformat(), title=finding.title,
    )  # fmt: skip
