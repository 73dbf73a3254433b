"""The digital twin's page: what it says, and how a replay is started from it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow


def test_the_answer_names_both_policies_and_the_emergency_list_follows() -> None:
    app = opened("simulation", "en")
    assert not app.exception
    told = texts(app)
    assert "Waterline's plan" in told
    assert "Moving average" in told
    assert "Emergency list" in told
    assert not app.date_input or "First day" not in [one.label for one in app.date_input]


def test_whoever_may_plan_starts_a_replay_and_is_told_what_is_wrong_with_it() -> None:
    app = opened("simulation", "en", kind="planner")
    app.session_state["supply.simulation.begin"] = True
    app.run()
    first = next(one for one in app.date_input if one.label == "First day")
    last = next(one for one in app.date_input if one.label == "Last day")
    first.set_value(date(2026, 10, 20))
    last.set_value(date(2026, 10, 1))
    app.text_input(key="supply.simulation.start.shocks").set_value("lead=7； closed=130000 ")
    app.button(key="supply.simulation.start.button").click().run()
    assert "2026-10-20" in "\n".join(str(one.value) for one in [*app.error, *app.warning, *app.markdown])
    first = next(one for one in app.date_input if one.label == "First day")
    first.set_value(date(2026, 9, 20))
    app.button(key="supply.simulation.start.button").click().run()
    started = app.session_state["test.simulation"].started
    assert started == [("2026-09-20", "2026-10-01", ["ours", "moving-average"], ["lead=7", "closed=130000"])]
