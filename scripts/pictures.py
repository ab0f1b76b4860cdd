"""Make the pictures of docs/ from the demo: `make demo`, `.venv/bin/python scripts/pictures.py`. Needs Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO = REPOSITORY / "outreach-demo" / "outreach.toml"
OUTREACH = Path(sys.executable).with_name("outreach")
NIGHT = "2010-02-01"
REPORTS = {"report": "en", "report-arabic": "ar"}
PAGES = {
    "desk-tonight": "/", "desk-finding": "/findings/5", "desk-calendar": "/calendar?month=2010-02", "desk-map": "/map",
    "desk-plan": "/plan?title=Workshop+on+resolution+1540&start=2010-02-16&end=2010-02-18&city=Nairobi&country=KE"
    "&audience=African+Union&theme=biosecurity",
}  # fmt: skip
HEIGHT = 1130


def main() -> None:
    """Rewrite every picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not DEMO.is_file():
        sys.exit("Chromium or the demo is not here. Next: install Chromium, then make demo")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": HEIGHT})
        for name, language in REPORTS.items():
            path = Path(folder) / f"{name}.html"
            asked = ("--organisation", "AU", "--as-of", NIGHT, "--format", "html", "--language", language)
            _outreach("report", *asked, "--out", str(path))
            page.goto(path.as_uri())
            _shoot(page, name)
        with desk() as (address, link):
            page.goto(link)
            page.get_by_role("button").first.click()
            for name, where in PAGES.items():
                page.goto(address + where)
                _shoot(page, name)
        browser.close()


@contextmanager
def desk() -> Iterator[tuple[str, str]]:
    """Serve the demo's desk; its address, and the link that signs in once."""
    command = [str(OUTREACH), "desk", "--port", "0", "--config", str(DEMO)]
    serving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        told = ""
        while "/sign-in/" not in told and serving.poll() is None:
            told += serving.stderr.readline() if serving.stderr else ""
        link = re.search(r"(http://[^\s/]+)/sign-in/\S+", told)
        if link is None:
            sys.exit(f"The desk gave no link: {told}")
        yield link[1], link[0]
    finally:
        serving.terminate()
        serving.wait()


def _shoot(page: Page, name: str) -> None:
    path = REPOSITORY / "docs" / f"{name}.png"
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1000, "height": HEIGHT})
    print(path.relative_to(REPOSITORY))


def _outreach(*words: str) -> None:
    subprocess.run([str(OUTREACH), *words, "--config", str(DEMO)], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
