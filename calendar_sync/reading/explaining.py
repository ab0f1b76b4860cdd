"""What each problem of a calendar means, and what to do about it: for people who never saw the format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code stands for. *remedy* is blank where nothing has to be done."""

    says: str
    remedy: str = ""


_WRITE = "Ask the organisation to mend it; the other events are read all the same."
_LOOK = "Look at the entry; correct it in the calendar if it is yours."
_ZONE = 'Set time_zone = "Area/City" for the calendar in outreach.toml if the hours are wrong.'

MEANINGS = {
    # -- the whole calendar
    "asked-to-wait": Meaning("the server asked to be left alone for a while", "Nothing: it is asked again later."),
    "unreachable": Meaning("there was no answer", "Nothing tonight; if it lasts, check the address."),
    "refused": Meaning("the server or the disk said no", "Check source, username and password in outreach.toml."),
    "gone": Meaning("the publisher says that this address is gone for good", "Ask the organisation for the new one."),
    "oversize": Meaning("more came than the calendar may have", "If that is right, raise limits.bytes for it."),
    "unreadable": Meaning("what came is no calendar", "Open its address in a browser; ask the organisation."),
    "failed": Meaning("something else than the calendar kept it from being read", "Read the sentence; try again."),
    "emptied": Meaning("a calendar that had events came back with none", "Wait two nights, or sync with --accept."),
    "shrunken": Meaning("too many events are missing at once", "Wait two nights, or sync with --accept."),
    "not-a-calendar": Meaning("what came is something else, perhaps a login page", "Open its address in a browser."),
    "not-a-page": Meaning("what came is no web page", "Check kind for the calendar in outreach.toml."),
    "not-a-workbook": Meaning(
        "the file is no workbook or document that can be opened", "Ask for it in another format."
    ),
    "old-document": Meaning("the file is of an old format that is not read", "Save it as .docx or .xlsx."),
    "encrypted-file": Meaning("the file is protected by a password", "Ask for it without one."),
    "damaged-file": Meaning("the file is damaged", "Ask for it again."),
    "doctype-refused": Meaning("the XML declares a document type, which may pull in files", _WRITE),
    "malformed-feed": Meaning("the feed is no well-formed XML; what could be read was", _WRITE),
    "malformed-json-ld": Meaning("a block of structured data in the page is broken", _WRITE),
    "no-events": Meaning("the calendar holds no event", "Nothing, if that is so."),
    "no-event": Meaning("the page describes no event in schema.org's words", "Look for a feed of the same site."),
    "no-event-date": Meaning("entries of the feed name no date of an event", "Nothing: news are no events."),
    "no-header": Meaning("no row names the columns", "Put Title and Date above the columns."),
    "latest-entries-only": Meaning("the feed shows only its latest entries", "Look for a calendar of the same site."),
    "incomplete-export": Meaning("the server exported only a part", "Ask for a longer export; nothing is withdrawn."),
    "page-cut": Meaning("the page is larger than what is read of one", "Raise limits.bytes for it."),
    "moved-for-good": Meaning(
        "the publisher says that it lies elsewhere from now on", "Change source in outreach.toml."
    ),
    "reader-failed": Meaning("the reading process ended early", "Send the calendar to whoever maintains outreach."),
    "too-slow": Meaning("reading took too long and was stopped", "Raise limits.reading_seconds, or ask for less."),
    "too-large": Meaning(
        "reading took too much memory and was stopped", "Raise limits.reading_bytes, or ask for less."
    ),
    "too-many-events": Meaning("the calendar has more entries than it may have", "Raise limits.events for it."),
    "too-many-listings": Meaning("its series give more days than it may have", "Raise limits.events for it."),
    "too-many-rows": Meaning("the table has more rows than it may have", "Raise limits.events for it."),
    "more-problems": Meaning("there are more problems than are listed"),
    "nested-too-deep": Meaning("the page or file is nested deeper than any honest one", _WRITE),
    # -- letters
    "encoding-assumed": Meaning(
        "it is not UTF-8; the encoding was told from its letters", "Look whether names are right."
    ),
    "damaged-letters": Meaning("letters were lost before the calendar came to us", _WRITE),
    "control-characters": Meaning("control characters stood in the text and were left out"),
    "indented": Meaning("its lines are indented, as no calendar's are; they were read all the same"),
    # -- the form of an entry
    "missing-end": Meaning("an entry or the calendar breaks off; its end was assumed", _WRITE),
    "stray-end": Meaning("an END ends nothing; it was passed over"),
    "no-vcalendar": Meaning("no VCALENDAR stands around the entries; they were read all the same"),
    "no-uid": Meaning("an entry has no UID; one was made from what it says"),
    "repeated-uid": Meaning("several entries share one UID and are kept apart", _LOOK),
    "repeated-property": Meaning("something that may be said once is said twice; the first counts", _LOOK),
    "empty-property": Meaning("a property has no value and was left out"),
    "unreadable-property": Meaning("a line could not be read and was left out; the entry stays", _LOOK),
    "unreadable-event": Meaning("an entry could not be read; what was known of it stands", _WRITE),
    "unreadable-row": Meaning("a row could not be read; what was known of it stands", _LOOK),
    "no-title": Meaning("an entry has no title", _LOOK),
    "below-the-table": Meaning("text below the table is no row of it"),
    "hidden-row": Meaning("a hidden row or sheet is not read and not withdrawn", "Unhide it, or take it out."),
    # -- days and hours
    "no-start": Meaning("an entry has no start that can be read; what was known of it stands", _WRITE),
    "no-date": Meaning("an entry names no date that can be read", _LOOK),
    "unclear-date": Meaning("a date is worded so that it may mean several days", _LOOK),
    "value-type": Meaning("a date is declared as a time, or the other way round; it was read as what it is"),
    "end-before-start": Meaning("an entry ends before it begins; the start counts", _LOOK),
    "end-of-another-type": Meaning("one end is a day and the other a time; the start's kind counts"),
    "end-on-start": Meaning("an entry of whole days ends on the day it begins; it lasts that day"),
    "end-stated-twice": Meaning("both an end and a length are stated; the end counts"),
    "zone-of-one-end": Meaning("only one of start and end names a time zone; both have it"),
    "tz-assumed": Meaning("a time zone was told from its name, not from the list of zones", _ZONE),
    "unknown-zone": Meaning("nobody knows the time zone; the hours are as stated", _ZONE),
    "unreadable-zone": Meaning("the feed's own time zone cannot be read", _ZONE),
    "zone-alias": Meaning("the time zone goes by an old or foreign name"),
    "zone-disagrees": Meaning("the feed defines a known time zone otherwise; the known one counts", _ZONE),
    "zone-undefined": Meaning("the feed names a time zone without defining it; the known one counts"),
    "private-zone": Meaning("the feed brings a time zone of its own, which was used"),
    # -- series
    "rule-refused": Meaning("a series never ends or gives too much; its first day is kept", _LOOK),
    "rule-unreadable": Meaning("the rule of a series could not be read; its first day is kept", _LOOK),
    "rule-part-ignored": Meaning("a rule has a part that means nothing; the others count"),
    "empty-rule": Meaning("a rule is empty; the entry is a single one"),
    "old-rule": Meaning("a rule is in the grammar of vCalendar 1.0; it was read as its present form"),
    "several-rules": Meaning("a series has several rules; their days are taken together"),
    "count-zero": Meaning("a rule ends before it begins; the first day is kept", _LOOK),
    "count-and-until": Meaning("a rule says both how often and until when; the earlier ends it"),
    "until-before-start": Meaning("a series ends before it begins", _LOOK),
    "until-of-another-type": Meaning("the end of a series is stated as another kind of date than its start"),
    "exrule-ignored": Meaning("a rule of exceptions, which the format has given up, was passed over", _LOOK),
    "too-many-dates": Meaning("a series names more single days than are read", _LOOK),
    "dates-of-another-type": Meaning(
        "exceptions are days and the series times, or the other way round; they were matched"
    ),
    "period-dates": Meaning("a series names periods; each has its own length"),
    "start-outside-rule": Meaning("a series' rule does not give its first day, which does not count then", _LOOK),
    "start-beside-dates": Meaning("a series' first day is none of the days it lists; it counts all the same"),
    "override-alone": Meaning("a changed day of a series stands without its series; it is kept"),
    "override-repeated": Meaning("one day of a series is changed twice; the later draft counts"),
    "range-ignored": Meaning("a change of all days before another is no longer part of the format"),
    "series-in-feed-zone": Meaning("a series is laid out in the time zone of its calendar"),
    "unreadable-schedule": Meaning("the schedule of a series could not be read; its first day is kept", _LOOK),
}
"""By code. A test holds that every code has a line here."""


def meaning(code: str) -> Meaning:
    """Return what a code means; of one nobody explained, at least that."""
    return MEANINGS.get(code, Meaning("it is not explained here", "docs/decisions/0010-reading-policy.md may help."))
