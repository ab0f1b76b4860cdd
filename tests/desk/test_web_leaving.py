"""Leaving by the link in a mail: programs that follow links change nothing, its reader leaves with one request."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from chromium_browser import chromium
from desk_server import LANGUAGES, NIGHT, RunningDesk, run_night
from mail_server import Letterbox, mail_server
from sqlalchemy import select

from calendar_sync.channels import Channel, Dispatch
from calendar_sync.roster import Organisation
from flows import approving, steps
from flows.outcomes import Sent
from flows.signing import KeyUnusable, signing_key
from reports import leave_links, mails
from store.connecting import connect
from store.tables import metadata

ONE_CLICK = {"content": b"List-Unsubscribe=One-Click", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}


def everything(config: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        rows = {table.name: [tuple(row) for row in db.execute(select(table))] for table in metadata.sorted_tables}
    store.close()
    return rows


def states(config: Path) -> dict[str, str]:
    return {each.delivery.organisation: str(each.delivery.state) for each in steps.standing(config)}


def altered(path: str) -> list[str]:
    """Alter a link in every place, cut it short, and lengthen it."""
    head, _, signed = path.rpartition("/")
    changed = [
        signed[:at] + ("A" if signed[at] != "A" else "B") + signed[at + 1 :] for at in range(len(signed))
    ]  # fmt: skip
    return [f"{head}/{text}" for text in (*changed, signed[:-1], signed[1:], signed + "A", signed + "=", signed + ".")]


def exchanged(one: str, other: str) -> str:
    """Put the words of one link before the signature of another."""
    return f"{one.rpartition('.')[0]}.{other.rpartition('.')[2]}"


def prefetch(desk: RunningDesk, path: str) -> None:
    for header in ({"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"}):
        assert desk.ask(path, headers=header).status_code == 200


def crawl(desk: RunningDesk, path: str) -> None:
    """Follow whatever stands in the page, twice, as a scanner in front of a mailbox does."""
    for _ in range(2):
        page = desk.ask(path).text
        targets = re.findall(r'(?:href|src|action|formaction)="([^"]*)"', page)
        assert "<form" in page
        for target in (path, *targets):
            desk.ask(urlsplit(target).path or path, headers={"User-Agent": "LinkScanner/1.0"})


def pretend(desk: RunningDesk, path: str) -> None:
    for query in ("?_method=POST", "?List-Unsubscribe=One-Click", "?utm_source=mail", "?signed=x"):
        assert desk.ask(path + query, headers={"X-HTTP-Method-Override": "POST"}).status_code == 200
    desk.ask(path, "GET", **ONE_CLICK)


def post_altered(desk: RunningDesk, path: str) -> None:
    for wrong in altered(path):
        assert desk.ask(wrong, "POST", **ONE_CLICK).status_code in (403, 404), wrong


def post_cross_site(desk: RunningDesk, path: str) -> None:
    for origin in ("https://elsewhere.example", "http://outreach.example.org.elsewhere.example", "https://"):
        answer = desk.ask(path, "POST", headers={"Origin": origin})
        assert answer.status_code == 403
        assert "another site" in answer.text


def post_expired(desk: RunningDesk, path: str) -> None:
    before = desk.now
    desk.later(days=60, minutes=10)
    assert desk.ask(path, "POST", **ONE_CLICK).status_code == 410
    assert "desk@committee.example" in desk.ask(path).text
    desk.now = before


def post_made_up(desk: RunningDesk, path: str) -> None:
    own = leave_links.sign(b"k" * 32, "AU", "liaison@au.example", datetime.now(UTC))
    for wrong in (
        "/leave/",
        "/leave/.",
        "/leave/x",
        f"/leave/{own}",
        "/leave/%00",
        f"/leave/{'A' * 9000}",
        "/leave/%C3",
    ):
        assert desk.ask(wrong, "POST", **ONE_CLICK).status_code in (403, 404)


SCANNERS: dict[str, Callable[[RunningDesk, str], object]] = {
    "GET": lambda desk, path: desk.ask(path),
    "HEAD": lambda desk, path: desk.ask(path, "HEAD"),
    "prefetch": prefetch,
    "a crawler that follows all it finds, twice": crawl,
    "other methods": lambda desk, path: [
        desk.ask(path, method) for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
    ],
    "GET that says it is POST": pretend,
    "POST to a link altered anywhere": post_altered,
    "POST to a link that expired": post_expired,
    "POST from another site": post_cross_site,
    "POST to a link that was made up": post_made_up,
}


@pytest.mark.fault("T41")
def test_whatever_follows_the_link_changes_nothing_until_its_reader_posts(desk: RunningDesk, link, record_property):
    """Scanners in front of mailboxes fetch every link of every mail; real people were unsubscribed by them."""
    before = everything(desk.config)
    held = 0
    for name, scan in SCANNERS.items():
        scan(desk, link("AU"))
        assert everything(desk.config) == before, name
        held += 1
    desk.ask(exchanged(link("AU"), link("UA")), "POST", **ONE_CLICK)
    assert everything(desk.config) == before

    answer = desk.ask(link("AU"), "POST", **ONE_CLICK)
    assert (answer.status_code, "no longer sent to l…@au.example" in answer.text) == (200, True)
    assert states(desk.config) == {**dict.fromkeys(LANGUAGES, "approval"), "AU": "left"}
    record_property("cases", len(SCANNERS))
    record_property("measured", f"{held} of {len(SCANNERS)} scanners changed nothing; the one-click POST left")


def test_one_request_without_cookie_origin_or_body_is_enough_and_a_second_is_told_so(desk: RunningDesk, link):
    """A mail program sends it for its reader and shows no page (RFC 8058)."""
    assert desk.ask(link("UA"), "POST").status_code == 200
    after = everything(desk.config)
    second = desk.ask(link("UA"), "POST", **ONE_CLICK)
    assert (second.status_code, "C'est déjà le cas" in unescape(second.text)) == (200, True)
    assert "<form" not in desk.ask(link("UA")).text
    assert everything(desk.config) == after


def test_the_page_is_in_the_language_of_the_organisation(desk: RunningDesk, link):
    """Whoever cannot read what the button does will not press it, or will."""
    for organisation, language in LANGUAGES.items():
        page = desk.ask(link(organisation)).text
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
        assert f"Organisation {organisation}" in page
        assert f"l…@{organisation.lower()}.example" in page
        assert f"liaison@{organisation.lower()}.example" not in page
    assert len({re.search("<button[^>]*>(.*?)</button>", desk.ask(link(o)).text)[1] for o in LANGUAGES}) == 6


def test_nothing_more_goes_to_a_reader_who_left_until_they_ask_to_have_it_back(desk: RunningDesk, link):
    """Not tomorrow's report either, and not because a coordinator approved the organisation for something else."""
    config = desk.config
    with mail_server(Letterbox()) as box:
        config.write_text(
            config.read_text().replace(
                "[delivery]", f'[delivery]\nserver = "127.0.0.1"\nport = {box.port}\nencryption = "none"'
            )
        )
        steps.approve(config, "AU", "ines")
        steps.approve(config, "UA", "ines")
        left = link("AU")
        assert desk.ask(left, "POST").status_code == 200
        assert steps.send_due(config) == Sent(delivered=1, approval=4, left=1)
        assert [address for address, _ in box.arrived] == ["liaison@ua.example"]

        run_night(config, NIGHT + timedelta(days=1))
        assert steps.send_due(config) == Sent(delivered=1, approval=4, left=1)
        (stands,) = [each for each in steps.standing(config) if each.delivery.organisation == "AU"]
        assert (stands.left, str(stands.delivery.state)) == (True, "left")
        assert stands.delivery.answer == f"its reader left on {desk.now.date()}"
        with pytest.raises(approving.NoDelivery, match=r"reader of AU's reports left.*--returned"):
            steps.approve(config, "AU", "ines")
        with pytest.raises(approving.NoDelivery, match=r"reader of delivery \d+ left.*--returned"):
            steps.resend(config, stands.delivery.number)
        assert steps.send_due(config) == Sent(approval=4, left=1)

        (freed,) = steps.approve(config, "AU", "ines", "they telephoned", returned=True)
        assert freed.night == NIGHT + timedelta(days=1)
        assert steps.send_due(config) == Sent(delivered=1, approval=4)
        # The old link still stands for the reader; leaving again counts again.
        assert "no longer sent" in desk.ask(left, "POST").text
        (stands,) = [each for each in steps.standing(config) if each.delivery.organisation == "AU"]
        assert (str(stands.delivery.state), stands.warning) == ("delivered", f"its reader left on {desk.now.date()}")


