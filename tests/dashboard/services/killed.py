"""What is killed half-way: processes that decide and release as fast as they can."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import typer

from analytics.core.access import ROOT, Actor, Role
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from dashboard.cli.decisions import export
from dashboard.composition import Services, services_as
from dashboard.services.approval_views import QueueAsked, Wish
from dashboard.settings import settings_from
from data.store.engine import open_store
from tests.proposals import AT

LI = Actor("u-li", "li", frozenset({Role.MERCHANDISER}), frozenset({ROOT}))
STATES = (State.PROPOSED, State.APPROVED)


def services(home: str) -> Services:
    settings = settings_from({"WATERLINE_HOME": home})
    return services_as(settings, open_store(settings.store_url), lambda: LI, clock=lambda: AT)


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
