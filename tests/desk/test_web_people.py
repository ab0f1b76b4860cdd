"""Who may open what, and what it takes to change anything: row T40 of docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk_server import NIGHT, RunningDesk, running_desk, wait_until
from desk_visitors import MADE, PASSWORD, Visitor, add_people, visitors
from fastapi.routing import APIRoute
from sqlalchemy import select

from desk.one_time_link import OneTimeLink
from desk.serving import OpenToOthers, guarded, listening, needs_link
from desk.web import ROUTES
from flows import entering, passwords, proposing, steps
from flows.entering import NoAccount
from flows.latest import latest
from flows.passwords import PasswordUnsuitable
from store.accounts import Role
from store.connecting import connect
from store.tables import metadata, sessions

NOBODY, READER, EXPERT, COORDINATOR = "", "rita", "eva", "ines"
EVERYONE = (NOBODY, READER, EXPERT, COORDINATOR)
OPEN = {
    # What is asked for by a secret in the address, or by a machine: whoever is signed in makes no difference.
    "/feeds/{token}/{name}": 404, "/leave/{signed}": 403, "/healthz": 200, "/readyz": 200,
    "/metrics": 200, "/assets/desk.js": 200,
}  # fmt: skip
GET = {
    "/sign-in": (200, 303, 303, 303),
    "/sign-in/{token}": (410, 410, 410, 410),
    "/": (303, 303, 200, 200),
    "/log": (303, 403, 200, 200),
    "/findings/{number}": (303, 403, 404, 200),
    "/calendar": (303, 403, 403, 200),
    "/timeline": (303, 403, 403, 200),
    "/organisations": (303, 403, 403, 200),
    "/organisations/{organisation}": (303, 403, 403, 200),
    "/organisations/{organisation}/report": (303, 403, 403, 200),
    "/events": (303, 403, 403, 200),
    "/events/{event}": (303, 403, 403, 200),
    "/calendars": (303, 403, 403, 200),
    "/calendars/add": (303, 403, 403, 200),
    "/calendars/{calendar}": (303, 403, 403, 200),
    "/jobs/{job}": (303, 403, 403, 404),
    "/jobs/{job}/events": (303, 403, 403, 404),
    "/coverage": (303, 403, 403, 200),
    "/map": (303, 403, 403, 200),
    "/states": (303, 403, 403, 200),
    "/states/{state}": (303, 403, 403, 200),
    "/ledger": (303, 403, 403, 200),
    "/ledger.csv": (303, 403, 403, 200),
    "/plan": (303, 403, 403, 200),
    "/plan.ics": (303, 403, 403, 404),
    "/plan/list": (303, 403, 403, 200),
    "/proposals": (303, 403, 403, 200),
    "/proposals/{number}": (303, 403, 403, 200),
    # No day was said of it.
    "/proposals/{number}.ics": (303, 403, 403, 404),
    "/yours": (303, 200, 403, 403),
    "/report": (303, 200, 403, 403),
}
POST = {
    "/sign-in": (403, 403, 403, 403),
    "/sign-in/{token}": (410, 410, 410, 410),
    "/findings/{number}": (403, 403, 403, 303),
    "/findings/{number}/notes": (403, 403, 404, 303),
    "/findings/{number}/remarks": (403, 403, 403, 303),
    "/events/{event}": (403, 403, 403, 303),
    "/organisations/{organisation}/approve": (403, 403, 403, 303),
    "/organisations/{organisation}/deliveries/{number}/hold": (403, 403, 403, 303),
    "/organisations/{organisation}/deliveries/{number}/resend": (403, 403, 403, 303),
    "/organisations/{organisation}/hold": (403, 403, 403, 303),
    # The night lasts longer than the rest of this: one job at a time.
    "/night": (403, 403, 403, 303),
    "/calendars/sync": (403, 403, 403, 409),
    "/calendars/{calendar}/sync": (403, 403, 403, 409),
    "/calendars/{calendar}/accept": (403, 403, 403, 409),
    "/calendars/{calendar}/refuse": (403, 403, 403, 409),
    "/calendars/add/try": (403, 403, 403, 400),
    "/calendars/add": (403, 403, 403, 400),
    "/jobs/{job}/stop": (403, 403, 403, 404),
    "/plan/list": (403, 403, 403, 400),
    "/proposals": (403, 403, 403, 303),
    "/proposals/{number}": (403, 403, 403, 303),
    "/proposals/{number}/visibility": (403, 403, 403, 303),
    "/proposals/{number}/withdraw": (403, 403, 403, 303),
    "/sign-out": (403, 303, 303, 303),
}
"""What happens to who has no account, a reader, an expert and a coordinator, in this order of pressing."""
FORM_PAGES = {NOBODY: "/sign-in", READER: "/yours", EXPERT: "/log", COORDINATOR: "/log"}


def everything(config: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table; when somebody was last there is no change of anything."""
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        rows = {
            table.name: [tuple(row) for row in db.execute(select(*(c for c in table.c if c.name != "used")))]
            for table in metadata.sorted_tables
        }
    store.close()
    return rows


