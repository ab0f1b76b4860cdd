"""Headers that every answer of the desk has, whatever it says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOBODY, _US = "'none'", "'self'"
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Nothing the desk says is for everybody, so nothing is kept on the way, indexed or framed."""


class SecurityHeaders:
    """Adds HEADERS to every answer that does not say otherwise, and HSTS where the line is encrypted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                harden(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, sent if scope["type"] == "http" else send)


def harden(headers: MutableHeaders, scope: Scope) -> None:
    """Set what is not set yet."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def policy_for(
    page: bytes, *, form: bool = False, frames: bool = False, framed: bool = False, live: bool = False
) -> str:
    """Return the policy of a page that we wrote: its own style sheet by digest, a *form* to us, and nothing else.

    *frames* says that it shows pages of ours inside it, *framed* that it may be shown so, *live* that it runs the
    desk's script, which stands in a file of its own and hears from us only.

    >>> policy_for(b"<style>p{}</style>")[:75]
    "default-src 'none'; style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcr"
    """
    sources = [
        f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode('ascii')}'"
        for style in _STYLE.findall(page)[:1]
    ]
    rules = ["default-src 'none'", f"style-src {' '.join(sources) or _NOBODY}", "base-uri 'none'"]
    rules += ["frame-src 'self'"] if frames else []
    rules += ["script-src 'self'", "connect-src 'self'"] if live else []
    rules += [f"form-action {_US if form else _NOBODY}", f"frame-ancestors {_US if framed else _NOBODY}"]
    return "; ".join(rules)
