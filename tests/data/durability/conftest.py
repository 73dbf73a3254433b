"""One night for the tests of a module."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests import writers
from tests.data.durability.nights import Night, content, published, told
from tests.zygote import zygote


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Sixty orders are there; the night brings corrections of twenty of them, and twenty more."""
    folder = tmp_path_factory.mktemp("night")
    writers.write_csv(folder / "first" / "order_line.csv", writers.order_lines(0, 60))
    corrected = [{**row, "amount": 99} for row in writers.order_lines(40, 40)]
    writers.write_csv(folder / "second" / "order_line.csv", corrected)
    with zygote("tests.writers") as parent:
        before, whole = folder / "before", folder / "whole"
        common: dict[str, Any] = {
            "parent": parent,
            "before": before,
            "old": {},
            "new": {},
            "calls": (0, 0),
            "seconds": 0.0,
        }
        assert parent.wait(Night(files=folder / "first", **common).start(before)) == 0
        shutil.copytree(before, whole)
        began = time.monotonic()
        assert parent.wait(Night(files=folder / "second", **common).start(whole)) == 0
        seconds = time.monotonic() - began
        codes, calls, _ = told(whole)
        assert codes == [0, 0]
        old, new = content(published(before), before), content(published(whole), whole)
        assert old != new
        yield Night(parent, before, folder / "second", old, new, (calls[0], calls[1]), seconds)
