"""One server for the whole run over a small world that is loaded and built like real data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from analytics.core.access import ROOT, Role
from data.store.identity import Identity
from tests.serving import Server, serving
from tests.worlds import TABLES, make_world

PASSWORD = "long enough password"
PEOPLE = (
    ("boss", Role.EXECUTIVE, ROOT),
    ("admin", Role.ADMINISTRATOR, ROOT),
    ("dealer-one", Role.DEALER, "D1"),
    ("dealer-two", Role.DEALER, "D2"),
    ("outlet", Role.STORE, "S1"),
    ("leader", Role.GROUP_LEADER, "S2"),
    ("planner", Role.MERCHANDISER, ROOT),
    ("marketer", Role.MARKETER, ROOT),
    ("approver", Role.APPROVER, ROOT),
    ("robot", Role.SERVICE, ROOT),
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    world = make_world(home, TABLES)
    for name, role, grant in PEOPLE:
        Identity(world.store).create_user(
            name=name, display_name=name, password=PASSWORD, roles={role}, grants={grant}, now=datetime.now(UTC)
        )
    world.store.close()
    with serving(home) as running:
        yield running
