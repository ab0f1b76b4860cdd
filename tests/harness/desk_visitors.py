"""People who come to the desk, each with cookies of their own, and what a browser says on their behalf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx

from flows import steps
from store.accounts import Role

PASSWORD = "a sentence nobody would guess"
PEOPLE = {
    "ines": (Role.COORDINATOR, ""), "omar": (Role.COORDINATOR, ""), "eva": (Role.EXPERT, ""),
    "rita": (Role.READER, "AU"),
}  # fmt: skip
MADE = datetime(2029, 12, 31, tzinfo=UTC)


def add_people(config: Path) -> None:
    """Give everybody of PEOPLE an account."""
    for name, (role, organisation) in PEOPLE.items():
        steps.add_account(config, name, role, organisation, PASSWORD, "the test", MADE)


class Visitor:
    """A browser without a window: it keeps cookies, and says where a form comes from."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False, headers=headers)

    def get(self, path: str, **more: object) -> httpx.Response:
        """Open an address; redirects are not followed."""
        return self.http.get(path, **more)

    def form_on(self, path: str, action: str = "") -> dict[str, str]:
        """Return the hidden fields of that form of a page which goes to *action*, or to itself; else of its last."""
        page = self.get(path).text
        forms = re.findall(r"<form([^>]*)>(.*?)</form>", page, flags=re.DOTALL)
        wanted = f'action="{action or path}"'
        form = next((inside for head, inside in forms if wanted in head), forms[-1][1] if forms else "")
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
        return {name: unescape(value) for name, value in fields}

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """Press a button of a page of the desk."""
        said = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"} | headers
        return self.http.post(path, data=fields or {}, headers={k: v for k, v in said.items() if v})

    def sign_in(self, name: str, password: str = PASSWORD, target: str = "/") -> httpx.Response:
        """Type a name and a password."""
        fields = self.form_on("/sign-in") | {"name": name, "password": password, "next": target}
        return self.post("/sign-in", fields)

    def token(self, page: str = "/log") -> str:
        """Return what a form of theirs holds."""
        return self.form_on(page)["form"]


@contextmanager
def visitors(url: str, *names: str) -> Iterator[list[Visitor]]:
    """Let people come, and sign those in who have a name."""
    came = [Visitor(url) for _ in names]
    try:
        for visitor, name in zip(came, names, strict=True):
            if name:
                assert visitor.sign_in(name).status_code == 303
        yield came
    finally:
        for visitor in came:
            visitor.http.close()
