"""A database that was locked, or whose line broke, is asked again: a few times, and then the night says so."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from store.connecting import DatabaseUnusable

Given = ParamSpec("Given")
Result = TypeVar("Result")

WAITS = (1.0, 5.0, 20.0)
"""Seconds before the second try, the third, the last: as long as a database server takes to start again."""

_log = logging.getLogger(__name__)


def tried_again(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Do *work* from its beginning again when the database failed it for a moment; *work* must be safe to repeat.

    Raises:
        DatabaseUnusable: As *work* does; after the last try, or at once where another is not worth it.
    """

    @wraps(work)
    def patient(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for wait in WAITS:
            try:
                return work(*args, **kwargs)
            except DatabaseUnusable as error:
                if not error.worth_another_try:
                    raise
                _log.warning("%s It is tried again in %g s.", error, wait)
            time.sleep(wait)
        return work(*args, **kwargs)

    return patient