def presence(config: Path) -> list[datetime]:
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        found = list(db.execute(select(sessions.c.used)).scalars())
    store.close()
    return found


def delivery_of(config: Path, organisation: str) -> int:
    return next(
        each.delivery.number for each in steps.standing(config) if each.delivery.organisation == organisation
    )  # fmt: skip


def event_of(config: Path) -> str:
    """Return the event that two calendars list."""
    known = latest(config)
    assert known is not None
    return next(one.id for one in known.events(range(len(known.columns))) if len(one.listings) > 1)


def filled(path: str, config: Path) -> str:
    known = {"token": "x" * 43, "name": "report.ics", "signed": "x.y", "number": "1", "organisation": "AU",
             "calendar": "au-events", "job": "x", "state": "GH"}  # fmt: skip
    if "{event}" in path:
        known["event"] = event_of(config)
    if "deliveries" in path:
        known["number"] = str(delivery_of(config, "AU"))
    return path.format(**known)


def fields_for(path: str, visitor: Visitor, page: str, config: Path) -> dict[str, str]:
    fields = {"form": visitor.form_on(page).get("form", "")}
    if path.startswith("/findings/{number}/"):
        fields |= {
            "note": "spoke with Accra",
            "sort": "snoozed",
            "until": (datetime.now(UTC).date() + timedelta(7)).isoformat(),
        }
    if path == "/findings/{number}":
        told = visitor.form_on("/findings/1") if visitor.get("/findings/1").status_code == 200 else {}
        fields |= {"verdict": "confirmed", "fingerprint": "", "newest": "0"} | told
    if path.startswith("/proposals"):
        fields |= {"visibility": "shared", "title": "Workshop"}
    if path == "/events/{event}":
        event = event_of(config)
        told = visitor.form_on(f"/events/{event}")
        fields |= {"do": "split", "newest": "0", f"apart.{event}": "1"} | told
    return fields


