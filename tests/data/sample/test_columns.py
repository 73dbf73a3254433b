"""Identifiers are laid out at once or, where they are of several lengths, one by one: the same texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from data.sample.columns import named, texts


@pytest.mark.parametrize(
    "numbers", [[0, 7, 9999], [], [10_000, 3], [0, 10_000_000]], ids=["one length", "none", "longer", "much longer"]
)
def test_running_numbers_have_leading_zeros(numbers: list[int]) -> None:
    found = texts("TK", np.array(numbers, dtype=np.int64), 4)
    found.validate(full=True)
    assert found.to_pylist() == [f"TK{number:04}" for number in numbers]


def test_a_negative_index_is_nobody() -> None:
    assert named(["a", "b"], np.array([1, -1, 0])).to_pylist() == ["b", None, "a"]
    assert named(("a", "b"), np.array([1, 0])).type == pa.string()
