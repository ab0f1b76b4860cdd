"""What can still be moved: how far an event has come, and what that leaves of a finding's severity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import IntEnum

from calendar_sync.listings import Listing, Status
from dedupe import phrases
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.policy import Policy
from dedupe.profiles import Profile
from dedupe.sayings import beside, counted, opened, say

INVITATIONS = ("invitations", "invitations sent", "x-invitations-sent")
"""Columns and properties by which a calendar tells the day its invitations went out."""


class Stage(IntEnum):
    """How far an event has come; the earlier, the easier it is moved."""

    PLANNED = 0
    """Provisional, tentative, or without exact dates."""
    ANNOUNCED = 1
    INVITED = 2
    """Invitations are out, as told, or taken to be because it begins soon."""
    OVER = 3
    """Under way or over."""


def stage(profile: Profile, on: date, policy: Policy) -> Stage:
    """Say how far an event has come on a night."""
    span = profile.span
    if span is not None and (span.latest < on or (span.is_exact and span.earliest <= on)):
        return Stage.OVER
    told = list(_invitations(profile))
    if any(day <= on for day in told):
        return Stage.INVITED
    if span is None or not span.is_exact:
        return Stage.PLANNED
    if not told and (span.earliest - on).days <= policy.invitations_days:
        return Stage.INVITED
    standing = [entry.status for entry in profile.event.listings if entry.status is not Status.CANCELLED]
    return Stage.ANNOUNCED if Status.CONFIRMED in standing else Stage.PLANNED


def _invitations(profile: Profile) -> Iterator[date]:
    for listing in profile.event.listings:
        yield from _told(listing)


def _told(listing: Listing) -> Iterator[date]:
    for name, value in listing.extra:
        if name.casefold().replace("_", " ") in INVITATIONS:
            digits = value.strip().replace("-", "")[:8]
            if len(digits) == 8 and digits.isdigit():
                try:
                    yield date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
                except ValueError:
                    continue


def weighed(finding: Finding, one: Profile, other: Profile, policy: Policy, on: date) -> Finding:
    """Leave of a clash's or a duplicate's severity what the more movable of two events allows, and say why."""
    if finding.kind not in (Kind.CLASH, Kind.DUPLICATIVE):
        return finding
    stages = stage(one, on, policy), stage(other, on, policy)
    most = Severity((policy.planned_at_most, policy.announced_at_most, policy.invited_at_most, policy.over_at_most)[
        min(stages)
    ])  # fmt: skip
    order = list(Severity)
    severity = max(finding.severity, most, key=order.index)
    names = phrases.where(one.event), phrases.where(other.event)
    if names[0] == names[1]:
        names = say("the earlier"), say("the later")
    said = beside(
        (
            _said(name, entry, reached, policy, on)
            for name, entry, reached in zip(names, (one, other), stages, strict=True)
        ),
        "; ",
    )
    reason = Reason(say("{what}.", what=opened(said)), against=min(stages) >= Stage.INVITED)
    return replace(finding, severity=severity, reasons=(*finding.reasons, reason))


def _said(name: str, profile: Profile, reached: Stage, policy: Policy, on: date) -> str:
    match reached:
        case Stage.PLANNED:
            return say("{where} is only planned and can still be moved", where=name)
        case Stage.ANNOUNCED:
            return say("{where} is announced, invitations are not known to be out", where=name)
        case Stage.INVITED:
            told = [day for day in _invitations(profile) if day <= on]
            if told:
                return say("the invitations to {where} went out on {day}", where=name, day=phrases.day(min(told)))
            return counted(
                policy.invitations_days, "{where} begins within {n} day: its invitations are taken to be out",
                "{where} begins within {n} days: its invitations are taken to be out", where=name,
            )  # fmt: skip
        case Stage.OVER:
            over = profile.span is not None and profile.span.latest < on
            return say("{where} is over", where=name) if over else say("{where} is under way", where=name)
