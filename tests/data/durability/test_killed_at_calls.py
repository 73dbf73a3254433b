"""Fifty kills right before and right after calls that write."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.data.durability.nights import Night, mended, old_or_new
from tests.faults import KILLS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLED = 50


def test_killed_right_before_and_right_after_calls_that_write(night: Night, tmp_path: Path) -> None:
    chance, home = random.Random(1), tmp_path / "home"  # noqa: S311
    moments = [(at, how) for at in range(1, night.calls[1] + 1) for how in KILLS]
    for number, (at, how) in enumerate(sorted(chance.sample(moments, KILLED))):
        night.again(home)
        assert night.parent.wait(night.start(home, at, how)) == -signal.SIGKILL, f"{how} call {at}: not reached"
        old_or_new(night, home)
        if number % 10 == 0:
            mended(night, home)
