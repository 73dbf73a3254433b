"""What is killed half-way: processes that decide and release as fast as they can."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import typer

from analytics.core.access import ROOT, Actor, Role, Scope
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from dashboard.cli.decisions import export
from dashboard.composition import Services, services_as
from dashboard.services.approval_views import QueueAsked, Wish
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity
from data.store.unit_of_work import UnitOfWork
from tests.proposals import AT, a_proposal

LI = Actor("u-li", "li", frozenset({Role.MERCHANDISER}), frozenset({ROOT}))
STATES = (State.PROPOSED, State.APPROVED)


def services(home: str) -> Services:
    settings = settings_from({"WATERLINE_HOME": home})
    return services_as(settings, open_store(settings.store_url), lambda: LI, clock=lambda: AT)


def prepare() -> None:
    """What the first decision and the first export of a process make ready and keep."""
    with TemporaryDirectory() as home:
        store = open_store(settings_from({"WATERLINE_HOME": home, "WATERLINE_STORE": ""}).store_url)
        store.migrate()
        Identity(store).create_user(
            name="li", display_name="", password="a long password", roles={Role.MERCHANDISER}, grants={ROOT}, now=AT
        )
        with UnitOfWork(store, Scope(frozenset({ROOT}))) as unit:
            unit.proposals.add(a_proposal("p", expires_on=date(2999, 1, 1)))
            unit.commit()
        store.close()
        exports(home, str(Path(home) / "orders"))


def decides(home: str) -> None:
    """Approve twenty lines at a time and take it back, for ever."""
    approvals = services(home).approvals
    while True:
        for state, move in zip(STATES, (Move.APPROVE, Move.UNDO), strict=True):
            lines = approvals.queue(QueueAsked(states=(state,)), 20).lines
            seen = [(one.id, one.proposal.version) for one in lines]
            approvals.decide_many(seen, Wish(move), command_id=uuid4().hex)


def exports(home: str, file: str) -> None:
    """Approve ten lines and run ``waterline export`` into a new file, until nothing is left."""
    mine = services(home)
    os.environ.update(WATERLINE_HOME=home, LC_ALL="en")
    while True:
        lines = mine.approvals.queue(QueueAsked(states=(State.PROPOSED,)), 10).lines
        mine.approvals.decide_many(
            [(one.id, one.proposal.version) for one in lines], Wish(Move.APPROVE), command_id=uuid4().hex
        )
        try:
            export(as_user="li", form="json", out=Path(f"{file}.{uuid4().hex}"))
        except typer.Exit:
            return


def plans(home: str, mark: str, units: str) -> None:
    """Plan from a forecast of so many a day, and tell when saving begins."""
    from dashboard.composition import planning_for
    from dashboard.services.users import job_actor
    from tests.dashboard.services.planning_world import NOW

    settings = settings_from({"WATERLINE_HOME": home})
    store = open_store(settings.store_url)

    def progress(stage: str, done: int, total: int | None) -> None:
        del done, total
        if stage == "save":
            Path(mark).touch()

    at = NOW + timedelta(minutes=int(units))
    planning_for(settings, store, job_actor("plan", "test")).run(as_of=None, now=at, progress=progress)
    Path(f"{mark}.done").touch()
