"""The reasons of a change, over literal rows added up on paper."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from analytics.core.access import Role
from analytics.core.calendar import Comparison
from analytics.core.errors import AccessDenied, DomainError, MissingData
from analytics.metrics.query import tables_needed
from analytics.metrics.registry import METRICS
from dashboard.services.requests import Asked
from dashboard.services.views import Reasons
from dashboard.services.why import CUTS
from tests.worlds import TABLES, World, make_world

LATER = Asked(first=date(2026, 2, 11), last=date(2026, 2, 20))
"""Against 1 to 10 February."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


def parts(reasons: Reasons) -> dict[str, float]:
    return dict(zip(reasons.parts["key"], reasons.parts["change"], strict=True))


def test_sales_by_channel_on_paper(world: World) -> None:
    found = world.services("brand").why.explain(LATER, "sales", "channel")
    # 158.50 on the web and 72.335 in the shop before; 600 + 80 in bulk, 65.55 + 9.99 + 21 in the shop afterwards.
    assert parts(found) == pytest.approx({"bulk": 680.0, "web": -158.5, "shop": 96.54 - 72.335})
    assert [found.before, found.now] == pytest.approx([230.835, 776.54])
    assert found.residual == pytest.approx(0)
    assert found.parts["name"].tolist() == ["Bulk", "Web", "Shop"]
    assert (found.rows, found.tables) == (7, ("order_line",))


def test_a_ratio_is_told_apart_in_rate_and_mix(world: World) -> None:
    found = world.services("brand").why.explain(LATER, "average_order_value", "channel")
    # Before: one order of 158.50 on the web, two of 72.335 together in the shop. Afterwards 680 in two orders of bulk,
    # 96.54 in two of the shop, nothing in one of the web.
    assert [found.before, found.now] == pytest.approx([230.835 / 3, 776.54 / 5])
    shop = found.parts.set_index("key").loc["shop"]
    assert shop["rate_effect"] == pytest.approx((2 / 3 + 2 / 5) / 2 * (96.54 / 2 - 72.335 / 2))
    assert found.parts.set_index("key").loc["bulk", "rate_effect"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("by", sorted(CUTS))
@pytest.mark.parametrize("metric", [metric.name for metric in METRICS if tables_needed(metric) <= set(TABLES)])
def test_parts_and_residual_make_the_change_of_every_metric(metric: str, by: str, world: World) -> None:
    try:
        found = world.services("brand").why.explain(LATER, metric, by)
    except DomainError as error:
        assert error.code == "dimension_unknown_to_metric"  # noqa: PT017 - the others are checked below
        return
    if found.now is None or found.before is None:
        assert found.parts.empty
        return
    told = math.fsum([*found.parts["change"], found.residual])
    assert told == pytest.approx(found.now - found.before, abs=1e-9)
    ask = world.services("brand").ask
    value = ask.ask((metric,), by=(), where=(), first=LATER.first, last=LATER.last).table[metric].to_pylist()
    assert found.now == pytest.approx(float(value[0] or 0) if value else 0.0)


def test_orders_with_several_products_are_the_residual(world: World) -> None:
    """One order of rice and oil before, none afterwards: parts alone would count it twice."""
    found = world.services("brand").why.explain(LATER, "orders", "sku")
    assert found.residual == pytest.approx(found.now - found.before - found.parts["change"].sum())  # type: ignore[operator]
    assert found.residual == 0 + (5 - 3) - (7 - 4)


def test_what_cannot_be_told_is_refused(world: World) -> None:
    why = world.services("brand").why
    with pytest.raises(MissingData, match="baseline_not_covered"):
        why.explain(Asked(first=date(2026, 2, 2), last=date(2026, 2, 20)), "sales", "channel")
    with pytest.raises(DomainError, match="target_has_no_parts"):
        why.explain(Asked(first=LATER.first, last=LATER.last, comparison=Comparison.TARGET), "sales", "channel")
    with pytest.raises(DomainError, match="unknown_dimension"):
        why.explain(LATER, "sales", "colour")
    with pytest.raises(DomainError, match="unknown_metric"):
        why.explain(LATER, "joy", "channel")
    with pytest.raises(AccessDenied):
        world.services("brand", role=Role.MARKETER).why.explain(LATER, "gross_margin", "channel")
