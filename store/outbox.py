"""The outbox: what is to be delivered, each content once, however often a night is run and whoever sends.

A sender claims a delivery for a while and shows its token when it settles it: one that was believed dead and wakes up
cannot undo what another did meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, update

from calendar_sync.errors import OutreachError
from store.connecting import insert_unless_there
from store.tables import outbox

FOLDER = "folder"
"""The channel every report has: the folder of all reports."""


class Sort(StrEnum):
    """What a delivery is."""

    REPORT = "report"
    ALERT = "alert"
    """Told between nights; the next report tells it too, and takes its place where it did not go out."""


class State(StrEnum):
    """Where a delivery stands."""

    APPROVAL = "approval"
    """A coordinator has to approve it."""
    WAITING = "waiting"
    """For the next sending, or for the next try."""
    SENDING = "sending"
    """Somebody has claimed it; perhaps they died since."""
    DELIVERED = "delivered"
    """The next server has taken it."""
    REFUSED = "refused"
    """For good: the server said no, or said "later" for too long, or it bounced."""
    HELD = "held"
    """A coordinator stopped it."""
    LEFT = "left"
    """Its reader left the channel, which a coordinator would have to approve again."""
    SUPERSEDED = "superseded"
    """A later report took its place before it went out."""


UNSENT = (State.APPROVAL, State.WAITING, State.HELD, State.LEFT)
"""States in which a later report takes its place."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One content for one organisation, by one channel: FOLDER, or as the roster writes it."""

    number: int
    organisation: str
    night: date
    channel: str
    content_hash: str
    path: str
    """Where the content lies, relative to the state folder."""
    delivered: datetime | None = None
    state: State = State.WAITING
    message: str = ""
    """Its Message-ID, or the id of a webhook."""
    letter: str = ""
    """The version of the covering letter in it; blank: none."""
    asked: datetime | None = None
    next_try: datetime | None = None
    attempts: int = 0
    answer: str = ""
    """What the last try came to."""
    token: int = 0
    sort: Sort = Sort.REPORT


class DeliveryTaken(OutreachError):
    """Another sender has taken a delivery over."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return (
            f"Delivery {self.number} was taken over by another sender. What this one found out was not noted. "
            "Next: nothing; outreach delivery tells what became of it."
        )


def put(
    db: Connection,
    organisation: str,
    night: date,
    channel: str,
    content_hash: str,
    path: str,
    *,
    at: datetime | None = None,
    state: State = State.WAITING,
    message: str = "",
    letter: str = "",
    answer: str = "",
    sort: Sort = Sort.REPORT,
) -> bool:
    """Ask for a delivery; False when this very content was asked for before, delivered or not.

    What the reader has not been sent yet of an earlier content is superseded by a report; what is older than a report
    asked for before is so from the start.
    """
    mine = and_(outbox.c.organisation == organisation, outbox.c.channel == channel)
    later = select(outbox.c.number).where(mine, outbox.c.night > night, outbox.c.sort == Sort.REPORT)
    if channel != FOLDER and db.execute(later.limit(1)).first():
        state = State.SUPERSEDED
    asked = {
        "organisation": organisation,
        "night": night,
        "channel": channel,
        "content_hash": content_hash,
        "path": path,
        "state": str(state),
        "message": message,
        "letter": letter,
        "asked": at,
        "answer": answer,
        "sort": str(sort),
    }
    number = insert_unless_there(db, outbox, asked, "number")
    if channel != FOLDER and state is not State.SUPERSEDED and sort is Sort.REPORT:
        other = or_(outbox.c.night < night, outbox.c.content_hash != content_hash)
        db.execute(
            update(outbox)
            .where(mine, outbox.c.night <= night, other, outbox.c.state.in_(UNSENT))
            .values(state=str(State.SUPERSEDED))
        )
    if channel != FOLDER and state is not State.SUPERSEDED:
        again = and_(mine, outbox.c.night == night, outbox.c.content_hash == content_hash)
        revived = update(outbox).where(again, outbox.c.state == State.SUPERSEDED)
        db.execute(revived.values(state=str(state), next_try=None, answer=answer or outbox.c.answer))
    return number is not None


def asked_for(db: Connection, organisation: str, night: date, channel: str, content_hash: str) -> Delivery | None:
    """Return the delivery of this very content, if it was asked for before and is not superseded."""
    rows = db.execute(
        select(outbox).where(
            outbox.c.organisation == organisation,
            outbox.c.night == night,
            outbox.c.channel == channel,
            outbox.c.content_hash == content_hash,
            outbox.c.state != State.SUPERSEDED,
        )
    )
    row = rows.mappings().first()
    return None if row is None else _delivery(row)


def has_delivered(db: Connection, organisation: str, channel: str, night: date | None = None) -> bool:
    """True when a channel has delivered any report, or one of *night*, to an organisation."""
    arrived = select(outbox.c.number).where(
        outbox.c.organisation == organisation,
        outbox.c.channel == channel,
        outbox.c.delivered.is_not(None),
        outbox.c.sort == Sort.REPORT,
    )
    if night is not None:
        arrived = arrived.where(outbox.c.night == night)
    return db.execute(arrived.limit(1)).first() is not None


def pending(db: Connection, channel: str | None = None) -> list[Delivery]:
    """Return what is not delivered yet and waits for nobody's word, oldest first."""
    waiting = select(outbox).where(outbox.c.state == State.WAITING).order_by(outbox.c.number)
    if channel is not None:
        waiting = waiting.where(outbox.c.channel == channel)
    return [_delivery(row) for row in db.execute(waiting).mappings()]


