"""Reports go out once, by approval, through a real mail server, whatever that server does."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
import trustme
from mail_server import Letterbox, mail_server

from calendar_sync import roster
from calendar_sync.channels import Channel, Dispatch
from calendar_sync.errors import RosterError
from flows import approving, leasing, steps
from flows.outcomes import Sent
from reports import mails
from reports.sending import signature
from store import outbox
from store.connecting import connect
from store.outbox import State

FIRST, SECOND = date(2007, 11, 5), date(2007, 11, 6)
AU = "liaison@au.example"


def sends_to(committee, port: int, addresses: dict[str, list[str]], more: str = "") -> None:
    """Let the roster name the server, and channels by organisation."""
    text = committee.config.read_text()
    for organisation, channels in addresses.items():
        named = ", ".join(f'"{channel}"' for channel in channels)
        text = text.replace(f'id = "{organisation}"\nname', f'id = "{organisation}"\ndeliver_to = [{named}]\nname', 2)
    head, first, rest = text.partition("[[organisations]]")
    table = (
        f'[delivery]\nserver = "127.0.0.1"\nport = {port}\nseconds = 1\n'
        f'sender = "Outreach desk <desk@committee.example>"\n{more or NO_TLS}\n\n'
    )
    committee.publish("outreach.toml", (head + table + first + rest).replace(CONTACT, CONTACT + REACHED, 1).encode())


NO_TLS = 'encryption = "none"'
CONTACT = 'time_zone = "America/New_York"\n'
REACHED = 'contact = "desk@committee.example"\n'


def night(committee, day: date) -> None:
    with leasing.begin(committee.config, day) as lease:
        for calendar in steps.calendars(committee.config):
            assert steps.sync_calendar(committee.config, calendar, day, token=lease.token).complete
        steps.write_reports(committee.config, day, token=lease.token)
        lease.finish(complete=True)


def states(committee) -> dict[tuple[str, str], str]:
    return {
        (each.delivery.organisation, each.shown): str(each.delivery.state) for each in steps.standing(committee.config)
    }


@pytest.fixture
def letterbox():
    with mail_server(Letterbox()) as box:
        yield box


def test_the_first_report_waits_for_approval_and_then_arrives_once_with_its_letter(committee, letterbox):
    """Nobody is written to before a coordinator has read what would go out."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(approval=1)
    assert letterbox.arrived == []

    (waiting,) = steps.approve(committee.config, "AU", "ines")
    shown = steps.message(committee.config, waiting.number)[1]
    assert steps.send_due(committee.config) == Sent(delivered=1)
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent()

    ((address, body),) = letterbox.arrived
    assert address == AU
    assert body == shown
    first = message_from_bytes(body, policy=default)
    assert first["Subject"] == "Outreach calendar: the first report for African Union"
    assert first["To"] == f"African Union <{AU}>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Id"] == "<au.reports.committee.example>"
    assert first["List-Unsubscribe"] == "<mailto:desk@committee.example?subject=Unsubscribe%20AU>"
    text, html = (first.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (text, html):
        assert "To the liaison of African Union" in part
        assert "CANARYGABORONE" in part

    night(committee, SECOND)
    assert steps.send_due(committee.config) == Sent(delivered=1)
    second = message_from_bytes(letterbox.arrived[1][1], policy=default)
    assert "To the liaison" not in second.get_body(("plain",)).get_content()
    assert second["References"] == first["References"]
    assert second["Message-ID"] != first["Message-ID"]


def test_a_letter_that_changed_is_read_before_it_goes_out(committee, letterbox):
    """Approved is what somebody had before them, not whatever is written later."""
    (committee.folder / "letters").mkdir()
    sends_to(committee, letterbox.port, {"AU": [AU]}, f'{NO_TLS}\nletters = "letters"')
    steps.approve(committee.config, "AU", "ines")
    (committee.folder / "letters" / "en.txt").write_text("Subject: Hello $organisation\n\nOf $night.\n")
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(approval=1)
    (freed,) = steps.approve(committee.config, "AU", "ines")
    assert freed.letter == steps.preview(committee.config, "AU", FIRST)[0]
    assert steps.send_due(committee.config) == Sent(delivered=1)
    assert message_from_bytes(letterbox.arrived[0][1], policy=default)["Subject"] == "Hello African Union"


def test_a_letter_that_somebody_is_editing_stops_nobodys_night(committee, letterbox, caplog):
    """One dollar sign too many must not keep a hundred organisations from their reports."""
    (committee.folder / "letters").mkdir()
    sends_to(committee, letterbox.port, {"AU": [AU]}, f'{NO_TLS}\nletters = "letters"')
    (committee.folder / "letters" / "en.txt").write_text("Subject: Hello $organisation\n\nOf $night.\n")
    steps.approve(committee.config, "AU", "ines")
    (committee.folder / "letters" / "en.txt").write_text("Subject: Hello $organisatio")
    night(committee, FIRST)
    assert "there is no $organisatio" in caplog.text
    assert steps.send_due(committee.config) == Sent(approval=1)
    (stands,) = steps.standing(committee.config)
    assert b"To the liaison of African Union" in steps.message(committee.config, stands.delivery.number)[1]


@pytest.mark.parametrize(
    ("where", "answer", "state", "said"),
    [
        ("at_recipient", "451 4.7.1 greylisted, come back", "waiting", "451 4.7.1 greylisted"),
        ("at_recipient", "550 5.1.1 no such person", "refused", "550 5.1.1 no such person"),
        ("at_data", "452 4.3.1 mailbox full", "waiting", "452 4.3.1 mailbox full"),
        ("at_data", "554 5.7.1 we do not like it", "refused", "554 5.7.1 we do not like it"),
        ("at_data", "drop", "waiting", "the line broke"),
        ("at_data", "hang", "waiting", "no answer in time"),
    ],
)
def test_what_a_server_answers_decides_and_is_shown(committee, letterbox, where, answer, state, said):
    """A mailbox that is full tonight is not one that does not exist, and neither stops the others' mail."""
    getattr(letterbox, where)[AU] = answer
    sends_to(committee, letterbox.port, {"AU": [AU], "OAS": ["cicte@oas.example"]})
    steps.approve(committee.config, "AU", "ines")
    steps.approve(committee.config, "OAS", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    assert states(committee) == {("AU", AU): state, ("OAS", "cicte@oas.example"): "delivered"}
    (stands,) = (each.delivery for each in steps.standing(committee.config) if each.delivery.organisation == "AU")
    assert said in stands.answer or (answer == "hang" and "the line broke" in stands.answer)
    assert steps.send_due(committee.config) == Sent()
    if state == "refused":
        return
    getattr(letterbox, where).clear()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert steps.send_due(committee.config) == Sent(delivered=1)
    assert [address for address, _ in letterbox.arrived].count(AU) == 1


def test_what_is_put_off_again_and_again_is_given_up_and_can_be_sent_again(committee, letterbox):
    """Nobody should wait for a report that will never come."""
    letterbox.at_recipient[AU] = "451 later"
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    start = datetime.now(UTC)
    tries = []
    for hours in range(0, 24 * 6, 3):
        with time_machine.travel(start + timedelta(hours=hours)):
            sent = steps.send_due(committee.config)
            tries += [hours] if sent.later or sent.refused else []
            if hours == 72:
                (late,) = steps.standing(committee.config)
                assert late.warning == "approved, but not sent for 3 days"
    (stands,) = steps.standing(committee.config)
    assert stands.delivery.state is State.REFUSED
    assert stands.delivery.answer == "given up after 5 days: 451 later"
    assert 8 < len(tries) < 16
    letterbox.at_recipient.clear()
    steps.resend(committee.config, stands.delivery.number)
    assert steps.send_due(committee.config) == Sent(delivered=1)


def test_a_later_night_takes_the_place_of_one_that_did_not_go_out(committee, letterbox):
    """After a week without a mail server nobody wants seven reports, and never an older one after a newer."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    night(committee, FIRST)
    night(committee, SECOND)
    steps.approve(committee.config, "AU", "ines")
    assert steps.send_due(committee.config) == Sent(delivered=1)
    committee.publish("au.ics", committee.calendar(committee.event("n", "Another", "20071220", "20071221", "Lome")))
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent()
    assert len(letterbox.arrived) == 1
    assert b"6 November 2007" in letterbox.arrived[0][1]


def test_a_report_that_was_corrected_says_so(committee, letterbox):
    """The same night with other contents: its reader has to know which of the two counts."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    committee.publish("au.ics", committee.calendar(committee.event("n", "Another", "20071220", "20071221", "Lome")))
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(delivered=1)
    assert message_from_bytes(letterbox.arrived[1][1], policy=default)["Subject"].startswith("Corrected: ")


def test_a_coordinator_stops_what_was_approved(committee, letterbox):
    """A liaison left, or an agreement is in doubt: nothing more goes out until somebody says so."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.hold(committee.config, "AU")
    assert steps.send_due(committee.config) == Sent(approval=1)
    (freed,) = steps.approve(committee.config, "AU", "ines")
    steps.hold(committee.config, str(freed.number))
    assert steps.send_due(committee.config) == Sent(held=1)
    with pytest.raises(approving.NoDelivery, match="is held"):
        steps.hold(committee.config, str(freed.number))
    steps.resend(committee.config, freed.number)
    assert steps.send_due(committee.config) == Sent(delivered=1)


def test_an_earlier_report_is_not_sent_again(committee, letterbox):
    """It may say what somebody has withdrawn since; the later one takes that back."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    (first,) = steps.standing(committee.config)
    night(committee, SECOND)
    with pytest.raises(approving.NoDelivery, match="A later report took the place"):
        steps.resend(committee.config, first.delivery.number)


def test_a_server_that_dribbles_is_hung_up_on(committee):
    """Each byte comes in time, and the whole never ends: nobody else would get a report tonight."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def dribble() -> None:
            line, _ = server.accept()
            with suppress(OSError), line:
                while True:
                    line.sendall(b"2")
                    time.sleep(0.2)

        Thread(target=dribble, daemon=True).start()
        sends_to(committee, server.getsockname()[1], {"AU": [AU]})
        steps.approve(committee.config, "AU", "ines")
        night(committee, FIRST)
        done: list[Sent] = []
        sender = Thread(target=lambda: done.append(steps.send_due(committee.config)), daemon=True)
        sender.start()
        sender.join(30)
        assert done == [Sent(later=1)]


def test_starttls_and_a_password_by_reference(committee, monkeypatch):
    """A password goes over a secured line to a server whose certificate is trusted, or not at all."""
    authority = trustme.CA()
    context = _server_context(authority)
    authority.cert_pem.write_to_path(str(committee.folder / "ca.pem"))
    monkeypatch.setenv("SMTP_PASSWORD", "CANARYSECRET")
    more = 'username = "desk"\npassword = "${SMTP_PASSWORD}"'
    with mail_server(Letterbox(), tls=context, login=("desk", "CANARYSECRET")) as box:
        sends_to(committee, box.port, {"AU": [AU]}, f'{more}\ncertificates = "ca.pem"')
        steps.approve(committee.config, "AU", "ines")
        night(committee, FIRST)
        assert steps.send_due(committee.config) == Sent(delivered=1)
        assert len(box.arrived) == 1

        night(committee, SECOND)
        text = committee.config.read_text().replace('certificates = "ca.pem"', "")
        committee.publish("outreach.toml", text.encode())
        assert steps.send_due(committee.config) == Sent(later=1)
    (stands,) = steps.standing(committee.config)
    assert "certificate is not to be trusted" in stands.delivery.answer
    assert "CANARYSECRET" not in stands.delivery.answer


def test_a_server_without_starttls_gets_nothing(committee, letterbox):
    """Whoever sits on the line must not be able to talk us out of encryption."""
    sends_to(committee, letterbox.port, {"AU": [AU]}, 'encryption = "starttls"')
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(later=1)
    (stands,) = steps.standing(committee.config)
    assert "nothing is sent over an open line" in stands.delivery.answer
    assert letterbox.arrived == []


def test_a_server_that_is_away_is_asked_once_and_all_wait(committee):
    """A hundred organisations times a minute of patience is the whole night."""
    sends_to(committee, 9, {"AU": [AU], "OAS": ["cicte@oas.example"]})
    for organisation in ("AU", "OAS"):
        steps.approve(committee.config, organisation, "ines")
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(later=2)


def test_a_notice_of_failure_marks_its_report(committee, letterbox):
    """A server that took the report may find out an hour later that nobody lives there."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    steps.send_due(committee.config)
    sent = message_from_bytes(letterbox.arrived[0][1], policy=default)["Message-ID"]
    notice = (
        "From: mailer-daemon@au.example\nTo: desk@committee.example\nSubject: failed\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt failed.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.au.example\n\n"
        f"Final-Recipient: rfc822; {AU}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 unknown user\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {sent}\nSubject: x\n\nbody\n--b--\n"
    )
    steps.bounced(committee.config, notice.encode())
    (stands,) = steps.standing(committee.config)
    assert (stands.delivery.state, stands.delivery.answer) == (State.REFUSED, "bounced: 550 unknown user")
    assert stands.warning == "it did not arrive"
    for useless in (b"", b"Subject: hello\n\nhi", notice.replace("failed\nStatus", "delayed\nStatus").encode()):
        with pytest.raises(approving.NoDelivery, match="no notice"):
            steps.bounced(committee.config, useless)


def _server_context(authority: trustme.CA):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


HEADER_PAYLOADS = [
    f"African Union{breaking}{following}"
    for breaking in ("\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x00\r\n", "\r\n\r\n")
    for following in ("Bcc: everybody@evil.example", "Subject: other", "<script>alert(1)</script>")
]


@pytest.mark.fault("T23")
def test_no_name_adds_a_header(committee, letterbox, record_property):
    """A roster is copied together from many hands; a name in it must not write to anybody."""
    reader = roster.load(committee.config).organisation("AU")
    contents = mails.Contents("", b"text\n", b"<p>html</p>")
    wanted = None
    held = 0
    for payload in HEADER_PAYLOADS:
        body = mails.write(
            replace(contents, subject=payload), replace(reader, name=payload), Channel(AU),
            Dispatch(sender="Desk <desk@committee.example>"), "<m@committee.example>", datetime.now(UTC),
        )  # fmt: skip
        read = message_from_bytes(body, policy=default)
        names = read.keys()
        wanted = wanted or names
        assert names == wanted
        assert read["Bcc"] is None
        assert [address.addr_spec for address in read["To"].addresses] == [AU]
        assert read["Subject"].startswith("African Union")
        assert read.get_body(("plain",)).get_content().strip() == "text"
        held += 1
    record_property("cases", len(HEADER_PAYLOADS))
    record_property("measured", f"{held} of {len(HEADER_PAYLOADS)} names and subjects stay in their header")


def test_a_webhook_is_signed_and_a_repeat_can_be_told(committee, monkeypatch):
    """Whoever receives it must be able to tell us from anybody else."""
    monkeypatch.setenv("AU_KEY", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    got: list[tuple[dict[str, str], bytes]] = []
    codes = [503, 200]

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(codes.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/hook-CANARYPATH"
    try:
        sends_to(committee, 9, {"AU": [address]}, f"{NO_TLS}\nprivate_network = true")
        text = committee.config.read_text().replace("deliver_to", 'webhook_key = "${AU_KEY}"\ndeliver_to')
        committee.publish("outreach.toml", text.encode())
        steps.approve(committee.config, "AU", "ines")
        night(committee, FIRST)
        assert steps.send_due(committee.config) == Sent(later=1)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
            assert steps.send_due(committee.config) == Sent(delivered=1)
    finally:
        server.shutdown()
    (first, body), (second, again) = got
    assert body == again == committee.reports(FIRST.isoformat())["AU.json"]
    assert first["webhook-id"] == second["webhook-id"]
    for headers in (first, second):
        expected = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers["webhook-id"], headers["webhook-timestamp"], body
        )
        assert headers["webhook-signature"] == expected
    (stands,) = steps.standing(committee.config)
    assert "CANARYPATH" not in stands.shown + stands.delivery.answer


def test_a_folder_of_ones_own_gets_the_page(committee):
    """Some organisations share a drive, and nothing else."""
    sends_to(committee, 9, {"AU": ["folder:shared/AU"]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    assert steps.send_due(committee.config) == Sent(delivered=1)
    page = committee.folder / "shared" / "AU" / "2007-11-05.html"
    assert page.read_bytes() == committee.reports("2007-11-05")["AU.html"]


@pytest.mark.parametrize(
    ("channels", "more", "said"),
    [
        (["not an address"], NO_TLS, "is no mail address"),
        (["a@b.example\\r\\nBcc: c@d.example"], NO_TLS, "is no mail address"),
        ([AU, AU.upper()], NO_TLS, "stands there twice"),
        (["https://hooks.example.org/x"], NO_TLS, "nothing signs https://hooks.example.org/..."),
        (["ftp://example.org/x"], 'encryption = "none"', "cannot be written to"),
        ([AU], 'encryption = "rot13"', "'rot13' is unknown"),
        ([AU], f'{NO_TLS}\npassword = "secret"', "a secret may not stand here itself"),
        ([AU], f"{NO_TLS}\ngive_up_days = 0", "no whole number"),
        ([AU], f'{NO_TLS}\nletters = "nowhere"', "there is no nowhere"),
    ],
)
def test_a_wrong_channel_is_refused_with_its_place(committee, channels, more, said):
    """A mistake in the roster is found by `config check`, not by an organisation that gets nothing."""
    sends_to(committee, 25, {"AU": channels}, more)
    with pytest.raises(RosterError) as caught:
        roster.load(committee.config)
    assert said in str(caught.value)
    assert "deliver" in str(caught.value)


SENDER = """
import os, sys
from pathlib import Path
from flows import delivering, freezing
from store import outbox
from store.connecting import connect
point, config = sys.argv[1], Path(sys.argv[2])
place, _, when = point.partition(":")
home, name = {
    "claim": (outbox, "claim"), "send": (delivering.Mailer, "send"), "settle": (outbox, "settle"),
    "freeze": (freezing, "write_whole"), "put": (outbox, "put"), "approved": (delivering.approvals, "stands"),
    "reading": (delivering, "_handed_over"),
}[place]
honest = getattr(home, name)
def dying(*given, **named):
    if when == "before":
        os._exit(9)
    honest(*given, **named)
    os._exit(9)
setattr(home, name, dying)
if place in ("freeze", "put"):
    from datetime import date
    from flows import steps
    steps.write_reports(config, date(2007, 11, 5))
else:
    delivering.send_due(config)
"""
POINTS = [
    f"{place}:{when}"
    for place in ("freeze", "put", "claim", "approved", "reading", "send", "settle")
    for when in ("before", "after")
]


@pytest.mark.fault("T30")
def test_a_crash_anywhere_loses_no_mail_and_repeats_at_most_one(committee, letterbox, record_property):
    """A server that has taken a mail cannot be asked to forget it: the repeat must be known by its Message-ID."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    with leasing.begin(committee.config, FIRST) as lease:
        for calendar in steps.calendars(committee.config):
            steps.sync_calendar(committee.config, calendar, FIRST, token=lease.token)
        lease.finish(complete=True)
    pristine = committee.state.with_name("pristine")
    shutil.copytree(committee.state, pristine)
    repeats = 0
    for point in POINTS:
        letterbox.arrived.clear()
        shutil.rmtree(committee.state)
        shutil.copytree(pristine, committee.state)
        if not point.startswith(("freeze", "put")):
            steps.write_reports(committee.config, FIRST)
        ended = subprocess.run([sys.executable, "-c", SENDER, point, str(committee.config)], check=False, timeout=60)
        assert ended.returncode == 9, point
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
            steps.write_reports(committee.config, FIRST)
            steps.send_due(committee.config)
            assert steps.send_due(committee.config) == Sent(), point
        sent = [message_from_bytes(body, policy=default)["Message-ID"] for _, body in letterbox.arrived]
        assert len(set(sent)) == 1, point
        assert len({body for _, body in letterbox.arrived}) == 1, point
        # Between the server's word and our note of it nobody can know.
        taken = point in ("reading:after", "send:after", "settle:before", "settle:after")
        assert len(sent) == 1 + taken, point
        repeats += len(sent) - 1
    record_property("cases", len(POINTS))
    record_property(
        "measured", f"killed at {len(POINTS)} points: 0 lost; at {repeats} of them one repeat, with an equal Message-ID"
    )


@pytest.mark.fault("T30")
def test_a_thousand_mails_by_four_senders_arrive_once_each(committee, letterbox, record_property):
    """An impatient coordinator types `send` while the night is sending."""
    sends_to(committee, letterbox.port, {"AU": [f"liaison{n}@au.example" for n in range(1000)]}, NO_TLS)
    committee.publish("outreach.toml", committee.config.read_bytes().replace(b"seconds = 1", b"seconds = 30"))
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    with ThreadPoolExecutor(4) as pool:
        sent = sum(answer.delivered for answer in pool.map(steps.send_due, [committee.config] * 4))
    assert sent == len(letterbox.arrived) == len({address for address, _ in letterbox.arrived}) == 1000
    record_property("cases", 1000)
    record_property("measured", "1000 mails, four senders at once: each arrived exactly once")


def test_a_sender_that_wakes_up_late_changes_nothing(committee, letterbox):
    """It was believed dead, and another has sent the report meanwhile."""
    sends_to(committee, letterbox.port, {"AU": [AU]})
    steps.approve(committee.config, "AU", "ines")
    night(committee, FIRST)
    store = connect(roster.load(committee.config).database_url)
    now = datetime.now(UTC)
    with store.begin() as db:
        (waiting,) = outbox.due(db, now)
        late = outbox.claim(db, waiting.number, "the late one", now, timedelta(minutes=1))
        assert outbox.claim(db, waiting.number, "another", now, timedelta(minutes=1)) is None
    with time_machine.travel(now + timedelta(minutes=5)):
        assert steps.send_due(committee.config) == Sent(delivered=1)
    with pytest.raises(outbox.DeliveryTaken), store.begin() as db:
        outbox.settle(db, late, State.REFUSED, "nonsense")
    (stands,) = steps.standing(committee.config)
    assert stands.delivery.state is State.DELIVERED
    store.close()
