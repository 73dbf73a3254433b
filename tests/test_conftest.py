"""The common ground of the tests keeps its promises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import excused

pytest_plugins = ["pytester"]


def test_environment_holds_no_home() -> None:
    assert not {"WATERLINE_HOME", "WATERLINE_STORE", "WATERLINE_BASE_URL"} & set(os.environ)


@pytest.mark.parametrize(
    ("markers", "may_skip"),
    [({"postgres"}, False), ({"browser", "slow"}, False), ({"postgres", "realdata"}, True), ({"slow"}, True)],
)
def test_what_may_be_skipped(markers: set[str], may_skip: bool) -> None:
    assert excused(markers) is may_skip


@pytest.mark.parametrize(("required", "outcome"), [("", {"skipped": 1}), ("1", {"failed": 1})])
def test_missing_tool_is_a_failure_when_everything_is_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("WATERLINE_REQUIRE_ALL", required)
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile("import pytest\n@pytest.mark.postgres\ndef test_it(): pytest.skip('no cluster')\n")
    pytester.runpytest_inprocess().assert_outcomes(**outcome)
