"""Jobs: work that was asked for, and how it goes, line by line."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response, StreamingResponse

from dedupe.sayings import told
from desk import jobs_wording
from desk.people import Asked, Refused, admitted, keep, show
from flows.jobs import Job, JobRuns, Told, Wish
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_LOOK_EVERY_SECONDS = 0.25
_KEEP_ALIVE_SECONDS = 15.0
_AT_ONCE = {"X-Accel-Buffering": "no"}
"""A web server in front must pass each line on as it comes."""


@router.api_route("/jobs/{job}", methods=["GET", "HEAD"])
def job(asked: Coordinator, job: str) -> Response:
    """Show how one goes."""
    return _page(asked, _known(asked, job))


@router.api_route("/jobs/{job}/events", methods=["GET", "HEAD"])
async def events(asked: Coordinator, job: str) -> Response:
    """Tell how one goes as it goes, until it ends: from the event on that the listener had last."""
    known = _known(asked, job)
    if asked.request.method == "HEAD":
        return keep(asked, Response(media_type="text/event-stream", headers=_AT_ONCE))
    had = asked.request.headers.get("last-event-id") or asked.request.query_params.get("after", "")
    after = int(had) if had.isascii() and had.isdecimal() and len(had) < 7 else 0
    return keep(asked, StreamingResponse(_events(asked, known, after), 200, _AT_ONCE, "text/event-stream"))


@router.post("/jobs/{job}/stop")
def stop(asked: Coordinator, job: str) -> Response:
    """Stop one that is at work."""
    known = _known(asked, job)
    known.stop()
    return keep(asked, RedirectResponse(f"/jobs/{known.id}", 303))


def begin(asked: Asked, wish: Wish) -> Response:
    """Begin what was asked for and go on to its page; where another is at work, show that one."""
    try:
        begun = asked.desk.jobs.begin(asked.desk.roster_path, wish, asked.now)
    except JobRuns as error:
        return _page(asked, error.job, status=409, problem=jobs_wording.ONE_RUNS)
    return keep(asked, RedirectResponse(f"/jobs/{begun.id}", 303))


async def _events(asked: Asked, job: Job, after: int) -> AsyncIterator[str]:
    """Look again and again, which holds no thread: nobody who listens keeps others from an answer."""
    yield "retry: 2000\n\n"
    said = time.monotonic()
    while not asked.desk.jobs.closed:
        ended = job.ended is not None
        for number, line in job.since(after):
            after, said = number, time.monotonic()
            yield _event(asked, job, number, line)
        if ended:
            return
        if time.monotonic() - said >= _KEEP_ALIVE_SECONDS:
            said = time.monotonic()
            yield ": still at work\n\n"
        await anyio.sleep(_LOOK_EVERY_SECONDS)


def _event(asked: Asked, job: Job, number: int, line: Told) -> str:
    data = {"summary": told(jobs_wording.summary(job), asked.spoken)}
    if "subject" in line:
        data |= {
            "subject": line["subject"],
            "stage": line["stage"],
            "mark": jobs_wording.MARK[line["stage"]],
            "name": told(jobs_wording.name(job, line["subject"]), asked.spoken),
            "words": told(jobs_wording.line(line), asked.spoken),
        }
    return f"id: {number}\nevent: {'end' if 'end' in line else 'line'}\ndata: {json.dumps(data)}\n\n"


def _known(asked: Asked, id_: str) -> Job:
    found = asked.desk.jobs.get(id_)
    if found is None:
        raise Refused(404, jobs_wording.FORGOTTEN)
    return found


def _page(asked: Asked, job: Job, *, status: int = 200, problem: str = "") -> Response:
    ended, after = job.ended, len(job.told)
    return show(
        asked, "job.html.jinja", status=status, live=ended is None, here="calendars", title=jobs_wording.title(job),
        own=jobs_wording, job=job, ended=ended, after=after, problem=problem, chosen=asked.spoken.code,
    )  # fmt: skip
