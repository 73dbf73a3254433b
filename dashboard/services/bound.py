"""Every use case, bound to one actor."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.access import Actor
from dashboard.services.access import Access
from dashboard.services.approvals import Approvals
from dashboard.services.ask import Ask
from dashboard.services.audit_log import AuditLog
from dashboard.services.completeness import Completeness
from dashboard.services.data_health import DataHealth
from dashboard.services.desk import Desk
from dashboard.services.exports import Exports
from dashboard.services.filters import Filters
from dashboard.services.forecast_view import ForecastView
from dashboard.services.freshness import DataFreshness
from dashboard.services.fulfilment import Fulfilment
from dashboard.services.glossary import GlossaryService
from dashboard.services.jobs import Jobs
from dashboard.services.ledger import Ledger
from dashboard.services.orders import Orders
from dashboard.services.overview import Overview
from dashboard.services.plant_signal import PlantSignal
from dashboard.services.policies import Policies
from dashboard.services.saved_views import SavedViews
from dashboard.services.sessions import Sessions
from dashboard.services.simulation import Simulation
from dashboard.services.territories import TerritoryTerms
from dashboard.services.territory import Territory
from dashboard.services.uploads import Uploads
from dashboard.services.viewing import ViewAs
from dashboard.services.why import Why


@dataclass(frozen=True, slots=True)
class Services:
    """Every use case, bound to one actor. Scope, build and number of policies belong in every cache key."""

    actor: Actor
    desk: Desk
    filters: Filters
    overview: Overview
    why: Why
    fulfilment: Fulfilment
    completeness: Completeness
    territory: Territory
    territories: TerritoryTerms
    forecast: ForecastView
    simulation: Simulation
    glossary: GlossaryService
    ask: Ask
    sessions: Sessions
    saved_views: SavedViews
    access: Access
    policies: Policies
    approvals: Approvals
    orders: Orders
    ledger: Ledger
    plants: PlantSignal
    viewing: ViewAs
    jobs: Jobs
    exports: Exports
    audit: AuditLog
    uploads: Uploads
    freshness: DataFreshness
    health: DataHealth
    scope_key: str
    build_id: str | None
    policy_number: int
