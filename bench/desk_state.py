"""A committee's database as nights would leave it, with many events and many open findings: what `bench.desk` serves.

The events are made from real listings where there are any, over ten years around the night, in the calendars of a
dozen organisations; one in twelve stands in two calendars. They are recognised and laid out as the night does it.
Findings come of some of the events of the next months, held against each other by the night's own rules until there are
enough; the reports of organisations come of fewer of them, so that making them takes seconds.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.checking import NIGHT, YEARS, generated
from calendar_sync import roster
from calendar_sync.changes import Changes
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.refresh import Outcome, Refreshed
from calendar_sync.roster import Roster
from calendar_sync.spans import Span
from dedupe.decisions import Decision, Verdict
from dedupe.findings import Kind
from dedupe.remembering import remember
from flows import checking, freezing, reports_kept, steps
from flows.composing import composed, told_of
from flows.loading import Loaded, load, opened
from flows.reporting import FORMATS as WRITTEN
from flows.writing import write_whole
from reports.rendering import FORMATS, render
from store import agreements, calendars, decisions, findings, memories, outbox
from store.accounts import Role
from store.connecting import Store, connect
from store.findings import Standing, Told

PASSWORD = "a sentence nobody would guess"
"""Of a state that is thrown away."""
COORDINATOR, READER, READS = "ines", "rita", "AU"
EXAMPLE = Path(__file__).parents[1] / "examples" / "1540"
CALENDARS = {
    "programme": "1540", "un-press": "UN-DPI", "us-state": "US", "arf": "ARF", "opcw": "OPCW", "stanley": "STANLEY",
    "unoda": "UNODA", "iss": "ISS", "unrcpd": "UNRCPD", "au": "AU", "osce": "OSCE", "oas": "OAS",
}  # fmt: skip
"""Calendars and whose they are."""
NIGHTS = (NIGHT - timedelta(days=1), NIGHT)
TWICE = 12
"""One event in so many stands in two calendars."""
MOST_IN_A_REPORT = 300
"""Events that the report of an organisation is made from."""
WORKSHOPS = 300


def prepare(folder: Path, shared: Path, number: int, open_findings: int, seed: int) -> Path:
    """Fill a state folder, print what it took, and return the path of its `outreach.toml`."""
    path, began = _configured(folder), time.perf_counter()
    loaded = roster.load(path)
    store = connect(loaded.database_url)
    listings = _listings(shared, number, seed)
    by_calendar: defaultdict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        by_calendar[listing.key.calendar].append(listing)
    for night in NIGHTS:
        for calendar in CALENDARS:
            read = Refreshed(calendar, Outcome.READ, tuple(by_calendar[calendar]), Changes(), as_before=night == NIGHT)
            with store.begin() as db:
                calendars.save(db, night, read)
    _say(f"{len(listings):,} listings of {number:,} events in {len(CALENDARS)} calendars", began)
    told = _found(store, loaded, open_findings)
    _say(f"{len(told):,} findings: {dict(Counter(str(one.kind) for one in told))}", began)
    _told(store, loaded, told)
    _reports(store, loaded)
    _say("reports written", began)
    keep(path)
    _say("columns and reports kept for the desk", began)
    store.close()
    for name, role, organisation in ((COORDINATOR, Role.COORDINATOR, ""), (READER, Role.READER, READS)):
        steps.add_account(path, name, role, organisation, PASSWORD, "the bench", datetime(2009, 12, 1, tzinfo=UTC))
    return path


def _configured(folder: Path) -> Path:
    """Write a configuration with the organisations of the example, and calendars that nobody asks."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (EXAMPLE / "outreach.toml").read_text(encoding="utf-8").partition("# -- Calendars:")[0]
    sent = 'reads_reports = true\ndeliver_to = ["liaison@organisation.example"]'
    head, mark, tail = text.partition('id = "AU"')
    tables = [head + mark + tail.replace("reads_reports = true", sent)]
    tables += [
        f'[[calendars]]\nid = "{calendar}"\norganisation = "{organisation}"\nsource = "{calendar}.ics"\n'
        + ("programme = true\n" if calendar == "programme" else "")
        for calendar, organisation in CALENDARS.items()
    ]
    tables.append('[delivery]\nsender = "desk@committee.example"\n\n[desk]\naddress = "https://desk.committee.example"')
    path = folder / "outreach.toml"
    path.write_text("\n".join(tables) + "\n", encoding="utf-8")
    (folder / "positions.toml").write_bytes((EXAMPLE / "positions.toml").read_bytes())
    # What a build that was stopped left is made anew.
    shutil.rmtree(folder / "state", ignore_errors=True)
    (folder / "state").mkdir()
    return path


