"""From what is stored to what every organisation reads: match, find, report. One reader's world at a time."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from calendar_sync import roster
from calendar_sync.errors import CalendarError, OutreachError
from calendar_sync.roster import Organisation, Roster
from dedupe.remembering import Memory
from flows import freezing, reports_kept
from flows.checking import keep_columns, stamp
from flows.composing import composed, programme_for, told_of
from flows.leasing import still_ours
from flows.loading import Loaded, is_large, load, opened, told_to
from flows.outcomes import Matched, NightOutcome, ReaderCount, SyncOutcome
from flows.reports_kept import Stamp
from flows.results import ledger_with
from flows.retrying import tried_again
from flows.worlds import World
from flows.writing import write_whole
from reports import languages
from reports.nightly import NightlyReport
from reports.programme import EVERYBODY
from reports.rendering import FORMATS as RENDERING
from reports.rendering import programme_feed, render
from store import agreements, calendars, findings, memories, outbox, subscriptions
from store.connecting import Store

FORMATS = ("html", "text", "json")
"""What every organisation gets each night."""
READERS_WORTH_A_PROCESS, MOST_PROCESSES = 20, 2
"""Fewer readers are served sooner than a process starts; each process holds the worlds of its readers in memory."""


class CalendarMissed(CalendarError):
    """A calendar that could not be seen on a night, as the store remembers it."""

    def __init__(self, calendar: str, code: str, sentence: str) -> None:
        super().__init__(calendar, sentence)
        self.code = code

    def __str__(self) -> str:
        return self.detail


class NoProgramme(OutreachError):
    """The roster marks no calendar as the committee's own programme."""

    def __init__(self, roster_path: Path) -> None:
        super().__init__(roster_path)
        self.roster_path = roster_path

    def __str__(self) -> str:
        return (
            f"{self.roster_path}: no calendar is marked as the committee's own; no feed was written. "
            "Next: put programme = true under the calendar that lists its workshops"
        )


@tried_again
def match(roster_path: Path, night: date) -> Matched:
    """Recognise the events of every reader's world."""
    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            known = load(db, loaded, night)
            stamped = stamp(db, loaded, night)
        worlds = [known.world(reader) for reader in loaded.readers()]
        known.keep_clusters(loaded.organisation(loaded.committee.id), store)
        keep_columns(known, stamped, store)
    distinct = {id(world): world for world in worlds}
    if not worlds:
        return Matched(0, len(known.listings), 0)
    return Matched(len(distinct), len(worlds[0].listings), len(worlds[0].events))


@tried_again
def find(roster_path: Path, night: date) -> tuple[ReaderCount, ...]:
    """Count what every reader has to know. Nothing is written: what they are told is saved with their reports."""
    with opened(roster_path) as (loaded, store), store.read() as db:
        known = load(db, loaded, night)
        return tuple(_counted(_composed(db, known, reader)) for reader in loaded.readers())


def match_and_find(roster_path: Path, night: date) -> tuple[Matched, tuple[ReaderCount, ...]]:
    """Do both, for whoever has no flow around them."""
    return match(roster_path, night), find(roster_path, night)


def write_reports(
    roster_path: Path, night: date, formats: Sequence[str] = FORMATS, *, token: int | None = None
) -> tuple[Path, ...]:
    """Write every reader's report into `<state>/reports/<night>/` and remember what each was told.

    Return absolute paths, by reader and format. Running it again writes the same bytes and delivers nothing twice. For
    many readers another process takes half of them.

    Raises:
        ReportNotWritten: The disk took no report.
        LeaseLost: Another run has taken over this night.
    """
    readers = told_to(roster.load(roster_path))
    shares = _shares(readers, os.cpu_count() or 1)
    if len(shares) < 2:
        return _write_share(roster_path, night, formats, token, shares[0])
    worlds = _worlds(roster_path, night)
    # Not forked: flows have threads, and what they hold locked would stay so in a fork.
    with ProcessPoolExecutor(len(shares) - 1, mp_context=get_context("spawn")) as helpers:
        others = [
            helpers.submit(_write_share, roster_path, night, formats, token, share, {id_: worlds[id_] for id_ in share})
            for share in shares[1:]
        ]
        written = list(_write_share(roster_path, night, formats, token, shares[0]))
        for other in others:
            written += other.result()
    order = {reader.id: number for number, reader in enumerate(readers)}
    return tuple(sorted(written, key=lambda path: (order[path.stem], _extensions(formats).index(path.suffix))))


