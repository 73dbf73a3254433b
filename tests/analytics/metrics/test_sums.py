"""Sums that a build made tell what the rows tell that they were made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from analytics.core.access import ROOT, Scope
from analytics.core.calendar import Period
from analytics.metrics.coverage import GAPS
from analytics.metrics.query import Question, expression
from dashboard.composition import doors
from dashboard.services.desk import Facts
from tests.worlds import TABLES, World, line, make_world

pytestmark = pytest.mark.slow

METRICS = ("orders", "buyers", "new_buyers", "average_order_value", "partners_buying", "sales", "units", "order_lines")
FIRST = date(2025, 12, 20)
PERIODS = (None, Period(date(2026, 1, 7), date(2026, 2, 3)), Period(date(2025, 12, 28), date(2025, 12, 28)))
WHERE = (
    (),
    (("channel", ("web", "bulk")),),
    (("sku", ("R5",)),),
    (("category", ("oil", None)),),
    (("partner", ("S1", None)),),
    (("day", ("2026-01-08", "2026-01-20")),),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Few buyers over few weeks, who come back on the same day, in other channels and through other partners."""
    drawn = Random(20261127)  # noqa: S311 no secret
    lines = []
    for number in range(260):
        day = FIRST + timedelta(days=drawn.randrange(60))
        given = {
            "account": drawn.choice(["m1", "m2", "m3", "m4", "m5", "m6", "m7", None]),
            "entry_partner": drawn.choice(["S1", "S2", "S3", "X9", None]),
        }
        channel = drawn.choice(["web", "shop", "bulk"])
        for nth in range(drawn.randrange(1, 4)):
            at = day + timedelta(days=drawn.choice([0, 0, 0, 0, 9]))
            sku, units, amount = drawn.choice(["R5", "O1", "F1", "Z9"]), drawn.randrange(1, 5), drawn.randrange(90)
            told = line(f"O{number}", str(nth), at.isoformat(), channel, sku, units, amount)
            lines.append({**told, **{name: value for name, value in given.items() if value is not None}})
    return make_world(tmp_path_factory.mktemp("sums"), {**TABLES, "order_line": lines})


@pytest.fixture(scope="module")
def facts(world: World) -> Facts:
    return doors.facts(Scope(frozenset({ROOT})), world.settings.marts, world.build.id, tuple(world.build.marts.items()))


def told(facts: Facts, question: Question) -> list[tuple[object, ...]]:
    rows = facts.answer(expression(question, facts.table)).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


@pytest.mark.parametrize("where", WHERE, ids=lambda kept: kept[0][0] if kept else "all")
@pytest.mark.parametrize("period", PERIODS, ids=["all days", "four weeks", "one day"])
@pytest.mark.parametrize("by", [(), ("day",), ("week",), ("month",), ("channel",), ("sku",), ("week", "channel")])
def test_who_sees_all_is_told_from_sums_what_rows_tell(
    facts: Facts, by: tuple[str, ...], period: Period | None, where: tuple[tuple[str, tuple[str | None, ...]], ...]
) -> None:
    cut = {*by, *(name for name, _ in where)}
    metrics = tuple(name for name in METRICS if not (cut & {"sku", "category"} and name == "new_buyers"))
    question = Question(metrics, by=by, period=period, where=where)
    by_rows, by_sums = told(facts, question), told(facts, replace(question, whole=True))
    assert by_sums == by_rows
    assert by_rows or period


def test_buyers_of_a_piece_of_time_are_counted_once_in_it(world: World, facts: Facts) -> None:
    """Against SQL over the lines themselves."""
    lines = facts.answer(facts.table("sales_line"))
    with duckdb.connect() as connection:
        connection.register("line", lines)
        orders = "(select min(day) as day, min(buyer) as buyer from line group by source, owner, order_id)"
        for unit in ("day", "week", "month"):
            wanted = connection.execute(
                f"select date_trunc('{unit}', day)::date, count(distinct buyer) from {orders} group by 1 order by 1"
            ).fetchall()
            found = facts.answer(expression(Question(("buyers",), by=(unit,), whole=True), facts.table)).to_pylist()
            # Weeks and months of whom nobody is known are unknown, and no zero.
            assert [(row[unit], row["buyers"] or 0) for row in sorted(found, key=lambda row: row[unit])] == wanted
        once = connection.execute(f"select count(distinct buyer) from {orders} where day >= '2026-01-07'").fetchone()
    period = Period(date(2026, 1, 7), date(2026, 3, 1))
    [found] = told(facts, Question(("buyers",), period=period, whole=True))
    assert found == once


@pytest.mark.parametrize("kind", GAPS)
@pytest.mark.parametrize("where", WHERE, ids=lambda kept: kept[0][0] if kept else "all")
def test_what_could_not_be_attributed_is_the_same_from_sums(
    facts: Facts, kind: str, where: tuple[tuple[str, tuple[str | None, ...]], ...]
) -> None:
    for period in PERIODS[1:]:
        question = Question((), period=period, where=where)
        by_rows = facts.answer(GAPS[kind](facts.table, question))
        by_sums = facts.answer(GAPS[kind](facts.table, replace(question, whole=True)))
        assert by_sums.to_pylist() == by_rows.to_pylist()
