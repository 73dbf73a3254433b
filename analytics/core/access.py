"""Who may do what (roles → actions) and who may see which rows (scope)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from analytics.core.errors import AccessDenied, DomainError

ROOT = "brand"
"""Root of the partner tree and owner of every row that is no partner's. A grant on it is the head-office grant."""


class Role(StrEnum):
    """Role of a person; one person may hold several."""

    EXECUTIVE = "executive"
    DEALER = "dealer"
    STORE = "store"
    GROUP_LEADER = "group_leader"
    MERCHANDISER = "merchandiser"
    MARKETER = "marketer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


class Action(StrEnum):
    """What a service call or a page demands."""

    SEE_OVERVIEW = "see_overview"
    SEE_TERRITORY = "see_territory"
    SEE_GLOSSARY = "see_glossary"
    SEE_ROWS = "see_rows"
    SEE_COST = "see_cost"
    LOAD_DATA = "load_data"
    MANAGE_USERS = "manage_users"
    VIEW_AS = "view_as"
    SEE_AUDIT = "see_audit"
    KEEP_BACKUPS = "keep_backups"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    SEE_FORECAST = "see_forecast"
    FORECAST = "forecast"
    SEE_POLICIES = "see_policies"
    CHANGE_POLICIES = "change_policies"
    APPROVE_POLICIES = "approve_policies"
    SHARE_VIEWS = "share_views"
    SEE_PROPOSALS = "see_proposals"
    REQUEST_STOCK = "request_stock"
    DECIDE = "decide"
    APPROVE_SECOND = "approve_second"
    RELEASE = "release"
    TEND_PROPOSALS = "tend_proposals"
    PLAN = "plan"
    SEE_LEDGER = "see_ledger"
    SEE_PLANTS = "see_plants"


_PERSON = frozenset({Action.SEE_GLOSSARY, Action.KEEP_OWN_ACCOUNT})
_READ = _PERSON | {Action.SEE_OVERVIEW, Action.SEE_TERRITORY, Action.SEE_ROWS, Action.SEE_FORECAST}
_HEAD_OFFICE = _READ | {Action.SEE_POLICIES, Action.SHARE_VIEWS}
_PARTNER = _READ | {Action.SEE_PROPOSALS, Action.REQUEST_STOCK}
_JUDGES = frozenset({Action.SEE_LEDGER, Action.SEE_PLANTS})
_DECIDES = _JUDGES | {Action.SEE_PROPOSALS, Action.DECIDE, Action.RELEASE}
_POLICIES = frozenset({Action.SEE_POLICIES, Action.CHANGE_POLICIES, Action.APPROVE_POLICIES})

MAY: dict[Role, frozenset[Action]] = {
    Role.EXECUTIVE: _HEAD_OFFICE | {Action.SEE_COST, Action.SEE_PROPOSALS} | _JUDGES,
    Role.DEALER: _PARTNER,
    Role.STORE: _PARTNER,
    Role.GROUP_LEADER: _PARTNER,
    Role.MERCHANDISER: _HEAD_OFFICE | _DECIDES | {Action.SEE_COST, Action.FORECAST, Action.PLAN, Action.REQUEST_STOCK},
    Role.MARKETER: _HEAD_OFFICE,
    Role.APPROVER: _HEAD_OFFICE | _DECIDES | {Action.SEE_COST, Action.APPROVE_POLICIES, Action.APPROVE_SECOND},
    Role.ADMINISTRATOR: _PERSON
    | _POLICIES
    | {Action.LOAD_DATA, Action.MANAGE_USERS, Action.VIEW_AS, Action.SEE_AUDIT}
    | {Action.KEEP_BACKUPS, Action.FORECAST, Action.PLAN},
    Role.SERVICE: frozenset(
        {Action.LOAD_DATA, Action.FORECAST, Action.PLAN, Action.SEE_PROPOSALS, Action.TEND_PROPOSALS}
        | {Action.SEE_LEDGER}
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """Rows of ``partner`` and everybody below, from the first to the last day, both included; None leaves it open.

    >>> Grant("D1", first=date(2026, 3, 1)).holds_on(date(2026, 2, 28))
    False
    """

    partner: str
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise DomainError("grant_reversed", first=self.first.isoformat(), last=self.last.isoformat())

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows somebody may see: everything owned by an anchor or by its descendants in the partner tree.

    There is no "all": head office holds an explicit grant on :data:`ROOT`. An empty scope cannot be made.
    """

    anchors: frozenset[str]

    def __post_init__(self) -> None:
        if not self.anchors or any(not anchor.strip() for anchor in self.anchors):
            raise AccessDenied("no_scope")

    @property
    def fingerprint(self) -> str:
        """Stable short digest of the scope; part of every cache key."""
        joined = "\x1f".join(sorted(self.anchors))
        return hashlib.sha256(joined.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Viewer:
    """An administrator who looks at the app as somebody else, until a moment (UTC) at the longest."""

    user_id: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks: a signed-in person, or a job's service account.

    ``viewer``: who really sits there, when it is not the person whose name, roles and grants these are.
    """

    user_id: str
    name: str
    roles: frozenset[Role]
    grants: frozenset[str]
    session_id: str | None = None
    viewer: Viewer | None = None

    def may(self, action: Action) -> bool:
        return any(action in MAY[role] for role in self.roles)

    def require(self, action: Action) -> None:
        """Raise AccessDenied unless one of the actor's roles allows ``action``."""
        if not self.may(action):
            raise AccessDenied("not_allowed", action=action.value, user=self.name)

    def require_person(self) -> None:
        """Raise AccessDenied ``viewing_only`` when somebody else sits there: they look, and change nothing."""
        if self.viewer is not None:
            raise AccessDenied("viewing_only", name=self.name)

    @property
    def scope(self) -> Scope:
        """The actor's rows; raises AccessDenied when nothing was granted."""
        return Scope(self.grants)
