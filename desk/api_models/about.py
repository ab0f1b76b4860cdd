"""Whether the desk can answer, and whom a token stands for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from desk.api_models.values import Text, Told
from store.accounts import Role


class Me(Told):
    """Whom a token stands for."""

    name: Text
    role: Role
    organisation: Text | None = Field(description="Whose report a reader reads.")
    token: int = Field(description="The token's number.")


class Readiness(Told):
    """That the desk can answer."""

    ready: Literal[True]
