"""A real SMTP server on loopback that behaves as it is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Letterbox:
    """What arrived, and how the server answers: a code and text per recipient, `drop` or `hang`."""

    arrived: list[tuple[str, bytes]] = field(default_factory=list)
    at_recipient: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    """`drop after` keeps the message and hangs up without an answer: the one case in which nobody can know."""
    port: int = 0
    greetings: int = 0

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.at_recipient:
            return self.at_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        told = self.at_data.get(address, "250 OK")
        if told == "drop":
            server.transport.abort()
            return "250 OK"
        if told == "hang":
            await asyncio.sleep(3)
            return "250 too late"
        if told in ("250 OK", "drop after"):
            self.arrived.append((address, envelope.content))
        if told == "drop after":
            server.transport.abort()
        return told if told != "drop after" else "250 OK"


@contextmanager
def mail_server(
    letterbox: Letterbox, *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[Letterbox]:
    """Run a server until the block ends; with *tls* it offers STARTTLS and takes nothing before it."""

    def authenticated(
        _server: object, _session: object, _envelope: object, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=(given.login.decode(), given.password.decode()) == login)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        letterbox.port = probe.getsockname()[1]
    options = {"authenticator": authenticated, "auth_required": True} if login else {}
    controller = Controller(
        letterbox,
        hostname="127.0.0.1",
        port=letterbox.port,
        tls_context=tls,
        require_starttls=tls is not None,
        **options,
    )
    controller.start()
    try:
        yield letterbox
    finally:
        controller.stop()
