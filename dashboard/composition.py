"""Binds use cases to one actor's scope; the only place that opens the doors to rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

from analytics.core.access import ROOT, Actor, Scope
from analytics.core.errors import NotSignedIn
from analytics.policies.table import PolicyTable
from dashboard.services.access import Access, Units
from dashboard.services.approvals import Approvals
from dashboard.services.ask import Ask
from dashboard.services.audit import AuditTrail
from dashboard.services.audit_log import AuditLog
from dashboard.services.bound import Services as Services  # noqa: PLC0414 - composition hands it out
from dashboard.services.data_health import DataHealth
from dashboard.services.decision_work import DecisionUnits, below
from dashboard.services.desk import Desk
from dashboard.services.exports import Exports, Means
from dashboard.services.filters import Filters
from dashboard.services.forecast_view import ForecastView
from dashboard.services.forecasting import Forecasting
from dashboard.services.freshness import DataFreshness
from dashboard.services.fulfilment import Fulfilment
from dashboard.services.glossary import GlossaryService
from dashboard.services.job_kinds import Tools
from dashboard.services.job_rows import Office
from dashboard.services.jobs import Jobs
from dashboard.services.loading import Loading
from dashboard.services.orders import Orders
from dashboard.services.overview import Overview
from dashboard.services.planning import Planning
from dashboard.services.policies import Policies
from dashboard.services.policies import Units as PolicyUnits
from dashboard.services.saved_views import SavedViews
from dashboard.services.saved_views import Units as SavedViewUnits
from dashboard.services.sessions import Sessions
from dashboard.services.sign_in import SignIn
from dashboard.services.standing import SessionPolicy, session_policy
from dashboard.services.territories import TerritoryTerms
from dashboard.services.territory import Territory
from dashboard.services.uploads import Uploads
from dashboard.services.viewing import ViewAs
from dashboard.services.why import Why
from dashboard.settings import Settings
from data.engines.duckdb import DuckDBEngine
from data.facts import ScopedFacts
from data.sole_writer import PATIENCE
from data.store.audit import Deed, Subject
from data.store.engine import Store
from data.store.identity import Identity
from data.store.records import Build, ForecastRun
from data.store.unit_of_work import UnitOfWork

Clock = Callable[[], datetime]

ENGINES_KEPT = 3
"""Builds whose files stay open: the published one, and those that a page may still be reading."""

JOBS_PATIENCE = timedelta(hours=12)
"""How long a job in the background waits for another one: nobody sits in front of it, and it can be cancelled."""

DOORS_KEPT = 64
"""Scopes per build whose expressions are kept."""

POLICIES_KEPT = 8
"""Tables of policies that are kept: the one in force, and those that a page may still be reading."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def services_for(
    settings: Settings,
    store: Store,
    token: str | None,
    *,
    clock: Clock = utc_now,
    attended: Callable[[], bool] = lambda: True,
) -> Services:
    """Use cases of the person behind a session; raises NotSignedIn. The session is read again on every call.

    ``attended``: whether a person asks, or a clock, which does not keep a session from growing idle.
    """
    if not token:
        raise NotSignedIn("not_signed_in")
    sign_in = sign_in_of(store)
    return _bound(settings, store, lambda: sign_in.actor(token, now=clock(), attended=attended()), clock)


def sign_in_of(store: Store) -> SignIn:
    """Signing in under the limits in force, which are read anew only when a policy was changed."""

    def limits(now: datetime, number: int | None) -> SessionPolicy:
        return session_policy(_policies(store, _standing(store)[1] if number is None else number), now)

    return SignIn(Identity(store), limits)


def services_as(settings: Settings, store: Store, who: Callable[[], Actor], *, clock: Clock = utc_now) -> Services:
    """Use cases of somebody who needs no session: the shell's ``--as`` and the service account of a job."""
    return _bound(settings, store, who, clock)


def loading_for(settings: Settings, store: Store, actor: Actor, *, patience: timedelta = PATIENCE) -> Loading:
    """Use cases that load data, in the actor's scope; each waits ``patience`` for another one that writes."""
    return Loading(settings, store, actor, work_of(store, actor), patience)


