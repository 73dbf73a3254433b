"""What is in force on a day follows from the approved changes, and days that are over stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.errors import DomainError
from analytics.policies.policy import Value
from analytics.policies.registry import policy_named
from analytics.policies.table import InForce, PolicyTable, policy_table

DAY = date(2026, 11, 1)
ROWS = "export.max_rows"
KEYS = (None, "dealer", "merchandiser")


@st.composite
def histories(draw: st.DrawFn) -> list[InForce]:
    """Approvals in their order, each no earlier than the day on which it was given."""
    changes: list[InForce] = []
    approved = 0
    for rank in range(1, draw(st.integers(0, 8)) + 1):
        approved += draw(st.integers(0, 3))
        since = DAY + timedelta(days=approved + draw(st.integers(0, 4)))
        value = draw(st.none() | st.integers(0, 1000))
        changes.append(InForce(ROWS, draw(st.sampled_from(KEYS)), value, since, rank))
    return changes


def by_hand(changes: Sequence[InForce], key: str | None, day: date) -> Value:
    """The obvious way: walk through everything and keep what wins."""

    def last(wanted: str | None) -> InForce | None:
        found = [one for one in changes if one.key == wanted and one.since <= day]
        return max(found, key=lambda one: (one.since, one.rank), default=None)

    policy = policy_named(ROWS)
    own = last(key) if key is not None else None
    if own is not None and own.value is not None:
        return own.value
    if key is not None and key in policy.by_key:
        return policy.by_key[key]
    common = last(None)
    return policy.default if common is None or common.value is None else common.value


@given(histories(), st.sampled_from(KEYS), st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_table_agrees_with_the_obvious_way(
    changes: list[InForce], key: str | None, later: int, dice: object
) -> None:
    day = DAY + timedelta(days=later)
    shuffled = list(changes)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert policy_table(shuffled, number=len(changes)).value(ROWS, key, as_of=day) == by_hand(changes, key, day)


@given(histories(), st.sampled_from(KEYS))
def test_a_later_approval_leaves_every_day_before_it_as_it_was(changes: list[InForce], key: str | None) -> None:
    for rank, newest in enumerate(changes):
        before, after = policy_table(changes[:rank], number=rank), policy_table(changes[: rank + 1], number=rank + 1)
        for offset in range((newest.since - DAY).days):
            day = DAY + timedelta(days=offset)
            assert before.value(ROWS, key, as_of=day) == after.value(ROWS, key, as_of=day)


@given(histories(), st.integers(0, 40))
def test_what_is_set_for_all_never_touches_who_has_a_value_of_their_own(changes: list[InForce], later: int) -> None:
    day = DAY + timedelta(days=later)
    own = [one for one in changes if one.key is not None]
    table, alone = policy_table(changes, number=1), policy_table(own, number=1)
    assert table.value(ROWS, "dealer", as_of=day) == alone.value(ROWS, "dealer", as_of=day)


def empty() -> PolicyTable:
    return policy_table((), number=0)


def test_without_changes_the_product_s_values_hold() -> None:
    assert empty().value("stock.store_reserve", as_of=DAY) == Decimal(30)
    assert empty().value(ROWS, "dealer", as_of=DAY) == 20_000
    assert empty().value(ROWS, "executive", as_of=DAY) == empty().value(ROWS, as_of=DAY) == 100_000
    assert empty().number_of("decision.amount_limit", "merchandiser", as_of=DAY) == Decimal(50_000)
    assert empty().number_of("decision.amount_limit", "store", as_of=DAY) == 0
    assert empty().whole("freshness.promise_hours", "any source at all", as_of=DAY) == 30
    assert empty().switch("decision.auto_approve", as_of=DAY) is False


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("stock.store_reserv", None, "policy_unknown"),
        ("", None, "policy_unknown"),
        (ROWS, "president", "policy_key_unknown"),
        (ROWS, " ", "policy_key_unknown"),
        ("freshness.promise_hours", "", "policy_key_unknown"),
        ("freshness.promise_hours", "a\nb", "policy_key_unknown"),
        ("freshness.promise_hours", "x" * 201, "policy_key_unknown"),
        ("stock.near_node_km", "rice", "policy_not_keyed"),
    ],
)
def test_nothing_unknown_has_a_value(name: str, key: str | None, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        empty().value(name, key, as_of=DAY)
    assert refused.value.code == code


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(DomainError, match=r"stock\.store_reserve"):
        empty().value("stock.store_reserv", as_of=DAY)


def test_of_several_roles_the_highest_limit_counts() -> None:
    assert empty().highest(ROWS, ("dealer", "store"), as_of=DAY) == 20_000
    assert empty().highest("decision.amount_limit", ("merchandiser", "approver"), as_of=DAY) == 500_000
    with pytest.raises(DomainError, match="policy_key_unknown"):
        empty().highest(ROWS, (), as_of=DAY)


def test_a_number_is_not_taken_for_a_switch() -> None:
    for wrong in (empty().switch, empty().whole):
        with pytest.raises(TypeError):
            wrong("stock.near_node_km", as_of=DAY)
    for wrong_number in (empty().whole, empty().number_of):
        with pytest.raises(TypeError):
            wrong_number("decision.auto_approve", as_of=DAY)


def test_later_approved_wins_one_day() -> None:
    changes = [InForce(ROWS, None, 5, DAY, 2), InForce(ROWS, None, 7, DAY, 1)]
    assert policy_table(changes, number=2).value(ROWS, as_of=DAY) == 5
    assert policy_table(changes, number=2).value(ROWS, as_of=DAY - timedelta(days=1)) == 100_000
