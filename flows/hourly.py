"""Every calendar, one task each: what the hourly flow does alone and the nightly flow does first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import FlowRunContext
from prefect.futures import as_completed
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import leasing, steps
from flows.confining import confined
from flows.outcomes import SyncOutcome, count
from flows.progress import Stage, tell
from flows.syncing import THREADS

PATIENT, AT_A_TERMINAL = (20.0, 120.0), (1.0, 3.0)
"""Seconds before the second and the third try: nobody waits for a deployment, somebody does at a terminal."""


class NotRead(Exception):
    """A calendar could not be seen. The text goes to Prefect's pages, so it holds an id and a code and no address."""

    def __init__(self, outcome: SyncOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome

    def __str__(self) -> str:
        return f"{self.outcome.calendar}: {self.outcome.error.code if self.outcome.error else 'not read'}"


def worth_another_try(_task: object, _run: TaskRun, state: State[Any]) -> bool:
    """Tell Prefect to try again only what may succeed next time."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, NotRead) and error.outcome.error is not None and error.outcome.error.worth_another_try


@task(
    name="sync",
    task_run_name="sync {calendar}",
    retries=len(PATIENT),
    retry_delay_seconds=list(PATIENT),
    retry_jitter_factor=0.5,
    retry_condition_fn=worth_another_try,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def sync(config: str, calendar: str, night: str, token: int | None) -> SyncOutcome:
    """Read one calendar.

    Raises:
        NotRead: It could not be seen; what is known of it stands.
    """
    tell(calendar, Stage.WORKING, "reading")
    outcome = confined(
        f"sync {calendar}",
        steps.error_log(config),
        lambda: steps.sync_calendar(Path(config), calendar, steps.day(night), token=token),
    )
    if not outcome.complete:
        raise NotRead(outcome)
    get_run_logger().info("%s: %s", calendar, outcome.words)
    return outcome


def sync_all(config: str, calendars: Sequence[str], night: str, token: int | None) -> tuple[SyncOutcome, ...]:
    """Read every calendar and look at what became of each: one that fails is news, not a reason to stop.

    Raises:
        Exception: A task ended otherwise than by reading or not reading its calendar; the others were waited for.
    """
    delays = list(PATIENT if deployed() else AT_A_TERMINAL)
    asked = [
        sync.with_options(retry_delay_seconds=delays).submit(config, calendar, night, token) for calendar in calendars
    ]
    came: dict[str, SyncOutcome | BaseException] = {}
    for answer in as_completed(asked):
        result = answer.result(raise_on_failure=False)
        outcome: SyncOutcome | BaseException = result.outcome if isinstance(result, NotRead) else result
        came[str(answer.task_run_id)] = outcome
        if isinstance(outcome, SyncOutcome):
            tell(outcome.calendar, Stage.DONE if outcome.complete else Stage.GAP, outcome.words, outcome)
    outcomes: list[SyncOutcome] = []
    for answer in asked:
        ended = came[str(answer.task_run_id)]
        if isinstance(ended, BaseException):
            raise ended
        outcomes.append(ended)
    return tuple(outcomes)


def deployed() -> bool:
    """True when a deployment started this flow run."""
    context = FlowRunContext.get()
    return context is not None and context.flow_run is not None and context.flow_run.deployment_id is not None


def scheduled() -> bool:
    """True when a schedule started this flow run, and nobody asked for it."""
    context = FlowRunContext.get()
    return context is not None and context.flow_run is not None and bool(context.flow_run.auto_scheduled)


def settled(outcomes: Sequence[SyncOutcome], data: Any) -> State[Any]:  # noqa: ANN401  whatever the flow gives back
    """Return how a flow ends that has read these calendars: completed, with gaps or without."""
    gaps = sum(not outcome.complete for outcome in outcomes)
    if gaps:
        return Completed(name="CompletedWithGaps", message=f"{gaps} of {len(outcomes)} calendars not read", data=data)
    return Completed(message=f"{len(outcomes)} calendars read", data=data)


@flow(
    name="hourly",
    task_runner=ThreadPoolTaskRunner(max_workers=THREADS),  # type: ignore[arg-type]
    persist_result=False,
)
def hourly(config: str) -> State[tuple[SyncOutcome, ...]]:
    """Read every calendar of *config* (the path of `outreach.toml`), tell what cannot wait, send what is due."""
    return confined("hourly", steps.error_log(config), lambda: _hourly(config))


def _hourly(config: str) -> State[tuple[SyncOutcome, ...]]:
    night = steps.tonight(Path(config))
    if leasing.is_running(Path(config), night):
        return Completed(name="NightIsRunning", message="the night is being worked on and reads every calendar itself")
    outcomes = sync_all(config, steps.calendars(Path(config)), night.isoformat(), None)
    try:
        alerted = steps.alert(Path(config), night)
        if alerted:
            get_run_logger().info("%s", count(alerted, "alert"))
    finally:
        # What waits for its next try must not wait for what went wrong here.
        sent = steps.send_due(Path(config))
        if sent.words:
            get_run_logger().info("%s", sent.words)
    return settled(outcomes, outcomes)
