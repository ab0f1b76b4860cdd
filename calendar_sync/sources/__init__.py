"""Where calendars are fetched: a folder or file, an HTTP(S) or webcal feed, a CalDAV collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "anything new?" with (RFC 9110, 8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a calendar as they were published, with what is known about them."""

    body: bytes
    media_type: str = ""
    """Media type without parameters, lower case; blank when nobody said."""
    charset: str = ""
    name: str = ""
    """File name or last part of the address: its ending helps to tell the kind."""
    address: str = ""
    """Where it came from, without anything secret."""
    validators: Validators = Validators()
    moved_to: str = ""
    """Where the publisher says it lies from now on (301, 308), shown as far as it holds no secret; blank: nowhere."""


class CalendarSource(Protocol):
    """A place where one calendar can be fetched."""

    @property
    def calendar(self) -> str:
        """Id of the calendar in the roster."""
        ...

    def fetch(self, night: date, stored: Payload | None) -> Payload | None:
        """Fetch the calendar as of *night*, whole; None when it is still what *stored*, the last good copy, holds.

        Raises:
            SourceUnreachable: No answer; the next try may succeed.
            SourceRefused: The answer was no; someone must write to the organisation.
        """
        ...
