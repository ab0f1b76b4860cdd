"""What waits for a word, one finding, a coordinator's word about it, and the log."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from dedupe.decisions import Verdict
from dedupe.sayings import beside
from desk import wording
from desk.api_document import operation, told
from desk.api_models.findings import (
    Counts,
    Decide,
    Experts,
    Log,
    Made,
    Note,
    PutOff,
    Queued,
    Remark,
    Said,
    Tonight,
    Unread,
)
from desk.api_models.values import Told
from desk.bearers import Asking, Caller, Guarded
from desk.people import WITHIN
from desk.problems import ALREADY_DECIDED, FINDING_CHANGED, Problem, as_json
from flows import decision_log, queueing, steps
from flows.decision_log import MOST_ROWS
from flows.remarking import RemarkUnusable
from flows.reviewing import AlreadyDecided, FindingChanged, NoSuchFinding, Seen, VerdictUnfit
from reports import languages
from reports.wording import blind
from store.accounts import Role
from store.findings import Standing
from store.remarks import Remark as Kept
from store.remarks import Sort

router = APIRouter(route_class=Guarded, tags=["findings"])
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/tonight", **operation(*WITHIN, problems=(422,)))
def tonight(asking: Caller, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Tonight:
    """Return what waits for a word, most pressing first, a page at a time; what only informs comes last."""
    found = steps.morning(asking.path, languages.tongue("en"), asking.account, asking.today)
    if found is None:
        return Tonight(
            night=None, lead=wording.FIRST_RUN, counts=None, waiting=0, informing=0, findings=[], page=page, pages=0,
            settled=[], put_off=[], unread=[],
        )  # fmt: skip
    queue = found.queue
    rows = [*queue.waiting, *queue.informing]
    shown = rows[(page - 1) * MOST_ROWS : page * MOST_ROWS]
    stand = Counter(row.told.state for row in rows)
    return Tonight(
        night=found.night,
        lead=beside(wording.lead(found), " "),
        counts=Counts(
            new=stand[Standing.NEW],
            changed=stand[Standing.CHANGED],
            back=stand[Standing.BACK],
            open=stand[Standing.OPEN],
            calendars_read=found.read,
            calendars=found.calendars,
        ),
        waiting=len(queue.waiting),
        informing=len(queue.informing),
        findings=[queued(row) for row in shown],
        page=page,
        pages=-(-len(rows) // MOST_ROWS),
        settled=[_made(one) for one in wording.settled(queue)[:MOST_ROWS]],
        put_off=[
            PutOff(number=row.number, title=row.title, until=remark.until or date.max, by=remark.by)
            for row, remark in queue.snoozed[:MOST_ROWS]
        ],
        unread=[
            Unread(
                calendar=spot.calendar,
                organisation=spot.organisation,
                what=blind(spot, found.names)[1],
                last_good=spot.last_good,
            )
            for spot in found.blind_spots
        ],
    )


@router.get("/findings/{number}", **operation(*WITHIN, problems=(404, 422), answers=told("Finding", "The finding.")))
def finding(asking: Caller, number: Number) -> Response:
    """Return a finding whole as it was told last, with what a decision on it has to repeat."""
    return _whole(asking, number)


@router.post(
    "/findings/{number}/decisions",
    **operation(Role.COORDINATOR, problems=(400, 404, 409), body=True, answers=told("Finding", "It is recorded.")),
)
def decide(asking: Caller, number: Number, word: Decide) -> Response:
    """Record a decision on what was seen; where that is no longer so, nothing. The same word again changes nothing."""
    note, seen = " ".join(word.note.split()), Seen(word.fingerprint, word.newest)
    try:
        steps.decide(
            asking.path, number, Verdict(word.verdict), seen, by=asking.account.name, at=asking.now, note=note,
            teaches=word.teaches,
        )  # fmt: skip
    except NoSuchFinding:
        raise _unknown(number) from None
    except VerdictUnfit as error:
        raise Problem(400, str(error)) from None
    except AlreadyDecided as error:
        made = error.decision
        said = {"verdict": str(made.verdict), "by": made.by, "at": made.at.isoformat(), "note": made.note}
        raise Problem(409, str(error), kind=ALREADY_DECIDED, decision=said) from None
    except FindingChanged as error:
        raise Problem(409, str(error), kind=FINDING_CHANGED, changed=list(error.what)) from None
    return _whole(asking, number)


@router.post(
    "/findings/{number}/notes",
    **operation(*WITHIN, problems=(400, 404), body=True, answers=told("Finding", "The note is kept.")),
)
def note(asking: Caller, number: Number, word: Note) -> Response:
    """Keep a note on a finding; experts write them too, where they are asked."""
    return _remark(asking, number, Sort.NOTE, note=word.note)


@router.post(
    "/findings/{number}/remarks",
    **operation(Role.COORDINATOR, problems=(400, 404), body=True, answers=told("Finding", "It is recorded.")),
)
def remark(asking: Caller, number: Number, word: Remark) -> Response:
    """Put a finding off, ask an expert, leave it out of what is learnt; or take that back."""
    return _remark(asking, number, Sort(word.sort), until=word.until, subject=word.expert)


def _remark(asking: Asking, number: int, sort: Sort, **said: Any) -> Response:  # noqa: ANN401  what belongs to the sort
    try:
        steps.remark(asking.path, number, sort, asking.account, asking.now, **said)
    except NoSuchFinding:
        raise _unknown(number) from None
    except RemarkUnusable as error:
        raise Problem(400, str(error)) from None
    return _whole(asking, number)


@router.get(
    "/findings/{number}/instead",
    **operation(*WITHIN, problems=(404, 422), answers=told("Instead", "Other dates, best first.")),
)
def instead(asking: Caller, number: Number) -> Response:
    """Return when the event of a finding that can still be moved could be held, and what its states received."""
    try:
        found = steps.finding_seen(asking.path, number, asking.account, asking.today).instead
    except NoSuchFinding:
        raise _unknown(number) from None
    return as_json({
        "event": found.event.id if found else None,
        "alternatives": [one.as_json() for one in found.alternatives] if found else [],
        "history": [one.as_json() for one in found.history] if found else [],
    })  # fmt: skip


@router.get("/experts", **operation(Role.COORDINATOR))
def experts(asking: Caller) -> Experts:
    """Return who can be asked for a word on a finding."""
    return Experts(experts=steps.experts(asking.path))


@router.get("/log", **operation(*WITHIN, problems=(422,)))
def log(asking: Caller, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> Log:
    """Return who decided what, the newest first, a page at a time."""
    found = steps.log_of(asking.path, asking.account, before)
    return Log(decisions=[_made(one) for one in found.made], before=found.before)


def _whole(asking: Asking, number: int) -> Response:
    try:
        seen = steps.finding_seen(asking.path, number, asking.account, asking.today, dates=False)
    except NoSuchFinding:
        raise _unknown(number) from None
    said: dict[str, Any] = {name: value for name, value in seen.kept.items() if name != "said"}
    said |= {
        "number": seen.number, "state": str(seen.told.state), "night": seen.night.isoformat(),
        "first_night": seen.told.first_night.isoformat(), "fingerprint": seen.told.fingerprint,
        "newest": seen.newest, "settled": seen.settled,
        "decisions": [_values(_made(one)) for one in seen.made],
        "remarks": [_values(_said(one)) for one in seen.remarks], "experts": sorted(seen.experts),
        "put_off": seen.snoozed.until.isoformat() if seen.snoozed is not None and seen.snoozed.until else None,
        "teaches": seen.teaches,
    }  # fmt: skip
    return as_json(said)


def _values(told: Told) -> dict[str, Any]:
    values: dict[str, Any] = told.model_dump(mode="json")
    return values


def _said(one: Kept) -> Said:
    return Said(
        sort=str(one.sort), by=one.by, at=one.at, note=one.note, expert=one.subject or None, until=one.until  # type: ignore[arg-type]  # it is one of them
    )  # fmt: skip


def _unknown(number: int) -> Problem:
    return Problem(404, f"There is no finding {number}.")


def queued(row: queueing.Waiting) -> Queued:
    """Tell of a finding that waits."""
    return Queued(
        number=row.number, kind=row.told.kind, severity=str(row.told.severity), state=str(row.told.state),  # type: ignore[arg-type]  # they are its words
        title=row.title, first_night=row.told.first_night, begins=row.first, when=row.when,
    )  # fmt: skip


def _made(one: decision_log.Made) -> Made:
    decision = one.decision
    return Made(
        number=one.number or None, finding=one.finding, kind=decision.finding.kind, title=one.title,
        verdict=str(decision.verdict), by=decision.by, at=decision.at, note=decision.note, changed=list(one.changed),  # type: ignore[arg-type]  # so are these
    )  # fmt: skip
