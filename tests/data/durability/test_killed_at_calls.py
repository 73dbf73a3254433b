"""Fifty kills right before and right after calls that write."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.data.durability.nights import COMMANDS, Night, mended, old_or_new
from tests.faults import KILLS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLED = 50


def test_killed_right_before_and_right_after_calls_that_write(night: Night, tmp_path: Path) -> None:
    """A build is killed in a home into which that night's files are loaded already."""
    chance, home = random.Random(1), tmp_path / "home"  # noqa: S311
    moments = [(command, at, how) for command in COMMANDS for at in range(1, night.calls[command] + 1) for how in KILLS]
    for number, (command, at, how) in enumerate(chance.sample(moments, KILLED)):
        process = night.start(night.again(home, command), commands=[command], at=at, how=how)
        assert night.parent.wait(process) == -signal.SIGKILL, f"{command}: {how} call {at} was not reached"
        old_or_new(night, home)
        if number % 10 == 0:
            mended(night, home)
