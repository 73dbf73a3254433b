"""The disk or the database refuses the Nth call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.data.durability.nights import COMMANDS, Night, mended, old_or_new, told
from tests.faults import REFUSALS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOLD = {"disk_full", "storage_failed", "store_unavailable", "unreadable_file"}


def test_whatever_call_the_disk_refuses_it_is_told_and_nothing_is_half_done(night: Night, tmp_path: Path) -> None:
    home = tmp_path / "home"
    sweep = [(command, at) for command in COMMANDS for at in range(1, night.calls[command] + 1)]
    for number, (command, at) in enumerate(sweep):
        # What follows a refused ingest in the night is the build of what was loaded before.
        work = COMMANDS[COMMANDS.index(command) :]
        process = night.start(night.again(home, command), commands=work, at=at, how=REFUSALS[number % 2])
        assert night.parent.wait(process) == 0
        codes, _, said = told(home)
        assert "Traceback" not in said
        refused = [json.loads(line)["error"] for line in said.splitlines() if line.startswith("{")]
        assert len(refused) == sum(code != 0 for code in codes), said
        assert set(refused) <= TOLD, (command, at, said)
        old_or_new(night, home)
        if number % 12 == 0:
            mended(night, home)
