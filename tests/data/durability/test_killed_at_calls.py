"""Fifty moments right before and right after calls that write, as kills there leave them."""

from __future__ import annotations

import os
import random
import shutil
import signal
from pathlib import Path

import pytest

from tests.data.durability.nights import COMMANDS, Night, mended, old_or_new
from tests.faults import STOPS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOMENTS = 50


def test_killed_right_before_and_right_after_calls_that_write(night: Night, tmp_path: Path) -> None:
    """All threads of a process that is stopped stand still: its home holds what a kill at that moment leaves there, and
    what is only in its memory is not copied. In the end it is killed where it stands.
    """
    chance, home, number = random.Random(1), tmp_path / "home", 0  # noqa: S311
    moments = [
        (command, at, when) for command in COMMANDS for at in range(1, night.calls[command] + 1) for when in (0, 1)
    ]
    chosen = sorted(chance.sample(moments, MOMENTS), key=lambda moment: (COMMANDS.index(moment[0]), *moment[1:]))
    for command in COMMANDS:
        stops = [(at, STOPS[when]) for of, at, when in chosen if of == command]
        process = night.start(night.again(home, command), commands=[command], stops=stops)
        try:
            for at, when in stops:
                assert night.parent.stands(process), f"{command}: {when} call {at} was not reached"
                left = tmp_path / "left"
                shutil.rmtree(left, ignore_errors=True)
                old_or_new(night, Path(shutil.copytree(home, left)))
                if number % 10 == 0:
                    mended(night, left)
                number += 1
                if (at, when) != stops[-1]:
                    os.kill(process, signal.SIGCONT)
        finally:
            os.kill(process, signal.SIGKILL)
        assert night.parent.wait(process) == -signal.SIGKILL
        old_or_new(night, home)
        mended(night, home)
    assert number == MOMENTS
