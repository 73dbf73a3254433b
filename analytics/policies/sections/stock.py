"""One pool of stock: reserves, water level, expiry, targets, rebalancing."""

from __future__ import annotations

from analytics.policies.policy import Keys, Measure, Policy
from analytics.policies.sections.shorthand import days, decimal, money, share

_PLAN = ("plan",)
_KPI = ("metrics",)

POLICIES: tuple[Policy, ...] = (
    decimal("stock.store_reserve", Measure.UNITS, "30", "0", "100000", keyed_by=Keys.CATEGORY, used_by=_KPI),
    days("stock.near_expiry_days", 60, 0, keyed_by=Keys.CATEGORY, used_by=_KPI),
    share("stock.out_risk", "0.05", "0.001", "0.5", keyed_by=Keys.CATEGORY, used_by=_PLAN),
    days("stock.overstock_days", 60, keyed_by=Keys.CATEGORY),
    share("stock.high_quantile", "0.95", "0.5", "0.999", keyed_by=Keys.CATEGORY),
    share("stock.out_target", "0.012", "0", "0.5"),
    share("stock.in_stock_target", "0.95", "0.5", "1"),
    days("stock.slow_days", 60, used_by=_KPI),
    days("stock.coexistence_cover_days", 60, used_by=_KPI),
    decimal("stock.near_node_km", Measure.KILOMETRES, "3", "0.1", "10", used_by=_KPI),
    share("stock.near_node_target", "0.70"),
    days("stock.transfer_days_before_low", 2, 0, 90),
    days("stock.transfer_days_before_high", 3, 0, 90),
    decimal("stock.markdown_radius_km", Measure.KILOMETRES, "3", "0.1", "100"),
    money("stock.rebalance_min_amount", "200", "0", "1000000", money=True, used_by=_PLAN),
    decimal("stock.rebalance_min_units", Measure.UNITS, "6", "0", "100000", used_by=_PLAN),
    days("stock.transfer_days", 2, 0, 60, used_by=_PLAN),
    decimal("stock.transfer_km", Measure.KILOMETRES, "150", "0", "10000", used_by=_PLAN),
)
