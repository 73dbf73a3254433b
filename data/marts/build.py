"""One build: pinned loads → marts that changed → totals checked → published in one row of the store."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from analytics.core.access import Actor
from analytics.core.errors import ContractViolation
from data.lake.lake import Lake
from data.marts import MARTS
from data.marts.checks import nothing_after, totals_survive
from data.marts.making import Making
from data.store.audit import Deed, Subject
from data.store.engine import Store
from data.store.records import Build, Load
from data.store.unit_of_work import UnitOfWork

Progress = Callable[[str, int, int], None]
"""Called with the mart's name, how many are done and how many there are."""

DEFAULT_CURRENCY = "CNY"


def build(
    *, lake: Lake, store: Store, actor: Actor, folder: Path, now: datetime, progress: Progress | None = None
) -> tuple[Build, tuple[str, ...]]:
    """Build what changed and publish; returns the build and the names of the marts that were made anew.

    Raises ContractViolation when sources state different currencies or when a total does not survive; nothing is
    published then and readers keep the build before.
    """
    started = time.perf_counter()
    with UnitOfWork(store, actor.scope) as unit:
        loads, latest = unit.loads.all(), unit.builds.latest()
    if not loads:
        raise ContractViolation("nothing_loaded")
    currency = _one_currency(loads)
    making = Making(lake, loads, folder, marts=MARTS, base=latest)
    try:
        made = _make(making, progress)
        if latest and dict(latest.marts) == making.files and not made:
            return latest, ()
        totals = totals_survive(making, making.base.totals(), making.changed)
        # A day of grace, for whoever's day began before ours.
        nothing_after(making, now.date() + timedelta(days=1))
        covered = _covered(making, now.date())
    finally:
        making.close()
    published = Build(
        id=f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}",
        published_at=now,
        table_versions=making.versions,
        loads=tuple(sorted(load.id for load in loads)),
        marts=making.files,
        currency=currency,
        first_day=covered[0],
        last_day=covered[1],
        totals=totals,
        seconds=round(time.perf_counter() - started, 3),
    )
    with UnitOfWork(store, actor.scope) as unit:
        unit.builds.publish(published)
        unit.audit.append(actor, Deed.BUILD_PUBLISHED, Subject("build", published.id), _facts(published), at=now)
        unit.commit()
    return published, made


def _facts(published: Build) -> dict[str, object]:
    """What the audit trail keeps of a build; the names of its files carry the digest of loads and code."""
    return {
        "loads": len(published.loads),
        "marts": dict(published.marts),
        "totals": dict(published.totals),
        "currency": published.currency,
        "first_day": published.first_day.isoformat() if published.first_day else None,
        "last_day": published.last_day.isoformat() if published.last_day else None,
    }


def _make(making: Making, progress: Progress | None) -> tuple[str, ...]:
    made: list[str] = []
    if progress:
        progress(MARTS[0].name, 0, len(MARTS))
    for done, (mart, new) in enumerate(making.make_all(), 1):
        if new:
            made.append(mart.name)
        if progress:
            progress(MARTS[done].name if done < len(MARTS) else "", done, len(MARTS))
    return tuple(made)


def _one_currency(loads: Iterable[Load]) -> str:
    stated = sorted({load.currency for load in loads if load.currency and _has_money(load)})
    if len(stated) > 1:
        raise ContractViolation("mixed_currencies", currencies=", ".join(stated))
    return stated[0] if stated else DEFAULT_CURRENCY


def _has_money(load: Load) -> bool:
    return bool({"order_line", "refund_line", "product_cost"} & set(load.tables))


def _covered(making: Making, today: date) -> tuple[date | None, date | None]:
    """Days of documents; where there is none, of the demand that others report, up to ``today``."""
    days = making.mart("document")
    row = making.collect(days.aggregate(first=days.day.min(), last=days.day.max())).to_pylist()[0]
    if row["first"]:
        return row["first"], row["last"]
    told = making.mart("demand")
    spans = told.group_by("period").aggregate(first=told.day.min(), last=told.day.max())
    rows = making.collect(spans).to_pylist()
    ends = [one["last"] + timedelta(days=6 if one["period"] == "week" else 0) for one in rows]
    return min((one["first"] for one in rows), default=None), min(max(ends), today) if ends else None


def mart_files(published: Build, folder: Path) -> Mapping[str, Path]:
    """Mart name → file of a published build."""
    return {name: folder / file for name, file in published.marts.items()}
