"""What a coordinator sees of reports on their way, and says about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from calendar_sync.channels import Channel
from calendar_sync.errors import OutreachError
from calendar_sync.roster import Organisation
from flows.freezing import filling, own_letters
from flows.loading import opened
from reports import languages, mails
from reports.letters import LetterUnusable, letter
from store import approvals, departures, outbox
from store.approvals import Approval
from store.departures import Departure
from store.outbox import Delivery, State


class NoDelivery(OutreachError):
    """A delivery that is asked about is not there, or not in a state that allows it."""

    def __init__(self, what: str, next_step: str = "outreach delivery lists them") -> None:
        super().__init__(what)
        self.what, self.next_step = what, next_step

    def __str__(self) -> str:
        return f"{self.what}. Nothing was changed. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery and what a person should know of it. *warning* is blank where all is as it should be."""

    delivery: Delivery
    shown: str
    """The channel without what may be secret in it."""
    warning: str = ""
    left: bool = False
    """Its reader left the channel: nothing more goes there."""


def standing(roster_path: Path) -> list[Standing]:
    """Return where the newest delivery of every channel stands, with what is wrong or overdue."""
    with opened(roster_path) as (loaded, store), store.read() as db:
        found = outbox.latest(db)
        left = departures.load(db)
    patience = timedelta(days=loaded.delivery.warn_days)
    return [_standing(each, patience, left.get((each.organisation, each.channel))) for each in found]


def _standing(delivery: Delivery, patience: timedelta, departure: Departure | None) -> Standing:
    warning = _warning(delivery, patience)
    if departure is not None and delivery.state is not State.LEFT:
        warning = "; ".join(part for part in (departure.words, warning) if part)
    return Standing(delivery, Channel(delivery.channel).shown, warning, left=departure is not None)


def _warning(delivery: Delivery, patience: timedelta) -> str:
    age = datetime.now(UTC) - delivery.asked if delivery.asked is not None else timedelta(0)
    if delivery.state is State.REFUSED:
        return "it did not arrive"
    if delivery.state in (State.WAITING, State.SENDING) and age > patience:
        return f"approved, but not sent for {age.days} days"
    if delivery.state is State.APPROVAL and age > patience:
        return f"nobody has approved it for {age.days} days"
    return ""


def approve(
    roster_path: Path, organisation: str, by: str, note: str = "", *, returned: bool = False, shown: str | None = None
) -> list[Delivery]:
    """Allow an organisation's reports to go out by every channel the roster names; return what may go out now.

    A channel that its reader left stays so, unless they have *returned*: only they can ask for that. *shown* is the
    version of the letter that was read before, where it matters that no other goes out.

    Raises:
        RosterError: There is no such organisation.
        NoDelivery: It has no channel, or none that its reader did not leave.
    """
    with opened(roster_path) as (loaded, store):
        reader = loaded.organisation(organisation)
        if not reader.deliver_to:
            raise NoDelivery(f"{reader.id} has no channel", 'give it one in outreach.toml: deliver_to = ["..."]')
        version = letter(languages.of(reader).code, own_letters(loaded)).version
        freed = []
        with store.begin() as db:
            waiting = [each for each in outbox.latest(db) if each.organisation == reader.id]
            if shown is not None and shown != _to_be_read(waiting, version):
                raise NoDelivery("The letter changed since it was shown", "read it as it is now, then approve it")
            left = {} if returned else departures.load(db, reader.id)
            if all((reader.id, channel.address) in left for channel in reader.deliver_to):
                asked = f"only when they ask to have it back: outreach delivery approve {reader.id} --returned"
                raise NoDelivery(f"The reader of {reader.id}'s reports left", asked)
            for channel in reader.deliver_to:
                if (reader.id, channel.address) in left:
                    continue
                departures.take_back(db, reader.id, channel.address, by, datetime.now(UTC))
                mine = [each for each in waiting if each.channel == channel.address]
                # What they had before them is the letter in the message; without one, the letter as it stands.
                read = next((each.letter for each in mine if each.letter), version)
                approvals.save(db, Approval(reader.id, channel.address, read, by, datetime.now(UTC), note))
                freed += [
                    replace(each, state=State.WAITING)
                    for each in mine
                    if outbox.change(db, each.number, (State.APPROVAL, State.LEFT), State.WAITING, "")
                ]
    return freed


def _to_be_read(waiting: Sequence[Delivery], version: str) -> str:
    """Return the version of the letter that goes before the reports that wait; *version* is the letter as it stands."""
    return next((each.letter for each in waiting if each.letter), version)


def hold(roster_path: Path, what: str) -> str:
    """Stop one delivery by its number, or all to an organisation until it is approved again; say what was stopped.

    Raises:
        RosterError: There is no such organisation.
        NoDelivery: There is no such delivery, or it has gone out.
    """
    if what.isdecimal():
        hold_delivery(roster_path, int(what))
        return f"Delivery {what} is held"
    hold_organisation(roster_path, what)
    return f"Nothing goes to {what} until it is approved again"


