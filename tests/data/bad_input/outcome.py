"""What became of a file's rows, and what people are told: the same checks for every kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from analytics.core.errors import DomainError
from dashboard.cli.printing import warning_sentence
from dashboard.words import words
from data.sources.report import IngestReport
from tests.data.sources.door import Door

REMEDY = {
    "zh": re.compile("请"),
    "en": re.compile(
        r"\b(Add|Check|check|Correct|correct|Decide|Export|export|Fill|Format|Free|Give|Keep|keep|let|Load|load|Paste|"
        r"Remove|State|Use|Wait|Write)\b"
    ),
}
"""Words by which a sentence says what to do."""
NAMELESS = frozenset({"required_missing"})
"""Codes of values that are not there, so that no sentence can repeat them."""


@dataclass(frozen=True)
class Outcome:
    """``set_aside``: line, column, value and code; ``warned``: code, column and rows."""

    read: int
    loaded: int
    duplicates: int
    set_aside: list[tuple[int, str, str | None, str]]
    warned: list[tuple[str, str, int]]


def outcomes(door: Door, report: IngestReport) -> dict[str, Outcome]:
    """By file; fails where a row is neither loaded, nor set aside, nor a duplicate, or where nobody is told why."""
    rejects = door.rows("rejects")
    found = {}
    for file in report.files:
        mine = [row for row in rejects if row["load_id"] == file.load_id]
        lines = {(row["file"], row["line"]) for row in mine}
        loaded = sum(file.tables.values())
        assert file.rows_read == loaded + file.rows_rejected + file.rows_duplicate, file
        assert len(lines) == file.rows_rejected
        for row in mine:
            assert_told(f"reject.{row['code']}", json.loads(row["facts"]))
        for one in file.warnings:
            assert_warned(one)
        found[file.file] = Outcome(
            file.rows_read,
            loaded,
            file.rows_duplicate,
            sorted((row["line"], row["column"], row["value"], row["code"]) for row in mine),
            [(one.code, one.column, one.rows) for one in file.warnings],
        )
    return found


def assert_told(key: str, facts: dict[str, Any]) -> None:
    """Both languages have a sentence for it that says what to do. The value stands beside it, in a column."""
    for language, remedy in REMEDY.items():
        sentence = words(language).t(key, **facts)
        assert remedy.search(sentence) or "无需处理" in sentence, sentence


def assert_warned(one: Any) -> None:
    """Both languages name the file, the value where there is one, and what to do."""
    for language, remedy in REMEDY.items():
        sentence = warning_sentence(one, words(language))
        first = one.examples[0]
        assert first.file in sentence
        assert one.code == "zero_quantity" or first.value in sentence
        assert remedy.search(sentence), sentence


def refused(door: Door, act: Callable[[], object], *, naming: str) -> DomainError:
    """The refusal of ``act``: both languages name ``naming`` and a remedy, and nothing was loaded."""
    before = len(door.loads())
    with pytest.raises(DomainError) as raised:
        act()
    for language, remedy in REMEDY.items():
        sentence = words(language).error(raised.value)
        assert naming in sentence, sentence
        assert remedy.search(sentence), sentence
    assert len(door.loads()) == before
    return raised.value
