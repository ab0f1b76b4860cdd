"""Forgetting what pages left behind: events are made for a page, and what is cached of them serves no other."""

from __future__ import annotations

from itertools import count

from starlette.types import ASGIApp, Receive, Scope, Send

from dedupe import same

EVERY = 100
"""Answers; each leaves some hundred events and findings."""


class Forgetting:
    """Forgets it once in a while. Whoever is just being answered makes it again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._answers = app, count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        await self._app(scope, receive, send)
        if next(self._answers) % EVERY == 0:
            same.forget()
