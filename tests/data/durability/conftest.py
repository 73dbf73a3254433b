"""One night for the tests of a module."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests import writers
from tests.data.durability.nights import COMMANDS, Night, content, published, told
from tests.zygote import zygote


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Sixty orders are there; the night brings corrections of twenty of them, and twenty more."""
    folder = tmp_path_factory.mktemp("night")
    writers.write_csv(folder / "first" / "order_line.csv", writers.order_lines(0, 60))
    corrected = [{**row, "amount": 99} for row in writers.order_lines(40, 40)]
    writers.write_csv(folder / "second" / "order_line.csv", corrected)
    with zygote("tests.writers") as parent:
        before, loaded, whole = folder / "before", folder / "loaded", folder / "whole"
        common: dict[str, Any] = {"before": before, "loaded": loaded, "old": {}, "new": {}, "calls": {}, "seconds": 0.0}
        assert parent.wait(Night(parent, files=folder / "first", **common).start(before)) == 0
        evening = Night(parent, files=folder / "second", **common)
        shutil.copytree(before, whole)
        calls, began = {}, time.monotonic()
        for command in COMMANDS:
            assert parent.wait(evening.start(whole, commands=[command])) == 0
            codes, (calls[command],), _ = told(whole)
            assert codes == [0]
            if command == "ingest":
                shutil.copytree(whole, loaded)
        seconds = time.monotonic() - began
        old, new = content(published(before), before), content(published(whole), whole)
        assert old != new
        yield replace(evening, old=old, new=new, calls=calls, seconds=seconds)
