"""The demo world keeps the contract: columns, required values, limits, keys, references, owners."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.contract import TABLES as CONTRACT
from data.contract import contract_table
from data.contract.schema import Column
from data.sample.columns import shape
from data.sample.world import TABLES, SampleReport
from tests.data.sample.conftest import LAST_DAY, Answered, Tables


@pytest.fixture(scope="module")
def world(answered: Answered) -> Tables:
    """The tiny world: the contract is kept in every size by the same code."""
    return answered.rows


def test_every_table_of_the_contract_is_made() -> None:
    assert sorted(TABLES) == sorted(CONTRACT)


def test_the_report_counts_what_was_written(report: SampleReport) -> None:
    assert tuple(report.rows) == TABLES
    assert {file.stem for file in report.folder.iterdir()} == set(TABLES)
    counts = {name: pq.read_metadata(report.folder / f"{name}.parquet").num_rows for name in TABLES}
    assert counts == dict(report.rows)
    assert min(counts.values()) > 0
    assert (report.first_day, report.last_day) == (date(2025, 5, 22), LAST_DAY)
    assert 700_000 < report.rows["order_line"] < 1_100_000
    assert report.rows["account"] == 60_000
    assert report.rows["product"] == 80


def test_the_tiny_world_has_the_same_tables(answered: Answered) -> None:
    assert tuple(answered.report.rows) == TABLES
    assert min(answered.report.rows.values()) > 0


@pytest.mark.parametrize("name", TABLES)
def test_every_file_has_the_columns_of_its_table(report: SampleReport, name: str) -> None:
    assert pq.read_schema(report.folder / f"{name}.parquet").equals(shape(name))


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique(world: Tables, name: str) -> None:
    assert not world[name].duplicated(list(contract_table(name).key)).any()


@pytest.mark.parametrize("name", TABLES)
def test_values_keep_their_rules(world: Tables, name: str) -> None:
    for column in contract_table(name).columns:
        values = world[name][column.name]
        assert not column.required or values.notna().all(), column.name
        given = values.dropna()
        assert not column.one_of or set(given) <= set(column.one_of), column.name
        assert column.low is None or (given.astype(float) >= column.low).all(), column.name
        assert column.high is None or (given.astype(float) <= column.high).all(), column.name


def _references() -> list[tuple[str, Column]]:
    columns = [(name, column) for name in TABLES for column in contract_table(name).columns]
    return [(name, column) for name, column in columns if column.references]


@pytest.mark.parametrize(("name", "column"), _references(), ids=lambda part: getattr(part, "name", part))
def test_every_reference_resolves(world: Tables, name: str, column: Column) -> None:
    assert column.references is not None
    table, _, wanted = column.references.partition(".")
    key = wanted or contract_table(table).key[-1]
    missing = set(world[name][column.name].dropna()) - set(world[table][key])
    assert missing == set()


@pytest.mark.parametrize("name", TABLES)
def test_no_column_stays_empty_without_a_reason(world: Tables, name: str) -> None:
    """What the world never fills is listed here, so that a forgotten column is noticed."""
    left_out = {
        ("product", "discontinued"), ("territory", "valid_to"), ("price_policy", "valid_to"),
        ("price_band", "valid_to"), ("price_band", "channel"), ("price_band", "category"), ("subscription", "partner"),
        ("order_line", "ship_to_cell"), ("promotion", "price"), ("promotion", "campaign"), ("promotion", "category"),
        ("rate_card", "valid_to"), ("campaign", "channel"), ("competitor_price", "scheme"),
        ("competitor_price", "region"), ("target", "channel"), ("target", "category"), ("spend", "partner"),
    }  # fmt: skip
    empty = {(name, column) for column in world[name].columns if world[name][column].isna().all()}
    assert empty <= left_out


def test_refunds_repeat_their_order_line(world: Tables) -> None:
    sold = world["order_line"].rename(columns={"line_no": "order_line_no"})
    refunds = world["refund_line"].drop(columns="line_no")
    both = refunds.merge(sold, on=["order_id", "order_line_no"], suffixes=("", "_sold"), how="left")
    assert len(both) == len(refunds)
    for column in ("sku", "channel", "entry_partner", "account", "ship_to_region"):
        assert (both[column].fillna("") == both[f"{column}_sold"].fillna("")).all(), column
    assert (both["amount"] <= both["amount_sold"]).all()
    assert (both["quantity"] <= both["quantity_sold"]).all()
    assert (both["refunded_at"] > both["paid_at"]).all()
    assert both["cancelled_at"].isna().all()


def test_discounts_are_what_was_taken_off(world: Tables) -> None:
    """Where nothing but one discount stands on a line, list price less discount is what was paid."""
    discounts = world["order_discount"]
    count = discounts.groupby(["order_id", "order_line_no"])["amount"].agg(["size", "sum"])
    lines = world["order_line"].rename(columns={"line_no": "order_line_no"}).set_index(["order_id", "order_line_no"])
    both = count.join(lines, how="left")
    assert len(both) == len(count)
    assert both["amount"].notna().all()
    # A shop's own price level lies between the list and what the till asks.
    both = both[both["kit_parent"].isna()]
    off = both["list_amount"] - both["amount"] - both["sum"]
    assert (off <= 0.045 * both["list_amount"] + 0.02).all()
    assert (off >= -0.17 * both["list_amount"] - 0.02).all()
    assert (off.abs() < 0.02).mean() > 0.4


def test_orders_belong_to_whom_they_came_through(world: Tables) -> None:
    lines = world["order_line"]
    kind = lines["entry_partner"].map(world["partner"].set_index("partner")["kind"])
    for channel, kinds in {"STORE": {"store"}, "GROUP": {"group_leader"}, "WHOLE": {"dealer"}}.items():
        at = lines["channel"] == channel
        assert lines.loc[at, "entry_partner"].notna().all()
        assert set(kind[at]) == kinds
        assert lines.loc[at, "ship_to_region"].isna().all()
    assert lines.loc[lines["channel"].isin(["MKT1", "MKT2", "LIVE", "O2O"]), "entry_partner"].isna().all()
    assert 0.05 < lines.loc[lines["channel"] == "MINI", "entry_partner"].notna().mean() < 0.6
    assert lines.loc[lines["channel"].isin(["MKT1", "MINI", "O2O"]), "ship_to_region"].notna().all()


def test_nothing_is_sold_outside_an_outlets_life(world: Tables) -> None:
    lines = world["order_line"].merge(world["partner"], left_on="entry_partner", right_on="partner")
    assert (lines["day"] >= pd.to_datetime(lines["joined"])).all()
    left = pd.to_datetime(lines["left"])
    assert (left.isna() | (lines["day"] <= left)).all()
    assert world["partner"]["left"].notna().any()


def test_nothing_is_sold_before_its_launch_or_to_a_member_who_has_not_joined(world: Tables) -> None:
    lines = world["order_line"].merge(world["product"][["sku", "launched"]], on="sku")
    assert (lines["day"] >= pd.to_datetime(lines["launched"])).all()
    joined = lines["account"].map(world["account"].set_index("account")["joined_at"])
    known = joined.notna()
    assert (lines.loc[known, "day"].dt.tz_localize("Asia/Shanghai") + timedelta(days=1) > joined[known]).all()


def test_what_is_sold_is_listed_there(world: Tables) -> None:
    listed = world["listing"].set_index(["node", "sku"])
    sold = world["order_line"].groupby(["node", "sku"])["day"].agg(["min", "max"])
    both = sold.join(listed, how="left")
    assert both["valid_from"].notna().all()
    assert (both["min"] >= pd.to_datetime(both["valid_from"])).all()
    last = pd.to_datetime(both["valid_to"])
    assert (last.isna() | (both["max"] <= last)).all()


@pytest.mark.parametrize(
    ("table", "column"),
    [(name, column.name) for name in TABLES for column in contract_table(name).columns if column.kind.value == "time"],
)
def test_nothing_is_told_before_it_happened(world: Tables, report: SampleReport, table: str, column: str) -> None:
    """Promises and plans may lie ahead, deeds may not."""
    ahead = {("promotion", "starts_at"), ("promotion", "ends_at"), ("inbound", "promised_at"),
             ("shipment_line", "promised_at")}  # fmt: skip
    latest = world[table][column].dropna().dt.tz_convert("Asia/Shanghai").dt.date.max()
    assert (table, column) in ahead or latest <= report.last_day


def test_times_of_orders_are_in_order(world: Tables, report: SampleReport) -> None:
    lines = world["order_line"]
    assert (lines["paid_at"].isna() | (lines["paid_at"] > lines["ordered_at"])).all()
    assert (lines["cancelled_at"].isna() | (lines["cancelled_at"] > lines["ordered_at"])).all()
    days = lines["day"].dt.date
    assert (days.min(), days.max()) == (report.first_day, report.last_day)