def _extensions(formats: Sequence[str]) -> list[str]:
    return [f".{RENDERING[format_].extension}" for format_ in formats]


def _shares(readers: Sequence[Organisation], processors: int) -> list[tuple[str, ...]]:
    """Divide readers into as many shares as are worth a process, those of one language in one: they share sentences."""
    by_language = sorted(readers, key=lambda reader: languages.of(reader).code)
    number = max(1, min(processors, MOST_PROCESSES, len(readers) // READERS_WORTH_A_PROCESS))
    size = -(-len(readers) // number)
    return [tuple(reader.id for reader in by_language[at : at + size]) for at in range(0, len(readers), size)]


@tried_again
def _worlds(roster_path: Path, night: date) -> Mapping[str, World]:
    """Work out the world of every reader; nothing is left to do where matching has just done it."""
    with opened(roster_path) as (loaded, store), store.read() as db:
        known = load(db, loaded, night)
    return {reader.id: known.world(reader) for reader in told_to(loaded)}


@tried_again
def _write_share(
    roster_path: Path,
    night: date,
    formats: Sequence[str],
    token: int | None,
    share: Sequence[str],
    worlds: Mapping[str, World] = MappingProxyType({}),
) -> tuple[Path, ...]:
    """Write the reports of some readers, one after the other, so that a hundred need the room of one.

    *worlds* are those that another process has worked out already.
    """
    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            known = load(db, loaded, night)
            # Only among many listings does the desk not compose what it shows.
            stamps = {id_: reports_kept.stamp_of(db, loaded, id_, night) for id_ in share if is_large(db, night)}
        written: list[Path] = []
        for reader in (loaded.organisation(id_) for id_ in share):
            world = worlds.get(reader.id) or known.world(reader)
            with store.read() as db:
                report = report_for(db, known, reader, world)
            rendered = {format_: render(report, format_) for format_ in formats if reader.reads_reports}
            paths = _deliver(store, loaded, report, rendered, world.memory, token)
            if reader.id in stamps and reader.reads_reports:
                _keep_for_desk(store, loaded, report, dict(zip(rendered, paths, strict=True)), stamps[reader.id])
            written += paths
    return tuple(written)


def _keep_for_desk(
    store: Store, loaded: Roster, report: NightlyReport, paths: Mapping[str, Path], stamp: Stamp
) -> None:
    """Keep a report as the desk shows it: what was written, and what is fetched by those who have an address."""
    with store.read() as db:
        numbered = replace(stamp, numbers=findings.numbers_stamp(db, report.reader.id))
        fetched = any(one.organisation == report.reader.id and one.revoked is None for one in subscriptions.load(db))
    missing = {format_: render(report, format_) for format_ in reports_kept.FORMATS if fetched and format_ not in paths}
    reports_kept.keep(loaded, report.reader.id, "", numbered, {**paths, **missing})


def report_of(roster_path: Path, organisation: str, night: date, format_: str, language: str = "") -> bytes:
    """Render what one organisation would read, from what is stored; *language* takes the place of its own.

    Raises:
        RosterError: There is no such organisation.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        reader = loaded.organisation(organisation)
        reader = replace(reader, languages=(language, *reader.languages)) if language else reader
        return render(report_for(db, load(db, loaded, night), reader), format_)


def programme_of(roster_path: Path, organisation: str, night: date) -> bytes:
    """Write the committee's programme as a feed: what *organisation* may read of it; blank: what everybody may.

    Raises:
        RosterError: There is no such organisation.
        NoProgramme: The roster marks no calendar as the programme.
    """
    with opened(roster_path) as (loaded, store):
        if not any(calendar.programme for calendar in loaded.calendars):
            raise NoProgramme(roster_path)
        reader = loaded.organisation(organisation) if organisation else EVERYBODY
        with store.read() as db:
            known = load(db, loaded, night)
        return programme_feed.render(programme_for(known, reader))


def recall(roster_path: Path, night: date) -> NightOutcome:
    """Return what came of a night that another run has finished."""
    with opened(roster_path) as (loaded, store), store.read() as db:
        health = {fared.calendar: fared for fared in calendars.health(db, night)}
        told = {reader.id: findings.told(db, reader.id, night) for reader in loaded.readers()}
    folder = report_folder(loaded, night)
    kinds = {id_: Counter(str(finding.kind) for finding in found if finding.seen) for id_, found in told.items()}
    return NightOutcome(
        night,
        tuple(_recalled(health[calendar.id]) for calendar in loaded.calendars if calendar.id in health),
        tuple(path for reader in loaded.readers() for path in _paths(folder, reader, FORMATS) if path.is_file()),
        tuple(ReaderCount(id_, tuple(sorted(number.items()))) for id_, number in kinds.items()),
        already_done=True,
    )


def report_folder(loaded: Roster, night: date) -> Path:
    """Return where the reports of a night lie."""
    return loaded.state_folder.absolute() / "reports" / night.isoformat()


def report_for(db: Connection, known: Loaded, reader: Organisation, world: World | None = None) -> NightlyReport:
    """Compose what one reader reads about a night; the committee reads what came of it all besides."""
    report = _composed(db, known, reader, world)
    return replace(report, ledger=ledger_with(db, known, report).recent()) if report.everything else report


def _composed(db: Connection, known: Loaded, reader: Organisation, world: World | None = None) -> NightlyReport:
    before = findings.told_before(db, reader.id, known.night)
    return composed(known, reader, before, world, findings.numbers(db, reader.id))


def _deliver(
    store: Store,
    loaded: Roster,
    report: NightlyReport,
    rendered: dict[str, bytes],
    memory: Memory,
    token: int | None,
) -> list[Path]:
    """Ask for the deliveries, write the files, note that they arrived: a crash between two of these repeats none."""
    reader, night = report.reader, report.night
    paths = _paths(report_folder(loaded, night), reader, rendered)
    with store.begin() as db:
        still_ours(db, night, token)
        findings.save_night(db, reader.id, night, told_of(report))
        agreements.save(db, night, loaded)
        memories.save(db, reader.id, night, memory)
        for path, body in zip(paths, rendered.values(), strict=True):
            where = path.relative_to(loaded.state_folder.absolute()).as_posix()
            outbox.put(db, reader.id, night, outbox.FOLDER, hashlib.sha256(body).hexdigest(), where)
    with store.begin() as db:
        # Until this ends nobody takes the night over: a run that was believed dead puts no old file over a new one.
        still_ours(db, night, token)
        for path, body in zip(paths, rendered.values(), strict=True):
            write_whole(path, body)
        asked = freezing.freeze(store, loaded, report, rendered)
        freezing.put(db, reader.id, night, asked)
        for delivery in outbox.pending(db, outbox.FOLDER):
            if (delivery.organisation, delivery.night) == (reader.id, night):
                outbox.mark_delivered(db, delivery, datetime.now(UTC))
    return paths


def _paths(folder: Path, reader: Organisation, formats: Iterable[str]) -> list[Path]:
    return [folder / f"{reader.id}.{RENDERING[format_].extension}" for format_ in formats]


def _counted(report: NightlyReport) -> ReaderCount:
    kinds = Counter(str(told.finding.kind) for told in report.findings)
    return ReaderCount(report.reader.id, tuple(sorted(kinds.items())))


def _recalled(fared: calendars.CalendarHealth) -> SyncOutcome:
    error = None if fared.good else CalendarMissed(fared.calendar, fared.code, fared.detail)
    return SyncOutcome(fared.calendar, fared.outcome, fared.listings, problems=fared.problems, error=error)
