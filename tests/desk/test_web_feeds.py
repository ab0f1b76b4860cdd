"""A report at a secret address: the same as by command, for whoever has the address and for nobody else."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jsonschema
import pytest
from chromium_browser import chromium
from desk_server import RunningDesk, wait_until

from desk.serving import OpenToOthers, PlaceTaken, listening
from flows import feeding, steps
from flows.feeding import NoSubscription
from store.connecting import connect

OUTREACH = Path(sys.executable).with_name("outreach")
NIGHT = date(2007, 11, 26)
MADE = datetime(2029, 12, 31, tzinfo=UTC)
TYPES = {
    "ics": "text/calendar; charset=utf-8", "html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}  # fmt: skip


def subscribe(config: Path, organisation: str = "AU") -> tuple[int, str]:
    """Make an address; return its number and its path without the ending."""
    made = steps.subscribe(config, organisation, "a calendar program", "ines", MADE)
    return made.subscription.number, urlsplit(made.addresses["ics"]).path.removesuffix(".ics")


def plain_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def guess() -> str:
    return secrets.token_urlsafe(24)


def test_what_stands_at_an_address_is_what_the_command_shows(desk: RunningDesk):
    """A liaison compares the calendar in their telephone with the report they were sent."""
    for organisation in ("AU", "UA"):
        _, path = subscribe(desk.config, organisation)
        for format_, media in TYPES.items():
            answer = desk.ask(f"{path}.{format_}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, media)
            assert answer.content == steps.report_of(desk.config, organisation, NIGHT, format_)
            head = desk.ask(f"{path}.{format_}", "HEAD")
            assert (head.status_code, head.content, head.headers["content-length"]) == (
                200, b"", str(len(answer.content))
            )  # fmt: skip


def test_what_is_decided_and_agreed_by_day_shows_at_the_next_request(desk: RunningDesk):
    """What is kept at hand must never outlive the consent it was shown under."""
    _, path = subscribe(desk.config, "UA")
    before = desk.ask(f"{path}.json").content
    assert b"CANARYAFRICA" in before
    text = desk.config.read_text().replace('source = "au.csv"', 'source = "au.csv"\nvisibility = "hidden"')
    desk.config.write_text(text)
    after = desk.ask(f"{path}.json").content
    assert b"CANARYAFRICA" not in after
    assert after == steps.report_of(desk.config, "UA", NIGHT, "json")


def test_the_next_night_takes_the_place_of_this_one(desk: RunningDesk):
    """A calendar program is given its address once and for all."""
    _, path = subscribe(desk.config)
    before = desk.ask(f"{path}.ics").content
    tomorrow = NIGHT + timedelta(days=1)
    for calendar in steps.calendars(desk.config):
        steps.sync_calendar(desk.config, calendar, tomorrow)
    assert desk.ask(f"{path}.ics").content == before
    steps.write_reports(desk.config, tomorrow)
    assert desk.ask(f"{path}.ics").content == steps.report_of(desk.config, "AU", tomorrow, "ics") != before


def test_before_the_first_night_a_calendar_program_is_asked_to_come_back(desk: RunningDesk):
    """One that is told 404 forgets the address."""
    text = desk.config.read_text() + '[[organisations]]\nid = "NEW"\nname = "New"\nreads_reports = true\n'
    desk.config.write_text(text)
    _, path = subscribe(desk.config, "NEW")
    answer = desk.ask(f"{path}.ics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")


@pytest.mark.fault("T42")
@pytest.mark.timeout(900)
def test_a_million_guesses_find_nothing(config: Path, record_property):
    """Neither at random, nor near an address that stands, nor one that was revoked."""
    stands = [urlsplit(subscribe(config)[1]).path.split("/")[2] for _ in range(20)]
    number, path = subscribe(config)
    steps.revoke(config, number, MADE)
    near = [path.split("/")[2]]
    for token in stands:
        near += [token[:-1], token[1:], token + "A", token.swapcase(), token[::-1], feeding.digest_of(token), ""]
        near += [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        assert all(feeding.look_up(db, token) is not None for token in stands)
        hits = sum(feeding.look_up(db, token) is not None for token in near)
        hits += sum(feeding.look_up(db, guess()) is not None for _ in range(1_000_000 - len(near)))
    store.close()
    record_property("cases", 1_000_000)
    record_property("measured", f"{hits} of 1,000,000 guesses, {len(near)} of them near addresses that stand")
    assert hits == 0


@pytest.mark.fault("T42")
@pytest.mark.timeout(900)
def test_guesses_over_http_find_nothing_and_learn_nothing(desk: RunningDesk, record_property):
    """Whatever is wrong with an address, the answer is the same to the byte: nobody learns that they were near."""
    number, revoked = subscribe(desk.config)
    _, path = subscribe(desk.config)
    token = path.split("/")[2]
    steps.revoke(desk.config, number, MADE)
    wrong = [f"{revoked}.ics", "/feeds/", "/feeds/x/report.ics", f"/feeds/{token}", f"/feeds/{token}/"]
    wrong += [f"/feeds/{token}/{name}" for name in ("report.xlsx", "report", "programme.ics", "..%2freport.ics")]
    wrong += [f"/feeds/{token[:-1]}%00/report.ics", f"/feeds/{token}%20/report.ics", f"/feeds/{'A' * 5000}/report.ics"]
    wrong += [f"/feeds/{token.swapcase()}/report.ics", "/feeds/%ff%fe/report.ics", f"/Feeds/{token}/report.ics"]
    wrong += [f"/feeds/{guess()}/report.ics" for _ in range(2000 - len(wrong))]
    answers = {
        (answer.status_code, answer.content, json.dumps(plain_headers(answer)))
        for number, path in enumerate(wrong)
        for answer in [desk.ask(path, headers={"X-Forwarded-For": f"203.0.{number // 200}.{number % 200}"})]
    }
    record_property("cases", len(wrong))
    record_property("measured", f"{len(answers)} answer to {len(wrong):,} wrong addresses over HTTP")
    ((status, body, _),) = answers
    assert status == 404
    assert token.encode() not in body


@pytest.mark.fault("T42")
def test_a_revoked_address_leads_nowhere_at_the_next_request(desk: RunningDesk, record_property):
    """It was forwarded to somebody who may not read it."""
    number, path = subscribe(desk.config)
    _, other = subscribe(desk.config)
    assert desk.ask(f"{path}.ics").status_code == 200
    steps.revoke(desk.config, number, MADE)
    gone, unknown = desk.ask(f"{path}.ics"), desk.ask(f"/feeds/{guess()}/report.ics")
    assert gone.status_code == 404
    assert (gone.content, plain_headers(gone)) == (unknown.content, plain_headers(unknown))
    assert desk.ask(f"{other}.ics").status_code == 200
    record_property("cases", 1)
    record_property("measured", "revoked: 404 at the next request")


@pytest.mark.fault("T42")
def test_rotating_keeps_the_content_and_ends_the_old_address(desk: RunningDesk):
    """The same calendar under a new address, and nothing under the one that went round."""
    number, path = subscribe(desk.config)
    before = desk.ask(f"{path}.ics").content
    made = steps.rotate(desk.config, number, "ines", MADE)
    assert made.subscription.note == "a calendar program"
    assert desk.ask(urlsplit(made.addresses["ics"]).path).content == before
    assert desk.ask(f"{path}.ics").status_code == 404
    with pytest.raises(NoSubscription, match=r"Address 1 is revoked.*Next: outreach feeds add AU"):
        steps.rotate(desk.config, number, "ines", MADE)


def test_an_organisation_that_reads_no_report_any_more_has_none_by_address_either(desk: RunningDesk):
    """Whoever takes it from the roster thinks of the mail, not of the addresses handed out last year."""
    _, path = subscribe(desk.config)
    text = desk.config.read_text()
    desk.config.write_text(text.replace('reads_reports = true\ndeliver_to = ["liaison@au.example"]\n', ""))
    assert desk.ask(f"{path}.ics").status_code == 404
    with pytest.raises(NoSubscription, match="AU gets no report"):
        subscribe(desk.config)


def test_one_who_guesses_has_to_wait_and_nobody_else(desk: RunningDesk):
    """A loop that asks a thousand times a second must not keep the database from those who may read."""
    _, path = subscribe(desk.config)
    guesser, reader = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    got = [desk.ask(f"/feeds/{guess()}/report.ics", headers=guesser).status_code for _ in range(32)]
    assert got == [404] * 30 + [429] * 2
    assert desk.ask(f"{path}.ics", headers=guesser).headers["retry-after"] == "60"
    assert desk.ask(f"{path}.ics", headers=reader).status_code == 200
    desk.later(seconds=60)
    assert desk.ask(f"{path}.ics", headers=guesser).status_code == 200
    neighbours = [{"X-Forwarded-For": f"2001:db8::{number:x}"} for number in range(1, 33)]
    assert [desk.ask("/feeds/x/y", headers=each).status_code for each in neighbours][-1] == 429
    # A proxy that does not say whom it asks for would be every client at once.
    assert {desk.ask("/feeds/x/y").status_code for _ in range(50)} == {404}


def test_the_list_tells_when_an_address_was_last_used(desk: RunningDesk):
    """An address that nobody uses can be revoked without asking; the hour is enough to know that."""
    subscribe(desk.config)
    _, path = subscribe(desk.config)

    def noted(when: datetime) -> bool:
        # It is noted after the answer: a reader does not wait for a night that is writing.
        return [each.last_used for each in steps.feeds(desk.config)] == [None, when]

    first = desk.now
    desk.ask(f"{path}.ics")
    wait_until(lambda: noted(first))
    desk.later(minutes=59)
    desk.ask(f"{path}.ics")
    desk.later(minutes=1)
    desk.ask(f"{path}.ics")
    wait_until(lambda: noted(first + timedelta(hours=1)))


def test_every_answer_is_for_its_reader_alone(desk: RunningDesk):
    """No proxy may keep it, no search engine find it, no page frame it, and no link tell where it was followed."""
    _, path = subscribe(desk.config)
    for asked in (f"{path}.ics", f"{path}.html", "/feeds/x/y", "/nowhere", "/healthz", "/leave/x"):
        answer = desk.ask(asked)
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not {"etag", "last-modified", "set-cookie", "server", "location"} & answer.headers.keys()
        assert "strict-transport-security" not in answer.headers
        assert "strict-transport-security" in desk.ask(asked, headers={"X-Forwarded-Proto": "https"}).headers


def test_a_browser_shows_the_page_as_it_was_written(desk: RunningDesk):
    """A policy one digit off would leave a page without its style sheet, and nobody at the desk would notice."""
    from playwright.sync_api import sync_playwright

    _, path = subscribe(desk.config)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        for address, width in ((f"{path}.html", "992px"), ("/nowhere", "640px")):
            page.goto(f"{desk.url}{address}")
            assert page.evaluate("getComputedStyle(document.body).maxWidth") == width
        browser.close()
    # That there is nothing at the second is told, and nothing else.
    assert [text for text in told if "404" not in text] == []


ROUTES = {
    "/healthz": {"GET": 200, "HEAD": 200},
    "/readyz": {"GET": 200, "HEAD": 200},
    "{feed}.ics": {"GET": 200, "HEAD": 200},
    "{leave}": {"GET": 200, "HEAD": 200, "POST": 200},
    "/leave/altered": {"GET": 403, "HEAD": 403, "POST": 403},
    "/nowhere": dict.fromkeys(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"), 404),
    "/openapi.json": {"GET": 404, "POST": 404},
    "/docs": {"GET": 404},
}


def test_every_route_answers_every_method_as_it_should(desk: RunningDesk, link):
    """A method that nobody thought of must not do what another does."""
    _, feed = subscribe(desk.config)
    for route, methods in ROUTES.items():
        path = route.format(feed=feed, leave=link("AU"))
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "POST"):
            answer = desk.ask(path, method)
            otherwise = 404 if 404 in methods.values() else 405
            assert answer.status_code == methods.get(method, otherwise), (method, route)
            if answer.status_code == 405:
                assert set(answer.headers["allow"].split(", ")) == set(methods)


def test_who_asks_for_json_is_told_in_json(desk: RunningDesk):
    """A program cannot read a page (RFC 9457)."""
    for path, method, status in (("/nowhere", "GET", 404), ("/healthz", "POST", 405), ("/leave/altered", "GET", 403)):
        answer = desk.ask(path, method, headers={"Accept": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        page = desk.ask(path, method, headers={"Accept": "text/html,*/*"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>" in page.text


def test_a_desk_without_its_database_says_that_it_is_not_ready(desk: RunningDesk, caplog):
    """Whoever watches it can tell a desk that is ill from one that is down; nobody else learns why."""
    _, path = subscribe(desk.config)
    database = desk.config.parent / "state" / "outreach.db"
    database.rename(database.with_name("away.db"))
    assert desk.ask("/healthz").text == "ok\n"
    assert (desk.ask("/readyz").status_code, desk.ask("/readyz").text) == (503, "not ready\n")
    assert not database.exists()
    database.write_bytes(b"no database at all " * 100)
    with caplog.at_level(logging.ERROR):
        answer = desk.ask(f"{path}.ics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert "outreach.db" not in answer.text
    assert "no SQLite database" in caplog.text
    assert desk.ask("/readyz").status_code == 503


def test_a_database_of_an_older_version_is_not_ready(desk: RunningDesk):
    """After an update the desk has to be started again; a proxy should not send people to it before."""
    with sqlite3.connect(desk.config.parent / "state" / "outreach.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0008'")
    raw.close()
    assert desk.ask("/readyz").status_code == 503


# -- the commands ---------------------------------------------------------------------------------------------------


def outreach(folder: Path, *words: str, ends: int = 0) -> tuple[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    ended = subprocess.run([OUTREACH, *words], cwd=folder, env=clean, capture_output=True, text=True, timeout=120)
    assert ended.returncode == ends, ended.stderr
    return ended.stdout, ended.stderr


def test_addresses_are_made_listed_rotated_and_revoked(config: Path, repository: Path):
    """What a coordinator types; an address is shown once, and no list can show it again."""
    folder = config.parent
    assert "Nobody was given an address" in outreach(folder, "feeds")[1]
    address, told = outreach(folder, "feeds", "add", "AU", "--note", "liaison office")
    assert address.startswith("https://outreach.example.org/feeds/")
    assert "not shown again" in told
    token = address.split("/")[4]
    rotated = json.loads(outreach(folder, "feeds", "rotate", "1", "--json")[0])
    schema = json.loads((repository / "desk" / "schemas" / "feeds.schema.json").read_text())
    listed, table = outreach(folder, "feeds", "--json")[0], outreach(folder, "feeds")[0]
    jsonschema.validate(json.loads(listed), schema)
    jsonschema.validate([rotated], schema)
    assert [each["revoked"] is None for each in json.loads(listed)] == [False, True]
    assert [each["note"] for each in json.loads(listed)] == ["liaison office"] * 2
    assert "liaison office" in table
    assert "is revoked" in outreach(folder, "feeds", "revoke", "2")[1]
    assert "was revoked before" in outreach(folder, "feeds", "revoke", "2")[1]
    assert "There is no address 9" in outreach(folder, "feeds", "revoke", "9", ends=2)[1]
    for secret in (token, rotated["addresses"]["ics"].split("/")[4]):
        assert secret not in listed + table
        assert all(secret.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    config.write_text(config.read_text().replace('address = "https://outreach.example.org"', ""))
    assert "does not say where the desk is found" in outreach(folder, "feeds", "add", "AU", ends=2)[1]


def test_an_address_that_others_could_read_on_the_way_is_refused(config: Path):
    """A token that goes over an open line is no secret."""
    right, text = 'address = "https://outreach.example.org"', config.read_text()
    for wrong, told in (
        ('address = "http://outreach.example.org"', "could be read on the way"),
        ('address = "outreach.example.org"', "is no address"),
        ('address = "https://me:secret@outreach.example.org"', "is no address"),
        ('adress = "https://outreach.example.org"', "'adress' is not a setting"),
    ):
        config.write_text(text.replace(right, wrong))
        assert told in outreach(config.parent, "config", "check", ends=2)[1]


def malformed(url: str, head: bytes) -> None:
    """Send what is no request, and wait until the server has hung up."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 60) as line, suppress(ConnectionResetError):
        line.sendall(head)
        while line.recv(4096):
            pass


