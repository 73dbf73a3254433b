"""The security document: every item is met by tests that exist, or says why not."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import ROOT

ITEMS = (
    "1.2.4",
    "1.2.10",
    "1.3.5",
    "2.2.2",
    "2.3.3",
    "2.3.4",
    "2.3.5",
    "2.4.1",
    "3.3.1",
    "3.4.1",
    "3.4.3",
    "3.4.4",
    "3.4.6",
    "3.5.3",
    "4.4.2",
    "5.2.1",
    "5.2.2",
    "5.2.3",
    "7.3.1",
    "7.3.2",
    "7.4.1",
    "7.4.2",
    "7.4.5",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.3.2",
    "8.4.1",
    "9.2.1",
    "10.5.1",
    "10.5.2",
    "13.3.1",
    "13.4.2",
    "13.4.5",
    "14.2.1",
    "14.2.6",
    "14.2.7",
    "14.3.2",
    "15.4.1",
    "15.4.2",
    "16.2.1",
    "16.3.1",
    "16.3.2",
    "16.4.1",
    "16.4.2",
    "16.5.1",
)
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| [0-9]+\.", line)]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_has_a_row(item: str) -> None:
    assert any(re.search(rf"(?<![0-9.]){re.escape(item)}(?![0-9.])", row.split("|")[1]) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_an_item_is_met_by_tests_that_exist_or_is_an_exception(row: str) -> None:
    named = NAMED.findall(row)
    assert named or "Exception:" in row
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body), f"{path}::{name}"


def test_the_document_says_what_a_deployer_needs() -> None:
    headings = [line for line in TEXT.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Threat model", "## What a deployer must do", "## Data classes", "## What is logged", "## OWASP ASVS 5.0",
    ]  # fmt: skip
