"""Markdown on Prefect's pages: whatever a name is, what is shown is that name, as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_payloads import PAYLOADS

from calendar_sync.errors import CalendarError
from flows import artifacts
from flows.outcomes import NightOutcome, ReaderCount, SyncOutcome

NIGHT = date(2009, 12, 4)
# Prefect's own pages know tables and strikethrough besides what every Markdown knows; HTML passes.
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def an_outcome(name: str) -> NightOutcome:
    """Return a night in which everything that has a name has this one."""
    error = CalendarError(name)
    error.code = name
    return NightOutcome(
        NIGHT,
        (SyncOutcome(name, name, 4, error=error), SyncOutcome("plain", "read", 2)),
        (Path(f"/srv/reports/{len(name)}.html"),),
        (ReaderCount(name, ((name, 1), ("clash", 2))),),
    )


def kinds_and_text(markdown: str) -> tuple[list[str], str]:
    """Return the sorts of what Markdown makes of a text, and the text it shows."""
    kinds: list[str] = []
    shown: list[str] = []

    def walk(tokens: list[Any]) -> None:
        for token in tokens:
            if token.type in ("text", "text_special"):
                shown.append(token.content)
            elif token.type != "inline":
                kinds.append(token.type)
            walk(token.children or [])

    walk(MARKDOWN.parse(markdown))
    return kinds, "".join(shown)


@pytest.mark.fault("T21")
def test_artifacts_show_any_name_as_text(record_property):
    """A picture in a name would tell its server who looks at our pages; a link could say it is somewhere else."""
    plain, _ = kinds_and_text(artifacts.markdown(an_outcome("name")))
    for payload in PAYLOADS:
        outcome = an_outcome(payload)
        name = " ".join(payload.split())
        kinds, shown = kinds_and_text(artifacts.markdown(outcome))
        assert kinds == plain, payload
        assert shown.count(name) >= 4, payload
        for row in artifacts.table(outcome.calendars)[:1]:
            for cell in (row["calendar"], row["outcome"], row["reason"]):
                assert kinds_and_text(cell) == (["paragraph_open", "paragraph_close"], name), payload
    record_property("cases", len(PAYLOADS))
    record_property("measured", f"{len(PAYLOADS)} names, read by markdown-it: no picture, no link, no markup")


def test_without_escaping_the_renderer_would_make_something_of_most():
    """A renderer that leaves everything as it is proves nothing."""
    plain = (["paragraph_open", "paragraph_close"], None)
    changed = [payload for payload in PAYLOADS if kinds_and_text(payload) != (plain[0], payload)]
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 40
    assert len(changed) > 30
