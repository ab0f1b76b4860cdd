"""Sentences of the pages about work that the desk was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dedupe import phrases
from dedupe.sayings import beside, counted, say
from desk import wording
from desk.calendars_wording import RUN_NIGHT as RUN_NIGHT
from desk.calendars_wording import TROUBLE, listings, problems
from flows.jobs import End, Job, Sort
from flows.progress import Stage

MARK = {Stage.WORKING: "…", Stage.DONE: "✓", Stage.GAP: "!"}
"""How a line goes never hangs on colour alone."""
STAGE = {Stage.WORKING: say("at work"), Stage.DONE: say("done"), Stage.GAP: say("not read")}
STEP = {
    "prefect": say("Getting ready"), "match": say("Recognising events"), "find": say("Looking for findings"),
    "report": say("Writing reports"), "deliver": say("Sending what is due"),
}  # fmt: skip
"""What a night does beside reading calendars."""
PROGRESS, TO_CALENDARS, TO_CALENDAR = say("Progress"), say("To the calendars"), say("To this calendar")
TO_TONIGHT = say("To the page of tonight")
STOP = say("Stop it")
STOP_MEANS = say("What was read stays; a night that was stopped can be run again.")
LOST = say("The connection was lost. Open this page again to see how it goes.")
NOTHING_YET = say("Nothing was told of it yet.")
NOT_YET_TOLD = say(
    "The page of tonight still tells of the last night. What was read now comes into findings and reports with the "
    "next one."
)
ONE_RUNS = say("One piece of work is done at a time. Nothing was begun; this one is under way.")
FORGOTTEN = say("The desk knows of no such work. It remembers the last twenty, until it is ended itself.")
NEWEST = say("Work of this desk")
DIED = say(
    "Its process ended without a word. What it had saved is kept. Run it again; if that happens again, errors.log in "
    "the state folder says why."
)
STOPPED = say("It was stopped. What it had saved is kept. It can be run again at any time.")


def title(job: Job) -> str:
    """Name a job."""
    named = job.wish.calendars
    match job.wish.sort:
        case Sort.NIGHT:
            return say("Running the night of {night}", night=phrases.day(job.wish.night))
        case Sort.ACCEPT:
            return say("Accepting {calendar} as it came", calendar=named[0])
    if len(named) == 1:
        return say("Reading {calendar}", calendar=named[0])
    return counted(len(named), "Reading {n} calendar", "Reading {n} calendars")


def begun(job: Job) -> str:
    """Say who asked for it, and when."""
    return say("Begun by {name}, {when}.", name=job.wish.by, when=wording.at(job.begun))


def summary(job: Job) -> str:
    """Say in one line how far it is, or how it ended."""
    if job.ended is not None:
        return ended(job)
    read = counted(
        len(job.wish.calendars), "{done} of {n} calendar read", "{done} of {n} calendars read", done=job.finished
    )
    if job.wish.sort is not Sort.NIGHT:
        return read
    steps = [told for told in job.lines.values() if told["subject"] in STEP and told["stage"] == Stage.WORKING]
    return beside((read, *(STEP[told["subject"]] for told in steps[-1:])))


def ended(job: Job) -> str:
    """Say how it ended."""
    last = job.ended or {}
    match last.get("end"):
        case End.DONE | End.GAPS:
            return _done(job, last)
        case End.STOPPED:
            return STOPPED
        case End.FAILED:
            return say("It could not be done.")
    return DIED


def _done(job: Job, last: Mapping[str, Any]) -> str:
    if job.wish.sort is Sort.ACCEPT:
        return (
            say("It came otherwise than you saw it, so nothing more was withdrawn. Look at it again.")
            if last["gaps"]
            else say("It was taken as it came.")
        )
    if last.get("already"):
        return say("Another run had done this night already.")
    read = (
        counted(last["gaps"], "Done; {n} calendar could not be read.", "Done; {n} calendars could not be read.")
        if last["gaps"]
        else counted(last["calendars"], "Done; {n} calendar was read.", "Done; all {n} calendars were read.")
    )
    if job.wish.sort is not Sort.NIGHT:
        return read
    found = counted(last["findings"], "The night has {n} finding.", "The night has {n} findings.")
    return beside((read, found), " ")


def name(job: Job, subject: str) -> str:
    """Name what a line is about: a calendar by its id, a step in words."""
    return STEP[subject] if subject in STEP and subject not in job.wish.calendars else subject


def line(told: Mapping[str, Any]) -> str:
    """Say how one thing goes."""
    if told["stage"] == Stage.WORKING:
        return STAGE[Stage.WORKING]
    if "outcome" in told:
        return _of_calendar(told)
    parts = [
        counted(told["events"], "{n} event", "{n} events") if "events" in told else "",
        listings(told["listings"]) if "listings" in told else "",
        counted(told["findings"], "{n} finding", "{n} findings") if "findings" in told else "",
        counted(told["files"], "{n} file", "{n} files") if "files" in told else "",
        counted(told["delivered"], "{n} report sent", "{n} reports sent") if told.get("delivered") else "",
        counted(told["approval"], "{n} waits for approval", "{n} wait for approval") if told.get("approval") else "",
        counted(told["refused"], "{n} refused", "{n} refused") if told.get("refused") else "",
    ]
    return beside(parts) or STAGE[Stage.DONE]


def _of_calendar(told: Mapping[str, Any]) -> str:
    if told["code"]:
        why = TROUBLE[told["code"] if told["code"] in TROUBLE else "failed"][0]
        stands = (
            say("The last good copy stands: {listings}.", listings=listings(told["listings"]))
            if told["listings"]
            else say("No listing of it is known.")
        )
        return beside((why, stands), " ")
    parts = [
        say("unchanged") if told["outcome"] == "unchanged" else say("read"),
        listings(told["listings"]),
        counted(told["added"], "{n} new", "{n} new") if told["added"] else "",
        counted(told["updated"], "{n} changed", "{n} changed") if told["updated"] else "",
        counted(told["withdrawn"], "{n} withdrawn", "{n} withdrawn") if told["withdrawn"] else "",
        problems(told["problems"]) if told["problems"] else "",
    ]
    return beside(parts)
