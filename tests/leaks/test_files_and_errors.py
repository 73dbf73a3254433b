"""Files, jobs and refusals: what leaves has the rights of the moment, and no sentence names what is somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.composition import Services, services_as
from dashboard.services.export_files import ExportColumn, Format
from dashboard.services.exports import Export
from dashboard.services.job_kinds import KINDS
from dashboard.services.jobs import Jobs
from dashboard.words import words
from data.store.identity import Identity
from tests.leaks.answers import EVERYTHING
from tests.worlds import NOW, TABLES, World, make_world

pytestmark = pytest.mark.slow

SECRETS = ("canary-person", "Canary Person", "Canary Store Three", "Canary Dealer Two", "D2", "S3")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


@pytest.fixture(scope="module")
def other(world: World) -> str:
    """Id of an account that an administrator of D1 knows nothing of."""
    made = Identity(world.store).create_user(
        name="canary-person", display_name="Canary Person", password="long enough password",
        roles={Role.DEALER}, grants={"D2"}, now=NOW,
    )  # fmt: skip
    return made.id


def changing(world: World, first: Actor) -> tuple[Services, dict[str, Actor | None]]:
    """Services whose person becomes somebody else, or nobody, while they live on."""
    asked: dict[str, Actor | None] = {"who": first}

    def who() -> Actor:
        actor = asked["who"]
        if actor is None:
            raise NotSignedIn("session_revoked")
        return actor

    return services_as(world.settings, world.store, who), asked


def no_file_with_the_rights_of_before(world: World, forget: Callable[[Services, Actor], None] | None = None) -> None:
    dealer = replace(world.actor("D1", roles=frozenset({Role.DEALER})), session_id="s" * 64)
    services, asked = changing(world, dealer)
    if forget:
        forget(services, dealer)
    file = Export(
        page="overview.today", table="rows", title="", columns=(ExportColumn("partner_name", "partner"),),
        rows=partial(_rows, services), action=Action.SEE_ROWS, scope_key=services.scope_key, build_id=None,
        question="", told=(), language="en", zone=UTC,
    )  # fmt: skip
    assert b"Canary Store One" in services.exports.take(file, Format.CSV)
    for became in (None, replace(dealer, grants=frozenset({"D2"})), replace(dealer, roles=frozenset({Role.SERVICE}))):
        asked["who"] = became
        try:
            data = services.exports.take(replace(file, rows=lambda _: _one_row()), Format.CSV)
        except (NotSignedIn, AccessDenied):
            continue
        raise AssertionError(f"a file of {len(data)} bytes left with the rights of before")


def _rows(services: Services, most: int) -> tuple[pd.DataFrame, int]:
    found = services.overview.rows(EVERYTHING, most)
    return found.frame, found.total


def _one_row() -> tuple[pd.DataFrame, int]:
    """What a page remembers of before: no service is asked for it again."""
    return pd.DataFrame({"partner_name": ["Canary Store One"]}), 1


def test_no_file_leaves_with_the_rights_of_before(world: World) -> None:
    no_file_with_the_rights_of_before(world)


def test_an_export_that_does_not_ask_again_is_found_out(world: World) -> None:
    def forget(services: Services, dealer: Actor) -> None:
        services.exports._desk = replace(services.desk, who=lambda: dealer)

    with pytest.raises(AssertionError, match="left with the rights of before"):
        no_file_with_the_rights_of_before(world, forget)


def jobs_are_for_those_who_may_start_them(world: World) -> None:
    for role in Role:
        services = world.services(ROOT, role=role)
        may = any(services.actor.may(kind.action) for kind in KINDS.values())
        jobs = services.jobs
        for call in (jobs.recent, partial(jobs.one, "x"), partial(jobs.log, "x")):
            refused = False
            try:
                call()
            except AccessDenied:
                refused = True
            except DomainError as unknown:
                refused = unknown.code != "job_unknown"
            assert refused != may, f"{role} and {call}"


def test_jobs_are_told_to_those_who_may_start_them(world: World) -> None:
    jobs_are_for_those_who_may_start_them(world)


def test_jobs_told_to_everybody_are_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_reader", lambda self: self._desk.who())
    with pytest.raises(AssertionError):
        jobs_are_for_those_who_may_start_them(world)


def test_no_refusal_names_what_is_somebody_elses(world: World, other: str) -> None:
    """An administrator of one dealer reaches for an account of another one, a dealer for others' things."""
    admin = replace(world.actor("D1", roles=frozenset({Role.ADMINISTRATOR})), session_id="s" * 64)
    services = services_as(world.settings, world.store, lambda: admin)
    dealer = world.services("D1", role=Role.DEALER)
    roles = frozenset({Role.STORE})
    calls: dict[str, Callable[[], object]] = {
        "change": lambda: services.access.change(other, roles, frozenset({"D1"})),
        "limit": lambda: services.access.limit(other, "X", None, None),
        "disable": lambda: services.access.disable(other),
        "enable": lambda: services.access.enable(other),
        "sessions": lambda: services.access.sessions(other),
        "end": lambda: services.access.end_session(other, "0" * 16),
        "view": lambda: services.viewing.begin(other),
        "accounts": services.access.accounts,
        "partner": lambda: dealer.ask.ask(("sales",), by=(), first=None, last=None, where=("partner=GONE",)),
        "users": dealer.access.accounts,
        "why": lambda: dealer.why.explain(EVERYTHING, "sales", "partner"),
    }
    for name, call in calls.items():
        try:
            told = str(call())
        except DomainError as error:
            told = f"{error} {' '.join(words(language).error(error) for language in ('zh', 'en'))}"
        assert not [secret for secret in SECRETS if secret in told], f"{name}: {told}"
