"""What the tests of reports share: a browser, and the small roster of test_reports_composed.py."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from chromium_browser import chromium
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a module."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def composed() -> ModuleType:
    """The small roster and the way of a night that the tests of reports use."""
    spec = util.spec_from_file_location("reports_composed", Path(__file__).with_name("test_reports_composed.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
