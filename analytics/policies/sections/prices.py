"""One price: bands around the base price, discounts that explain a price, and the daily watch."""

from __future__ import annotations

from analytics.policies.policy import Keys, Measure, Policy
from analytics.policies.sections.shorthand import days, decimal, share

POLICIES: tuple[Policy, ...] = (
    share("price.band.online", "0.10", "0", "0.9", owner="sales", keyed_by=Keys.CATEGORY, money=True),
    share("price.band.store", "0.05", "0", "0.9", owner="sales", keyed_by=Keys.CATEGORY, money=True),
    decimal("price.gold_factor", Measure.FACTOR, "0.95", "0.5", "1", owner="sales", money=True),
    decimal("price.member_day_factor", Measure.FACTOR, "0.88", "0.3", "1", owner="sales", money=True),
    decimal("price.group_factor", Measure.FACTOR, "0.80", "0.3", "1", owner="sales", money=True),
    Policy("price.scan_hours", Measure.HOURS, 24, 1, 168, owner="sales"),
    days("price.detection_days", 1, 0, 30, owner="sales"),
    days("price.hold_lapse_days", 14, 1, 90, owner="finance", money=True),
)