def due(db: Connection, now: datetime) -> list[Delivery]:
    """Return what may be sent now, oldest first: what waits, and what its sender did not settle in time."""
    rows = db.execute(select(outbox).where(_due(now)).order_by(outbox.c.number))
    return [_delivery(row) for row in rows.mappings()]


def claim(db: Connection, number: int, holder: str, now: datetime, ttl: timedelta) -> Delivery | None:
    """Take a due delivery for *ttl* from *now*; None when another sender has it."""
    claimed = (
        update(outbox)
        .where(outbox.c.number == number, _due(now))
        .values(
            state=str(State.SENDING),
            holder=holder,
            token=outbox.c.token + 1,
            attempts=outbox.c.attempts + 1,
            expires=now + ttl,
        )
        .returning(*outbox.c)
    )
    row = db.execute(claimed).mappings().first()
    return None if row is None else _delivery(row)


def settle(
    db: Connection,
    delivery: Delivery,
    state: State,
    answer: str,
    *,
    delivered: datetime | None = None,
    next_try: datetime | None = None,
) -> None:
    """Note what became of a claimed delivery.

    Raises:
        DeliveryTaken: Somebody else has claimed it since.
    """
    ours = and_(outbox.c.number == delivery.number, outbox.c.token == delivery.token, outbox.c.state == State.SENDING)
    noted = update(outbox).where(ours)
    noted = noted.values(state=str(state), answer=answer, delivered=delivered, next_try=next_try, expires=None)
    if db.execute(noted).rowcount != 1:
        raise DeliveryTaken(delivery.number)


def change(
    db: Connection, number: int, of: Collection[State], state: State, answer: str, *, again: bool = False
) -> bool:
    """Note a coordinator's word, or a bounce, about a delivery in one of the states *of*; False when it is in none.

    *again* lets it be tried as if it were new.
    """
    named = and_(outbox.c.number == number, outbox.c.state.in_(of))
    values: dict[str, object] = {"state": str(state), "answer": answer}
    if again:
        values |= {"attempts": 0, "next_try": None, "delivered": None, "token": outbox.c.token + 1}
    return db.execute(update(outbox).where(named).values(**values)).rowcount == 1


def mark_delivered(db: Connection, delivery: Delivery, at: datetime) -> bool:
    """Note that a delivery nobody has to send arrived; False when that was noted before."""
    arrived = update(outbox).where(outbox.c.number == delivery.number, outbox.c.delivered.is_(None))
    return db.execute(arrived.values(delivered=at, state=str(State.DELIVERED))).rowcount == 1


