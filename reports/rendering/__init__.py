"""A report to bytes, in every format; the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from reports.nightly import NightlyReport


@dataclass(frozen=True, slots=True)
class Format:
    """How a format's files end, the module that writes them, loaded when first asked for, and its media type."""

    extension: str
    module: str
    media_type: str

    def render(self, report: NightlyReport) -> bytes:
        """Write a report in this format."""
        write: Callable[[NightlyReport], bytes] = import_module(f"reports.rendering.{self.module}").render
        return write(report)


FORMATS = {
    "html": Format("html", "page", "text/html; charset=utf-8"),
    "text": Format("txt", "plain", "text/plain; charset=utf-8"),
    "json": Format("json", "data", "application/json; charset=utf-8"),
    "csv": Format("csv", "sheets", "text/csv; charset=utf-8"),
    "xlsx": Format("xlsx", "workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ics": Format("ics", "feed", "text/calendar; charset=utf-8"),
}


def render(report: NightlyReport, format_: str) -> bytes:
    """Write a report in a format of FORMATS.

    Raises:
        KeyError: There is no such format.
    """
    return FORMATS[format_].render(report)