@pytest.mark.fault("T40")
def test_every_route_by_every_role(peopled: RunningDesk, record_property):
    """A route that was forgotten here would be one that nobody thought about."""
    routes = [route for module in ROUTES for route in module.router.routes if isinstance(route, APIRoute)]
    assert {r.path for r in routes if "GET" in r.methods} == {*GET, *OPEN}
    assert {r.path for r in routes if "POST" in r.methods} == {*POST, "/leave/{signed}"}
    assert {m for r in routes for m in r.methods} == {"GET", "HEAD", "POST"}
    wrong, asked = [], 0
    proposing.save_proposal(peopled.config, COORDINATOR, {"title": "Workshop"}, "hidden", "", peopled.now)
    with visitors(peopled.url, *EVERYONE) as came:
        who = dict(zip(EVERYONE, came, strict=True))

        def holds(method: str, path: str, name: str, expected: int, status: int) -> None:
            nonlocal asked
            asked += 1
            if status != expected:
                wrong.append(f"{method} {path} by {name or 'nobody'}: {status}, not {expected}")

        for path, statuses in [*GET.items(), *((path, (status,) * 4) for path, status in OPEN.items())]:
            for name, expected in zip(EVERYONE, statuses, strict=True):
                for method in ("GET", "HEAD"):
                    status = who[name].http.request(method, filled(path, peopled.config)).status_code
                    holds(method, path, name, expected, status)
        for path, statuses in POST.items():
            for name, expected in zip(EVERYONE, statuses, strict=True):
                fields = fields_for(path, who[name], FORM_PAGES[name], peopled.config)
                if path.startswith("/sign-in") and name:
                    # Who is signed in finds no form there; the one of another page is theirs as well.
                    assert fields["form"]
                status = who[name].post(filled(path, peopled.config), fields).status_code
                holds("POST", path, name, expected, status)
        for path in {*GET, *POST, *OPEN}:
            for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
                status = who[NOBODY].http.request(method, filled(path, peopled.config)).status_code
                holds(method, path, NOBODY, 405, status)
    assert wrong == []
    record_property("cases", asked)
    record_property("measured", f"{asked} of {asked} answers by route, role and method as the table says")


def confirmation(visitor: Visitor) -> dict[str, str]:
    return visitor.form_on("/findings/1") | {"verdict": "confirmed"}


