"""Coverage and the map: which states are invited to what, who hosts, who is left out."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from desk import coverage_wording, wording
from desk.people import Asked, admitted, show
from flows import looking_around
from flows.looking_around import Covered
from reports import coverage_wording as told_words
from reports.rendering import pictures
from store.accounts import Role

router = APIRouter()
Coordinator = Annotated[Asked, Depends(admitted(Role.COORDINATOR))]
_LONGEST_GROUPS = 200
"""Characters."""


@router.api_route("/coverage", methods=["GET", "HEAD"])
def coverage(asked: Coordinator) -> Response:
    """Show states by themes and phases, gaps, overload, and the shift over the years."""
    covered, known = _covered(asked)
    if covered is not None:
        invited = pictures.invited(covered.coverage)
        known |= {
            "matrices": pictures.matrices(covered.coverage, asked.spoken), "years": pictures.years(covered.coverage),
            "world": pictures.world(invited), "steps": pictures.steps(invited), "size": pictures.map_size(),
        }  # fmt: skip
    return show(
        asked,
        "coverage_seen.html.jinja",
        styles=("coverage.css",),
        title=wording.NAV["coverage"],
        here="coverage",
        **known,
    )


@router.api_route("/map", methods=["GET", "HEAD"])
def world(asked: Coordinator) -> Response:
    """Show hosts or audiences on a map, with the numbers beside it."""
    covered, known = _covered(asked)
    hosts = asked.request.query_params.get("show", "") == "hosts"
    if covered is not None:
        numbers = covered.hosts if hosts else pictures.invited(covered.coverage)
        known |= {
            "world": pictures.world(numbers), "steps": pictures.steps(numbers), "size": pictures.map_size(),
            "numbers": {state: number for state, number in numbers.items() if number},
        }  # fmt: skip
    if hosts:
        known["kept"] += "show=hosts&"
    return show(
        asked, "map.html.jinja", styles=("coverage.css",), title=wording.NAV["map"], here="map", hosts=hosts, **known
    )


def _covered(asked: Asked) -> tuple[Covered | None, dict[str, Any]]:
    """Return what was asked for, and what its page needs to know."""
    query = asked.request.query_params
    written = query.get("group", "")[:_LONGEST_GROUPS]
    groups = [name.strip() for name in re.split("[,;]", written) if name.strip()]
    since, until, problem = _day(query.get("since", "")), _day(query.get("until", "")), ""
    if (query.get("since") and since is None) or (query.get("until") and until is None):
        problem = coverage_wording.UNKNOWN_DATE
    if since is not None and until is not None and until < since:
        since = until = None
        problem = coverage_wording.BACKWARDS
    covered = looking_around.covered(asked.desk.roster_path, since, until, groups)
    asked_for = {"group": written, "since": since, "until": until}
    kept = urlencode({name: str(value) for name, value in asked_for.items() if value})
    return covered, {
        "covered": covered, "own": coverage_wording, "coverage_wording": told_words, "written": written,
        "problem": problem, "kept": f"{kept}&" if kept else "", "behind": covered is not None and covered.behind,
        "names": sorted({organisation.name for organisation in asked.loaded.organisations if organisation.members}),
        "status": 400 if problem or (covered is not None and covered.unknown) else 200,
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # A century to either side is what a picture of years holds.
    return found if 1900 <= found.year <= 2100 else None
