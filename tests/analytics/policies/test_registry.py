"""Every policy has a unit, bounds that hold its default, an owner, and is what the product's rules say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.errors import DomainError
from analytics.policies.order import NOT_ABOVE, RISING, require_order
from analytics.policies.policy import KNOWN_KEYS, WHOLE, Keys, Measure, Policy, Value
from analytics.policies.reading import read_value, written
from analytics.policies.registry import BY_NAME, POLICIES, policy_named
from analytics.policies.table import policy_table
from tests.analytics.policies.rules import RULES
from tests.analytics.policies.test_table import DAY

OWNERS = {"supply", "sales", "members", "partners", "finance", "security", "data"}


def test_names_are_unique_and_say_their_section() -> None:
    assert len(BY_NAME) == len(POLICIES)
    assert all(name.count(".") in (1, 2) and name.replace(".", "").replace("_", "").isalpha() for name in BY_NAME)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_bounds_hold_the_defaults(policy: Policy) -> None:
    assert policy.owner in OWNERS
    for value in (policy.default, *policy.by_key.values()):
        assert policy.checked(value) == value
    for key in policy.by_key:
        assert policy.checked_key(key) == key
    if policy.measure is Measure.CHOICE:
        assert len(policy.choices) > 1
    elif policy.measure is not Measure.SWITCH:
        assert policy.lower is not None
        assert policy.upper is not None
        assert policy.lower < policy.upper
        for outside in (policy.lower - 1, policy.upper + 1):
            with pytest.raises(DomainError, match="policy_value_outside"):
                policy.checked(int(outside) if policy.measure in WHOLE else Decimal(outside))


@pytest.mark.parametrize(("name", "key", "value"), RULES, ids=[f"{name} {key or ''}" for name, key, _ in RULES])
def test_the_product_brings_what_its_rules_say(name: str, key: str | None, value: str) -> None:
    assert written(policy_table((), number=0).value(name, key, as_of=DAY)) == value


def test_every_policy_but_the_working_ones_stands_in_the_rules() -> None:
    """The others are choices of this product, listed so that a new one is placed on purpose."""
    told = {name for name, _, _ in RULES}
    own = {policy.name for policy in POLICIES} - told
    assert own == {
        "forecast.search_surge",
        "stock.rebalance_min_amount", "stock.rebalance_min_units", "stock.transfer_days", "stock.transfer_km",
        "replenishment.service_level", "replenishment.shortage_cost", "replenishment.holding_cost",
        "replenishment.freight_per_kg", "replenishment.freight_fixed", "replenishment.fairness_cap",
        "replenishment.order_up_to", "decision.amount_limit", "decision.auto_approve", "decision.auto_tolerance",
        "decision.request_days", "decision.usual_lead_days",
        "decision.receipt_wait_days", "decision.repeat_days", "decision.repeat_reasons",
        "decision.auto_amount", "decision.auto_daily_budget", "decision.auto_audit_share",
        "decision.auto_lines_per_day", "price.hold_lapse_days", "members.identity_strict", "members.identity_loose",
        "members.identity_cluster", "members.till_match_minutes", "members.point_value", "members.point_breakage",
        "campaign.holdout_share", "campaign.contacts", "campaign.contact_days", "partner.attribution",
        "partner.attribution_split", "star.hysteresis", "star.shrink_orders", "star.weight",
        "diversion.traveller_allowance", "management.unusual_sigmas", "management.pilot_power",
        "management.pilot_significance", "management.carbon_factor", "session.idle_minutes", "session.absolute_hours",
        "sign_in.account_failures", "sign_in.address_failures", "sign_in.window_minutes", "export.max_rows",
        "freshness.promise_hours",
    }  # fmt: skip


def test_the_product_s_values_are_in_order() -> None:
    for name in {name for group in (*RISING, *NOT_ABOVE) for name in group}:
        require_order(policy_table((), number=0), name, since=DAY)


def test_the_weights_of_stars_are_a_whole() -> None:
    assert sum(Decimal(str(weight)) for weight in policy_named("star.weight").by_key.values()) == 1


def test_known_keys_are_those_of_roles_and_criteria() -> None:
    assert set(KNOWN_KEYS) == {Keys.ROLE, Keys.CRITERION}
    assert "service" not in KNOWN_KEYS[Keys.ROLE]


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("stock.out_risk", "5%", Decimal("0.05")),
        ("stock.out_risk", "５．５％", Decimal("0.055")),
        ("stock.out_risk", " 0.05 ", Decimal("0.05")),
        ("members.tier_gold", "¥1,500", Decimal(1500)),
        ("members.tier_gold", "１５００.50", Decimal("1500.50")),
        ("stock.overstock_days", "60", 60),
        ("stock.overstock_days", "60.0", 60),
        ("decision.auto_approve", "ON", True),
        ("decision.auto_approve", "no", False),
        ("partner.attribution", "split", "split"),
    ],
)
def test_what_people_type_is_read(name: str, typed: str, value: Value) -> None:
    found = read_value(policy_named(name), typed)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("stock.out_risk", "5", "policy_value_outside"),
        ("stock.out_risk", "-5%", "policy_value_outside"),
        ("stock.out_risk", "", "policy_value_invalid"),
        ("stock.out_risk", "five", "policy_value_invalid"),
        ("stock.out_risk", "NaN", "policy_value_invalid"),
        ("stock.out_risk", "Infinity", "policy_value_invalid"),
        ("stock.overstock_days", "60.5", "policy_value_invalid"),
        ("stock.overstock_days", "5%", "policy_value_invalid"),
        ("stock.overstock_days", "1e9", "policy_value_outside"),
        ("stock.overstock_days", "1e999999999", "policy_value_invalid"),
        ("stock.out_risk", "1e-999999999", "policy_value_invalid"),
        ("stock.out_risk", f"0.05{'0' * 300}1", "policy_value_invalid"),
        ("decision.auto_approve", "maybe", "policy_value_invalid"),
        ("partner.attribution", "last_bind", "policy_value_invalid"),
    ],
)
def test_what_is_no_value_is_refused(name: str, typed: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_value(policy_named(name), typed)
    assert refused.value.code == code


@given(st.sampled_from(POLICIES), st.data())
def test_what_is_written_is_read_back(policy: Policy, data: st.DataObject) -> None:
    if policy.measure is Measure.CHOICE:
        value: Value = data.draw(st.sampled_from(policy.choices))
    elif policy.measure is Measure.SWITCH:
        value = data.draw(st.booleans())
    elif policy.measure in WHOLE:
        value = data.draw(st.integers(int(policy.lower or 0), int(policy.upper or 0)))
    else:
        value = data.draw(st.decimals(policy.lower, policy.upper, allow_nan=False, places=6))
    again = read_value(policy, written(value))
    assert (again, type(again)) == (value, type(value))