def unsent_alerts(db: Connection, organisation: str) -> list[Delivery]:
    """Return the alerts to an organisation that have not gone out, oldest first."""
    waiting = select(outbox).where(
        outbox.c.organisation == organisation, outbox.c.sort == Sort.ALERT, outbox.c.state.in_(UNSENT)
    )
    return [_delivery(row) for row in db.execute(waiting.order_by(outbox.c.number)).mappings()]


def reached_anybody(db: Connection, organisation: str, content_hash: str) -> bool:
    """True when a content was delivered to an organisation by any channel, or may just be."""
    went = or_(outbox.c.delivered.is_not(None), outbox.c.state == State.SENDING)
    asked = select(outbox.c.number).where(
        outbox.c.organisation == organisation, outbox.c.content_hash == content_hash, went
    )
    return db.execute(asked.limit(1)).first() is not None


def of_night(db: Connection, night: date) -> list[Delivery]:
    """Return every delivery asked for on a night, arrived or not, in the order they were asked for."""
    rows = db.execute(select(outbox).where(outbox.c.night == night).order_by(outbox.c.number))
    return [_delivery(row) for row in rows.mappings()]


def by_number(db: Connection, number: int) -> Delivery | None:
    """Return one delivery."""
    row = db.execute(select(outbox).where(outbox.c.number == number)).mappings().first()
    return None if row is None else _delivery(row)


def by_message(db: Connection, message: str) -> Delivery | None:
    """Return the delivery of a Message-ID."""
    row = db.execute(select(outbox).where(outbox.c.message == message)).mappings().first()
    return None if row is None else _delivery(row)


def channels(db: Connection, organisation: str) -> list[str]:
    """Return every channel by which anything was ever to go to an organisation."""
    mine = select(outbox.c.channel).where(outbox.c.organisation == organisation, outbox.c.channel != FOLDER)
    return list(db.execute(mine.distinct().order_by(outbox.c.channel)).scalars())


def last_written(db: Connection, organisation: str) -> date | None:
    """Return the latest night whose report lies in the folder of all reports; None when there never was one.

    It stays so while that night is run again.
    """
    arrived = outbox.c.delivered.is_not(None)
    mine = select(func.max(outbox.c.night)).where(
        outbox.c.organisation == organisation, outbox.c.channel == FOLDER, arrived
    )
    return db.execute(mine).scalar()


def latest(db: Connection) -> list[Delivery]:
    """Return what counts for each organisation and channel but the folder of all reports, oldest first.

    That is its newest report, and the alerts asked for since.
    """
    counted = and_(outbox.c.channel != FOLDER, outbox.c.state != State.SUPERSEDED)
    newest = (
        select(outbox.c.organisation, outbox.c.channel, func.max(outbox.c.number).label("number"))
        .where(counted, outbox.c.sort == Sort.REPORT)
        .group_by(outbox.c.organisation, outbox.c.channel)
        .subquery()
    )
    same = and_(outbox.c.organisation == newest.c.organisation, outbox.c.channel == newest.c.channel)
    since = or_(
        outbox.c.number == newest.c.number, and_(outbox.c.sort == Sort.ALERT, outbox.c.number > newest.c.number)
    )
    rows = db.execute(select(outbox).join(newest, same).where(counted, since).order_by(outbox.c.number))
    return [_delivery(row) for row in rows.mappings()]


def _due(now: datetime) -> ColumnElement[bool]:
    waits = and_(outbox.c.state == State.WAITING, or_(outbox.c.next_try.is_(None), outbox.c.next_try <= now))
    abandoned = and_(outbox.c.state == State.SENDING, outbox.c.expires <= now)
    return and_(outbox.c.channel != FOLDER, or_(waits, abandoned))


def _delivery(row: RowMapping) -> Delivery:
    values = {name: row[name] for name in Delivery.__dataclass_fields__}
    return Delivery(**values | {"state": State(row["state"]), "sort": Sort(row["sort"])})
