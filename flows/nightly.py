"""The night: sync, match, find, report, in this order. What each step does is in `flows.steps`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts, leasing, steps
from flows.confining import confined
from flows.hourly import scheduled, settled, sync_all
from flows.leasing import NightLease
from flows.outcomes import Matched, NightOutcome, ReaderCount, Sent, count
from flows.progress import Stage, tell
from flows.syncing import THREADS

Result = TypeVar("Result")


@task(name="match", task_run_name="match", cache_policy=NO_CACHE, persist_result=False)
def match(config: str, night: str) -> Matched:
    """Recognise the events of every reader's world."""
    return confined("match", steps.error_log(config), lambda: steps.match(Path(config), steps.day(night)))


@task(name="find", task_run_name="find", cache_policy=NO_CACHE, persist_result=False)
def find(config: str, night: str) -> tuple[ReaderCount, ...]:
    """Find what every reader has to know."""
    return confined("find", steps.error_log(config), lambda: steps.find(Path(config), steps.day(night)))


@task(name="report", task_run_name="report", cache_policy=NO_CACHE, persist_result=False)
def report(config: str, night: str, token: int) -> tuple[Path, ...]:
    """Write every organisation's report."""
    return confined(
        "report", steps.error_log(config), lambda: steps.write_reports(Path(config), steps.day(night), token=token)
    )


@task(name="deliver", task_run_name="deliver", cache_policy=NO_CACHE, persist_result=False)
def deliver(config: str) -> Sent:
    """Send what is due."""
    return confined("deliver", steps.error_log(config), lambda: steps.send_due(Path(config)))


def _name() -> str:
    """Name a run after its night, for whoever looks at Prefect's pages."""
    given: dict[str, Any] = runtime.flow_run.parameters
    return f"night of {given.get('as_of') or steps.tonight(Path(given['config']))}"


@flow(
    name="nightly",
    flow_run_name=_name,
    task_runner=ThreadPoolTaskRunner(max_workers=THREADS),  # type: ignore[arg-type]
    persist_result=False,
)
def nightly(config: str, as_of: str | None = None) -> State[NightOutcome]:
    """Do one night: of *as_of*, an ISO date, or of today in the committee's time zone.

    *config* is the path of `outreach.toml`. Ends `CompletedWithGaps` when some calendar could not be seen,
    `AlreadyDone` when another run has finished this night, and fails when a step did.
    """
    return confined("nightly", steps.error_log(config), lambda: _nightly(Path(config), as_of))


def _nightly(config: Path, as_of: str | None) -> State[NightOutcome]:
    night = steps.day(as_of) if as_of else steps.tonight(config)
    if (held := leasing.held()) is not None:
        return _finished(config, night, held)
    lease = leasing.begin(config, night, once=scheduled())
    if lease is None:
        return Completed(name="AlreadyDone", message=f"{night} was finished before", data=steps.recall(config, night))
    with lease:
        return _finished(config, night, lease)


def _finished(config: Path, night: date, lease: NightLease) -> State[NightOutcome]:
    outcome = _work(str(config), night, lease.token)
    lease.finish(complete=outcome.complete)
    artifacts.publish(outcome)
    return settled(outcome.calendars, outcome)


def _work(config: str, night: date, token: int) -> NightOutcome:
    calendars = sync_all(config, steps.calendars(Path(config)), night.isoformat(), token)
    matched = _waited("match", match.submit(config, night.isoformat()), lambda matched: matched.words)
    readers = _waited("find", find.submit(config, night.isoformat()), _findings)
    reports = _waited("report", report.submit(config, night.isoformat(), token), lambda files: f"{len(files)} files")
    get_run_logger().info("%s; %s; %s", night, matched.words, count(len(reports), "file"))
    sent = _waited("deliver", deliver.submit(config), lambda sent: sent.words or "nothing is sent")
    return NightOutcome(night, calendars, reports, readers, sent=sent)


def _waited(step: str, future: PrefectFuture[Any], summary: Callable[[Any], str]) -> Any:  # noqa: ANN401  as the task
    """Wait for a step that the rest of the night needs.

    Raises:
        Exception: What failed it; then the flow fails too.
    """
    tell(step, Stage.WORKING)
    result = future.result()
    tell(step, Stage.DONE, summary(result), result)
    return result


def _findings(readers: tuple[ReaderCount, ...]) -> str:
    if not readers:
        return "nobody reads reports"
    return f"{count(readers[0].findings, 'finding')} for {readers[0].organisation}, {count(len(readers), 'reader')}"