def forecasting_for(settings: Settings, store: Store, actor: Actor) -> Forecasting:
    """Use case of the job that forecasts, in the actor's scope."""
    return Forecasting(
        actor, settings.forecasts, lambda: latest_build(store),
        lambda build: _facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())), work_of(store, actor),
    )  # fmt: skip


def planning_for(settings: Settings, store: Store, actor: Actor) -> Planning:
    """Use case of the job that plans, in the actor's scope."""
    return Planning(
        actor, lambda: latest_build(store),
        lambda build: _facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        partial(_run_facts, settings, actor.scope), lambda: _policies(store, _standing(store)[1]),
        work_of(store, actor),
    )  # fmt: skip


def office_for(
    settings: Settings, store: Store, clock: Clock = utc_now, *, patience: timedelta = JOBS_PATIENCE
) -> Office:
    """What jobs are made, run and found lost with; they wait ``patience`` for another one that writes."""
    return Office(
        settings, _writing(store), _reading(store),
        lambda actor: Tools(loading_for(settings, store, actor, patience=patience),
                            forecasting_for(settings, store, actor), planning_for(settings, store, actor)),
        clock,
    )  # fmt: skip


def work_of(store: Store, actor: Actor) -> Callable[[], UnitOfWork]:
    """Units of work in the actor's scope; AccessDenied to whoever looks at the app as somebody else."""
    actor.require_person()
    return lambda: UnitOfWork(store, actor.scope)


def audit_for(settings: Settings, store: Store, actor: Actor) -> AuditTrail:
    """The audit trail in the actor's scope; it waits for no writer."""
    return AuditTrail(actor, settings.audit, lambda: UnitOfWork(store, actor.scope, reading=True))


def released(store: Store, actor: Actor, checksum: str) -> bool:
    """Whether the log says that bytes of this checksum were handed to the actor."""
    with UnitOfWork(store, actor.scope, reading=True) as unit:
        return unit.disclosures.released(actor, checksum)


def known_grants(settings: Settings, store: Store, grants: frozenset[str]) -> None:
    """Raise AccessDenied for a grant on a partner that the published data do not know; without data all are taken."""
    build = latest_build(store)
    if build is not None:
        _facts(Scope(grants), settings.marts, build.id, tuple(build.marts.items()))


def _bound(settings: Settings, store: Store, who: Callable[[], Actor], clock: Clock) -> Services:
    actor = who()
    # One build for the whole run: a page must not show half of one and half of the next.
    build, policies = _standing(store)
    desk = Desk(
        who=who,
        latest_build=lambda: build,
        facts_of=lambda scope, build: _facts(scope, settings.marts, build.id, tuple(build.marts.items())),
        policies=lambda: _policies(store, policies),
        refused=lambda actor, call: _tell_refusal(store, actor, call, clock()),
    )
    units, decisions = _units(settings, store), _decision_units(settings, store, build)
    office = office_for(settings, store, clock)
    jobs = Jobs(desk, office)
    return Services(
        actor=actor,
        desk=desk,
        filters=Filters(desk),
        overview=Overview(desk),
        why=Why(desk),
        fulfilment=Fulfilment(desk),
        territory=Territory(desk),
        territories=TerritoryTerms(desk, clock),
        forecast=ForecastView(desk, lambda: _latest_run(store), partial(_run_facts, settings)),
        glossary=GlossaryService(desk),
        ask=Ask(desk),
        sessions=Sessions(desk, Identity(store), clock),
        saved_views=SavedViews(desk, SavedViewUnits(_reading(store), _writing(store)), clock),
        policies=Policies(desk, PolicyUnits(_reading(store), _writing(store)), clock),
        approvals=Approvals(desk, decisions, clock),
        orders=Orders(desk, decisions, clock),
        access=Access(desk, units, clock),
        viewing=ViewAs(desk, units, lambda session, now: sign_in_of(store).end_viewing(session, now=now), clock),
        exports=Exports(desk, _means(store, clock)),
        audit=AuditLog(desk, _reading(store), settings.audit, clock),
        jobs=jobs,
        uploads=Uploads(desk, jobs, office),
        freshness=DataFreshness(desk, office),
        health=DataHealth(desk, office),
        scope_key=_key(actor),
        build_id=build.id if build else None,
        policy_number=policies,
    )


