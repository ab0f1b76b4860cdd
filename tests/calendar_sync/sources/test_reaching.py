"""Where a feed's address may lead, and what goes along: real connections, none of them to where they should not go."""

from __future__ import annotations

from datetime import date

import httpcore
import pytest

from calendar_sync.errors import CalendarError, SourceRefused
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import guard
from calendar_sync.sources.hosts import Hosts
from calendar_sync.sources.http_feed import HttpFeed

NIGHT = date(2007, 10, 15)
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def feed(source, folder, *, private=False, resolve=guard.addresses, **given):
    calendar = Calendar("unoda", "UNODA", source, private_network=private, limits=Limits(seconds=5), **given)
    return HttpFeed(calendar, folder, resolve=resolve, hosts=Hosts())


@pytest.fixture
def connected(monkeypatch, server):
    """The addresses that connections were made to; each really leads to the server on loopback."""
    made = []
    connect = httpcore.SyncBackend.connect_tcp

    def recording(self, host, port, timeout=None, local_address=None, socket_options=None):
        made.append(host)
        return connect(self, "127.0.0.1", server.port, timeout, local_address, socket_options)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", recording)
    server.says("/events.ics", 200, ICS)
    return made


# -- T01: addresses --------------------------------------------------------------------------------------------------

CLOSED = [
    # this machine, in the notations a system's resolver understands
    "127.0.0.1", "127.255.255.254", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "2130706433",
    "0177.0.0.1", "017700000001", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "0", "0.0.0.0", "[::]", "[::1]",
    "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]",
    "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1",
    # networks of one's own
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.254", "167772161", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[::ffff:10.0.0.1]",
    # links, where clouds hand out keys
    "169.254.169.254", "0xa9fea9fe", "2852039166", "[fe80::1]", "[fe80::1%25eth0]", "[::ffff:169.254.169.254]",
    # addresses that carry others
    "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "192.88.99.1",
    # documentation, benchmarks, protocols, the future, everybody
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "198.18.0.1", "192.0.0.8", "240.0.0.1",
    "255.255.255.255", "224.0.0.1", "[ff02::1]", "[100::1]", "[5f00::1]", "[3fff::1]",
]  # fmt: skip
OPEN = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "198.17.255.255", "223.255.255.254", "[2001:200::1]", "[2606:2800:21f:cb07::1]", "[2a00:1450:4001::1]",
]  # fmt: skip


def test_the_figures_are_those_of_the_table():
    """A case dropped by mistake would leave a hole that no test shows."""
    assert (len(set(CLOSED)), len(set(OPEN))) == (64, 12)


@pytest.mark.fault("T01")
@pytest.mark.parametrize("host", CLOSED)
def test_no_connection_is_made_to_what_is_not_of_the_open_web(connected, server, tmp_path, host):
    """A calendar's address is a stranger's; inside our network it would fetch what only we may see."""
    with pytest.raises(CalendarError):
        feed(f"http://{host}/events.ics", tmp_path).fetch(NIGHT, None)

    assert (connected, server.asked) == ([], [])


@pytest.mark.fault("T01")
@pytest.mark.parametrize("host", OPEN)
def test_what_is_of_the_open_web_is_reached_at_that_address(connected, tmp_path, host):
    """A guard that refuses everything is no guard either."""
    payload = feed(f"http://{host}/events.ics", tmp_path).fetch(NIGHT, None)

    assert payload.body == ICS
    assert connected == [host.strip("[]")]


# -- T02: redirects --------------------------------------------------------------------------------------------------

LEADING_ASTRAY = [
    "http://127.0.0.1/secret", "http://localhost/secret", "http://[::1]/secret", "http://10.0.0.1/secret",
    "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/secret", "http://2130706433/secret",
    "//127.0.0.1/secret", "http://inside.example/secret", "http://93.184.215.14:22/", "file:///etc/passwd",
    "ftp://93.184.215.14/a.ics", "data:text/calendar,BEGIN:VCALENDAR", "gopher://93.184.215.14/_x", "http://",
    "/events.ics",
]  # fmt: skip


def names(host, port):
    """Look up without asking anybody."""
    return {"inside.example": ["10.0.0.1"], "calendar.example": ["93.184.215.14"]}.get(host) or guard.addresses(
        host, port
    )


@pytest.mark.fault("T02")
@pytest.mark.parametrize("location", LEADING_ASTRAY)
def test_a_redirect_leads_nowhere_an_address_may_not(connected, server, tmp_path, location):
    """The first address is checked; the second is chosen by whoever answers there."""
    server.says("/events.ics", 302, Location=location)

    with pytest.raises(SourceRefused):
        feed("http://calendar.example/events.ics", tmp_path, resolve=names).fetch(NIGHT, None)

    assert set(connected) == {"93.184.215.14"}
    assert {path for path, _ in server.asked} == {"/events.ics"}
    assert len(connected) <= 6


# -- T03: names that change their meaning ----------------------------------------------------------------------------

OPEN_V4, OPEN_V6 = "93.184.215.14", "2606:2800:21f:cb07::1"


