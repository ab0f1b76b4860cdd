"""Jobs: calendars read and nights run by the desk, and how they go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from calendar_sync import roster
from desk import jobs_wording
from desk.api_document import operation
from desk.api_models.jobs import Begin, JobSeen, JobsTold, JobTold
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from flows.jobs import Job, JobRuns, Sort, Wish
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["jobs"])
Id = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,64}$")]


@router.get("/jobs", **operation(Role.COORDINATOR))
def jobs(asking: Caller) -> JobsTold:
    """Return the newest twenty, as long as the desk runs."""
    return JobsTold(jobs=[JobSeen(**_seen(one)) for one in asking.desk.jobs.newest()])


@router.post("/jobs", status_code=202, **operation(Role.COORDINATOR, problems=(404, 409), body=True))
def begin(asking: Caller, word: Begin) -> JobTold:
    """Begin to read calendars, or to run the night; one at a time."""
    known = [calendar.id for calendar in roster.load(asking.path).calendars]
    unknown = [calendar for calendar in word.calendars if calendar not in known]
    if unknown:
        raise Problem(404, f"There is no calendar {unknown[0]}.")
    return begun(asking, Wish(Sort(word.sort), asking.today, asking.account.name, tuple(word.calendars or known)))


@router.get("/jobs/{job}", **operation(Role.COORDINATOR, problems=(404, 422)))
def job(asking: Caller, job: Id) -> JobTold:
    """Return how one goes."""
    return _told(_known(asking, job))


@router.post("/jobs/{job}/stop", **operation(Role.COORDINATOR, problems=(404, 422)))
def stop(asking: Caller, job: Id) -> JobTold:
    """Stop one that is at work."""
    known = _known(asking, job)
    known.stop()
    return _told(known)


def begun(asking: Asking, wish: Wish) -> JobTold:
    """Begin what is asked for.

    Raises:
        Problem: Another piece of work is under way.
    """
    try:
        return _told(asking.desk.jobs.begin(asking.path, wish, asking.now))
    except JobRuns as error:
        raise Problem(409, str(error)) from None


def _known(asking: Asking, job: str) -> Job:
    found = asking.desk.jobs.get(job)
    if found is None:
        raise Problem(404, "There is no job of that name; the desk remembers the newest twenty.")
    return found


def _told(job: Job) -> JobTold:
    lines = [{name: str(value) for name, value in told.items()} for told in job.told]
    return JobTold(**_seen(job), lines=lines)


def _seen(job: Job) -> dict[str, Any]:
    return {
        "job": job.id, "sort": str(job.wish.sort), "calendars": list(job.wish.calendars), "by": job.wish.by,
        "begun": job.begun, "ended": job.ended is not None, "summary": jobs_wording.summary(job),
    }  # fmt: skip
