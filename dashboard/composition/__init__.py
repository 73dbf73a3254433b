"""Binds use cases to one actor's scope; here alone (`doors`) the doors to rows are opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from analytics.core.access import Actor, Scope
from analytics.core.errors import NotSignedIn
from dashboard.composition import doors
from dashboard.composition.doors import latest_build as latest_build
from dashboard.composition.doors import work_of as work_of
from dashboard.services.access import Access, Units
from dashboard.services.approvals import Approvals
from dashboard.services.ask import Ask
from dashboard.services.audit import AuditTrail
from dashboard.services.audit_log import AuditLog
from dashboard.services.backtesting import Backtesting
from dashboard.services.bound import Services as Services
from dashboard.services.completeness import Completeness
from dashboard.services.data_health import DataHealth
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
from dashboard.services.ledger import Ledger
from dashboard.services.loading import Loading
from dashboard.services.orders import Orders
from dashboard.services.overview import Overview
from dashboard.services.planning import Planning
from dashboard.services.plant_signal import PlantSignal
from dashboard.services.policies import Policies
from dashboard.services.policies import Units as PolicyUnits
from dashboard.services.receiving import Receiving
from dashboard.services.saved_views import SavedViews
from dashboard.services.saved_views import Units as SavedViewUnits
from dashboard.services.scoring import Scoring
from dashboard.services.sessions import Sessions
from dashboard.services.sign_in import SignIn
from dashboard.services.simulation import Simulation
from dashboard.services.standing import SessionPolicy, session_policy
from dashboard.services.territories import TerritoryTerms
from dashboard.services.territory import Territory
from dashboard.services.uploads import Uploads
from dashboard.services.viewing import ViewAs
from dashboard.services.why import Why
from dashboard.settings import Settings
from data.sole_writer import PATIENCE
from data.store.audit import Deed, Subject
from data.store.engine import Store
from data.store.identity import Identity
from data.store.unit_of_work import UnitOfWork

Clock = Callable[[], datetime]

JOBS_PATIENCE = timedelta(hours=12)
"""How long a job in the background waits for another one: nobody sits in front of it, and it can be cancelled."""


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
        return session_policy(doors.policies(store, doors.standing(store)[1] if number is None else number), now)

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
        lambda build: doors.facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        work_of(store, actor),
    )  # fmt: skip


def planning_for(settings: Settings, store: Store, actor: Actor) -> Planning:
    """Use case of the job that plans, in the actor's scope."""
    return Planning(
        actor, lambda: latest_build(store),
        lambda build: doors.facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        partial(doors.run_facts, settings, actor.scope), lambda: doors.policies(store, doors.standing(store)[1]),
        work_of(store, actor),
    )  # fmt: skip


def receiving_for(settings: Settings, store: Store, actor: Actor) -> Receiving:
    """Use case of the jobs that write down what came and what is over, in the actor's scope."""
    return Receiving(
        actor, lambda: latest_build(store),
        lambda build: doors.facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        lambda: doors.policies(store, doors.standing(store)[1]), work_of(store, actor),
    )  # fmt: skip


def scoring_for(settings: Settings, store: Store, actor: Actor) -> Scoring:
    """Use case of the jobs that score decisions, in the actor's scope."""
    return Scoring(
        actor, lambda: latest_build(store),
        lambda build: doors.facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        work_of(store, actor),
    )  # fmt: skip


def backtesting_for(settings: Settings, store: Store, actor: Actor) -> Backtesting:
    """Use case of the job that replays, in the actor's scope."""
    return Backtesting(
        actor, settings.backtests, lambda: latest_build(store),
        lambda build: doors.facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())),
        lambda: doors.policies(store, doors.standing(store)[1]),
    )  # fmt: skip


