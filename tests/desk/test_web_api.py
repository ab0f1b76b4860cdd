"""The API: who may ask what, what it takes, and that programs are told the same as people."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import httpx
import jsonschema
import pytest
from desk_programs import problem, program, token_for
from desk_server import CONFIG, NIGHT, ORGANISATION, RunningDesk, running_desk, wait_until
from desk_visitors import PASSWORD, visitors
from fastapi import APIRouter
from published_feed import PublishedFeed, workshops

from dedupe.events import Event
from desk.answering import Desk
from desk.api import MOUNTED, ROUTES, VERSION, api
from desk.bearers import Guarded
from desk.security import HEADERS
from flows import api_tokens, steps
from flows.latest import latest
from flows.syncing import sync_calendar
from reports.rendering import FORMATS
from store.accounts import Role
from store.remarks import Sort

NOBODY, READER, EXPERT, COORDINATOR, REVOKED = "", "rita", "eva", "ines", "revoked"
EVERYONE = (NOBODY, READER, EXPERT, COORDINATOR, REVOKED)
ALL, INSIDE, COORDINATORS = (401, 200, 200, 200, 401), (401, 403, 200, 200, 401), (401, 403, 403, 200, 401)
MADE_BY_COORDINATORS, BEGUN_BY_COORDINATORS = (401, 403, 403, 201, 401), (401, 403, 403, 202, 401)
OPERATIONS = {
    ("GET", "/readiness"): (200,) * 5,
    ("GET", "/me"): ALL,
    ("GET", "/tonight"): INSIDE,
    ("GET", "/findings/{number}"): INSIDE,
    ("GET", "/findings/{number}/instead"): INSIDE,
    ("GET", "/experts"): COORDINATORS,
    ("POST", "/findings/{number}/decisions"): COORDINATORS,
    ("POST", "/findings/{number}/notes"): INSIDE,
    ("POST", "/findings/{number}/remarks"): COORDINATORS,
    ("GET", "/log"): INSIDE,
    ("GET", "/organisations"): COORDINATORS,
    ("GET", "/organisations/{organisation}"): COORDINATORS,
    ("GET", "/organisations/{organisation}/report"): COORDINATORS,
    ("POST", "/organisations/{organisation}/deliveries/{number}/hold"): COORDINATORS,
    ("POST", "/organisations/{organisation}/deliveries/{number}/resend"): COORDINATORS,
    ("POST", "/organisations/{organisation}/approve"): COORDINATORS,
    ("POST", "/organisations/{organisation}/hold"): COORDINATORS,
    ("GET", "/report"): (401, 200, 403, 403, 401),
    ("GET", "/feeds"): COORDINATORS,
    ("POST", "/feeds"): MADE_BY_COORDINATORS,
    ("POST", "/feeds/{number}/rotate"): MADE_BY_COORDINATORS,
    ("DELETE", "/feeds/{number}"): COORDINATORS,
    ("POST", "/check"): COORDINATORS,
    ("POST", "/check/list"): COORDINATORS,
    ("GET", "/coverage"): COORDINATORS,
    ("GET", "/hosts"): COORDINATORS,
    ("GET", "/states"): COORDINATORS,
    ("GET", "/states/{state}"): COORDINATORS,
    ("GET", "/states/{state}/findings"): COORDINATORS,
    ("GET", "/ledger"): COORDINATORS,
    ("GET", "/calendars"): COORDINATORS,
    ("POST", "/calendars"): MADE_BY_COORDINATORS,
    ("GET", "/calendars/{calendar}"): COORDINATORS,
    ("POST", "/calendars/{calendar}/refuse"): COORDINATORS,
    ("POST", "/calendars/{calendar}/accept"): BEGUN_BY_COORDINATORS,
    ("POST", "/trials"): COORDINATORS,
    ("GET", "/events"): COORDINATORS,
    ("GET", "/themes"): COORDINATORS,
    ("GET", "/calendar/months/{month}"): COORDINATORS,
    ("GET", "/calendar/months/{month}/whole"): COORDINATORS,
    ("GET", "/calendar/years/{year}"): COORDINATORS,
    ("GET", "/calendar/days/{day}"): COORDINATORS,
    ("GET", "/calendar/undated"): COORDINATORS,
    ("GET", "/timeline"): COORDINATORS,
    ("GET", "/events/{event}"): COORDINATORS,
    ("POST", "/events/{event}/split"): COORDINATORS,
    ("POST", "/events/{event}/merge"): COORDINATORS,
    ("GET", "/proposals"): COORDINATORS,
    ("POST", "/proposals"): MADE_BY_COORDINATORS,
    ("GET", "/proposals/{number}"): COORDINATORS,
    ("GET", "/proposals/{number}/check"): COORDINATORS,
    ("PUT", "/proposals/{number}"): COORDINATORS,
    ("PUT", "/proposals/{number}/visibility"): COORDINATORS,
    ("DELETE", "/proposals/{number}"): COORDINATORS,
    ("GET", "/jobs"): COORDINATORS,
    ("POST", "/jobs"): BEGUN_BY_COORDINATORS,
    ("GET", "/jobs/{job}"): COORDINATORS,
    ("POST", "/jobs/{job}/stop"): COORDINATORS,
}
"""What is answered to who has no token, a reader's, an expert's, a coordinator's, and one that was revoked; in this
order of asking."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.fixture
def programs(peopled: RunningDesk) -> Iterator[dict[str, httpx.Client]]:
    """One program for each of EVERYONE."""
    config = peopled.config
    tokens = {name: token_for(config, name) for name in (READER, EXPERT, COORDINATOR)}
    revoked = api_tokens.issue(config, COORDINATOR, "", "the test", peopled.now)
    assert api_tokens.revoke_token(config, revoked.token.number, peopled.now)[1]
    tokens |= {NOBODY: "", REVOKED: revoked.text}
    ines = next(one for one in steps.accounts_of(config) if one.name == COORDINATOR)
    steps.remark(config, 1, Sort.ASSIGNED, ines, peopled.now, subject=EXPERT)
    with ExitStack() as stack:
        yield {name: stack.enter_context(program(peopled.url, tokens[name])) for name in EVERYONE}


