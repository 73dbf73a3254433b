"""Fifty kills at moments spread over the night."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.data.durability.nights import Night, mended, old_or_new

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLS = 50


def test_killed_at_any_moment(night: Night, tmp_path: Path) -> None:
    """Moments spread over the whole night; the work goes on where the kill before left it, as in life."""
    chance, home, kills = random.Random(20261126), night.again(tmp_path / "home"), 0  # noqa: S311
    while kills < KILLS:
        process = night.start(home)
        time.sleep(chance.uniform(0, night.seconds))
        os.kill(process, signal.SIGKILL)
        killed = night.parent.wait(process) == -signal.SIGKILL
        kills += killed
        old_or_new(night, home)
        if not killed or kills % 10 == 0:
            home.with_suffix(".told").unlink(missing_ok=True)
            mended(night, home)
            night.again(home)
