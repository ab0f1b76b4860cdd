"""A new certain clash is told between nights: once, to whoever may read it, by channels a coordinator has approved."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import jsonschema
import pytest
import time_machine
from mail_server import Letterbox, mail_server

from dedupe.decisions import Verdict
from flows import leasing, steps
from flows.loading import load, opened
from flows.outcomes import Sent
from reports.alerts import alert_about, new_clashes
from reports.rendering import alerted

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)
AU, OAS = "liaison@au.example", "cicte@oas.example"
SUMMIT = ("au-2", "African Union Summit", "20080131", "20080203", "Addis Ababa, Ethiopia")
SEMINAR = (
    "au-1", "Seminar on export controls and resolution 1540 for African States", "20080115", "20080118", "Accra, Ghana",
)  # fmt: skip
CLASH = (
    "au-7", "Round table on legislation and resolution 1540 for African States CANARYCLASH", "20080116", "20080119",
    "Lome, Togo",
)  # fmt: skip
DELIVERY = """\
[delivery]
server = "127.0.0.1"
port = {port}
encryption = "none"
seconds = 5
sender = "Outreach desk <desk@committee.example>"
{more}
"""


@pytest.fixture
def letterbox():
    with mail_server(Letterbox()) as box:
        yield box


def set_up(committee, port: int, more: str = "", au: str = AU) -> None:
    """Let the African Union and the Americas be written to; the first reports have arrived."""
    text = committee.config.read_text()
    for organisation, channel in (("AU", au), ("OAS", OAS)):
        named = f'id = "{organisation}"\nname'
        text = text.replace(named, f'id = "{organisation}"\ndeliver_to = ["{channel}"]\nname', 1)
    contact = 'time_zone = "America/New_York"\n'
    text = text.replace(contact, f'{contact}contact = "desk@committee.example"\n', 1)
    text = text.replace("[[organisations]]", DELIVERY.format(port=port, more=more) + "\n[[organisations]]", 1)
    committee.publish("outreach.toml", text.encode())
    publish(committee, SEMINAR, SUMMIT)


def publish(committee, *events: tuple[str, ...], name: str = "au.ics") -> None:
    committee.publish(name, committee.calendar(*(committee.event(*event) for event in events)))


def night(committee, day: date) -> None:
    with leasing.begin(committee.config, day) as lease:
        sync(committee, day, lease.token)
        steps.write_reports(committee.config, day, token=lease.token)
        lease.finish(complete=True)


def sync(committee, day: date = FIRST, token: int | None = None) -> None:
    for calendar in steps.calendars(committee.config):
        assert steps.sync_calendar(committee.config, calendar, day, token=token).complete


def approved(committee, letterbox: Letterbox, more: str = "") -> None:
    set_up(committee, letterbox.port, more)
    for organisation in ("AU", "OAS"):
        steps.approve(committee.config, organisation, "ines")
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(delivered=2)
    letterbox.arrived.clear()


def hour(committee, day: date = FIRST) -> int:
    """Do what the hourly flow does; return for how many readers there was an alert."""
    sync(committee, day)
    asked = steps.alert(committee.config, day)
    steps.send_due(committee.config)
    return asked


def mails(letterbox: Letterbox) -> list[tuple[str, EmailMessage]]:
    return [(address, message_from_bytes(body, policy=default)) for address, body in letterbox.arrived]


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return " ".join(part.get_content().split())


def report(committee, day: date, reader: str = "AU") -> dict[str, object]:
    return json.loads(committee.reports(day.isoformat())[f"{reader}.json"])


def clashes(told: dict[str, object]) -> list[dict[str, object]]:
    return [finding for finding in told["findings"] if finding["kind"] == "clash"]


def test_a_new_certain_clash_is_told_within_the_hour_and_once(committee, letterbox):
    """Invitations may go out before the night does."""
    approved(committee, letterbox)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert [hour(committee) for _ in range(3)] == [1, 0, 0]
    ((address, told),) = mails(letterbox)
    assert address == AU
    assert told["Subject"].startswith("Alert: Accra, 15–17 January 2008, and Lomé, 16–18 January 2008, need the same")
    assert told["Auto-Submitted"] == "auto-generated"

    night(committee, SECOND)
    (finding,) = clashes(report(committee, SECOND))
    assert (finding["change"], finding["alerted"]) == ("new", "2007-11-05")
    assert "new, told by alert on 5 November 2007" in committee.reports("2007-11-06")["AU.txt"].decode()
    for kind in ("plain", "html"):
        part = body(told, kind)
        assert "CANARYCLASH" in part
        assert "Seminar on export controls" in part
        assert str(finding["id"]) in part
        assert "write to desk@committee.example and name the reference" in part
    assert hour(committee, SECOND) == 0
    (_, again) = mails(letterbox)[1]
    assert again["References"] == told["References"], "one conversation"
    assert not again["Subject"].startswith("Corrected")
    committee_reads = clashes(report(committee, SECOND, "UN1540"))
    assert [entry["alerted"] for entry in committee_reads] == [None], "it has no channel"


def test_what_the_report_told_is_no_alert(committee, letterbox):
    """The coordinator has read it this morning."""
    set_up(committee, letterbox.port)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    publish(
        committee, (*SEMINAR[:1], "Seminar on licensing and resolution 1540 for African States", *SEMINAR[2:]), CLASH
    )
    assert hour(committee) == 0, "its facts changed, and it was certain before"


def test_only_what_is_certain_cannot_wait(committee, letterbox):
    """A date that is vague may still fall elsewhere; when it is certain that it does not, that is news."""
    approved(committee, letterbox)
    table = "id,title,dates,city,country,published\n7,{title},{dates},Lome,TG,2007-11-01\n"
    committee.publish("oas.ics", committee.calendar(committee.event(*SUMMIT)))
    named = 'source = "au.ics"'
    listed = '[[calendars]]\nid = "au-list"\norganisation = "AU"\nsource = "list.csv"'
    text = committee.config.read_text().replace(named, f"{named}\n\n{listed}", 1)
    committee.publish("outreach.toml", text.encode())
    committee.publish("list.csv", table.format(title=CLASH[1], dates="mid-January 2008").encode())
    assert hour(committee) == 0
    (possible,) = clashes(json.loads(steps.report_of(committee.config, "AU", FIRST, "json")))
    assert not possible["certain"], "else nothing was asked of it"
    night(committee, SECOND)
    committee.publish("list.csv", table.format(title=CLASH[1], dates="16-18 January 2008").encode())
    assert hour(committee, SECOND) == 1
    assert [told["Subject"][:6] for _, told in mails(letterbox) if told["Subject"].startswith("Alert")] == ["Alert:"]


def test_nobody_is_written_to_before_a_report_was(committee, letterbox):
    """An alert is never the first thing an organisation gets, and never goes where nobody approved."""
    set_up(committee, letterbox.port)
    night(committee, FIRST)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert hour(committee) == 0, "not approved"
    steps.approve(committee.config, "AU", "ines")
    publish(committee, SEMINAR, CLASH)
    sync(committee)
    assert steps.alert(committee.config, FIRST) == 0, "approved, and the first report has not gone out"
    steps.send_due(committee.config)
    assert [mail["Subject"] for _, mail in mails(letterbox)] == [
        "Outreach calendar: the first report for African Union"
    ]


def test_a_clash_that_was_decided_on_is_no_alert(committee, letterbox):
    """The coordinators know of it; what they said holds between nights too."""
    set_up(committee, letterbox.port)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    night(committee, FIRST)
    (entry,) = (entry for entry in steps.queue(committee.config, FIRST) if entry.kind == "clash")
    at = datetime(2007, 11, 5, 9, tzinfo=UTC)
    steps.settle(committee.config, entry.number, Verdict.DISMISSED, FIRST, by="ines", at=at)
    publish(committee, SEMINAR, SUMMIT)
    night(committee, SECOND)
    for organisation in ("AU", "OAS"):
        steps.approve(committee.config, organisation, "ines")
    steps.send_due(committee.config)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert hour(committee, SECOND) == 0


def test_a_hidden_record_causes_no_alert(committee, letterbox):
    """That somebody hurries to write would say that something is there."""
    approved(committee, letterbox)
    hidden = committee.event(*CLASH, more="CLASS:CONFIDENTIAL\n")
    oas = "".join(committee.event(*event) for event in (SUMMIT,))
    committee.publish("oas.ics", committee.calendar(oas, hidden))
    assert hour(committee) == 1, "its owner, who may know of it, is told"
    ((address, told),) = mails(letterbox)
    assert address == OAS
    assert "CANARYCLASH" in body(told)


def test_alerts_can_be_switched_off(committee, letterbox):
    """Some desks write once a day, and mean it."""
    approved(committee, letterbox, "alerts = false")
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert hour(committee) == 0
    assert letterbox.arrived == []


def test_two_runs_at_once_tell_it_once(committee, letterbox):
    """An hour that lasts longer than an hour meets the next one."""
    approved(committee, letterbox)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    sync(committee)
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: steps.alert(committee.config, FIRST), range(4)))
    assert sum(asked) == 1
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: steps.send_due(committee.config), range(4)))
    assert len(letterbox.arrived) == 1


@pytest.mark.parametrize("where", ["alerts.put", "write_whole", "outbox.put", "alerts.note_looked"])
def test_a_crash_between_two_steps_loses_nothing_and_repeats_nothing(committee, letterbox, monkeypatch, where):
    """Power fails when it likes."""
    approved(committee, letterbox)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    sync(committee)

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as during:
        during.setattr(f"flows.alerting.{where}", cut)
        with pytest.raises(PowerCut):
            steps.alert(committee.config, FIRST)
    for _ in range(2):
        hour(committee)
    assert [address for address, _ in letterbox.arrived] == [AU]


class PowerCut(BaseException):
    """Nothing can be done about it, so nothing should try."""


@pytest.mark.parametrize("how", ["closed", "taken away"])
def test_an_alert_that_has_not_gone_out_is_taken_back_when_it_no_longer_holds(committee, letterbox, how):
    """A mail server that was away must not bring, hours later, what was closed meanwhile."""
    approved(committee, letterbox)
    letterbox.at_recipient[AU] = "451 later"
    publish(committee, CLASH, name="oas.ics")
    assert hour(committee) == 2, "its owner too"
    whole = committee.config.read_text()
    if how == "closed":
        closed = whole.replace('source = "oas.ics"', 'source = "oas.ics"\nvisibility = "hidden"')
        committee.publish("outreach.toml", closed.encode())
    else:
        publish(committee, (*CLASH[:2], "20080416", "20080419", CLASH[4]), name="oas.ics")
    letterbox.at_recipient.clear()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert hour(committee) == 0
    assert [address for address, _ in letterbox.arrived] == [OAS]
    committee.publish("outreach.toml", whole.encode())
    publish(committee, CLASH, name="oas.ics")
    assert hour(committee) == 1, "it had reached nobody there, and is news again"
    assert [address for address, _ in letterbox.arrived] == [OAS, AU]


def test_the_next_report_takes_the_place_of_an_alert_that_did_not_go_out(committee, letterbox):
    """It says the same and more; nobody wants the older word after the newer."""
    approved(committee, letterbox)
    letterbox.at_recipient[AU] = "451 later"
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert hour(committee) == 1
    letterbox.at_recipient.clear()
    night(committee, SECOND)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        steps.send_due(committee.config)
    assert [mail["Subject"][:13] for address, mail in mails(letterbox) if address == AU] == ["African Union"]


def test_a_folder_gets_the_page_and_a_program_the_json(committee, letterbox):
    """Whoever has no mail is told as soon; the page is whole, and the JSON as published."""
    set_up(committee, letterbox.port, au="folder:shared/AU")
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    assert hour(committee) == 1
    report_page, alert_page = sorted((committee.folder / "shared" / "AU").iterdir(), key=lambda path: len(path.name))
    assert report_page.name == "2007-11-05.html"
    page = alert_page.read_text(encoding="utf-8")
    assert "CANARYCLASH" in page
    assert "<script" not in page
    assert "Content-Security-Policy" in page


def test_the_json_of_an_alert_is_as_published(committee, letterbox):
    """Somebody's program acts on it at once."""
    approved(committee, letterbox)
    publish(committee, SEMINAR, CLASH, SUMMIT)
    sync(committee)
    with opened(committee.config) as (loaded, store), store.read() as db:
        known = load(db, loaded, FIRST)
    reader = known.roster.organisation("AU")
    found = new_clashes(known.world(reader).found.findings, (), {}, reader, known.roster, FIRST)
    told = json.loads(alerted.data(alert_about(found, reader, known.roster, FIRST)))
    schema = Path(alerted.__file__).parents[1] / "schemas" / "alert.schema.json"
    jsonschema.validate(told, json.loads(schema.read_text()))
    assert [finding["kind"] for finding in told["findings"]] == ["clash"]