@pytest.fixture
def ines(programs: dict[str, httpx.Client]) -> httpx.Client:
    """A coordinator's program."""
    return programs[COORDINATOR]


def delivery_of(config: Path, organisation: str) -> int:
    return next(
        each.delivery.number for each in steps.standing(config) if each.delivery.organisation == organisation
    )  # fmt: skip


def event_of(config: Path) -> Event:
    """Return the event that two calendars list, or any where none is left."""
    known = latest(config)
    events = known.events(range(len(known.columns)))
    return next((one for one in events if len(one.listings) > 1), events[0])


def job_of(ines: httpx.Client) -> str:
    """Have a calendar read, and wait until it is."""
    begun = ines.post("/jobs", json={"sort": "sync", "calendars": ["programme"]}).json()["job"]
    wait_until(lambda: ines.get(f"/jobs/{begun}").json()["ended"])
    return begun


def filled(path: str, config: Path, job: str) -> str:
    known = {"number": "1", "organisation": "AU", "state": "BW", "job": job, "calendar": "feed"}
    known |= {"month": "2007-12", "year": "2008", "day": "2007-12-04"}
    if "{event}" in path:
        known["event"] = event_of(config).id
    if "deliveries" in path:
        known["number"] = str(delivery_of(config, "AU"))
    return path.format(**known)


def body_for(path: str, ines: httpx.Client, config: Path) -> dict[str, object] | None:
    if path == "/findings/{number}/decisions":
        return decision(ines.get("/findings/1").json(), "confirmed")
    if path == "/findings/{number}/notes":
        return {"note": "spoke with Accra"}
    if path == "/findings/{number}/remarks":
        return {"sort": "not_taught"}
    if path == "/organisations/{organisation}/approve":
        return {"letter": ines.get("/organisations/AU").json()["letter"]["version"], "note": "agreed"}
    if path.startswith("/events/"):
        told = ines.get(f"/events/{event_of(config).id}").json()
        said = {"shown": told["shown"], "newest": told["newest"]}
        if path.endswith("/split"):
            return said | {"listings": [told["event"]["listings"][-1]["id"]]}
        others = [one["id"] for one in ines.get("/events").json()["events"] if one["id"] != told["event"]["id"]]
        return said | {"other": others[0]}
    if path in ("/calendars", "/trials"):
        return {"organisation": "UA", "source": "https://127.0.0.1:9/a.ics"}
    if path.startswith("/calendars/"):
        return {"shown": ines.get("/calendars/feed").json()["quarantine"]["shown"]}
    if path == "/jobs":
        wait_until(lambda: all(one["ended"] for one in ines.get("/jobs").json()["jobs"]))
        return {"sort": "sync"}
    if path in ("/proposals", "/proposals/{number}"):
        return {"title": "Workshop", "visibility": "shared"}
    if path == "/proposals/{number}/visibility":
        return {"visibility": "busy"}
    if path == "/check/list":
        return {"workshops": [{"start": "2008-05-06", "city": "Nairobi"}, {"audience": ["Kenya"]}]}
    if path == "/feeds":
        return {"organisation": "AU", "note": "calendar of the liaison office"}
    return {"start": "2008-05-06", "city": "Nairobi"} if path == "/check" else None