@pytest.mark.fault("T40")
def test_thirty_ways_to_get_in_or_act_for_another(peopled: RunningDesk, record_property: Callable[[str, object], None]):
    """None of them changes anything, or shows anything."""
    config, desk = peopled.config, peopled
    held: list[str] = []
    with visitors(desk.url, COORDINATOR, "omar", READER, NOBODY) as (ines, omar, rita, nobody):
        before = everything(config)
        good = confirmation(ines)

        def refused(what: str, answer, status: int = 403) -> None:
            assert answer.status_code == status, (what, answer.status_code)
            assert everything(config)["decisions"] == before["decisions"], what
            held.append(what)

        refused("no token", ines.post("/findings/1", {k: v for k, v in good.items() if k != "form"}))
        refused("a token made up", ines.post("/findings/1", good | {"form": "0" * 64}))
        refused("another session's token", ines.post("/findings/1", good | {"form": omar.token()}))
        refused("the token of a form to sign in", ines.post("/findings/1", good | nobody.form_on("/sign-in")))
        refused("a token of letters beyond ASCII", ines.post("/findings/1", good | {"form": "ü"}))
        refused("a foreign Origin", ines.post("/findings/1", good, Origin="https://evil.example"))
        refused("Origin: null", ines.post("/findings/1", good, Origin="null"))
        refused("our name on another port", ines.post("/findings/1", good, Origin="http://127.0.0.1:1"))
        refused("our host at the end of another", ines.post("/findings/1", good, Origin=f"{desk.url}.evil.example"))
        refused("Sec-Fetch-Site: cross-site", ines.post("/findings/1", good, **{"Sec-Fetch-Site": "cross-site"}))
        refused("Sec-Fetch-Site: same-site", ines.post("/findings/1", good, **{"Sec-Fetch-Site": "same-site"}))
        refused("neither header", ines.post("/findings/1", good, Origin="", **{"Sec-Fetch-Site": ""}))
        refused("JSON", ines.http.post("/findings/1", json=good, headers={"Origin": desk.url}), 415)
        refused(
            "text/plain, which needs no permission",
            ines.post("/findings/1", good, **{"Content-Type": "text/plain"}),
            415,
        )
        refused("a form without end", ines.post("/findings/1", good | {"note": "x" * 70_000}), 413)
        refused("GET with the fields of a form", ines.get("/findings/1", params=good), 200)
        refused("a method said to be another", ines.http.get(
            "/findings/1", params=good, headers={"X-HTTP-Method-Override": "POST"}), 200)  # fmt: skip
        refused("a reader who presses", rita.post("/findings/1", good | {"form": rita.token("/yours")}))
        refused("a reader of another's report", rita.get("/organisations/UA/report"))
        refused("a foreign Host", ines.get("/", headers={"Host": "rebound.example"}), 421)
        refused("a foreign Host that presses", ines.post(
            "/findings/1", good, Host="rebound.example", Origin="http://rebound.example"), 421)  # fmt: skip
        refused("a header that names somebody, from nobody we trust", nobody.get(
            "/log", headers={"X-Forwarded-User": "ines"}), 303)  # fmt: skip
        refused("a session made up", Visitor(desk.url, Cookie="outreach=" + "A" * 43).get("/log"), 303)
        digest = before["sessions"][0][0]
        refused("what the database has of a session", Visitor(desk.url, Cookie=f"outreach={digest}").get("/log"), 303)

        # Session fixation: the one that was there before is not the one after.
        planted = "A" * 43
        victim = Visitor(desk.url)
        victim.http.cookies.set("outreach", planted, domain="127.0.0.1", path="/")
        assert victim.sign_in("omar").status_code == 303
        refused("a session planted before", Visitor(desk.url, Cookie=f"outreach={planted}").get("/log"), 303)
        old = omar.http.cookies["outreach"]
        omar.post("/sign-in", {"form": omar.token(), "name": "omar", "password": PASSWORD})
        assert omar.http.cookies["outreach"] != old
        refused("the session before one signed in again", Visitor(desk.url, Cookie=f"outreach={old}").get("/log"), 303)

        # Open redirects.
        for target in (
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "/%0d%0aX: y",
            "javascript:alert(1)",
        ):
            with visitors(desk.url, NOBODY) as (guest,):
                led = guest.sign_in("omar", target=target)
                assert led.status_code == 303, target
                assert re.fullmatch(r"/(?:%0d%0aX:%20y)?", led.headers["location"]), led.headers["location"]
        held.append("five addresses of others to go on to")

        for page in ("/", "/findings/1", "/organisations/AU", "/log", "/sign-in"):
            headers = ines.get(page).headers if page != "/sign-in" else nobody.get(page).headers
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "private, no-store"
        held.append("a page of ours in a page of another site")

        leaves = ines.http.cookies["outreach"]
        assert ines.post("/sign-out", {"form": ines.token()}).status_code == 303
        refused("a session after signing out", Visitor(desk.url, Cookie=f"outreach={leaves}").get("/log"), 303)
        steps.remove_account(config, "eva")
        with visitors(desk.url, "omar") as (again,):
            steps.set_password(config, "omar", "another sentence of words")
            refused("a session after another password", again.get("/log"), 303)
            steps.remove_account(config, "omar")
            refused("the account is gone", again.get("/log"), 303)
    record_property("cases", len(held))
    record_property("measured", f"{len(held)} of {len(held)} ways refused")
    assert len(held) >= 30


@pytest.mark.fault("T40")
def test_looking_changes_nothing(peopled: RunningDesk, record_property):
    """Programs that look at links ahead of people open every page there is."""
    with visitors(peopled.url, *EVERYONE) as came:
        # Whoever asks first lays the events out for everybody, in memory and in the database.
        latest(peopled.config)
        before = everything(peopled.config)
        for visitor in came:
            for path in [*GET, *OPEN]:
                visitor.get(filled(path, peopled.config), headers={"Sec-Purpose": "prefetch"})
                visitor.get(filled(path, peopled.config) + "?verdict=confirmed&language=fr")
        assert everything(peopled.config) == before
    record_property("cases", len(GET) + len(OPEN))


