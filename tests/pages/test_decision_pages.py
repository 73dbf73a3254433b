"""People work the queue off: they see what a line rests on, what would happen, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import Role
from analytics.core.errors import DomainError
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from dashboard.services.approval_views import QueueAsked
from dashboard.ui.charts.waterfall import waterfall
from dashboard.ui.tokens import LIGHT
from dashboard.ui.worklist import Picked, _picked
from pages.decisions.details import answers
from pages.decisions.inbox import ask_first
from tests.dashboard.ui.fake_services import actor, real_services
from tests.pages.scripts import fake_app
from tests.pages.test_pages import LOCALES, texts
from tests.proposals import EVIDENCE, a_proposal

pytestmark = pytest.mark.slow
SEEN = [("p3", 1), ("p1", 1), ("p2", 1)]


Folder = TemporaryDirectory[str]


@pytest.fixture
def home() -> Folder:
    return TemporaryDirectory()


def opened(home: Folder, page: str, role: str = "merchandiser") -> AppTest:
    tab = AppTest.from_function(fake_app, args=(page, "whole", role), default_timeout=60)
    tab.context = {"locale": LOCALES["en"], "timezone": "Asia/Shanghai"}
    tab.session_state["test.home"] = home
    tab.run()
    assert not tab.exception
    return tab


def states(home: Folder) -> dict[str, State]:
    everything = QueueAsked(states=tuple(State))
    lines = real_services(home.name, actor(Role.MERCHANDISER)).approvals.queue(everything).lines
    return {one.id: one.state for one in lines}


def keys(tab: AppTest) -> set[str]:
    return {str(one.key).removeprefix("decisions.inbox.") for one in tab.button}


def test_ticks_and_changes_are_read_by_line() -> None:
    edits: dict[int, dict[str, object]] = {0: {"ticked": True}, 2: {"quantity": 12.5}}
    assert _picked(SEEN, edits, "quantity", every=False) == Picked((("p3", 1), ("p2", 1)), {"p2": Decimal("12.5")})
    assert _picked(SEEN, {1: {"ticked": False}}, "quantity", every=True) == Picked((("p3", 1), ("p2", 1)), {})
    assert _picked(SEEN, {1: {"ticked": True, "quantity": None}}, "quantity", every=False).seen == (("p1", 1),)


def press(tab: AppTest, key: str) -> AppTest:
    tab.button(key=key).click().run()
    assert not tab.exception
    return tab


def test_what_would_happen_is_told_before_and_what_was_refused_after(home: Folder) -> None:
    tab = opened(home, "inbox")
    before = states(home)
    tab.toggle(key="decisions.inbox.decide.all").set_value(True).run()
    press(tab, "decisions.inbox.decide.button")
    assert "**1** will be approved: 100 units, ¥4,525.00." in texts(tab)
    assert "**1** will be waiting for a second approval: 100 units, ¥0.00, and 1 of unknown cost" in texts(tab)
    assert "1 do not allow this" in texts(tab)
    assert states(home) == before
    assert not tab.toggle(key="decisions.inbox.decide.all").value, "the next lines would be ticked unseen"
    press(tab, "decisions.inbox.confirm")
    assert states(home) == {"p1": State.APPROVED, "p2": State.SECOND, "p3": State.SECOND}
    assert "approve" in texts(tab)
    assert "understood" in keys(tab)
    assert "confirm" not in keys(tab)
    press(tab, "decisions.inbox.understood")
    assert "understood" not in keys(tab)
    history = opened(home, "history")
    assert len(history.dataframe[0].value) == 2
    press(history, "decisions.history.release")
    assert states(home)["p1"] is State.RELEASED
    assert "1 lines" in texts(history)


def test_nothing_ticked_is_said_and_sends_nothing(home: Folder) -> None:
    tab = press(opened(home, "inbox"), "decisions.inbox.decide.button")
    assert "No proposal is picked" in texts(tab)
    assert "confirm" not in keys(tab)
    press(tab, "decisions.inbox.discard")
    assert "discard" not in keys(tab)


def test_a_changed_quantity_is_not_lost_in_an_approval() -> None:
    sent = {"move": "approve", "why": None, "note": "", "until": None}
    with pytest.raises(DomainError, match="decide_quantities_unsaved"):
        ask_first(None, Picked((("p1", 1),), {"p1": Decimal(60)}), sent)  # type: ignore[arg-type] # refused before


def test_a_changed_quantity_is_the_part_that_stays() -> None:
    """A split is of the lines whose quantity was changed, on the day that was chosen; ticks alone split nothing."""
    held: dict[str, Any] = {}
    page = SimpleNamespace(hold=lambda name, value: held.update({name: value}))
    sent = {"move": "split", "why": None, "note": "", "until": date(2026, 3, 9)}
    ask_first(page, Picked((("p1", 1), ("p2", 1)), {"p1": Decimal(60)}), sent)  # type: ignore[arg-type] # holds alone
    seen, wish, _ = held["review"]
    assert (seen, wish.move, wish.until, wish.quantities) == (
        (("p1", 1),), Move.SPLIT, date(2026, 3, 9), {"p1": Decimal(60)},
    )  # fmt: skip


@pytest.mark.parametrize("role", ["dealer", "executive"])
def test_who_may_only_look_gets_no_buttons(home: Folder, role: str) -> None:
    assert not [one for one in keys(opened(home, "inbox", role)) if one.startswith("decide")]
    assert "decisions.history.release" not in keys(opened(home, "history", role))


def test_the_evidence_adds_up_to_the_last_digit() -> None:
    steps = pd.DataFrame({"name": ["demand", "on_hand", "rounding"], "units": [1160.5, -1064.0, 3.5]})
    [bars] = waterfall(LIGHT, steps, "proposed").data
    assert list(bars.text) == ["+1,160.5", "−1,064", "+3.5", "100"]
    assert list(bars.measure) == ["relative", "relative", "relative", "total"]


def test_approval_pages_do_not_refresh_by_themselves() -> None:
    """Nothing may move under the hands of somebody who decides."""
    folder = Path(__file__).parents[2] / "pages" / "decisions"
    assert not [file.name for file in folder.glob("*.py") if ".live(" in file.read_text(encoding="utf-8")]


def test_the_card_prices_its_own_answer_first_and_guesses_no_price() -> None:
    page = SimpleNamespace(t=lambda key, **values: values.get("kind", key), word=lambda key, code: code)
    priced = replace(EVIDENCE, inputs={"answer_cost": "351.54", "answer_lost": "28.8"})
    for evidence, costs in ((priced, [351.54, 812.4, 2310.0]), (EVIDENCE, [812.4, 2310.0])):
        line = SimpleNamespace(proposal=a_proposal(evidence=evidence), source_name="Plant")
        shown = SimpleNamespace(line=line, sources={"N2": "Next door"})
        told = answers(page, shown)  # type: ignore[arg-type]
        assert told["cost"].tolist() == costs
        assert told["source"].tolist()[-2:] == ["Next door", "–"]
    assert told["lost"].tolist() == [0.5, 33.0]