@pytest.mark.fault("T26")
def test_the_desk_as_it_is_typed_writes_down_no_token_and_ends_when_told(config: Path, link, record_property):
    """Logs are kept for years, and read by people who may not read reports."""
    folder = config.parent
    number, path = subscribe(config)
    _, other = subscribe(config)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    process = subprocess.Popen(
        [OUTREACH, "desk", "--port", "0"], cwd=folder, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        first = process.stderr.readline()
        assert first.startswith("The desk answers at http://127.0.0.1:")
        url = first.split()[4].rstrip(".")
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            assert client.get(f"{path}.ics").status_code == 200
            steps.revoke(config, number, MADE)
            assert client.get(f"{path}.ics").status_code == 404
            assert client.get(f"{other}.nothing?token={other}", headers={"Referer": other}).status_code == 404
            assert client.request("POST", f"{other}.ics", content=other).status_code == 405
            assert client.get(link("AU")).status_code == 200
            assert client.post(f"{link('AU')}x").status_code == 403
            malformed(url, f"GET {other}.ics HTTP/1.1\r\nX: {'x' * 20_000}".encode())
            malformed(url, f"GET {other}.ics \xff HTTP/1.1\r\n\r\n".encode("latin-1"))
            # What nobody foresaw: a table is gone.
            with sqlite3.connect(folder / "state" / "outreach.db") as raw:
                raw.execute("ALTER TABLE subscriptions RENAME TO elsewhere")
            raw.close()
            broken = client.get(f"{other}.ics")
            assert broken.status_code == 500
            assert broken.headers["cache-control"] == "private, no-store"
            assert "frame-ancestors 'none'" in broken.headers["content-security-policy"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert err.endswith("The desk is closed.\n")
    assert "no such table" in err, "what broke is told to whoever runs the desk"
    for secret in (path.split("/")[2], other.split("/")[2], link("AU").split("/")[2]):
        assert secret not in first + out + err
    record_property("cases", 11)


def test_the_desk_listens_on_this_machine_only_and_says_why(config: Path):
    """Nobody has an account yet by which it could ask who comes."""
    told = outreach(config.parent, "desk", "--host", "0.0.0.0", ends=2)[1]
    assert "could not ask people who they are" in told
    assert "docs/desk.md" in told
    for host in ("0.0.0.0", "::", "192.0.2.1", "outreach.example.org", ""):
        with pytest.raises(OpenToOthers), listening(host, 0):
            pass
    with (
        listening("127.0.0.1", 0) as (opened, _),
        pytest.raises(PlaceTaken, match=r"already in use.*--port"),
        listening("127.0.0.1", opened.getsockname()[1]),
    ):
        pass


def test_neither_the_command_nor_the_desk_loads_what_it_does_not_need(config: Path):
    """`outreach check` answers within a second, and a desk needs no Prefect."""
    asked = "print(sorted({'fastapi', 'starlette', 'uvicorn', 'prefect'} & sys.modules.keys()))"
    for body, loaded in (
        (f"import desk.cli; {asked}", "[]"),
        (f"import desk.serving; desk.serving.application(None, None); {asked}", "['fastapi', 'starlette', 'uvicorn']"),
    ):  # fmt: skip
        ran = subprocess.run([sys.executable, "-c", f"import sys; {body}"], capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == loaded