@pytest.mark.fault("T40")
def test_a_session_ends_by_itself(peopled: RunningDesk, record_property):
    """A desk is left open at the end of the day, and a cookie copied from it is tried a month later."""

    def works(ines: Visitor) -> bool:
        """Open a page; that somebody was there is written down after the answer."""
        there = ines.get("/log").status_code == 200
        now = peopled.now
        wait_until(lambda: not there or any(used >= now for used in presence(peopled.config)))
        return there

    with visitors(peopled.url, COORDINATOR) as (ines,):
        peopled.later(hours=7, minutes=59)
        assert works(ines)
        peopled.later(hours=7, minutes=50)
        assert works(ines), "whoever works stays signed in"
        peopled.later(hours=8, minutes=1)
        assert ines.get("/log").status_code == 303
        assert ines.sign_in(COORDINATOR).status_code == 303
        for _ in range(23):
            peopled.later(hours=7)
            assert works(ines)
        peopled.later(hours=7)
        assert ines.get("/log").status_code == 303, "not for ever, however busy"
    record_property("cases", 2)


@pytest.mark.fault("T40")
def test_guessing_passwords_has_to_wait(peopled: RunningDesk, record_property):
    """From one address, or from a thousand for one name; and the right one is not found meanwhile either."""
    guess = {"name": "ines", "password": "not the sentence at all"}
    with visitors(peopled.url, NOBODY) as (guest,):
        form = guest.form_on("/sign-in")
        answers = [
            guest.post("/sign-in", form | guess, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(12)
        ]
        assert answers == [403] * 10 + [429] * 2
        assert guest.post("/sign-in", form | guess | {"password": PASSWORD}).status_code == 429
        one = {"X-Forwarded-For": "203.0.114.1"}
        names = [guest.post("/sign-in", form | guess | {"name": f"n{n}"}, **one).status_code for n in range(31)]
        assert names == [403] * 30 + [429]
        peopled.later(minutes=11)
        assert guest.sign_in("ines").status_code == 303
    record_property("cases", 2)
    record_property("measured", "10 wrong passwords for a name, 30 from an address, then one a minute, or every 10 s")


def test_the_link_of_the_first_start_signs_in_once(config: Path, desk: RunningDesk):
    """It stands in a terminal, where others may read it later."""
    assert needs_link(config)
    link = OneTimeLink()
    with running_desk(config, desk.now, link) as running, visitors(running.url, NOBODY, NOBODY) as (one, other):
        token = link.make("ines", running.now)
        path = f"/sign-in/{token}"
        for _ in range(3):
            assert one.get(path).status_code == 200
        forms = [(visitor, visitor.form_on(path)) for visitor in (one, other)]
        with ThreadPoolExecutor(2) as pool:
            answers = [pool.submit(visitor.post, path, form).result() for visitor, form in forms]
        assert sorted(answer.status_code for answer in answers) == [303, 410]
        assert one.get("/").status_code == 200
        assert one.get(path).status_code == 410
        fresh = link.make("ines", running.now)
        running.later(minutes=10)
        assert other.get(f"/sign-in/{fresh}").status_code == 410
    assert needs_link(config), "they still have no password"
    assert [(one.name, one.role, one.password) for one in steps.accounts_of(config)] == [("ines", Role.COORDINATOR, "")]
    assert entering.sign_in(config, "ines", "", desk.now) is None


def test_a_web_server_in_front_may_say_who_comes(busy: Path):
    """And nobody else may, whatever they send."""
    config, now = busy, datetime.now(UTC)
    text = config.read_text().replace("[desk]", '[desk]\ntrusted_header = "X-Forwarded-User"')
    config.write_text(text)
    with running_desk(config, now) as running:
        proxied = Visitor(running.url, **{"X-Forwarded-User": "ines"})
        assert proxied.get("/log").status_code == 200
        assert proxied.post("/findings/1", confirmation(proxied)).status_code == 303
        assert proxied.post("/findings/1", confirmation(proxied) | {"form": ""}).status_code == 403
        assert Visitor(running.url, **{"X-Forwarded-User": "stranger"}).get("/log").status_code == 403
        twice = running.client.get(
            f"{running.url}/log", headers=[("X-Forwarded-User", "ines"), ("X-Forwarded-User", "x")]
        )
        assert twice.status_code == 303
    config.write_text(text.replace("[desk]", '[desk]\ntrusted_proxies = ["192.0.2.1"]'))
    with running_desk(config, now) as running:
        headers = {"X-Forwarded-User": "ines", "X-Forwarded-For": "192.0.2.1"}
        assert running.client.get(f"{running.url}/log", headers=headers).status_code == 303


def test_behind_tls_cookies_are_for_this_host_and_line_alone(peopled: RunningDesk):
    """A neighbour under the same domain could set ours otherwise."""
    headers = {"Host": "outreach.example.org", "X-Forwarded-Proto": "https"}
    answer = peopled.client.get(f"{peopled.url}/sign-in", headers=headers)
    cookie = answer.headers["set-cookie"]
    assert re.match(r"__Host-outreach-form=[^;]+; HttpOnly; Path=/; SameSite=strict; Secure$", cookie)
    assert answer.headers["strict-transport-security"]
    assert "Secure" not in peopled.ask("/sign-in").headers["set-cookie"]


def test_other_machines_reach_a_desk_only_where_it_asks_who_comes(config: Path):
    """It showed everything to the whole network otherwise."""
    with pytest.raises(OpenToOthers, match=r"Nothing was started. Next: leave --host at 127\.0\.0\.1"):  # noqa: SIM117
        with listening("0.0.0.0", 0, guarded=guarded(config)):
            pass
    steps.add_account(config, "ines", Role.COORDINATOR, "", PASSWORD, "the test", MADE)
    with listening("0.0.0.0", 0, guarded=guarded(config)) as (_, address):
        assert address.startswith("http://0.0.0.0:")
    config.write_text(config.read_text().replace('address = "https://outreach.example.org"', ""))
    assert not guarded(config), "it would not know under which name it may be asked for"


def test_a_password_is_kept_so_that_nobody_reads_it(config: Path):
    """The database is copied for backups."""
    add_people(config)
    kept = {one.name: one.password for one in steps.accounts_of(config)}
    assert len(set(kept.values())) == len(kept), "the same password twice is kept as two"
    assert all(value.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for value in kept.values())
    assert PASSWORD.encode() not in (config.parent / "state" / "outreach.db").read_bytes()
    assert passwords.is_same(PASSWORD, kept["ines"])
    assert not passwords.is_same(PASSWORD + " ", kept["ines"])
    assert not passwords.is_same("", "")
    for poor in ("short", "x" * 40, "y" * 2000):
        with pytest.raises(PasswordUnsuitable, match="Nothing was changed"):
            steps.set_password(config, "ines", poor)


@pytest.mark.parametrize(
    ("name", "role", "organisation"),
    [("ines", Role.COORDINATOR, ""), ("", Role.EXPERT, ""), ("a\nb", Role.EXPERT, ""), ("x", Role.READER, ""),
     ("x", Role.EXPERT, "AU"), ("x", Role.READER, "UN1540")],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused(config: Path, name: str, role: Role, organisation: str):
    """A reader without an organisation would read nothing, or everything."""
    add_people(config)
    with pytest.raises(NoAccount, match="Nothing was changed"):
        steps.add_account(config, name, role, organisation, PASSWORD, "the test", MADE)


def test_a_reader_reads_the_very_report_of_their_organisation(peopled: RunningDesk):
    """The same disclosure as by mail, byte for byte, in each language."""
    with visitors(peopled.url, READER, COORDINATOR) as (rita, ines):
        assert rita.get("/").headers["location"] == "/yours"
        assert rita.get("/report").content == steps.report_of(peopled.config, "AU", NIGHT, "html")
        for language in ("fr", "es", "pt", "ar", "ru"):
            expected = steps.report_of(peopled.config, "AU", NIGHT, "html", language)
            assert rita.get(f"/report?language={language}").content == expected
        assert "/report?language=ar" in rita.get("/yours?language=ar").text
        for organisation in ("AU", "UA", "CIS"):
            seen = ines.get(f"/organisations/{organisation}/report").content
            assert seen == steps.report_of(peopled.config, organisation, NIGHT, "html")