@pytest.mark.fault("T03")
@pytest.mark.parametrize(
    "answers",
    [[OPEN_V4, "10.0.0.1"], ["127.0.0.1", OPEN_V4], [OPEN_V6, "::1"], [OPEN_V4, "::ffff:127.0.0.1"]],
    ids=" ".join,
)  # fmt: skip
def test_one_answer_inside_refuses_them_all(connected, tmp_path, answers):
    """Whoever mixes them waits for us to take the other one."""
    with pytest.raises(SourceRefused):
        feed("http://calendar.example/events.ics", tmp_path, resolve=lambda host, port: answers).fetch(NIGHT, None)

    assert connected == []


@pytest.mark.fault("T03")
@pytest.mark.parametrize("path", ["/events.ics", "/elsewhere.ics", "/later.ics"])
def test_a_name_means_what_it_meant_at_first(connected, server, tmp_path, path):
    """Between a check and a connection, a redirect or a second try, a name could be turned into one of ours."""
    looked_up, tries = [], []
    server.says("/elsewhere.ics", 302, Location="/events.ics")

    def later(handler):
        tries.append(path)
        handler.send_response(503 if len(tries) == 1 else 200)
        handler.send_header("Retry-After", "1")
        handler.send_header("Content-Length", str(len(ICS)))
        handler.end_headers()
        handler.wfile.write(ICS)

    server.answers["/later.ics"] = later

    def changing(host, port):
        looked_up.append(host)
        return [OPEN_V4] if len(looked_up) == 1 else ["127.0.0.1"]

    payload = feed(f"http://calendar.example{path}", tmp_path, resolve=changing).fetch(NIGHT, None)

    assert payload.body == ICS
    assert looked_up == ["calendar.example"]
    assert set(connected) == {OPEN_V4}


# -- T04: keys -------------------------------------------------------------------------------------------------------


def loopback(host, port):
    return ["127.0.0.1"]


SECRETS = {
    "in the address": {"userinfo": "ana:canary@"},
    "name and password": {"username": "ana", "password": "${CANARY}"},
    "headers": {"headers": tuple((name, "k ${CANARY}") for name in ("X-Api-Key", "Authorization", "Cookie"))},
}  # fmt: skip


@pytest.fixture
def elsewhere(request, serve):
    """Another server, reached as another port, host, sub-domain or scheme."""
    if request.param == "scheme":
        secure = request.getfixturevalue("secure_server")
        return secure, secure.address(scheme="https", host="calendar.example")
    other = serve()
    host = {"port": "calendar.example", "host": "other.example", "sub-domain": "www.calendar.example"}[request.param]
    return other, other.address(host=host)


@pytest.mark.fault("T04")
@pytest.mark.parametrize("elsewhere", ["port", "host", "sub-domain", "scheme"], indirect=True)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_keys_go_to_the_origin_they_were_given_for(server, elsewhere, tmp_path, monkeypatch, secret):
    """A redirect is chosen by a server; who follows it with the keys in hand gives them away."""
    monkeypatch.setenv("CANARY", "canary")
    other, address = elsewhere
    server.says("/events.ics", 307, Location=address.replace("://", "://eve:eve@"), Set_Cookie="session=canary; Path=/")
    other.says("/events.ics", 302, Location=server.address("/back.ics", host="calendar.example"))
    if address.startswith("https"):
        other.says("/events.ics", 200, ICS)
    server.says("/back.ics", 200, ICS)
    given = dict(secret)
    source = f"http://{given.pop('userinfo', '')}calendar.example:{server.port}/events.ics"

    assert feed(source, tmp_path, private=True, resolve=loopback, **given).fetch(NIGHT, None).body == ICS

    told = {
        name: value for name, value in server.asked[0][1].items() if name in ("authorization", "x-api-key", "cookie")
    }
    assert told
    (heard,) = other.asked
    assert not told.keys() & heard[1].keys()
    assert "canary" not in str(heard) + str(heard).lower()
    if len(server.asked) > 1:
        # Back where they belong, and without the session that was set on the way.
        assert {name: server.asked[1][1].get(name) for name in told} == told
        assert "session" not in str(server.asked[1])


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "X: y", ""])
def test_a_roster_cannot_set_how_a_request_is_made(server, tmp_path, monkeypatch, name):
    """Another Host, or a body that is not there, would ask something else than the address says."""
    monkeypatch.setenv("CANARY", "canary")

    with pytest.raises(SourceRefused):
        feed(server.address(), tmp_path, private=True, headers=((name, "${CANARY}"),)).fetch(NIGHT, None)

    assert server.asked == []


def test_no_proxy_of_the_environment_is_used(server, tmp_path, monkeypatch):
    """A proxy connects wherever it is told, and the check of the address would be one of nothing."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.says("/events.ics", 200, ICS)

    assert feed(server.address(), tmp_path, private=True).fetch(NIGHT, None).body == ICS


@pytest.mark.fault("T03")
def test_a_name_means_for_http_what_it_meant_for_https(monkeypatch, connected, server, tmp_path):
    """webcal is asked twice, and the second time another address could be given."""
    looked_up = []

    def changing(host, port):
        looked_up.append(port)
        return [OPEN_V4] if len(looked_up) == 1 else ["127.0.0.1"]

    through = httpcore.SyncBackend.connect_tcp

    def closed_for_tls(self, host, port, *given):
        if port == 443:
            connected.append(host)
            raise httpcore.ConnectError
        return through(self, host, port, *given)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", closed_for_tls)

    assert feed("webcal://calendar.example/events.ics", tmp_path, resolve=changing).fetch(NIGHT, None).body == ICS
    assert looked_up == [443]
    assert connected == [OPEN_V4, OPEN_V4]
