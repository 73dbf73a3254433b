"""People who decide about proposals in a small world."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import DomainError
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Move
from dashboard.composition import Services, services_as
from dashboard.services.approval_views import QueueAsked, Wish
from dashboard.settings import settings_from
from data.store.audit_trail import Sought
from data.store.engine import Store, open_store
from data.store.proposal_tables import proposal_evidence, proposal_moves, proposals
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import a_build
from tests.proposals import AT
from tests.worlds import BRAND, TABLES, World, make_world

NODES = (
    {"node": "W1", "name": "Warehouse One", "kind": "central"},
    {"node": "PLANT", "name": "The Plant", "kind": "plant"},
    {"node": "N1", "name": "Shelf of S1", "kind": "store", "partner": "S1", "region": "130100"},
    {"node": "N3", "name": "Canary Shelf Three", "kind": "store", "partner": "S3"},
)
LANES = (
    {"lane": "L1", "origin": "PLANT", "node": "W1", "lead_days": 5.0},
    {"lane": "L2", "origin": "W1", "node": "N1", "lead_days": 2.0},
)
APPROVE, RELEASE = Wish(Move.APPROVE), Wish(Move.RELEASE)
EVERYTHING = QueueAsked(states=tuple(State))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), {**TABLES, "node": NODES, "lane": LANES})


@pytest.fixture
def world(built: World) -> World:
    """The world without proposals."""
    with built.store.writing() as connection:
        for table in (proposal_moves, proposal_evidence, proposals):
            connection.execute(delete(table))
    return built


@pytest.fixture
def unbuilt(tmp_path: Path) -> World:
    """An empty store before anything was built: decisions need no names."""
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    return World(settings, store, a_build())


def as_(world: World, role: Role, name: str = "li", grant: str = ROOT, at: datetime = AT) -> Services:
    actor = Actor(f"u-{name}", name, frozenset({role}), frozenset({grant}))
    return services_as(world.settings, world.store, lambda: actor, clock=lambda: at)


def li(world: World) -> Services:
    return as_(world, Role.MERCHANDISER)


def chen(world: World) -> Services:
    return as_(world, Role.APPROVER, "chen")


def dealer(world: World) -> Services:
    return as_(world, Role.DEALER, "wang", "D1")


def keep(store: Store, *news: Proposal) -> None:
    with UnitOfWork(store, BRAND) as unit:
        for one in news:
            unit.proposals.add(one)
        unit.commit()


def get(store: Store, id: str) -> Proposal:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return unit.proposals.get(id)


def told(store: Store, subject: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
    """Deed, name and facts of the trail about proposals, oldest first."""
    with UnitOfWork(store, BRAND, reading=True) as unit:
        events = unit.audit.find(Sought(kind="proposal", subject=subject), 10_000)
    return [(one.action, one.user_name, json.loads(one.facts)) for one in reversed(events)]


def do(services: Services, id: str, version: int, wish: Wish, command: str | None = None) -> Any:
    return services.approvals.decide(id, version, wish, command_id=command or uuid4().hex)


def refusal(call: Any) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code