def test_what_is_put_off_does_not_go_out_after_its_reader_left(desk: RunningDesk, link):
    """The mail server said "later"; in the meantime somebody left."""
    config = desk.config
    with mail_server(Letterbox(at_recipient={"liaison@au.example": "451 later"})) as box:
        config.write_text(
            config.read_text().replace(
                "[delivery]", f'[delivery]\nserver = "127.0.0.1"\nport = {box.port}\nencryption = "none"'
            )
        )
        steps.approve(config, "AU", "ines")
        assert steps.send_due(config).later == 1
        assert desk.ask(link("AU"), "POST").status_code == 200
        box.at_recipient.clear()
        assert steps.send_due(config) == Sent(approval=5, left=1)
        assert box.arrived == []


def test_a_channel_that_the_roster_names_no_more_can_still_be_left(desk: RunningDesk, link):
    """It may be named again, by somebody who does not know."""
    path, text = link("AU"), desk.config.read_text()
    desk.config.write_text(text.replace('deliver_to = ["liaison@au.example"]\n', ""))
    assert desk.ask(path, "POST").status_code == 200
    desk.config.write_text(text)
    assert states(desk.config)["AU"] == "left"


def test_a_mail_that_was_lost_is_written_again_as_it_was(config: Path):
    """A repeat with another link or date would not be the same message."""
    (mail,) = (config.parent / "state" / "outbox" / NIGHT.isoformat()).glob("AU-*.eml")
    before = mail.read_bytes()
    mail.unlink()
    steps.write_reports(config, NIGHT)
    assert mail.read_bytes() == before


