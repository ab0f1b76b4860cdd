"""Plans over the API: checked one by one and as a list, kept, rewritten, shown to others, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
from desk_programs import problem, program, token_for
from desk_server import RunningDesk

LIMA = {"start": "2008-09-02", "days": 2, "city": "Lima", "country": "PE", "audience": ["PE"]}


def test_a_plan_is_held_against_what_others_plan_as_on_the_page(peopled: RunningDesk, ines: httpx.Client):
    """Two coordinators who both ask a program would else never hear of each other."""
    asked = LIMA | {"title": "Seminar"}
    with program(peopled.url, token_for(peopled.config, "omar")) as omar:
        alone = ines.post("/check", json=asked).json()
        kept = {"title": "CANARYPLAN", "start": "2008-09-02", "days": "2", "city": "Lima", "country": "PE",
                "audience": "PE", "visibility": "shared"}  # fmt: skip
        number = omar.post("/proposals", json=kept).json()["number"]
        beside = ines.post("/check", json=asked).json()
        assert "CANARYPLAN" in str(beside["findings"])
        assert beside["known_events"] == alone["known_events"] + 1
        omar.put(f"/proposals/{number}/visibility", json={"visibility": "hidden"})
        assert ines.post("/check", json=asked).json() == alone
    lasting = ines.post("/check", json=asked | {"year": True}).json()
    assert len(lasting["weeks"]) >= 52
    assert all(date.fromisoformat(one["end"]) - date.fromisoformat(one["start"]) == timedelta(days=1)
               for one in lasting["weeks"])  # fmt: skip
    strange = ines.post("/check", json={"country": "Atlantis", "audience": ["Lemuria", "KE"], "themes": ["gardening"]})
    assert strange.json()["unclear"] == {
        "country": ["Atlantis"], "audience": ["Lemuria"], "themes": ["gardening"],
    }  # fmt: skip
    online = asked | {"city": "Nairobi", "country": "KE", "start": "2008-05-06", "audience": ["KE"]}
    assert ines.post("/check", json=online).json() != ines.post("/check", json=online | {"online": True}).json()


def test_a_list_is_held_against_itself_too(ines: httpx.Client):
    """The two rows that clash are the news of it."""
    rows = [LIMA | {"title": "One"}, LIMA | {"title": "Two"}, {"title": "Three", "start": "2008-11-04"}]
    one, two, three = ines.post("/check/list", json={"workshops": rows}).json()["checks"]
    assert ["Two" in str(one["findings"]), "One" in str(two["findings"])] == [True, True]
    assert "Three" not in str(three["findings"])
    problem(ines.post("/check/list", json={"workshops": []}), 422)
    problem(ines.post("/check/list", json={"workshops": [*rows, {}]}), 400)
    unclear = problem(ines.post("/check/list", json={"workshops": [*rows, {"start": "whenever"}]}), 400)
    assert unclear["detail"].startswith("Workshop 4: 'whenever' is no date")


def test_a_proposal_is_kept_rewritten_shown_and_withdrawn(peopled: RunningDesk, ines: httpx.Client):
    """By its owner alone; and others read of it what they may."""
    said = {"title": "Workshop", "start": "2008-05-06", "audience": "KE", "note": "ask Nairobi", "visibility": "busy"}
    made = ines.post("/proposals", json=said)
    assert made.status_code == 201
    number = made.json()["number"]
    with program(peopled.url, token_for(peopled.config, "omar")) as omar:
        busy = omar.get(f"/proposals/{number}").json()
        assert (busy["values"]["start"], busy["note"]) == ("2008-05-06", "")
        assert "title" not in busy["values"]
        problem(omar.put(f"/proposals/{number}", json=said), 404)
        problem(omar.put(f"/proposals/{number}/visibility", json={"visibility": "public"}), 404)
        again = ines.put(f"/proposals/{number}", json={"title": "Seminar", "visibility": "shared"}).json()
        assert (again["values"]["title"], again["values"]["start"], again["note"]) == ("Seminar", "", "")
        assert omar.get(f"/proposals/{number}").json() == again
        assert omar.get(f"/proposals/{number}/check").json()["lead"]
        nothing = ines.post("/proposals", json={"note": "x"}), ines.put(f"/proposals/{number}", json={"days": " "})
        for answer in nothing:
            assert problem(answer, 400)["detail"].startswith("Nothing is said of the workshop.")
        problem(ines.post("/proposals", json={"title": "x" * 501}), 422)
        assert ines.get(f"/proposals/{number}").json() == again
        ended = ines.delete(f"/proposals/{number}").json()
        assert ended["withdrawn"]
        for answer in (
            ines.put(f"/proposals/{number}", json=said), ines.get(f"/proposals/{number}/check"),
            ines.delete(f"/proposals/{number}"), omar.get("/proposals/99"),
        ):  # fmt: skip
            problem(answer, 404)
        assert ines.get("/proposals").json() == []
