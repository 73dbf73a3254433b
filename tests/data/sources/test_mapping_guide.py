"""docs/mapping.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.sources.declarations import UNITS
from data.sources.functions import FUNCTIONS
from data.sources.mapping import load_mapping

GUIDE = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
CODE = re.compile(r'"((?:not|too|required|code|conflicting|malformed|wrong)_[a-z_]+)"')


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


def test_every_reject_code_is_listed() -> None:
    sources = Path(__file__).parents[3] / "data" / "sources"
    files = ("casting.py", "sections.py", "sifting.py", "csv_files.py")
    told = {code for file in files for code in CODE.findall((sources / file).read_text(encoding="utf-8"))}
    told -= {"wrong_encoding_declared"}
    assert len(told) == 15
    assert {code for code in told if f"`{code}`" not in GUIDE} == set()
