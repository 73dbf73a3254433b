"""Homes to bring hard input into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.sources.door import Door, open_door


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return open_door(tmp_path / "home")