def office_for(
    settings: Settings, store: Store, clock: Clock = utc_now, *, patience: timedelta = JOBS_PATIENCE
) -> Office:
    """What jobs are made, run and found lost with; they wait ``patience`` for another one that writes."""
    return Office(
        settings, doors.writing(store), doors.reading(store),
        lambda actor: Tools(loading_for(settings, store, actor, patience=patience),
                            forecasting_for(settings, store, actor), planning_for(settings, store, actor),
                            receiving_for(settings, store, actor), scoring_for(settings, store, actor),
                            backtesting_for(settings, store, actor)),
        clock,
    )  # fmt: skip


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
        doors.facts(Scope(grants), settings.marts, build.id, tuple(build.marts.items()))


def _bound(settings: Settings, store: Store, who: Callable[[], Actor], clock: Clock) -> Services:
    actor = who()
    # One build for the whole run: a page must not show half of one and half of the next.
    build, policies = doors.standing(store)
    desk = Desk(
        who=who,
        latest_build=lambda: build,
        facts_of=lambda scope, build: doors.facts(scope, settings.marts, build.id, tuple(build.marts.items())),
        policies=lambda: doors.policies(store, policies),
        refused=lambda actor, call: _tell_refusal(store, actor, call, clock()),
    )
    units, decisions = _units(settings, store), doors.decision_units(settings, store, build)
    office = office_for(settings, store, clock)
    jobs = Jobs(desk, office)
    return Services(
        actor=actor,
        desk=desk,
        filters=Filters(desk),
        overview=Overview(desk),
        why=Why(desk),
        fulfilment=Fulfilment(desk),
        completeness=Completeness(desk),
        territory=Territory(desk),
        territories=TerritoryTerms(desk, clock),
        forecast=ForecastView(desk, lambda: doors.latest_run(store), partial(doors.run_facts, settings)),
        simulation=Simulation(
            desk, jobs, lambda: doors.latest_backtest(settings, store), partial(doors.backtest_facts, settings)
        ),
        glossary=GlossaryService(desk),
        ask=Ask(desk),
        sessions=Sessions(desk, Identity(store), clock),
        saved_views=SavedViews(desk, SavedViewUnits(doors.reading(store), doors.writing(store)), clock),
        policies=Policies(desk, PolicyUnits(doors.reading(store), doors.writing(store)), clock),
        approvals=Approvals(desk, decisions, partial(doors.newest_run, settings, store), clock),
        orders=Orders(desk, decisions, clock),
        ledger=Ledger(desk, decisions, clock),
        plants=PlantSignal(desk, decisions, lambda: doors.latest_run(store), partial(doors.run_facts, settings), clock),
        access=Access(desk, units, clock),
        viewing=ViewAs(desk, units, lambda session, now: sign_in_of(store).end_viewing(session, now=now), clock),
        exports=Exports(desk, _means(store, clock)),
        audit=AuditLog(desk, doors.reading(store), settings.audit, clock),
        jobs=jobs,
        uploads=Uploads(desk, jobs, office),
        freshness=DataFreshness(desk, office),
        health=DataHealth(desk, office),
        scope_key=_key(actor),
        build_id=build.id if build else None,
        policy_number=policies,
    )


def _units(settings: Settings, store: Store) -> Units:
    return Units(doors.reading(store), doors.writing(store), lambda grants: known_grants(settings, store, grants))


def _tell_refusal(store: Store, actor: Actor, call: str, now: datetime) -> None:
    """A command that was refused because its sender looks at the app as somebody else leaves a trace of its own."""
    with UnitOfWork(store, actor.scope) as unit:
        unit.audit.append(actor, Deed.VIEW_REFUSED, Subject("call", call), {}, at=now)
        unit.commit()


def _means(store: Store, clock: Clock) -> Means:
    # Policies are not those of the page's run: a file may be asked for hours later.
    return Means(doors.writing(store), _key, lambda: doors.policies(store, doors.standing(store)[1]), clock)


def _key(actor: Actor) -> str:
    """Scope and rights: two people with the same rows but different rights must not share an answer."""
    return f"{actor.scope.fingerprint}:{','.join(sorted(role.value for role in actor.roles))}"
