"""A click on a bar is a filter: of the bar that was clicked, and of no other."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import streamlit as st

from analytics.core.calendar import Period
from dashboard.ui import showing
from dashboard.ui.filters import told
from pages.overview.course import zoomed
from pages.supply.forecast import to_series


@pytest.mark.parametrize(
    ("points", "expected"), [([1], ["b"]), ([], []), ([2], []), ([3], [])], ids=["bar", "beside", "unknown", "rest"]
)
def test_a_click_hands_on_the_id_of_its_bar(
    points: list[int], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bars of all others together and of the residual stand for nothing that could be chosen."""
    clicked = SimpleNamespace(selection=SimpleNamespace(point_indices=points))
    monkeypatch.setattr(st, "session_state", {"chart": clicked})
    chosen: list[str] = []
    showing._clicked("chart", ("a", "b", ""), chosen.append)
    assert chosen == expected


@pytest.mark.parametrize(
    ("days", "clicked", "expected"),
    [
        (7, "2026-03-04", (date(2026, 3, 4), date(2026, 3, 4))),
        (200, "2026-03-02", (date(2026, 3, 2), date(2026, 3, 8))),
        (900, "2026-02-01", (date(2026, 2, 1), date(2026, 2, 28))),
    ],
    ids=["a day", "a week", "a month"],
)
def test_a_click_on_the_trend_asks_about_what_was_clicked(
    days: int, clicked: str, expected: tuple[date, date], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    last = date(2026, 3, 10)
    zoomed(Period(last - timedelta(days=days - 1), last), clicked)
    assert st.session_state == {"filter.period": "custom", "filter.days": expected}


def test_a_row_of_the_worst_forecasts_asks_about_that_product_at_that_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {"filter.sku": ["O1"], "filter.narrow": {"node": ["N9"]}})
    to_series(SimpleNamespace(node="N1", sku="R5", node_name="One", name="Rice"))
    assert told().nodes == ("N1",)
    assert told().skus == ("R5",)