def decision(finding: dict, verdict: str, note: str = "") -> dict[str, object]:
    return {
        "verdict": verdict, "fingerprint": finding["fingerprint"], "newest": finding["newest"], "note": note
    }  # fmt: skip


@pytest.mark.fault("T40")
def test_every_operation_by_every_role(
    peopled: RunningDesk, feed: PublishedFeed, programs: dict[str, httpx.Client], record_property
):
    """A route that was forgotten here would be one that nobody thought about."""
    feed.body = workshops(4)
    sync_calendar(peopled.config, "feed", NIGHT + timedelta(days=1))
    document = programs[NOBODY].get("/openapi.json").json()
    begins = f"{MOUNTED}{VERSION}"
    documented = {
        (method.upper(), path.removeprefix(begins)): told
        for path, operations in document["paths"].items()
        for method, told in operations.items()
    }
    routes = {(method, route.path) for module in ROUTES for route in module.router.routes for method in route.methods}
    assert set(documented) == set(OPERATIONS) == routes
    wrong, asked, job = [], 0, job_of(programs[COORDINATOR])

    def holds(what: str, name: str, answer: httpx.Response, expected: int) -> None:
        nonlocal asked
        asked += 1
        problem = answer.headers["content-type"] == "application/problem+json"
        if answer.status_code != expected or (answer.request.method != "HEAD" and problem != (expected >= 400)):
            wrong.append(f"{what} by {name or 'nobody'}: {answer.status_code}, not {expected}")
        assert ("www-authenticate" in answer.headers) == (expected == 401)
        assert "set-cookie" not in answer.headers
        assert {header: answer.headers[header] for header in HEADERS} == HEADERS

    with visitors(peopled.url, COORDINATOR) as (signed_in,):
        cookie = signed_in.http.cookies["outreach"]
        for (method, path), statuses in OPERATIONS.items():
            where, body = filled(path, peopled.config, job), body_for(path, programs[COORDINATOR], peopled.config)
            roles = documented[method, path]["x-roles"]
            assert [status < 300 for status in statuses] == [
                not roles, *(not roles or role in roles for role in ("reader", "expert", "coordinator")), not roles
            ]  # fmt: skip
            assert documented[method, path]["security"] == ([{"token": []}] if roles else [])
            for name, expected in zip(EVERYONE, statuses, strict=True):
                holds(f"{method} {path}", name, programs[name].request(method, where, json=body), expected)
            with program(peopled.url, Cookie=f"outreach={cookie}", Origin=peopled.url) as browser:
                holds(f"{method} {path}", "a session", browser.request(method, where, json=body), statuses[0])
    for path, method in product({path for _, path in OPERATIONS}, METHODS):
        if (method, path) not in OPERATIONS:
            answer = programs[COORDINATOR].request(method, filled(path, peopled.config, job))
            holds(f"{method} {path}", COORDINATOR, answer, 405)
            assert answer.headers["allow"] == ", ".join(m for m in METHODS if (m, path) in OPERATIONS)
    assert wrong == []
    record_property("cases", asked)
    record_property("measured", f"{asked} of {asked} answers of the API by operation, role and method")


