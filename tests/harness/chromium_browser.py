"""A real browser for the tests that look at pages."""

from __future__ import annotations

import os
import shutil

import pytest


def chromium() -> str:
    """Return the path of Chromium, or skip: a newcomer need not have one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("OUTREACH_NOTHING_SKIPPED"):
        pytest.fail("no Chromium, where nothing may be skipped")
    pytest.skip("no Chromium on this machine; pages are not looked at")
