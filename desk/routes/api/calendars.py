"""Calendars: how each fares, one whole, and a coordinator's word about one in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path

from calendar_sync.listings import Listing
from calendar_sync.reading import Problem as Wrong
from desk import calendars_wording
from desk.api_document import operation
from desk.api_models.calendars import (
    Answer,
    Answered,
    Calendar,
    Calendars,
    CalendarWhole,
    Changed,
    Fared,
    ListingSeen,
    Noted,
    Quarantine,
)
from desk.api_models.jobs import JobTold
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from desk.routes.api.jobs import begun
from flows import calendars_seen, latest
from flows.calendars_seen import MOST_PROBLEMS, CalendarSeen, CalendarStory, DoubtOvertaken, NoSuchCalendar
from flows.jobs import Sort, Wish
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["calendars"])
Id = Annotated[str, Path(description="As in the roster.", max_length=300)]
Value = TypeVar("Value")


@router.get("/calendars", **operation(Role.COORDINATOR))
def calendars(asking: Caller) -> Calendars:
    """Return every calendar of the roster with where it stands: what fails first."""
    found = calendars_seen.calendars_seen(asking.path)
    return Calendars(
        night=latest.last_night(asking.path), calendars=[Calendar(**_standing(one)) for one in found]
    )  # fmt: skip


@router.get("/calendars/{calendar}", **operation(Role.COORDINATOR, problems=(404, 422)))
def calendar(asking: Caller, calendar: Id) -> CalendarWhole:
    """Return one whole: its last nights, what is wrong in it, and in doubt what it would lose."""
    return whole(asking, calendar)


@router.post(
    "/calendars/{calendar}/accept", status_code=202, **operation(Role.COORDINATOR, problems=(404, 409), body=True)
)  # fmt: skip
def accept(asking: Caller, calendar: Id, word: Answer) -> JobTold:
    """Begin to take one in doubt as it came: what was seen is withdrawn, and nothing else."""
    agreed = _answer(calendars_seen.consent, asking, calendar, word)
    return begun(asking, Wish(Sort.ACCEPT, asking.today, asking.account.name, (calendar,), agreed))


@router.post("/calendars/{calendar}/refuse", **operation(Role.COORDINATOR, problems=(404, 409), body=True))
def refuse(asking: Caller, calendar: Id, word: Answer) -> CalendarWhole:
    """Keep the last good copy of one in doubt, and record who said so."""
    _answer(calendars_seen.refuse_doubted, asking, calendar, word)
    return whole(asking, calendar)


def _answer(act: Callable[..., Value], asking: Asking, calendar: str, word: Answer) -> Value:
    """Do what the word about a calendar in doubt says.

    Raises:
        Problem: There is no such calendar, or it is no longer in doubt as it was seen.
    """
    note = " ".join(word.note.split())
    try:
        return act(asking.path, calendar, word.shown, by=asking.account.name, at=asking.now, note=note)
    except NoSuchCalendar as error:
        raise Problem(404, str(error)) from None
    except DoubtOvertaken as error:
        raise Problem(409, str(error)) from None


def whole(asking: Asking, calendar: str) -> CalendarWhole:
    """Return one calendar whole.

    Raises:
        Problem: There is none of that id.
    """
    try:
        story = calendars_seen.calendar_story(asking.path, calendar)
    except NoSuchCalendar as error:
        raise Problem(404, str(error)) from None
    return CalendarWhole(
        **_standing(story.seen),
        nights=[
            Fared(night=one.night, outcome=one.outcome, code=one.code or None, listings=one.listings,
                  problems=one.problems)
            for one in story.nights
        ],
        noted=[noted(one) for one in story.problems[:MOST_PROBLEMS]],
        changed=Changed(
            added=story.changed.added, updated=story.changed.updated, withdrawn=story.changed.withdrawn,
            told=[one.words for one in story.changes],
        ),
        quarantine=_quarantine(story),
        answers=[
            Answered(night=one.night, accepted=one.accepted, by=one.by, at=one.at, note=one.note)
            for one in story.answers
        ],
    )  # fmt: skip


def listing_seen(listing: Listing) -> ListingSeen:
    """Tell of a listing."""
    span = listing.span
    return ListingSeen(
        id=listing.id, title=listing.title, language=listing.language, status=str(listing.status),
        earliest=span.earliest if span else None, latest=span.latest if span else None, city=listing.city,
        country=listing.country,
    )  # fmt: skip


def noted(wrong: Wrong) -> Noted:
    """Tell of something that a calendar has wrong."""
    return Noted(code=wrong.code, message=wrong.message, uid=wrong.uid)


def _standing(seen: CalendarSeen) -> dict[str, Any]:
    calendar, standing = seen.calendar, seen.standing
    last, good = (standing.last, standing.good) if standing else (None, None)
    return {
        "calendar": calendar.id, "organisation": calendar.organisation, "address": seen.address,
        "visibility": calendar.visibility.name.lower(), "shared_with": list(calendar.shared_with),
        "programme": calendar.programme, "asked": last.night if last else None,
        "outcome": last.outcome if last else None, "code": (last.code or None) if last else None,
        "detail": (last.detail or None) if last else None,
        "next": (calendars_wording.what_next(last) or None) if last else None,
        "since": standing.since if standing else None, "doubted": seen.doubted,
        "last_good": good.night if good else None, "listings": last.listings if last else 0,
        "problems": last.problems if last else 0,
    }  # fmt: skip


def _quarantine(story: CalendarStory) -> Quarantine | None:
    held = story.quarantine
    if held is None:
        return None
    return Quarantine(
        night=held.night, missing=held.missing, listings=[listing_seen(one) for one in held.listings],
        shown=held.shown, nights_left=held.nights_left, refused=held.refused,
    )  # fmt: skip
