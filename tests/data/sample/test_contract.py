"""The demo world keeps the contract: columns, required values, limits, keys, references, owners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.contract import contract_table
from data.contract.schema import Column
from data.sample.columns import shape
from data.sample.world import SampleReport
from tests.data.sample.conftest import LAST_DAY

World = Mapping[str, pd.DataFrame]
TABLES = (
    "region",
    "partner",
    "territory",
    "node",
    "product",
    "product_cost",
    "channel",
    "account",
    "order_line",
    "refund_line",
)


def test_the_report_counts_what_was_written(report: SampleReport) -> None:
    assert tuple(report.rows) == TABLES
    assert {file.stem for file in report.folder.iterdir()} == set(TABLES)
    counts = {name: pq.read_metadata(report.folder / f"{name}.parquet").num_rows for name in TABLES}
    assert counts == dict(report.rows)
    assert (report.first_day, report.last_day) == (date(2025, 5, 22), LAST_DAY)
    assert 250_000 < report.rows["order_line"] < 400_000
    assert report.rows["account"] == 20_000
    assert report.rows["product"] == 80


@pytest.mark.parametrize("name", TABLES)
def test_every_file_has_the_columns_of_its_table(report: SampleReport, name: str) -> None:
    assert pq.read_schema(report.folder / f"{name}.parquet").equals(shape(name))


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique(world: World, name: str) -> None:
    assert not world[name].duplicated(list(contract_table(name).key)).any()


@pytest.mark.parametrize("name", TABLES)
def test_values_keep_their_rules(world: World, name: str) -> None:
    for column in contract_table(name).columns:
        values = world[name][column.name]
        assert not column.required or values.notna().all(), column.name
        given = values.dropna()
        assert not column.one_of or set(given) <= set(column.one_of), column.name
        assert column.low is None or (given.astype(float) >= column.low).all(), column.name
        assert column.high is None or (given.astype(float) <= column.high).all(), column.name


def _references() -> list[tuple[str, Column]]:
    columns = [(name, column) for name in TABLES for column in contract_table(name).columns]
    return [(name, column) for name, column in columns if column.references in TABLES]


@pytest.mark.parametrize(("name", "column"), _references(), ids=lambda part: getattr(part, "name", part))
def test_every_reference_resolves(world: World, name: str, column: Column) -> None:
    assert column.references is not None
    target = contract_table(column.references)
    missing = set(world[name][column.name].dropna()) - set(world[target.name][target.key[-1]])
    assert missing == set()


def test_refunds_repeat_their_order_line(world: World) -> None:
    sold = world["order_line"].rename(columns={"line_no": "order_line_no"})
    refunds = world["refund_line"].drop(columns="line_no")
    both = refunds.merge(sold, on=["order_id", "order_line_no"], suffixes=("", "_sold"), how="left")
    assert len(both) == len(refunds)
    for column in ("sku", "channel", "entry_partner", "account", "ship_to_region"):
        assert (both[column].fillna("") == both[f"{column}_sold"].fillna("")).all(), column
    assert (both["amount"].astype(float) <= both["amount_sold"]).all()
    assert (both["quantity"].astype(float) <= both["quantity_sold"]).all()
    assert (both["refunded_at"] > both["paid_at"]).all()
    assert both["cancelled_at"].isna().all()


def test_orders_belong_to_whom_they_came_through(world: World) -> None:
    lines = world["order_line"]
    kind = lines["entry_partner"].map(world["partner"].set_index("partner")["kind"])
    for channel, kinds in {"STORE": {"store"}, "GROUP": {"group_leader"}, "WHOLE": {"dealer", "supermarket"}}.items():
        at = lines["channel"] == channel
        assert lines.loc[at, "entry_partner"].notna().all()
        assert set(kind[at]) == kinds
        assert lines.loc[at, "ship_to_region"].isna().all()
    assert lines.loc[lines["channel"].isin(["MKT1", "MKT2", "LIVE", "O2O"]), "entry_partner"].isna().all()
    assert 0.1 < lines.loc[lines["channel"] == "MINI", "entry_partner"].notna().mean() < 0.6
    assert lines.loc[lines["channel"].isin(["MKT1", "MINI", "O2O"]), "ship_to_region"].notna().all()


def test_nothing_is_sold_outside_an_outlets_life(world: World) -> None:
    lines = world["order_line"].merge(world["partner"], left_on="entry_partner", right_on="partner")
    assert (lines["day"] >= pd.to_datetime(lines["joined"])).all()
    left = pd.to_datetime(lines["left"])
    assert (left.isna() | (lines["day"] <= left)).all()
    assert world["partner"]["left"].notna().any()


def test_nothing_is_sold_before_its_launch_or_to_a_member_who_has_not_joined(world: World) -> None:
    lines = world["order_line"].merge(world["product"][["sku", "launched"]], on="sku")
    assert (lines["day"] >= pd.to_datetime(lines["launched"])).all()
    joined = lines["account"].map(world["account"].set_index("account")["joined_at"])
    known = joined.notna()
    assert (lines.loc[known, "day"].dt.tz_localize("Asia/Shanghai") + timedelta(days=1) > joined[known]).all()


def test_times_lie_inside_the_period_and_in_order(world: World, report: SampleReport) -> None:
    lines = world["order_line"]
    assert (lines["paid_at"].isna() | (lines["paid_at"] > lines["ordered_at"])).all()
    assert (lines["cancelled_at"].isna() | (lines["cancelled_at"] > lines["ordered_at"])).all()
    days = lines["day"].dt.date
    assert (days.min(), days.max()) == (report.first_day, report.last_day)
    for table, column in (("order_line", "paid_at"), ("order_line", "cancelled_at"), ("refund_line", "refunded_at")):
        assert world[table][column].dropna().dt.tz_convert("Asia/Shanghai").dt.date.max() <= report.last_day
