"""What does not wait for the night: looked for after a sync, frozen, and put into the outbox once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.channels import Channel, Way
from calendar_sync.roster import Organisation, Roster
from dedupe.findings import Finding
from flows.checking import stamp
from flows.composing import told_by_name
from flows.leaving import leave_link
from flows.loading import Loaded, load, opened
from flows.writing import write_whole
from reports import languages, mails
from reports.alerts import Alert, alert_about, new_clashes, pressing
from reports.rendering import alerted
from store import alerts, approvals, findings, outbox
from store.connecting import Store
from store.outbox import Sort, State

_ENDINGS = {Way.MAIL: "eml", Way.WEBHOOK: "json", Way.FOLDER: "html"}


def alert(roster_path: Path, day: date) -> int:
    """Ask for alerts about every clash that is certain and new since the last reports; return for how many readers.

    Only channels that a coordinator has approved and that a report has reached get any. Each finding is told once with
    the same facts, however often this runs and whoever runs it; while no calendar changes, nothing is looked for.

    Raises:
        ReportNotWritten: The disk did not take one; it is told by the next call.
    """
    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            reached = _reached(db, loaded) if loaded.delivery.alerts else {}
            stamped = _stamp(db, loaded, day)
            if not reached or alerts.looked(db, day) == stamped:
                return 0
            known = load(db, loaded, day, before=False)
        asked = sum(_told(store, known, loaded.organisation(id_), channels) for id_, channels in reached.items())
        with store.begin() as db:
            alerts.note_looked(db, day, stamped)
    return asked


def _stamp(db: Connection, loaded: Roster, day: date) -> str:
    """Name what alerts depend on: what stands and was decided, and who may read it."""
    agreed = repr((loaded.calendars, loaded.confidentiality, sorted(loaded.policy.items())))
    return hashlib.sha256(f"{stamp(db, loaded, day)} {agreed}".encode("utf-8", "surrogatepass")).hexdigest()


def _reached(db: Connection, loaded: Roster) -> dict[str, list[Channel]]:
    """Return who may be told something between nights, and by which channels."""
    channels = {
        reader.id: [
            channel
            for channel in reader.deliver_to
            if approvals.stands(db, reader.id, channel.address) and outbox.has_delivered(db, reader.id, channel.address)
        ]
        for reader in loaded.readers()
    }
    return {id_: reached for id_, reached in channels.items() if reached}


def _told(store: Store, known: Loaded, reader: Organisation, channels: Sequence[Channel]) -> bool:
    """Take back what has not gone out and no longer holds, then ask for one alert about what is new; False for none.

    The reader's own world is looked through, and nothing else.
    """
    world = known.world(reader)
    with store.begin() as db:
        # Whoever comes first tells it: a second run waits here, and finds nothing left.
        _take_back(db, reader, pressing(world.found.findings, known.night))
        # What was told tonight counts: this is after it.
        told = told_by_name(findings.told_before(db, reader.id, known.night + timedelta(days=1)), world.names)
        said = alerts.told(db, reader.id)
        fresh = new_clashes(world.found.findings, told, said, reader, known.roster, known.night)
        digest = hashlib.sha256("\x00".join(f"{one.key.id} {one.fingerprint}" for one in fresh).encode()).hexdigest()
        mine = [one for one in fresh if alerts.put(db, reader.id, one.key.id, one.fingerprint, known.night, digest)]
        if mine:
            _ask(db, known.roster, alert_about(mine, reader, known.roster, known.night), digest, channels)
    return bool(mine)


def _take_back(db: Connection, reader: Organisation, standing: Sequence[Finding]) -> None:
    """Supersede alerts that wait and tell of what is decided, moved, withdrawn or closed to the reader by now."""
    holds = {(finding.key.id, finding.fingerprint) for finding in standing}
    for waiting in outbox.unsent_alerts(db, reader.id):
        if not alerts.told_in(db, reader.id, waiting.content_hash) <= holds:
            outbox.change(db, waiting.number, outbox.UNSENT, State.SUPERSEDED, "what it tells of no longer holds")
            if not outbox.reached_anybody(db, reader.id, waiting.content_hash):
                alerts.forget(db, reader.id, waiting.content_hash)


def _ask(db: Connection, loaded: Roster, told: Alert, digest: str, channels: Sequence[Channel]) -> None:
    """Write an alert to disk as it will go out by each channel, and ask for its deliveries."""
    for channel in channels:
        now = datetime.now(UTC)
        message = mails.message_id(told.reader.id, told.day, channel, digest, loaded.delivery.domain)
        name = message.strip("<>").partition("@")[0].rpartition(".")[2]
        path = Path("outbox") / told.day.isoformat() / f"{told.reader.id}-alert-{name}.{_ENDINGS[channel.way]}"
        write_whole(loaded.state_folder.absolute() / path, _body(told, channel, loaded, message, now))
        outbox.put(
            db, told.reader.id, told.day, channel.address, digest, path.as_posix(), at=now, message=message,
            sort=Sort.ALERT,
        )  # fmt: skip


def _body(told: Alert, channel: Channel, loaded: Roster, message: str, now: datetime) -> bytes:
    if channel.way is Way.WEBHOOK:
        return alerted.data(told)
    if channel.way is Way.FOLDER:
        return alerted.html(told)
    contents = mails.Contents(
        alerted.subject(told), alerted.text(told), alerted.mailed(told), (languages.of(told.reader).code,)
    )
    return mails.write(
        contents, told.reader, channel, loaded.delivery, message, now,
        contact=loaded.committee.contact, leave=leave_link(loaded, told.reader, channel, now),
    )  # fmt: skip
