"""What every page says in the same way."""

from __future__ import annotations

import pytest

from dashboard.ui.controls import Controls
from dashboard.words import Words, words


class Bare(Controls):
    """Nothing but words."""

    def __init__(self, known: Words) -> None:
        self.words = known


@pytest.mark.parametrize(
    ("language", "name", "told"),
    [
        ("zh", "li", "li"),
        ("zh", "service:plan", "系统 · 补货计划"),
        ("zh", "service:plan for service:shell", "系统 · 补货计划（命令行发起）"),
        ("en", "service:forecast for li", "System · forecast (for li)"),
        # Of a release that knew other jobs, and of somebody whose name looks like one.
        ("en", "service:dusting", "dusting"),
        ("en", "li for wang", "li for wang"),
    ],
)
def test_who_did_it_is_told_in_words(language: str, name: str, told: str) -> None:
    assert Bare(words(language)).person(name) == told
