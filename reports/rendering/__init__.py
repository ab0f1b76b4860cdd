"""A report to bytes, in every format; the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from reports.nightly import NightlyReport


@dataclass(frozen=True, slots=True)
class Format:
    """How a format's files end, and the module that writes them; loaded when first asked for."""

    extension: str
    module: str

    def render(self, report: NightlyReport) -> bytes:
        """Write a report in this format."""
        write: Callable[[NightlyReport], bytes] = import_module(f"reports.rendering.{self.module}").render
        return write(report)


FORMATS = {
    "html": Format("html", "page"),
    "text": Format("txt", "plain"),
    "json": Format("json", "data"),
    "csv": Format("csv", "sheets"),
    "xlsx": Format("xlsx", "workbook"),
    "ics": Format("ics", "feed"),
}


def render(report: NightlyReport, format_: str) -> bytes:
    """Write a report in a format of FORMATS.

    Raises:
        KeyError: There is no such format.
    """
    return FORMATS[format_].render(report)
