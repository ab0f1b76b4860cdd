"""What the models have in common: two sorts of them, and values that are read as the document says."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def whole(text: object) -> object:
    """Replace halves of a surrogate pair, which the words of a page may hold and JSON cannot.

    >>> whole("Gabo\\ud800rone")
    'Gabo?rone'
    """
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else text


def civil(value: object) -> object:
    """Read a day as ISO 8601 writes it; anything else is left as it is, and refused.

    >>> civil("2010-02-01"), civil("1265000000")
    (datetime.date(2010, 2, 1), '1265000000')
    """
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def integral(value: object) -> object:
    """Take 7.0 for 7: JSON knows but one sort of number.

    >>> integral(7.0), integral(7.5), integral("7")
    (7, 7.5, '7')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(integral)]
Text = Annotated[str, BeforeValidator(whole)]
Written = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
"""What somebody writes; PostgreSQL keeps no NUL."""
Fingerprint = Annotated[str, Field(max_length=60_000, pattern=r"^[^\x00]*$")]
"""It grows with the listings of a finding; the body ends before it does."""
Short = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class Told(BaseModel):
    """What is answered: nothing beside what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sent(BaseModel):
    """What is sent: nothing beside what is named, and nothing taken for something else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