def test_the_document_holds_together(peopled: RunningDesk):
    """Programs are made from it; whoever reads it needs no token, and learns nothing but that."""
    answer = peopled.ask("/api/v1/openapi.json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    text, names = answer.text, document["components"]["schemas"]
    assert all(ref.partition('"')[0] in names for ref in text.split('"#/components/schemas/')[1:])
    for schema in names.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    operations = [told for path in document["paths"].values() for told in path.values()]
    assert len({told["operationId"] for told in operations}) == len(operations)
    assert all(told["description"] for told in operations)
    assert all("503" in told["responses"] for told in operations)
    assert "CANARY" not in text
    assert "Organisation AU" not in text


def test_the_table_of_operations_is_that_of_the_document(repository: Path):
    """Whoever reads docs/api.md reads what is answered; nobody compares fifty rows by eye."""
    written = (repository / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \| [^|]+ \| ([a-z, ]+) \|$", written, flags=re.MULTILINE)
    document = api(Desk(Path("outreach.toml"), lambda: datetime.now(UTC))).openapi()
    told = {
        (path.removeprefix(f"{MOUNTED}{VERSION}"), ", ".join(map(str.upper, operations)), who(operation["x-roles"]))
        for path, operations in document["paths"].items()
        for operation in operations.values()
    }
    assert len(rows) == len(told)
    assert set(rows) == told


def who(roles: list[str]) -> str:
    """Name roles as the table does."""
    return "every role" if set(roles) == set(Role) else ", ".join(roles) or "whoever asks"


@pytest.mark.fault("T42")
def test_a_token_that_does_not_stand_is_answered_like_any_other(peopled: RunningDesk, record_property):
    """Nobody learns whether there ever was one; what was revoked is so at the next request."""
    config = peopled.config
    good = api_tokens.issue(config, "ines", "", "the test", peopled.now)
    gone = token_for(config, "omar")
    with program(peopled.url, good.text) as known, program(peopled.url, gone) as leaving:
        assert known.get("/me").status_code == leaving.get("/me").status_code == 200
        api_tokens.revoke_token(config, good.token.number, peopled.now)
        steps.remove_account(config, "omar")
        steps.add_account(config, "omar", Role.COORDINATOR, "", PASSWORD, "the test", peopled.now)
        near = good.text[:-1] + ("A" if good.text[-1] != "A" else "B")
        digest = sqlite3.connect(config.parent / "state" / "outreach.db").execute("SELECT digest FROM api_tokens")
        headers = [
            good.text, gone, near, good.text.upper(), "outreach_" + "A" * 43, digest.fetchone()[0], "x", "x" * 8000,
            "outreach_\u00fc", f"{good.text} {good.text}", "a sentence", "\x7f", ",",
        ]  # fmt: skip
        answers = [
            known.get("/me", headers={"Authorization": f"Bearer {said}".encode("latin-1")}) for said in headers
        ]  # fmt: skip
        answers.append(
            httpx.get(
                f"{peopled.url}/api/v1/me",
                headers=[("Authorization", f"Bearer {token_for(config, 'ines')}")] * 2,
                trust_env=False,
            )
        )
    seen = {
        (one.status_code, one.content, tuple((k, v) for k, v in one.headers.items() if k != "date")) for one in answers
    }
    assert len(seen) == 1
    assert problem(answers[0], 401)["detail"] == "This token does not stand."
    assert answers[0].headers["www-authenticate"] == 'Bearer realm="outreach", error="invalid_token"'
    record_property("cases", len(answers))


@pytest.mark.fault("T42")
def test_guessing_tokens_has_to_wait(peopled: RunningDesk, record_property):
    """From one address; the right one is not found meanwhile either, and nobody else waits."""
    token = token_for(peopled.config, "ines")
    with program(peopled.url) as client:

        def ask(said: str, client_address: str) -> httpx.Response:
            return client.get(
                "/me", headers={"Authorization": f"Bearer {said}", "X-Forwarded-For": client_address}
            )  # fmt: skip

        guesses = [ask(f"outreach_{number:043}", "203.0.113.7").status_code for number in range(32)]
        assert guesses == [401] * 30 + [429] * 2
        late = ask(token, "203.0.113.7")
        assert problem(late, 429)
        assert int(late.headers["retry-after"]) > 0
        assert ask(token, "203.0.113.8").status_code == 200
        assert client.get("/me", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 401
        peopled.later(minutes=6)
        assert ask(token, "203.0.113.7").status_code == 200
    record_property("cases", len(guesses))


def test_a_token_may_what_its_account_may_now(peopled: RunningDesk):
    """A coordinator who became an expert decides no more, whatever programs they left behind."""
    with program(peopled.url, token_for(peopled.config, "omar", "nightly export")) as omar:
        assert omar.get("/feeds").status_code == 200
        assert omar.get("/me").json() == {"name": "omar", "role": "coordinator", "organisation": None, "token": 1}
        with sqlite3.connect(peopled.config.parent / "state" / "outreach.db") as db:
            db.execute("UPDATE accounts SET role = 'expert' WHERE name = 'omar'")
        assert problem(omar.get("/feeds"), 403)["detail"] == "Not for the role of this account, expert."
        assert omar.get("/log").status_code == 200
    with program(peopled.url, token_for(peopled.config, "rita")) as rita:
        assert rita.get("/me").json() == {"name": "rita", "role": "reader", "organisation": "AU", "token": 2}


def test_when_a_token_was_used_is_noted_to_the_hour(peopled: RunningDesk):
    """Whoever revokes old ones has to know which are in use, refused or not; a request a second is one write."""
    token, start = token_for(peopled.config, "rita"), peopled.now

    def noted() -> datetime | None:
        (one,) = api_tokens.tokens_of(peopled.config)
        return one.last_used

    assert noted() is None
    with program(peopled.url, token) as rita:
        assert rita.get("/log").status_code == 403
        # It is noted after the answer.
        wait_until(lambda: noted() is not None)
        assert noted() == start
        peopled.later(minutes=59)
        # Were this one noted, the next would not be.
        assert rita.get("/me").status_code == 200
        peopled.later(minutes=1)
        assert rita.get("/me").status_code == 200
        wait_until(lambda: noted() != start)
        assert noted() == start + timedelta(hours=1)


def test_secrets_are_told_once_and_written_nowhere(peopled: RunningDesk, caplog: pytest.LogCaptureFixture):
    """A token in a log is a token of whoever reads logs."""
    config = peopled.config
    token = token_for(config, "ines")
    with caplog.at_level(logging.DEBUG), program(peopled.url, token) as ines:
        made = ines.post("/feeds", json={"organisation": "AU"}).json()
        secret = made["addresses"]["ics"].split("/")[-2]
        rotated = ines.post("/feeds/1/rotate").json()
        assert secret not in json.dumps(rotated)
        told = [ines.get(path).text for path in ("/feeds", "/me", "/log", "/organisations/AU")]
        told += [ines.delete("/feeds/2").text, ines.get("/feeds").text]
        assert [bool(one["revoked"]) for one in ines.get("/feeds").json()["feeds"]] == [True, True]
        with program(peopled.url, f"{token}x") as wrong:
            told.append(wrong.get("/me").text)
        config.write_text("this is no roster")
        told.append(ines.get("/tonight").text)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpcore", "httpx"))]
    database = (config.parent / "state" / "outreach.db").read_bytes()
    for text in (token, secret):
        assert not any(text in one for one in (*told, *ours))
        assert text.encode() not in database


def test_reports_are_the_very_bytes_of_the_command(peopled: RunningDesk, programs: dict[str, httpx.Client]):
    """The same disclosure as by mail, in each format and language; each comes as what it is."""
    types = {
        "html": "text/html; charset=utf-8", "text": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
        "ics": "text/calendar; charset=utf-8", "json": "application/json; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }  # fmt: skip
    assert set(types) == set(FORMATS)
    for format_, language in product(types, ("", "fr", "ar")):
        asked = {"format": format_} | ({"language": language} if language else {})
        expected = steps.report_of(peopled.config, "AU", NIGHT, format_, language)
        for name, path in ((READER, "/report"), (COORDINATOR, "/organisations/AU/report")):
            answer = programs[name].get(path, params=asked)
            assert answer.content == expected, (path, asked)
            assert answer.headers["content-type"] == types[format_]
    ukrainian = programs[COORDINATOR].get("/organisations/UA/report", params={"format": "text"})
    assert ukrainian.content == steps.report_of(peopled.config, "UA", NIGHT, "text")
    assert programs[COORDINATOR].get("/organisations/AU/report").json()["organisation"] == "AU"
    problem(programs[COORDINATOR].get("/organisations/UN1540/report"), 404)
    problem(programs[COORDINATOR].get("/organisations/XX/report"), 404)
    problem(programs[READER].get("/report", params={"format": "pdf"}), 422)
    problem(programs[READER].get("/report", params={"language": "tlh"}), 422)


@pytest.mark.fault("T40")
def test_two_programs_on_one_finding_overwrite_nothing(peopled: RunningDesk, record_property):
    """Both read it, both decide in the same moment: one is recorded, the other is told by whom and what."""
    turns, told = 10, 0
    tokens = {name: token_for(peopled.config, name) for name in ("ines", "omar")}
    with (
        program(peopled.url, tokens["ines"]) as ines,
        program(peopled.url, tokens["omar"]) as omar,
        ThreadPoolExecutor(2) as pool,
    ):
        for turn in range(turns):
            seen = ines.get("/findings/1").json()
            asked = [
                pool.submit(one.post, "/findings/1/decisions", json=decision(seen, verdict, f"turn {turn} of {name}"))
                for one, verdict, name in ((ines, "confirmed", "ines"), (omar, "dismissed", "omar"))
            ]
            answers = sorted((one.result() for one in asked), key=lambda answer: answer.status_code)
            assert [answer.status_code for answer in answers] == [200, 409]
            newest = ines.get("/findings/1").json()["decisions"][0]
            lost = problem(answers[1], 409)
            told += lost["decision"]["by"] == newest["by"] and lost["decision"]["note"] == newest["note"]
            assert lost["type"] == "urn:outreach:problem:already-decided"
        assert len(ines.get("/log").json()["decisions"]) == turns
        seen = ines.get("/findings/1").json()
        again = decision(seen, "confirmed", "once")
        assert [ines.post("/findings/1/decisions", json=again).status_code for _ in range(3)] == [200] * 3
        assert len(ines.get("/log").json()["decisions"]) == turns + 1, "the same word again is no other word"
        seen = ines.get("/findings/1").json()
        changed = problem(
            ines.post("/findings/1/decisions", json=decision(seen, "dismissed") | {"fingerprint": "other"}), 409
        )
        assert changed["type"] == "urn:outreach:problem:finding-changed"
        assert changed["changed"]
    assert told == turns
    record_property("cases", turns)


def test_programs_are_told_what_people_are(peopled: RunningDesk, ines: httpx.Client):
    """The queue in its order; a finding as `outreach show`; the log as the page has it."""
    tonight = ines.get("/tonight").json()
    assert tonight["night"] == NIGHT.isoformat()
    assert tonight["lead"].startswith(f"{tonight['waiting']} findings need a word.")
    assert len(tonight["findings"]) == tonight["waiting"] + tonight["informing"]
    assert (tonight["page"], tonight["pages"]) == (1, 1)
    assert ines.get("/tonight", params={"page": 2}).json()["findings"] == []
    number = tonight["findings"][0]["number"]
    finding = ines.get(f"/findings/{number}").json()
    shown = steps.finding(peopled.config, number, NIGHT).as_json()
    assert {name: finding[name] for name in shown} == shown
    assert (finding["newest"], finding["settled"], finding["decisions"]) == (0, False, [])
    answer = ines.post(f"/findings/{number}/decisions", json=decision(finding, "confirmed", " spoke  with\nAccra "))
    assert answer.json()["settled"]
    assert answer.json()["decisions"][0]["note"] == "spoke with Accra"
    later = ines.get("/tonight").json()
    assert number not in {row["number"] for row in later["findings"]}
    assert [(one["finding"], one["by"]) for one in later["settled"]] == [(number, "ines")]
    (logged,) = ines.get("/log").json()["decisions"]
    assert (logged["finding"], logged["verdict"], logged["changed"]) == (number, "confirmed", [])
    assert ines.get("/log", params={"before": logged["number"]}).json() == {"decisions": [], "before": None}
    problem(ines.get("/findings/999"), 404)


def test_an_organisation_is_approved_with_the_letter_that_was_read(peopled: RunningDesk, ines: httpx.Client):
    """A program that read another letter approves nothing."""
    before = ines.get("/organisations/AU").json()
    assert before["waits"]
    assert "confidential" not in before["deliveries"][0]["channel"]
    problem(ines.post("/organisations/AU/approve", json={"letter": "another"}), 409)
    assert ines.get("/organisations/AU").json() == before
    after = ines.post("/organisations/AU/approve", json={"letter": before["letter"]["version"], "note": "agreed"})
    assert not after.json()["waits"]
    assert [(one["by"], one["note"]) for one in after.json()["approved"]] == [("ines", "agreed")]
    assert ines.post("/organisations/AU/hold").json()["approved"] == []
    problem(ines.post("/organisations/AU/hold"), 409)
    theirs = delivery_of(peopled.config, "UA")
    problem(ines.post(f"/organisations/AU/deliveries/{theirs}/hold"), 404)
    problem(ines.post("/organisations/XX/hold"), 404)
    problem(ines.post("/feeds", json={"organisation": "UN1540"}), 409)
    problem(ines.post("/feeds", json={"organisation": "XX"}), 404)
    problem(ines.delete("/feeds/7"), 404)
    problem(ines.post("/feeds/7/rotate"), 404)


def test_looking_back_and_checking_say_what_the_command_says(peopled: RunningDesk, ines: httpx.Client):
    """The schemas are the command's; so is what stands in them."""
    schemas = Path(__file__).parents[2] / "desk" / "schemas"
    asked = {"start": "2008-05-06", "end": "2008-05-07", "city": "Nairobi", "country": "KE", "audience": ["Kenya"]}
    for answer, name in (
        (ines.get("/coverage", params={"group": ["BW", "GH"], "since": "2007-01-01"}), "coverage"),
        (ines.get("/states/BW"), "history"),
        (ines.get("/ledger"), "ledger"),
        (ines.post("/check", json=asked), "check"),
        (ines.post("/check", json={"start": "first week of May 2008"}), "check"),
    ):
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.json(), json.loads((schemas / f"{name}.schema.json").read_text()))
    assert [row["state"] for row in ines.get("/coverage", params={"group": "BW"}).json()["states"]] == ["BW"]
    assert ines.post("/check", json=asked).json()["findings"]
    fared = ines.get("/calendars").json()
    assert fared["night"] == NIGHT.isoformat()
    assert [(one["calendar"], one["outcome"], one["programme"]) for one in fared["calendars"]] == [
        ("programme", "read", True), ("au-events", "read", False)
    ]  # fmt: skip
    for answer in (
        ines.get("/coverage", params={"group": "Atlantis"}),
        ines.get("/coverage", params={"since": "2008-01-01", "until": "2007-01-01"}),
        ines.get("/coverage", params={"since": "0001-01-01", "until": "9999-12-31"}),
        ines.post("/check", json={}),
        ines.post("/check", json={"start": "whenever"}),
        ines.post("/check", json={"start": "2008-05-06", "end": "2008-05-01"}),
    ):
        problem(answer, 400)
    problem(ines.get("/states/XQ"), 404)


BODIES = [
    (b"", 422), (b"{", 400), (b"\xff\xfe\x00", 400), (b"[" * 60_000, 400), (b"nul", 400), (b"[]", 422),
    (b'{"start": 1e400}', 422), (b'{"weeks": ' + b"9" * 5000 + b"}", 400), (b'{"weeks": 9e99}', 422),
    (b'{"weeks": 1.5}', 422), (b'{"weeks": "8"}', 422), (b'{"weeks": true}', 422), (b'{"weeks": NaN}', 422),
    (b'{"title": "a\\u0000b"}', 422), (b'{"title": "\\ud800"}', 422), (b'{"title": null}', 422),
    (b'{"audience": "KE"}', 422), (b'{"audience": [[]]}', 422), (b'{"titel": "x"}', 422), (b'{"\\ud800": 1}', 422),
    (b'{"start": "0000-00-00"}', 400), (b'{"start": "9999-12-31"}', 200), (b'{"start": "0001-01-01"}', 200),
    (b'{"start": "30 February 2008"}', 400), (b'{"end": "\\ud83d\\ude00"}', 400),
    (b'{"country": "\xc4\xb0"}', 200), (b'{"title": "' + b"x" * 70_000 + b'"}', 413),
]  # fmt: skip


def test_whatever_is_sent_is_answered_in_a_sentence(ines: httpx.Client):
    """Nothing breaks, and nothing of it comes back."""
    for body, status in BODIES:
        answer = ines.post("/check", content=body, headers={"Content-Type": "application/json"})
        if status == 200:
            assert answer.status_code == 200, (body[:80], answer.text)
            continue
        for error in problem(answer, status).get("errors", ()):
            assert error["in"] == "body"
            assert len(error["detail"]) < 100


def test_what_is_no_json_is_not_read(ines: httpx.Client):
    """A form, which a page of another site could send, is none."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "", "application/jsonp", "multipart/form-data"):
        problem(ines.post("/check", content=b'{"title": "x"}', headers={"Content-Type": kind}), 415)
    answer = ines.post("/check", content=b'{"title": "x"}', headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 200

    def parts() -> Iterator[bytes]:
        yield b'{"title": "'
        for _ in range(100):
            yield b"x" * 1000
        yield b'"}'

    problem(ines.post("/check", content=parts(), headers={"Content-Type": "application/json"}), 413)


PATHS = {
    "/findings/0": 422, "/findings/-1": 422, "/findings/1e3": 422, "/findings/%00": 422, "/findings/1.5": 422,
    "/findings/" + "9" * 5000: 422, "/findings/\u0661": 422, "/organisations/%00": 404,
    "/organisations/%ED%A0%80": 404, "/organisations/" + "A" * 400: 422, "/organisations/a%2Fb": 404,
    "/states/bw": 422, "/states/%00%00": 422, "/log?before=x": 422, "/log?before=99999999999": 422,
    "/tonight?page=0": 422, "/tonight?page=%00": 422, "/coverage?since=1265000000": 422,
    "/coverage?since=2010-02-30": 422, "/coverage?since=%ED%A0%80": 422, "/coverage?group=%00": 400,
    "/coverage?since=2010-01-01T00:00:00": 422, "/calendar/months/2010-13": 404, "/calendar/months/2010-1": 422,
    "/calendar/months/0000-01": 404, "/calendar/months/9999-12": 200, "/calendar/months/%00": 422,
    "/calendar/years/0": 422, "/calendar/years/10000": 422, "/calendar/years/1": 200, "/calendar/days/2010-02-30": 422,
    "/calendar/days/1265000000": 422, "/calendar/days/9999-12-31?page=0": 422, "/calendar/days/9999-12-31": 200,
    "/calendar/undated?theme=gardening": 400, "/calendar/undated?state=%ED%A0%80": 400, "/timeline?months=5": 422,
    "/timeline?since=9999-12-31": 400, "/timeline?lanes=colour": 422, "/timeline?organisation=XX": 400,
    "/hosts?since=2010-02-30": 422, "/hosts?group=Atlantis": 400, "/states/XQ/findings": 404,
    "/calendars/%ED%A0%80": 404, "/nothing": 404, "/": 404, "": 404,
}  # fmt: skip


def test_no_address_breaks_the_desk(ines: httpx.Client):
    """Programs of others make mistakes, too."""
    for path, status in PATHS.items():
        answer = ines.get(path)
        if status == 200:
            assert answer.status_code == 200, path
        else:
            problem(answer, status)


def test_a_route_that_does_not_say_who_may_come_is_none():
    """Whoever forgets it finds out when the desk is started, not when somebody came in."""
    with pytest.raises(KeyError, match="x-roles"):
        APIRouter(route_class=Guarded).get("/forgotten")(lambda: None)


def test_other_versions_are_answered_as_programs_expect(peopled: RunningDesk):
    """A page of HTML would be read as an answer by some."""
    for path in ("/api/", "/api/v2/tonight", "/api/v1", "/api/openapi.json"):
        problem(peopled.ask(path), 404)


def test_before_the_first_night_there_is_nothing_yet(tmp_path: Path):
    """A program that is set up with the desk runs before anything did."""
    config = tmp_path / "outreach.toml"
    config.write_text(CONFIG + ORGANISATION.format(id="AU", language="en", domain="au"))
    steps.add_account(config, "ines", Role.COORDINATOR, "", PASSWORD, "the test", datetime.now(UTC))
    with (
        running_desk(config, datetime.now(UTC)) as running,
        program(running.url, token_for(config, "ines")) as ines,
    ):
        tonight = ines.get("/tonight").json()
        assert (tonight["night"], tonight["lead"], tonight["findings"]) == (None, "No night has run yet.", [])
        assert ines.get("/calendars").json()["night"] is None
        for path in (
            "/coverage", "/states/BW", "/ledger", "/organisations/AU/report", "/findings/1", "/hosts", "/states",
            "/states/BW/findings", "/findings/1/instead", "/calendar/months/2007-12", "/calendar/undated", "/timeline",
        ):  # fmt: skip
            problem(ines.get(path), 404)
        problem(ines.post("/check", json={"title": "x"}), 404)
        problem(ines.post("/check/list", json={"workshops": [{"title": "x"}]}), 404)
        number = ines.post("/proposals", json={"title": "x"}).json()["number"]
        problem(ines.get(f"/proposals/{number}/check"), 404)
        assert ines.get("/calendars/au-events").json()["asked"] is None
        assert ines.get("/log").json() == {"decisions": [], "before": None}


def test_a_desk_that_cannot_answer_says_so_to_programs(peopled: RunningDesk, ines: httpx.Client, caplog):
    """And when to come again; why is for its own log."""
    roster = peopled.config.read_text()
    peopled.config.write_text("this is no roster")
    with caplog.at_level(logging.ERROR):
        for path in ("/tonight", "/me", "/readiness"):
            answer = ines.get(path)
            assert "roster" not in problem(answer, 503)["detail"]
            assert int(answer.headers["retry-after"]) > 0
    assert "is not valid TOML" in caplog.text
    peopled.config.write_text(roster)
    assert ines.get("/readiness").json() == {"ready": True}
    # Somebody else's hand in the database: nothing we foresee.
    with sqlite3.connect(peopled.config.parent / "state" / "outreach.db") as db:
        db.execute("UPDATE accounts SET role = 'king' WHERE name = 'ines'")
    answer = ines.get("/me")
    assert problem(answer, 500)["detail"] == "Something broke at the desk, and was noted there."
    assert answer.headers["cache-control"] == "private, no-store"
