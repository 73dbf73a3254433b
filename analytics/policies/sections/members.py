"""Members: identity, lifecycle, tiers and points, retention, tags and campaigns."""

from __future__ import annotations

from analytics.policies.policy import Measure, Policy
from analytics.policies.sections.shorthand import count, days, decimal, money, share

_OWNER = "members"

_IDENTITY = (
    share("members.identity_strict", "0.99", "0.5", "1", owner=_OWNER),
    share("members.identity_loose", "0.90", "0.5", "1", owner=_OWNER),
    count("members.identity_cluster", 12, 2, 1000, owner=_OWNER),
    Policy("members.till_match_minutes", Measure.MINUTES, 10, 1, 1440, owner=_OWNER),
)
_LIFECYCLE = (
    days("members.lost_days", 180, owner=_OWNER),
    days("members.dormant_days", 90, owner=_OWNER),
    days("members.returned_gap_days", 90, owner=_OWNER),
    days("members.returned_recent_days", 30, owner=_OWNER),
    days("members.new_days", 30, owner=_OWNER),
    days("members.second_order_days", 30, owner=_OWNER),
)
_TIERS = (
    money("members.tier_silver", "500", "0", "1000000", owner=_OWNER, money=True),
    money("members.tier_gold", "1500", "0", "1000000", owner=_OWNER, money=True),
    money("members.tier_diamond", "3000", "0", "1000000", owner=_OWNER, money=True),
    Policy("members.tier_months", Measure.MONTHS, 12, 1, 36, owner=_OWNER, money=True),
    decimal("members.points_per_yuan", Measure.FACTOR, "1", "0", "100", owner=_OWNER, money=True),
    money("members.point_value", "0.01", "0", "10", owner="finance", money=True),
    share("members.point_breakage", "0.20", "0", "1", owner="finance", money=True),
)
_RETENTION = (
    days("members.retention_short_days", 7, owner=_OWNER),
    days("members.retention_middle_days", 30, owner=_OWNER),
    days("members.retention_long_days", 90, owner=_OWNER),
    days("members.repurchase_days", 90, owner=_OWNER),
    days("members.repurchase_month_days", 30, owner=_OWNER),
    days("members.repurchase_half_year_days", 180, owner=_OWNER),
    days("members.repurchase_year_days", 365, owner=_OWNER),
    days("members.cross_channel_days", 90, owner=_OWNER),
    days("members.reminder_days", 30, owner=_OWNER),
    days("members.win_back_days", 90, owner=_OWNER),
    days("members.churn_days", 60, owner=_OWNER),
    share("members.churn_top_share", "0.10", "0.01", "0.5", owner=_OWNER),
)
_TAGS = (
    share("tag.channel_contribution_share", "0.20", "0.01", "1", owner="partners"),
    share("tag.channel_potential_growth_share", "0.25", "0.01", "1", owner="partners"),
    share("tag.channel_potential_sales_quantile", "0.50", "0.01", "1", owner="partners"),
    days("tag.channel_slow_days", 60, owner="partners"),
    share("tag.channel_slow_share", "0.30", "0.01", "1", owner="partners"),
    share("tag.channel_core_share", "0.50", "0.01", "1", owner="partners"),
    share("tag.member_value_share", "0.20", "0.01", "1", owner=_OWNER),
    Policy("tag.member_value_months", Measure.MONTHS, 12, 1, 36, owner=_OWNER),
    share("tag.member_promotion_share", "0.60", "0.01", "1", owner=_OWNER),
    count("tag.member_promotion_orders", 3, 1, 100, owner=_OWNER),
    share("tag.product_hit_share", "0.05", "0.01", "1", owner="sales"),
    share("tag.product_tail_share", "0.20", "0.01", "1", owner="sales"),
    days("tag.product_new_days", 90, owner="sales"),
    decimal("tag.product_season_index", Measure.FACTOR, "1.3", "1", "10", owner="sales"),
)
_CAMPAIGNS = (
    share("campaign.holdout_share", "0.10", "0", "0.5", owner=_OWNER),
    count("campaign.contacts", 4, 1, 100, owner=_OWNER),
    days("campaign.contact_days", 30, owner=_OWNER),
)

POLICIES: tuple[Policy, ...] = (*_IDENTITY, *_LIFECYCLE, *_TIERS, *_RETENTION, *_TAGS, *_CAMPAIGNS)
