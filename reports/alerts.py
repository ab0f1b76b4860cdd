"""Alerts: a clash that is certain and new since the last report does not wait for the night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.roster import Organisation, Roster
from dedupe import phrases
from dedupe.findings import Finding, Kind, Severity
from reports.concern import Concern
from reports.standing import Alerted, ToldBefore


@dataclass(frozen=True, slots=True)
class Alert:
    """What one organisation is told between nights. Every format renders this and nothing else."""

    reader: Organisation
    day: date
    findings: tuple[Finding, ...]
    committee: str
    contact: str
    disclaimer: str
    names: Mapping[str, str]
    """Organisation ids to the names a person knows."""

    def name(self, organisation: str) -> str:
        """Return the name of an organisation, or its id where the roster has none."""
        return self.names.get(organisation, organisation)


def new_clashes(
    findings: Sequence[Finding],
    told_before: Sequence[ToldBefore],
    alerted: Alerted,
    reader: Organisation,
    roster: Roster,
    day: date,
) -> tuple[Finding, ...]:
    """Return the clashes of the reader's own world that are certain, need a word, lie ahead and are new to the reader.

    *told_before* is how everything stands that the reader was told of, up to its last report; *alerted* was told since
    or before. A clash that was told as possible and is certain now is new; one whose dates moved while it stays
    certain waits for the report.
    """
    concern = Concern(reader, roster, day)
    known = {told.key: told for told in told_before}
    return tuple(
        finding
        for finding in pressing(findings, day)
        if (finding.key.id, finding.fingerprint) not in alerted
        and _new(finding, known.get(finding.key))
        and concern.finding(finding)
    )


def pressing(findings: Sequence[Finding], day: date) -> list[Finding]:
    """Return the clashes that are certain, of high severity, and between events that have not begun."""
    return [
        finding
        for finding in findings
        if finding.kind is Kind.CLASH
        and finding.certain
        and finding.severity is Severity.HIGH
        and all(event.span is not None and event.span.earliest > day for event in finding.events)
    ]


def _new(finding: Finding, told: ToldBefore | None) -> bool:
    if told is None:
        return True
    if finding.fingerprint in told.stood:
        return False
    return not told.open or not told.certain


def alert_about(findings: Sequence[Finding], reader: Organisation, roster: Roster, day: date) -> Alert:
    """Put what an alert says together."""
    return Alert(
        reader, day, tuple(findings), roster.committee.name, roster.committee.contact,
        phrases.disclaimer(roster.committee),
        {organisation.id: phrases.organisation(organisation) for organisation in roster.organisations},
    )  # fmt: skip
