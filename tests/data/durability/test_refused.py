"""The disk or the database refuses the Nth call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.data.durability.nights import Night, mended, old_or_new, told
from tests.faults import REFUSALS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOLD = {"disk_full", "storage_failed", "store_unavailable", "unreadable_file"}


def test_whatever_call_the_disk_refuses_it_is_told_and_nothing_is_half_done(night: Night, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for number, at in enumerate(range(1, night.calls[1] + 1)):
        night.again(home)
        assert night.parent.wait(night.start(home, at, REFUSALS[number % 2])) == 0
        codes, _, said = told(home)
        assert "Traceback" not in said
        refused = [json.loads(line)["error"] for line in said.splitlines() if line.startswith("{")]
        assert len(refused) == sum(code != 0 for code in codes), said
        assert set(refused) <= TOLD, (at, said)
        old_or_new(night, home)
        if number % 12 == 0:
            mended(night, home)
