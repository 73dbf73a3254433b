"""What a change of a policy would do, counted where the data to count it are there: one function per policy.

A rule that begins to read a policy adds its function to :data:`COUNTS`. Where there is none, nothing is shown: a page
that says "cannot be counted yet" is right, an invented figure is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import ibis

from analytics.core.access import Action, Role
from analytics.core.errors import MissingData
from analytics.policies.change import Wanted
from analytics.policies.table import PolicyTable
from dashboard.services.desk import Desk, Opened
from dashboard.services.policy_views import Effect
from data.store.repositories import Builds, Loads, Users


class Evidence(Protocol):
    """What counting reads of the store, in the asker's scope."""

    @property
    def users(self) -> Users: ...

    @property
    def loads(self) -> Loads: ...

    @property
    def builds(self) -> Builds: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A wanted change, and the tables of policies without it and with it."""

    wanted: Wanted
    before: PolicyTable
    after: PolicyTable
    now: datetime

    def both(self, key: str | None = None) -> tuple[Decimal, Decimal]:
        """The number before and after, on the day wanted."""
        name, day = self.wanted.policy, self.wanted.valid_from
        return self.before.number_of(name, key, as_of=day), self.after.number_of(name, key, as_of=day)


Count = Callable[[Question, Evidence, Desk], Effect | None]


def effects_of(asked: Question, evidence: Evidence, desk: Desk) -> tuple[Effect, ...]:
    """Everything that can be counted about the change; empty where nothing can."""
    count = COUNTS.get(asked.wanted.policy)
    effect = None if count is None else count(asked, evidence, desk)
    return () if effect is None else (effect,)


def categories(desk: Desk) -> tuple[str, ...]:
    """Categories of the products that were loaded."""
    opened = _opened(desk)
    if opened is None or "product" not in opened.build.table_versions:
        return ()
    products = opened.facts.table("product")
    named = products.filter(products.category.notnull()).select("category").distinct().order_by("category")
    return tuple(opened.facts.answer(named)["category"].to_pylist())


def people_limited(asked: Question, evidence: Evidence, desk: Desk) -> Effect:
    """Accounts whose own limit, the highest among their roles, would fall or rise."""
    del desk
    lower = higher = 0
    for user in evidence.users.list():
        roles = [role.value for role in user.roles if role is not Role.SERVICE]
        if user.disabled or not roles:
            continue
        name, day = asked.wanted.policy, asked.wanted.valid_from
        old, new = (table.highest(name, roles, as_of=day) for table in (asked.before, asked.after))
        lower, higher = lower + (new < old), higher + (new > old)
    return Effect("people_limited", {"lower": lower, "higher": higher})


def sessions_ended(asked: Question, evidence: Evidence, desk: Desk) -> Effect:
    """Sessions open now that the new limit would end if it held at once."""
    del desk
    _, new = asked.both()
    idle = asked.wanted.policy == "session.idle_minutes"
    limit = timedelta(minutes=int(new)) if idle else timedelta(hours=int(new))
    sessions = evidence.users.open_sessions(now=asked.now)
    since = [one.last_seen_at if idle else one.opened_at for one in sessions]
    return Effect("sessions_ended", {"ended": sum(asked.now - at >= limit for at in since), "open": len(since)})


def sources_late(asked: Question, evidence: Evidence, desk: Desk) -> Effect | None:
    """Sources whose newest load is older than promised, before and after."""
    del desk
    newest: dict[str, datetime] = {}
    for load in evidence.loads.all():
        newest[load.source] = max(load.loaded_at, newest.get(load.source, load.loaded_at))
    if not newest:
        return None
    late = [0, 0]
    for source, at in newest.items():
        for index, hours in enumerate(asked.both(source)):
            late[index] += asked.now - at > timedelta(hours=int(hours))
    return Effect("sources_late", {"before": late[0], "after": late[1], "sources": len(newest)})


def builds_kept(asked: Question, evidence: Evidence, desk: Desk) -> Effect:
    """Builds that stay readable when the home is swept now, before and after."""
    del desk
    old, new = (len(evidence.builds.current_since(asked.now - timedelta(days=int(days)))) for days in asked.both())
    return Effect("builds_kept", {"before": old, "after": new})


def members_above(asked: Question, evidence: Evidence, desk: Desk) -> Effect | None:
    """Members, as one source knows them, who spent at least the threshold within the tier's months."""
    del evidence
    opened = _opened(desk)
    if opened is None or "order_line" not in opened.build.table_versions:
        return None
    months = asked.before.whole("members.tier_months", as_of=asked.wanted.valid_from)
    since = opened.covered.last - timedelta(days=round(months * 365.25 / 12))
    lines = opened.facts.table("sales_line")
    bought = lines.filter(lines.account.notnull() & (lines.day > since))
    spent = bought.group_by("source", "account").aggregate(spent=bought.amount.sum())
    old, new = asked.both()
    told = spent.aggregate(before=(spent.spent >= old).sum(), after=(spent.spent >= new).sum(), all=spent.count())
    return _counted("members_above", opened, told)


def members_resting(asked: Question, evidence: Evidence, desk: Desk) -> Effect | None:
    """Members, as one source knows them, whose last order is at least that many days ago."""
    del evidence
    opened = _opened(desk)
    if opened is None or "order_line" not in opened.build.table_versions:
        return None
    lines = opened.facts.table("sales_line")
    known = lines.filter(lines.account.notnull())
    last = known.group_by("source", "account").aggregate(last=known.day.max())
    old, new = (ibis.date(opened.covered.last - timedelta(days=int(days))) for days in asked.both())
    told = last.aggregate(before=(last.last <= old).sum(), after=(last.last <= new).sum(), all=last.count())
    return _counted("members_resting", opened, told)


def partners_online(asked: Question, evidence: Evidence, desk: Desk) -> Effect | None:
    """Partners with a sale within that many days, of all that ever had one."""
    del evidence
    opened = _opened(desk)
    if opened is None or "order_line" not in opened.build.table_versions:
        return None
    lines = opened.facts.table("sales_day")
    known = lines.filter(lines.partner.notnull())
    last = known.group_by("partner").aggregate(last=known.day.max())
    old, new = (ibis.date(opened.covered.last - timedelta(days=int(days))) for days in asked.both())
    told = last.aggregate(before=(last.last > old).sum(), after=(last.last > new).sum(), all=last.count())
    return _counted("partners_online", opened, told)


def _opened(desk: Desk) -> Opened | None:
    try:
        return desk.open(Action.SEE_POLICIES)
    except MissingData:
        return None


def _counted(code: str, opened: Opened, told: ibis.Table) -> Effect:
    row = opened.facts.answer(told).to_pylist()[0]
    return Effect(code, {name: int(row[name] or 0) for name in ("before", "after", "all")})


COUNTS: Mapping[str, Count] = {
    "export.max_rows": people_limited,
    "decision.amount_limit": people_limited,
    "session.idle_minutes": sessions_ended,
    "session.absolute_hours": sessions_ended,
    "freshness.promise_hours": sources_late,
    "build.kept_days": builds_kept,
    "members.tier_silver": members_above,
    "members.tier_gold": members_above,
    "members.tier_diamond": members_above,
    "members.lost_days": members_resting,
    "members.dormant_days": members_resting,
    "network.online_days": partners_online,
}
