"""Refunds that are dated before the sale that they refund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from data.lake.lake import Lake
from data.sources.readers import FILE, LINE
from data.sources.sections import local_name
from data.sources.warned import Warned, examples
from data.store.records import Load

SALES, REFUNDS = "order_line", "refund_line"


def before_their_sale(
    good: Mapping[str, ir.Table], lake: Lake, backend: Backend, loads: Sequence[Load], source: str
) -> list[Warned]:
    """Warnings about what a load brings: refunds whose sale is later, and sales whose refund was loaded before.

    ``good``: rows by contract table, not in the lake yet; ``loads``: committed ones.
    """
    warned = []
    refunds, sales = good.get(REFUNDS), good.get(SALES)
    if refunds is not None and "order_id" in refunds.columns:
        named = refunds.filter(refunds.order_id.notnull())
        first = _first_sales(_both(sales, _committed(lake, backend, loads, source, SALES, _from(named))))
        warned += _early(named, first)
    if sales is not None:
        known = _committed(lake, backend, loads, source, REFUNDS, None)
        if known is not None:
            early = known.filter(known.order_id.notnull()).group_by("order_id").aggregate(at=known.refunded_at.min())
            warned += _late(sales, early)
    return warned


def _early(refunds: ir.Table, sales: ir.Table | None) -> list[Warned]:
    if sales is None:
        return []
    local = refunds[local_name("refunded_at")]
    joined = refunds.mutate(__day_only=local == local.truncate("D")).inner_join(sales, "order_id")
    # A refund that states a day and no time is no earlier than a sale of that day.
    limit = ibis.ifelse(joined["__day_only"], joined.at - ibis.interval(days=1), joined.at)
    early = joined.filter(joined.refunded_at < limit)
    return _told(early, REFUNDS, "refunded_at", early.refunded_at.cast("string"))


def _late(sales: ir.Table, refunds: ir.Table) -> list[Warned]:
    joined = sales.inner_join(refunds, "order_id")
    late = joined.filter(joined.ordered_at > joined.at + ibis.interval(days=1))
    return _told(late, SALES, "ordered_at", late.ordered_at.cast("string"))


def _told(rows: ir.Table, table: str, column: str, value: ir.Value) -> list[Warned]:
    count = int(rows.count().to_pyarrow().as_py())
    shown = rows.mutate(__value=value).select(FILE, LINE, "__value", "order_id")
    if not count:
        return []
    return [Warned("refund_before_sale", table, column, count, examples(shown, shown["__value"], order=shown.order_id))]


def _from(refunds: ir.Table) -> str | None:
    """The earliest month of the refunds: a sale that is later than its refund lies in that month or after it."""
    first = refunds.refunded_at.min().to_pyarrow().as_py()
    return None if first is None else f"{first:%Y-%m}"


def _first_sales(sales: ir.Table | None) -> ir.Table | None:
    return None if sales is None else sales.group_by("order_id").aggregate(at=sales.ordered_at.min())


def _both(fresh: ir.Table | None, known: ir.Table | None) -> ir.Table | None:
    parts = [rows.select("order_id", "ordered_at") for rows in (fresh, known) if rows is not None]
    return ibis.union(*parts) if len(parts) > 1 else parts[0] if parts else None


def _committed(
    lake: Lake, backend: Backend, loads: Sequence[Load], source: str, table: str, month: str | None
) -> ir.Table | None:
    """Rows of the source that count, of partitions from ``month`` on; None when there are none."""
    mine = [load.id for load in loads if load.source == source and load.tables.get(table)]
    if not mine:
        return None
    files = [file for file in lake.files(table) if month is None or Path(file).parent.name >= f"month={month}"]
    if not files:
        return None
    rows = backend.read_parquet(files, hive_partitioning=False)
    return rows.filter(rows.load_id.isin(mine))
