"""Sending: a frozen message to a mail server or a webhook, and what came of it, told in one line."""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType

import httpcore
import httpx

from calendar_sync.channels import Channel, Dispatch, Encryption, sender_of
from calendar_sync.references import ReferenceMissing, resolve
from calendar_sync.sources.guard import AddressRefused, Deadline, GuardedBackend, GuardedTransport
from reports.rendering.harmless import words

_LONGEST_ANSWER = 300
_OF_THE_LINE = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
"""Errors that a transport of our own lets through as they are."""


class Outcome(StrEnum):
    """What a try came to."""

    TAKEN = "taken"
    """The next server answers for it now."""
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try, for a person to read."""

    outcome: Outcome
    text: str
    not_before: timedelta = timedelta(0)
    """How long the other side asked to be left alone."""


class Mailer:
    """One connection to the mail server, opened when first needed and again after it broke.

    A server that cannot be reached, or will not have us, is asked once; whatever else is to be sent then waits too.
    """

    def __init__(self, delivery: Dispatch, folder: Path) -> None:
        self._delivery, self._folder = delivery, folder
        self._client: smtplib.SMTP | None = None
        self._closed: Answer | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._client is not None:
            try:
                self._client.quit()
            except (smtplib.SMTPException, OSError):
                # What was sent was answered before; a server that hangs up first takes nothing back.
                self._client.close()

    def send(self, address: str, message: bytes) -> Answer:
        """Send *message* to one address."""
        if not self._delivery.server:
            return Answer(Outcome.LATER, "outreach.toml names no mail server ([delivery] server)")
        if self._closed is not None:
            return self._closed
        # smtplib gives each line of an answer its own time; a server that dribbles would keep us all night.
        alarm = threading.Timer(self._delivery.seconds, self._hang_up)
        alarm.start()
        try:
            if self._client is None:
                self._closed = self._connect()
                if self._closed is not None:
                    return self._closed
            return self._handed_over(address, message)
        finally:
            alarm.cancel()

    def _connect(self) -> Answer | None:
        """Open the line and say who we are; what went wrong, if anything did."""
        delivery = self._delivery
        try:
            username = resolve(delivery.username, self._folder)
            password = resolve(delivery.password, self._folder)
            trusted = ssl.create_default_context()
            if delivery.certificates:
                trusted.load_verify_locations(self._folder / delivery.certificates)
            if delivery.encryption is Encryption.TLS:
                self._client = smtplib.SMTP_SSL(timeout=delivery.seconds, context=trusted)
            else:
                self._client = smtplib.SMTP(timeout=delivery.seconds)
            # The name that TLS asks for; given to the constructor it would connect there, where nothing can hang up.
            self._client._host = delivery.server  # type: ignore[attr-defined]
            self._client.connect(delivery.server, delivery.port)
            if delivery.encryption is Encryption.STARTTLS:
                self._client.starttls(context=trusted)
            if username:
                self._client.login(username, password)
        except ReferenceMissing as error:
            return self._not_open(str(error))
        except smtplib.SMTPNotSupportedError as error:
            return self._not_open(f"{error}; nothing is sent over an open line")
        except smtplib.SMTPAuthenticationError as error:
            return self._not_open(f"it did not take our name and password ({_said(error.smtp_code, error.smtp_error)})")
        except smtplib.SMTPResponseException as error:
            return self._not_open(_said(error.smtp_code, error.smtp_error))
        except ssl.SSLError as error:
            return self._not_open(f"its certificate is not to be trusted ({error.reason or error})")
        except (smtplib.SMTPException, OSError) as error:
            return self._not_open(_broke(error))
        return None

    def _not_open(self, why: str) -> Answer:
        self._drop()
        return Answer(Outcome.LATER, f"the mail server {self._delivery.server}: {why}")

    def _handed_over(self, address: str, message: bytes) -> Answer:
        if self._client is None:
            raise RuntimeError("no connection")
        try:
            self._client.sendmail(sender_of(self._delivery).addr_spec, [address], message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[address]
            return _by_code(code, text)
        except smtplib.SMTPResponseException as error:  # of the sender, and of what the message says
            if error.smtp_code in (-1, 421):
                self._drop()
            return _by_code(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Answer(Outcome.LATER, _broke(error))
        return Answer(Outcome.TAKEN, f"taken by {self._delivery.server}")

    def _hang_up(self) -> None:
        client = self._client
        if client is not None and client.sock is not None:
            # Closing would not wake whoever waits for the next byte. Below TLS, whose own farewell might wait, too.
            with suppress(OSError):
                socket.socket.shutdown(client.sock, socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def post(
    channel: Channel, delivery: Dispatch, folder: Path, message: str, body: bytes, now: Callable[[], datetime]
) -> Answer:
    """Send *body*, JSON, to a webhook, signed as the Standard Webhooks specification says.

    The receiver recomputes the signature over `webhook-id.webhook-timestamp.body`, and knows a repeat by its
    webhook-id.
    """
    try:
        address, key = resolve(channel.address, folder), resolve(channel.key, folder)
    except ReferenceMissing as error:
        return Answer(Outcome.LATER, str(error))
    stamp = str(int(now().timestamp()))
    headers = {
        "content-type": "application/json",
        "user-agent": "outreach-calendar",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(key, message, stamp, body),
    }
    backend = GuardedBackend(Deadline(delivery.seconds), private_network=delivery.private_network)
    try:
        with (
            httpx.Client(transport=GuardedTransport(backend), follow_redirects=False, trust_env=False) as client,
            # What the other side says beyond its status is not read: it may have no end.
            client.stream("POST", address, content=body, headers=headers) as answer,
        ):
            status, wait = answer.status_code, answer.headers.get("retry-after", "")[:6]
    except AddressRefused as error:
        return Answer(Outcome.LATER, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, *_OF_THE_LINE) as error:
        return Answer(Outcome.LATER, _broke(error))
    said = f"HTTP {status}"
    if 200 <= status < 300:
        return Answer(Outcome.TAKEN, f"taken by {channel.shown} ({said})")
    if status in (408, 425, 429) or status >= 500:
        return Answer(Outcome.LATER, said, timedelta(seconds=min(int(wait), 86_400) if wait.isdecimal() else 0))
    return Answer(Outcome.REFUSED, said)


def signature(key: str, message: str, stamp: str, body: bytes) -> str:
    """Sign as Standard Webhooks does: `v1,` and the base64 of an HMAC-SHA256. A key `whsec_...` is base64, too.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
    ...     b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    secret = base64.b64decode(key.removeprefix("whsec_")) if key.startswith("whsec_") else key.encode("utf-8")
    signed = hmac.new(secret, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


def _by_code(code: int, text: bytes | str) -> Answer:
    return Answer(Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER, _said(code, text))


def _said(code: int, text: bytes | str) -> str:
    """Show what a server said as one harmless line."""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words(told).split())}"[:_LONGEST_ANSWER].strip()


def _broke(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException | httpcore.TimeoutException) or "timed out" in str(
        error
    ):
        return "no answer in time"
    told = " ".join(words(str(error)).split())[:_LONGEST_ANSWER]
    return f"the line broke ({told or type(error).__name__})"
