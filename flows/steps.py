"""The steps of a night, each a load, think, save in plain Python; the command and the flows take them from here.

Each is loaded when it is first asked for: a check need not wait for what writes reports.
"""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calendar_sync import roster

if TYPE_CHECKING:
    from flows.alerting import alert
    from flows.approving import (
        approve,
        bounced,
        correspondence,
        correspondence_with,
        hold,
        hold_delivery,
        hold_organisation,
        message,
        preview,
        resend,
        standing,
    )
    from flows.checking import check_proposal, check_proposals
    from flows.decision_log import log_of
    from flows.delivering import send_due
    from flows.entering import (
        accounts_of,
        add_account,
        enter_as_coordinator,
        named,
        note_presence,
        remove_account,
        set_password,
        sign_in,
        sign_out,
        who,
    )
    from flows.explaining import explain
    from flows.feeding import feed, feeds, last_report, last_written, note_use, revoke, rotate, subscribe
    from flows.finding_seen import finding_seen
    from flows.leaving import leave, leaving
    from flows.readiness import ready
    from flows.remarking import experts, remark
    from flows.reporting import find, match, match_and_find, programme_of, recall, report_of, write_reports
    from flows.reviewing import decide, finding, queue, settle
    from flows.syncing import sync_calendar, sync_together
    from flows.teaching import go_back, history, teach
    from flows.tonight import morning

__all__ = [
    "accounts_of",
    "add_account",
    "alert",
    "approve",
    "bounced",
    "calendars",
    "check_proposal",
    "check_proposals",
    "correspondence",
    "correspondence_with",
    "day",
    "decide",
    "enter_as_coordinator",
    "error_log",
    "experts",
    "explain",
    "feed",
    "feeds",
    "find",
    "finding",
    "finding_seen",
    "go_back",
    "history",
    "hold",
    "hold_delivery",
    "hold_organisation",
    "last_report",
    "last_written",
    "leave",
    "leaving",
    "log_of",
    "match",
    "match_and_find",
    "message",
    "morning",
    "named",
    "note_presence",
    "note_use",
    "preview",
    "programme_of",
    "queue",
    "ready",
    "recall",
    "remark",
    "remove_account",
    "report_of",
    "resend",
    "revoke",
    "rotate",
    "send_due",
    "set_password",
    "settle",
    "sign_in",
    "sign_out",
    "standing",
    "subscribe",
    "sync_calendar",
    "sync_together",
    "teach",
    "tonight",
    "who",
    "write_reports",
]

_HOMES = {
    **dict.fromkeys(
        ("find", "match", "match_and_find", "programme_of", "recall", "report_of", "write_reports"), "flows.reporting"
    ),
    **dict.fromkeys(("decide", "finding", "queue", "settle"), "flows.reviewing"),
    **dict.fromkeys(("check_proposal", "check_proposals"), "flows.checking"),
    **dict.fromkeys(("sync_calendar", "sync_together"), "flows.syncing"),
    **dict.fromkeys(("go_back", "history", "teach"), "flows.teaching"),
    **dict.fromkeys(
        (
            "approve",
            "bounced",
            "correspondence",
            "correspondence_with",
            "hold",
            "hold_delivery",
            "hold_organisation",
            "message",
            "preview",
            "resend",
            "standing",
        ),
        "flows.approving",
    ),
    **dict.fromkeys(
        (
            "accounts_of",
            "add_account",
            "enter_as_coordinator",
            "named",
            "note_presence",
            "remove_account",
            "set_password",
            "sign_in",
            "sign_out",
            "who",
        ),
        "flows.entering",
    ),
    "finding_seen": "flows.finding_seen",
    "log_of": "flows.decision_log",
    "morning": "flows.tonight",
    "alert": "flows.alerting",
    "send_due": "flows.delivering",
    "explain": "flows.explaining",
    **dict.fromkeys(
        ("feed", "feeds", "last_report", "last_written", "note_use", "revoke", "rotate", "subscribe"), "flows.feeding"
    ),
    **dict.fromkeys(("leave", "leaving"), "flows.leaving"),
    **dict.fromkeys(("experts", "remark"), "flows.remarking"),
    "ready": "flows.readiness",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  whatever step it is
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)


def tonight(roster_path: Path) -> date:
    """Return today's civil date in the committee's time zone."""
    return datetime.now(roster.load(roster_path).committee.time_zone).date()


def day(night: str) -> date:
    """Read a night as flows pass it on: an ISO date."""
    return date.fromisoformat(night)


def calendars(roster_path: Path) -> list[str]:
    """Return the ids of every calendar, in the roster's order."""
    return [calendar.id for calendar in roster.load(roster_path).calendars]


def error_log(config: str) -> Path:
    """Return where the whole account of what broke is written."""
    return roster.load(Path(config)).state_folder / "errors.log"
