"""The documents say what they must."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["## Context", "## Choice", "## Price paid"]
PAGE = 60
"""Lines that fit a printed page."""


def test_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_readme_and_guides_link_to_files_that_exist() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        linked = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
        assert [target for target in linked if target and not (ROOT / target).exists()] == []


def test_there_are_decisions() -> None:
    assert len(DECISIONS) >= 7


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.stem)
def test_decision_is_one_page_of_three_parts(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == HEADINGS
    assert lines[0].startswith("# ")
    assert len(lines) <= PAGE
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name)


def test_no_two_decisions_bear_one_number() -> None:
    assert len({record.name[:4] for record in DECISIONS}) == len(DECISIONS)