def _listings(shared: Path, number: int, seed: int) -> list[Listing]:
    """Make listings of *number* events."""
    draw = random.Random(seed)
    others = [calendar for calendar in CALENDARS if calendar != "programme"]
    plain = list(generated(shared, number, seed) if shared.is_dir() else _from_nothing(number, seed))
    titles: defaultdict[str, list[list[str]]] = defaultdict(list)
    for one in plain:
        titles[one.language[:2]].append(one.title.split())
    made = []
    for at, one in enumerate(plain):
        own = at % (number // WORKSHOPS or 1) == 0
        calendar = "programme" if own else draw.choice(others)
        seen = min(NIGHTS[0], one.span.earliest if one.span else NIGHTS[0]) - timedelta(days=draw.randrange(200))
        listing = replace(_listed(one, calendar, f"e{at}", seen), title=_title(one, titles[one.language[:2]], draw))
        made.append(listing)
        if at % TWICE == 0:
            beside = draw.choice([other for other in others if other != calendar])
            # A second calendar often knows less, and sometimes another day.
            moved = timedelta(days=draw.choice((0, 0, 0, 1)))
            span = listing.span
            if span is not None and span.is_exact:
                span = Span.exact(span.earliest + moved, span.latest + moved)
            again = _listed(listing, beside, f"e{at}", seen + timedelta(days=draw.randrange(40)))
            made.append(replace(again, span=span, start=None, end=None, city=draw.choice(("", again.city))))
    return made


def _title(plain: Listing, others: Sequence[Sequence[str]], draw: random.Random) -> str:
    """Word a title from parts of three real ones: there are too few for each event to have its own."""
    words, middle, end = plain.title.split(), draw.choice(others), draw.choice(others)
    some = middle[len(middle) // 3 : 2 * len(middle) // 3 + 1]
    return " ".join([*words[: max(1, len(words) // 2)], *some, *end[2 * len(end) // 3 :]])


def _listed(plain: Listing, calendar: str, uid: str, seen: date) -> Listing:
    organisation = CALENDARS[calendar]
    url = f"https://{calendar}.example/{uid}"
    return replace(plain, key=ListingKey(calendar, uid), organisation=organisation, first_seen=seen, url=url)


def _from_nothing(number: int, seed: int) -> Iterator[Listing]:
    """Make listings where there are no real ones to make them from."""
    draw = random.Random(seed)
    kinds = ("Workshop", "Seminar", "Training course", "Round table", "Conference")
    subjects = ("export control", "biosecurity", "border control", "national legislation", "nuclear security")
    places = (("Nairobi", "KE"), ("Lima", "PE"), ("Bangkok", "TH"), ("Tbilisi", "GE"), ("Accra", "GH"), ("Cairo", "EG"))
    groups = ("African Union", "OAS", "ASEAN", "League of Arab States", "SADC", "Botswana", "Ghana", "Peru", "Georgia")
    for at in range(number):
        first = date(NIGHT.year - YEARS // 2, 1, 1) + timedelta(days=draw.randrange(YEARS * 365))
        last, (city, country) = first + timedelta(days=draw.randrange(5)), draw.choice(places)
        yield Listing(
            ListingKey("everything", f"g{at:07}"), "", f"{draw.choice(kinds)} on {draw.choice(subjects)}, {at}",
            span=Span.exact(first, last), city=city, country=country, audience=(draw.choice(groups),),
        )  # fmt: skip


def _found(store: Store, loaded: Roster, enough: int) -> list[Told]:
    """Return what is told of some events of the next months, kinds mixed."""
    known, committee = _loaded(store, loaded), loaded.organisation(loaded.committee.id)
    there = {event.id for event in known.events(committee, store)}
    number, told = max(200, int(30 * enough**0.5)), list[Told]()
    while True:
        some = _coming(known.listings, number)
        told = told_of(composed(replace(known, listings=some, before=()), committee, ()))
        # Among few listings some cluster in another way.
        told = [one for one in told if there.issuperset(event["id"] for event in json.loads(one.body)["events"])]
        if len(told) >= enough or len(some) == len(known.listings):
            break
        number = int(number * max(1.1, (enough / max(1, len(told))) ** 0.5))
    # The most pressing come first, all of one kind: some of each are kept.
    return [one for at, one in enumerate(told) if at * enough // len(told) != (at - 1) * enough // len(told)]


def _coming(listings: Sequence[Listing], number: int) -> tuple[Listing, ...]:
    """Return the first listings of events still to come, of about *number* events, whole."""
    uids = dict.fromkeys(
        listing.key.uid
        for listing in sorted(listings, key=lambda one: hashlib.sha256(one.key.uid.encode()).digest())
        if listing.span is not None and NIGHT < listing.span.earliest < NIGHT + timedelta(days=500)
    )
    wanted = set(list(uids)[:number])
    return tuple(listing for listing in listings if listing.key.uid in wanted)


def _told(store: Store, loaded: Roster, told: Sequence[Told]) -> None:
    """Tell the committee on both nights; a few findings are news on the second, and some are decided on since."""
    committee, first = loaded.committee.id, NIGHTS[0]
    before = [replace(one, first_night=first - timedelta(days=at % 60)) for at, one in enumerate(told) if at % 50]
    known = {one.key: one for one in before}
    with store.begin() as db:
        findings.save_night(db, committee, first, before)
        now = [replace(known[one.key], state=Standing.OPEN) if one.key in known else one for one in told]
        findings.save_night(db, committee, NIGHT, now)
        for night in NIGHTS:
            agreements.save(db, night, loaded)
        # None on who is whom: all would have to be recognised once more.
        others = [one for one in now if one.kind is not Kind.SAME_EVENT]
        for at, one in enumerate(others[:: max(1, len(others) // 100)]):
            verdict = Verdict.DISMISSED if at % 3 else Verdict.CONFIRMED
            decisions.save(
                db,
                Decision(one.key, verdict, one.fingerprint, COORDINATOR, datetime(2010, 1, 4, 9, at % 60, tzinfo=UTC)),
            )


def keep(config: Path) -> None:
    """Keep what the nights keep for the desk, as this version of the program would have kept it."""
    with opened(config) as (loaded, store):
        committee = loaded.organisation(loaded.committee.id)
        known = _loaded(store, loaded)
        with store.read() as db:
            there = memories.digest_before(db, committee.id, NIGHT)
        if not there:
            remembered = remember(known.events(committee, store), (), NIGHTS[0])
            with store.begin() as db:
                memories.save(db, committee.id, NIGHTS[0], remembered)
            known = _loaded(store, loaded)
        with store.read() as db:
            stamped = checking.stamp(db, loaded, NIGHT)
        checking.keep_columns(known, stamped, store)
        for reader in loaded.readers():
            with store.read() as db:
                stamp = reports_kept.stamp_of(db, loaded, reader.id, NIGHT)
            files = [(format_, _report(loaded, reader.id, format_)) for format_ in reports_kept.FORMATS]
            reports_kept.keep(loaded, reader.id, "", stamp, {format_: file for format_, file in files if file.exists()})


def _report(loaded: Roster, reader: str, format_: str) -> Path:
    night = loaded.state_folder / "reports" / NIGHT.isoformat()
    return night / f"{reader}.{FORMATS[format_].extension}"


def _reports(store: Store, loaded: Roster) -> None:
    """Write the reports of a night for every reader, and ask for their deliveries."""
    known = _loaded(store, loaded)
    few = replace(known, listings=_coming(known.listings, MOST_IN_A_REPORT), before=())
    for reader in loaded.readers():
        report = composed(few, reader, ())
        bodies = {format_: render(report, format_) for format_ in {*WRITTEN, *reports_kept.FORMATS}}
        with store.begin() as db:
            if reader.id != loaded.committee.id:
                findings.save_night(db, reader.id, NIGHT, told_of(report))
        for format_, body in bodies.items():
            file = _report(loaded, reader.id, format_)
            write_whole(file, body)
            with store.begin() as db:
                where = file.relative_to(loaded.state_folder).as_posix()
                outbox.put(db, reader.id, NIGHT, outbox.FOLDER, hashlib.sha256(body).hexdigest(), where)
        asked = freezing.freeze(store, loaded, report, bodies)
        with store.begin() as db:
            freezing.put(db, reader.id, NIGHT, asked)
            for delivery in outbox.pending(db, outbox.FOLDER):
                outbox.mark_delivered(db, delivery, datetime(2010, 1, 4, 6, tzinfo=UTC))


def _loaded(store: Store, loaded: Roster) -> Loaded:
    with store.read() as db:
        return load(db, loaded, NIGHT, before=False)


def _say(what: str, began: float) -> None:
    print(f"{time.perf_counter() - began:6.1f} s  {what}", flush=True)
