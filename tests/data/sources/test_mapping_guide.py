"""docs/mapping.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.words import words
from data.sources import limits
from data.sources.declarations import UNITS
from data.sources.functions import FUNCTIONS
from data.sources.mapping import load_mapping

GUIDE = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
CODE = re.compile(
    r'"((?:not|too|required|code|conflicting|malformed|wrong|ambiguous|unclosed|field|nul|totals|spreadsheet|shortened|in'
    r'_the)_[a-z_]+|formula)"'
)


def test_the_example_is_a_sound_mapping(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    mapping = load_mapping(path)
    [section] = mapping.sections
    assert (mapping.day_ends, section.coordinates, [join.file for join in section.joins]) == (2, "gcj-02", ["heads"])


@pytest.mark.parametrize("word", [*(f"`{name}(" for name in FUNCTIONS), *(f"`{unit}`" for unit in UNITS)])
def test_every_function_and_unit_is_explained(word: str) -> None:
    assert word in GUIDE


@pytest.mark.parametrize("kind", ["reject", "warning"])
def test_every_code_is_listed(kind: str) -> None:
    told = {
        key.partition(".")[2] for key in words("en").sentences if key.startswith(f"{kind}.") and key.count(".") == 1
    }
    assert len(told) >= 10
    assert {code for code in told if f"`{code}`" not in GUIDE} == set()


def test_every_code_in_the_sources_has_a_sentence() -> None:
    sources = Path(__file__).parents[3] / "data" / "sources"
    files = ("casting.py", "sections.py", "sifting.py", "csv_files.py", "totals.py")
    told = {code for file in files for code in CODE.findall((sources / file).read_text(encoding="utf-8"))}
    assert len(told) == 27
    assert {code for code in told if not words("zh").has(f"reject.{code}")} == set()


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{limits.FIELD_CHARACTERS:,} characters" in GUIDE
    assert f"{limits.SHEET_BYTES // 2**20} MiB" in GUIDE
    assert f"{limits.AHEAD_HOURS} hours" in GUIDE