def hold_delivery(roster_path: Path, number: int) -> None:
    """Stop one delivery.

    Raises:
        NoDelivery: There is none, or it has gone out.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        if not outbox.change(db, number, (State.APPROVAL, State.WAITING), State.HELD, "held by a coordinator"):
            found = outbox.by_number(db, number)
            raise NoDelivery(f"Delivery {number} is {found.state}" if found else f"There is no delivery {number}")


def hold_organisation(roster_path: Path, organisation: str) -> None:
    """Let nothing go to an organisation until it is approved again.

    Raises:
        RosterError: There is no such organisation.
        NoDelivery: It was not approved.
    """
    with opened(roster_path) as (loaded, store):
        reader = loaded.organisation(organisation)
        with store.begin() as db:
            withdrawn = [channel for channel in reader.deliver_to if approvals.withdraw(db, reader.id, channel.address)]
            for each in outbox.latest(db):
                if each.organisation == reader.id:
                    outbox.change(db, each.number, (State.WAITING,), State.APPROVAL, "")
    if not withdrawn:
        raise NoDelivery(f"{reader.id} was not approved")


def resend(roster_path: Path, number: int) -> Delivery:
    """Let a delivery go out once more, with the same Message-ID.

    Raises:
        NoDelivery: There is none, a later report took its place, or it is being sent.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        found = outbox.by_number(db, number)
        if found is None or found.channel == outbox.FOLDER:
            raise NoDelivery(f"There is no delivery {number}")
        if found.number not in {each.number for each in outbox.latest(db)}:
            # It may say what has been withdrawn since.
            raise NoDelivery(f"A later report took the place of delivery {number}")
        again = (State.DELIVERED, State.REFUSED, State.HELD, State.WAITING)
        if not outbox.change(db, number, again, State.WAITING, "sent again by a coordinator", again=True):
            if found.state is State.LEFT:
                asked = f"only when they ask to have it back: outreach delivery approve {found.organisation} --returned"
                raise NoDelivery(f"The reader of delivery {number} left", asked)
            raise NoDelivery(f"Delivery {number} is {found.state}")
    return found


def message(roster_path: Path, number: int) -> tuple[Delivery, bytes]:
    """Return a delivery and the bytes that go out, or went.

    Raises:
        NoDelivery: There is none, or its file is gone.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        found = outbox.by_number(db, number)
    if found is None:
        raise NoDelivery(f"There is no delivery {number}")
    try:
        return found, (loaded.state_folder / found.path).read_bytes()
    except OSError as error:
        raise NoDelivery(
            f"{found.path} cannot be read ({error.strerror})", f"outreach nightly --as-of {found.night}"
        ) from error


@dataclass(frozen=True, slots=True)
class Correspondence:
    """An organisation, and where what it gets stands."""

    organisation: Organisation
    night: date | None
    """The latest night that a report was written for it."""
    deliveries: tuple[Standing, ...]
    """The newest of each channel, and the alerts since."""
    approved: tuple[Approval, ...]
    letter: tuple[str, str, tuple[str, ...], str] | None = None
    """Version, subject, paragraphs and language of the letter that goes, or would go, before its first report."""
    unusable: str = ""
    """Why there is no letter."""

    @property
    def waits(self) -> bool:
        """True when one of its reports waits for a coordinator's word."""
        return any(each.delivery.state is State.APPROVAL for each in self.deliveries)


def correspondence(roster_path: Path) -> list[Correspondence]:
    """Return every organisation of the roster with what stands of its reports, without letters."""
    found = standing(roster_path)
    with opened(roster_path) as (loaded, store), store.read() as db:
        approved = approvals.load(db)
        nights = {reader.id: outbox.last_written(db, reader.id) for reader in loaded.readers()}
    return [
        Correspondence(
            organisation,
            nights.get(organisation.id),
            tuple(each for each in found if each.delivery.organisation == organisation.id),
            tuple(approval for (id_, _), approval in approved.items() if id_ == organisation.id),
        )
        for organisation in loaded.organisations
    ]


def correspondence_with(roster_path: Path, organisation: str, today: date) -> Correspondence:
    """Return one organisation with what stands of its reports, and the letter before its first.

    Raises:
        RosterError: There is no such organisation.
    """
    with opened(roster_path) as (loaded, _):
        reader = loaded.organisation(organisation)
    found = next(one for one in correspondence(roster_path) if one.organisation.id == reader.id)
    if not reader.reads_reports:
        return found
    try:
        version, subject, paragraphs, _ = preview(roster_path, reader.id, found.night or today)
    except LetterUnusable as error:
        return replace(found, unusable=str(error))
    shown = _to_be_read([each.delivery for each in found.deliveries], version)
    return replace(found, letter=(shown, subject, paragraphs, languages.of(reader).code))


def bounced(roster_path: Path, notice: bytes) -> Delivery:
    """Read a delivery status notification (RFC 3464) and mark what it is about as refused.

    Raises:
        NoDelivery: It is none, tells of no failure, or is about nothing we sent.
    """
    failure = mails.failure(notice)
    if failure is None:
        raise NoDelivery("This is no notice of a mail that did not arrive", "give it the whole message as it came")
    with opened(roster_path) as (_, store), store.begin() as db:
        found = outbox.by_message(db, failure.message)
        if found is None or not outbox.change(
            db, found.number, (State.DELIVERED, State.WAITING), State.REFUSED, f"bounced: {failure.reason}"
        ):
            raise NoDelivery(f"No delivery that went out has the Message-ID {failure.message}")
    return found


def preview(roster_path: Path, organisation: str, night: date) -> tuple[str, str, tuple[str, ...], str]:
    """Return the version, subject, paragraphs and place of the covering letter to an organisation.

    Raises:
        RosterError, LetterUnusable: There is no such organisation; the letter cannot be filled in.
    """
    with opened(roster_path) as (loaded, _):
        reader = loaded.organisation(organisation)
        covering = letter(languages.of(reader).code, own_letters(loaded))
        subject, paragraphs = covering.filled(filling(loaded, reader, night, covering.language))
        return covering.version, subject, paragraphs, covering.where