def _latest_run(store: Store) -> ForecastRun | None:
    """The forecast that was published last; like the build, nobody's secret."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.forecast_runs.latest()


def _run_facts(settings: Settings, scope: Scope, build: Build, run: ForecastRun) -> ScopedFacts:
    """The door to a run's results, cut by the partner tree of ``build``."""
    tree = str(settings.marts / build.marts["partner_closure"])
    return _facts(scope, settings.forecasts, run.id, (("partner_closure", tree), *run.files.items()))


def _units(settings: Settings, store: Store) -> Units:
    return Units(_reading(store), _writing(store), lambda grants: known_grants(settings, store, grants))


def _decision_units(settings: Settings, store: Store, build: Build | None) -> DecisionUnits:
    """Units of work over the proposals of everybody below an actor in the tree of ``build``; head office needs none."""

    def opened(actor: Actor, *, reading: bool) -> UnitOfWork:
        if not reading:
            actor.require_person()
        under = frozenset[str]()
        if build is not None and ROOT not in actor.scope.anchors:
            under = below(_facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())))
        return UnitOfWork(store, actor.scope, reading=reading, below=under)

    return DecisionUnits(partial(opened, reading=True), partial(opened, reading=False))


def _tell_refusal(store: Store, actor: Actor, call: str, now: datetime) -> None:
    """A command that was refused because its sender looks at the app as somebody else leaves a trace of its own."""
    with UnitOfWork(store, actor.scope) as unit:
        unit.audit.append(actor, Deed.VIEW_REFUSED, Subject("call", call), {}, at=now)
        unit.commit()


def _reading(store: Store) -> Callable[[Actor], UnitOfWork]:
    return lambda actor: UnitOfWork(store, actor.scope, reading=True)


def _writing(store: Store) -> Callable[[Actor], UnitOfWork]:
    return lambda actor: work_of(store, actor)()


def _means(store: Store, clock: Clock) -> Means:
    # Policies are not those of the page's run: a file may be asked for hours later.
    return Means(_writing(store), _key, lambda: _policies(store, _standing(store)[1]), clock)


def _key(actor: Actor) -> str:
    """Scope and rights: two people with the same rows but different rights must not share an answer."""
    return f"{actor.scope.fingerprint}:{','.join(sorted(role.value for role in actor.roles))}"


def latest_build(store: Store) -> Build | None:
    """The published build. Which build is newest is nobody's secret, so the root's scope may read it for all."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.builds.latest()


def _standing(store: Store) -> tuple[Build | None, int]:
    """The published build and how many changes of policies were approved, as of one moment."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.builds.latest(), unit.policies.number()


@lru_cache(maxsize=POLICIES_KEPT)
def _policies(store: Store, number: int) -> PolicyTable:
    """What is in force after that many approvals; read once, for it never changes."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.policies.table(number)


def _facts(scope: Scope, folder: Path, build_id: str, marts: tuple[tuple[str, str], ...]) -> ScopedFacts:
    """One door per scope and build; it holds expressions, never rows."""
    return _doors(folder, build_id, marts)(scope)


@lru_cache(maxsize=ENGINES_KEPT)
def _doors(folder: Path, build_id: str, marts: tuple[tuple[str, str], ...]) -> Callable[[Scope], ScopedFacts]:
    """The doors of one build over one engine; mart files never change, so neither goes stale.

    They are forgotten together: a door that outlived its build would keep the build's files open.
    """
    del build_id
    engine = DuckDBEngine({name: folder / file for name, file in marts})
    return lru_cache(maxsize=DOORS_KEPT)(lambda scope: ScopedFacts(scope, engine))
