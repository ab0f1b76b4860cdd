"""Which `outreach.toml` counts, and where each of its values comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from calendar_sync import roster
from calendar_sync.errors import OutreachError
from calendar_sync.references import masked
from calendar_sync.roster import Roster
from desk.talking import talk


class NoConfiguration(OutreachError):
    """Nobody said which configuration to use."""

    def __str__(self) -> str:
        return (
            "There is no outreach.toml in this folder, --config names none, and OUTREACH_CONFIG is not set. "
            "Next: write one with: outreach init, or see everything at work with: outreach demo"
        )


def config_path(given: Path | None) -> Path:
    """Find the configuration: --config, OUTREACH_CONFIG, ./outreach.toml, in this order.

    Raises:
        NoConfiguration: None of the three is there.
    """
    if given is not None:
        return given
    if named := os.environ.get("OUTREACH_CONFIG"):
        return Path(named)
    here = Path("outreach.toml")
    if not here.exists():
        raise NoConfiguration
    return here


def load(given: Path | None) -> Roster:
    """Load the roster that counts.

    Raises:
        RosterError, NoConfiguration: Nothing usable was found.
    """
    return roster.load(config_path(given))


def tonight(loaded: Roster, as_of: datetime | None) -> date:
    """Return the night: the date given, else today in the committee's time zone."""
    return as_of.date() if as_of is not None else datetime.now(loaded.committee.time_zone).date()


def effective(loaded: Roster, table: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, value, origin) of every setting in force, secrets masked."""
    from dedupe.policy import Policy
    from dedupe.positions import Register

    def origin(section: str, name: str) -> str:
        return loaded.path.name if name in table.get(section, {}) else "default"

    committee = loaded.committee
    for name, value in (
        ("id", committee.id), ("name", committee.name), ("time_zone", committee.time_zone.key),
        ("language", committee.language), ("contact", committee.contact), ("disclaimer", committee.disclaimer),
    ):  # fmt: skip
        yield f"committee.{name}", value, origin("committee", name)
    yield "state.folder", str(loaded.state_folder), origin("state", "folder")
    from_environment = "OUTREACH_DATABASE_URL" in os.environ
    where = "environment OUTREACH_DATABASE_URL" if from_environment else origin("state", "database_url")
    yield "state.database_url", masked(loaded.database_url), where
    policy = Policy.from_table(loaded.policy)
    for name in policy.__dataclass_fields__:
        yield f"policy.{name}", str(getattr(policy, name)), origin("policy", name)
    register = Register.from_tables(loaded.register)
    named = table.get("positions")
    where = named if isinstance(named, str) else loaded.path.name if loaded.register else "default"
    yield "positions", f"{len(register.positions)} on record, {len(register.meetings)} meetings of forums", where
    for organisation in loaded.organisations:
        reads = "reads a report" if organisation.reads_reports else "reads no report"
        states = f"{len(organisation.members)} members" if organisation.members else "no members listed"
        goes = "".join(f", sent to {channel.shown}" for channel in organisation.deliver_to)
        yield f"organisation {organisation.id}", f"{organisation.name}: {states}, {reads}{goes}", loaded.path.name
    for calendar in loaded.calendars:
        yield f"calendar {calendar.id}", f"{calendar.organisation}: {masked(calendar.source)}", loaded.path.name
    for name in loaded.delivery.__dataclass_fields__:
        value = str(getattr(loaded.delivery, name))
        yield f"delivery.{name}", "***" if name == "password" and value else value, origin("delivery", name)
    for name in loaded.entrance.__dataclass_fields__:
        value = getattr(loaded.entrance, name)
        yield f"desk.{name}", value if isinstance(value, str) else ", ".join(value), origin("desk", name)
    for request in loaded.confidentiality:
        about = "every listing that names it" if request.named else "what is held there or meant for it alone"
        level = " ".join((request.visibility.name.lower(), *request.shared_with))
        yield f"confidentiality of {request.state}", f"{about}: {level}", loaded.path.name


def announce(loaded: Roster) -> None:
    """Tell the person which configuration is used, when it is not the one in this folder."""
    if loaded.path.parent != Path.cwd():
        talk(f"Using {loaded.path}")
