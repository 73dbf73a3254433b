"""A click on a bar is a filter: of the bar that was clicked, and of no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from dashboard.ui import showing


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
