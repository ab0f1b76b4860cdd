"""What is due is sent, each by one sender at a time, and what came of it is noted."""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from calendar_sync.channels import Channel, Way, folder_of
from calendar_sync.roster import Roster
from flows.loading import opened
from flows.outcomes import Sent
from flows.retrying import tried_again
from flows.writing import ReportNotWritten, write_whole
from reports.sending import Answer, Mailer, Outcome, post
from store import approvals, departures, outbox
from store.connecting import Store
from store.outbox import Delivery, DeliveryTaken, Sort, State

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""Before the second try, the third ...; the last stands for all that follow (RFC 5321, 4.5.4.1)."""

_log = logging.getLogger(__name__)


def send_due(roster_path: Path) -> Sent:
    """Send what is due, oldest first, each by one sender at a time; what cannot go now waits for the next call.

    A sender that dies leaves its claim, which ends by itself; whoever sends then uses the same Message-ID.
    """
    counted: Counter[State] = Counter()
    return _send_due(roster_path, counted)


@tried_again
def _send_due(roster_path: Path, counted: Counter[State]) -> Sent:
    """Send what is due and count it; asked again after a broken line, it goes on where it was."""
    with opened(roster_path) as (loaded, store):
        if not any(organisation.deliver_to for organisation in loaded.organisations):
            return Sent()
        with store.read() as db:
            waiting = outbox.due(db, _now())
        holder = f"{socket.gethostname()}, process {os.getpid()}"
        term = timedelta(seconds=2 * loaded.delivery.seconds + 60)
        with Mailer(loaded.delivery, loaded.folder) as mailer:
            for each in waiting:
                with store.begin() as db:
                    claimed = outbox.claim(db, each.number, holder, _now(), term)
                if claimed is not None:
                    counted[_sent(store, loaded, mailer, claimed)] += 1
        with store.read() as db:
            stands = Counter(delivery.state for delivery in outbox.latest(db))
    return Sent(
        counted[State.DELIVERED], counted[State.WAITING], counted[State.REFUSED], stands[State.APPROVAL],
        stands[State.HELD], stands[State.LEFT],
    )  # fmt: skip


def _sent(store: Store, loaded: Roster, mailer: Mailer, claimed: Delivery) -> State:
    """Send one claimed delivery and note what came of it."""
    state, answer = _stopped(store, loaded, claimed)
    next_try = delivered = None
    if state is State.SENDING:
        came = _handed_over(loaded, mailer, claimed)
        now = _now()
        state, answer = {
            Outcome.TAKEN: State.DELIVERED, Outcome.LATER: State.WAITING, Outcome.REFUSED: State.REFUSED
        }[came.outcome], came.text  # fmt: skip
        if state is State.DELIVERED:
            delivered = now
        elif state is State.WAITING:
            patience = timedelta(days=loaded.delivery.give_up_days)
            if claimed.asked is not None and now - claimed.asked > patience:
                state, answer = State.REFUSED, f"given up after {loaded.delivery.give_up_days} days: {answer}"
            else:
                wait = BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1]
                next_try = now + max(wait, came.not_before)
    try:
        _note(store, claimed, state, answer, delivered, next_try)
    except DeliveryTaken as error:
        _log.warning("%s", error)
    return state


@tried_again
def _note(
    store: Store, claimed: Delivery, state: State, answer: str, delivered: datetime | None, next_try: datetime | None
) -> None:
    """Note what came of a delivery: what a server has taken must not be sent again because the database was busy."""
    with store.begin() as db:
        outbox.settle(db, claimed, state, answer, delivered=delivered, next_try=next_try)


def _stopped(store: Store, loaded: Roster, claimed: Delivery) -> tuple[State, str]:
    """Say why a delivery does not go out after all; SENDING when it does."""
    channel = _channel(loaded, claimed)
    if channel is None:
        return State.HELD, "outreach.toml does not name this channel any more"
    with store.read() as db:
        departure = departures.load(db, claimed.organisation).get((claimed.organisation, claimed.channel))
        if departure is not None:
            return State.LEFT, departure.words
        if not approvals.stands(db, claimed.organisation, claimed.channel):
            return State.APPROVAL, ""
    if not (loaded.state_folder / claimed.path).is_file():
        return State.REFUSED, f"{claimed.path} is gone from the state folder; the night has to be run again"
    return State.SENDING, ""


def _handed_over(loaded: Roster, mailer: Mailer, claimed: Delivery) -> Answer:
    channel = _channel(loaded, claimed)
    if channel is None:
        raise LookupError(claimed.channel)
    try:
        body = (loaded.state_folder / claimed.path).read_bytes()
    except OSError as error:
        return Answer(Outcome.LATER, f"{claimed.path} cannot be read ({error.strerror})")
    if channel.way is Way.MAIL:
        return mailer.send(channel.address, body)
    if channel.way is Way.WEBHOOK:
        return post(channel, loaded.delivery, loaded.folder, claimed.message.strip("<>"), body, _now)
    try:
        # The message's own name tells two alerts of one day apart.
        name = f"{claimed.night}" if claimed.sort is Sort.REPORT else f"{claimed.night}-{Path(claimed.path).stem}"
        write_whole(folder_of(channel, loaded.folder) / f"{name}.html", body)
    except ReportNotWritten as error:
        return Answer(Outcome.LATER, f"not written ({error.reason})")
    return Answer(Outcome.TAKEN, f"written to {channel.address}")


def _channel(loaded: Roster, delivery: Delivery) -> Channel | None:
    for organisation in loaded.organisations:
        if organisation.id == delivery.organisation:
            for channel in organisation.deliver_to:
                if channel.address == delivery.channel:
                    return channel
    return None


def _now() -> datetime:
    """Mail lives on the wall clock; a night's report does not."""
    return datetime.now(UTC)