def test_a_mail_names_both_ways_to_leave_in_one_header_each(config: Path):
    """A mail program reads the header as it stands; an encoded word is no address."""
    (mail,) = (config.parent / "state" / "outbox" / NIGHT.isoformat()).glob("AU-*.eml")
    head = mail.read_bytes().partition(b"\r\n\r\n")[0]
    assert re.search(
        rb"\r\nList-Unsubscribe: <https://outreach\.example\.org/leave/[A-Za-z0-9._-]+>,\r\n"
        rb" <mailto:desk@committee\.example\?subject=Unsubscribe%20AU>\r\n"
        rb"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        head,
    )
    assert max(map(len, head.split(b"\r\n"))) < 998


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:8540"])
def test_without_an_https_address_a_mail_is_as_it_was(config: Path, address: str):
    """One-click leaving is for https alone; a desk on this machine is nowhere for a reader."""
    config.write_text(config.read_text().replace('address = "https://outreach.example.org"', f'address = "{address}"'))
    run_night(config, NIGHT + timedelta(days=1))
    folder = config.parent / "state" / "outbox" / (NIGHT + timedelta(days=1)).isoformat()
    for mail in folder.glob("*.eml"):
        read = message_from_bytes(mail.read_bytes(), policy=default)
        assert str(read["List-Unsubscribe"]).startswith("<mailto:desk@committee.example")
        assert read["List-Unsubscribe-Post"] is None


def test_a_long_mail_address_to_leave_by_is_not_folded_or_encoded():
    """It was, beyond 78 letters, and then nobody could leave at all."""
    contact = f"{'outreach.' * 8}desk@committee.example"
    body = mails.write(
        mails.Contents("Report", b"text", b"<p>text"), Organisation("AU", "African Union"),
        Channel("liaison@au.example"), Dispatch(sender="Desk <desk@committee.example>"), "<1@committee.example>",
        datetime(2026, 1, 1, tzinfo=UTC), contact=contact,
    )  # fmt: skip
    assert f"\r\nList-Unsubscribe: <mailto:{contact}?subject={quote('Unsubscribe AU')}>\r\n".encode() in body


def test_the_key_is_made_once_and_read_by_nobody_else(config: Path):
    """Who has it can take everybody off the list."""
    path = config.parent / "state" / "desk.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing_key(path.parent) == signing_key(path.parent)
    path.write_text("short")
    with pytest.raises(KeyUnusable, match=r"desk.key: it is no key.*Next: restore it, or remove it"):
        signing_key(path.parent)


def test_a_key_that_is_broken_stops_nobodys_report(config: Path, caplog):
    """A hundred organisations wait for theirs; they can still leave by mail."""
    (config.parent / "state" / "desk.key").write_text("short")
    run_night(config, NIGHT + timedelta(days=1))
    assert "it is no key" in caplog.text
    assert "Mails go out without a link to leave by" in caplog.text
    assert len(list((config.parent / "state" / "outbox" / "2007-11-27").glob("*.eml"))) == len(LANGUAGES)


def test_a_person_leaves_in_a_real_browser(desk: RunningDesk, link):
    """The browser sends `Origin: null` from a page that names no referrer, and obeys the page's policy."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(java_script_enabled=False)
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"{desk.url}{link('LAS')}")
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "640px"
        assert page.locator("button").bounding_box()["height"] >= 44
        assert states(desk.config)["LAS"] == "approval"
        page.locator("button").click()
        page.wait_for_load_state()
        assert "تم." in page.locator("main").inner_text()
        browser.close()
    assert told == []
    assert states(desk.config)["LAS"] == "left"
