"""Newest extract wins: from every row ever loaded to one row per key."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from data.contract.schema import Family, Table


def newest_by_key(
    rows: ir.Table, declared: Table, *, several_loads: bool, collect: Callable[[ir.Table], pa.Table]
) -> ir.Table:
    """One row per key: the newest extract, then the newest load, then the last file; flagged deletions are left out.

    before                                        after
    key  amount  extract_at  loaded_at            key  amount
    A/1  10      Mon         Tue                  A/1  12
    A/1  12      Wed         Wed                  B/1   7
    B/1   7      Mon         Tue

    Within one load keys are unique already (the door sees to it), so the sort is spared unless two loads meet on a key.
    """
    alive = rows.filter(~rows.deleted.fill_null(False))
    if not several_loads:
        return alive
    key = identity(rows, declared)
    digest = ibis.literal("").concat(*[part.fill_null("") + "\x1f" for part in key]).hash()
    doubled = rows.group_by(digest=digest).aggregate(times=rows.count()).filter(lambda t: t.times > 1)
    if collect(doubled.limit(1)).num_rows == 0:
        return alive
    # Files of one ingest may share both times: the last by name wins, not the one with the luckier random load id.
    newest = ibis.row_number().over(
        group_by=list(key),
        order_by=[rows.extract_at.desc(), rows.loaded_at.desc(), rows.file.desc(), rows.load_id.desc()],
    )
    return rows.mutate(newest=newest).filter(lambda t: (t.newest == 0) & ~t.deleted.fill_null(False)).drop("newest")


def identity(rows: ir.Table, declared: Table) -> tuple[ir.StringValue, ...]:
    """Key columns as text; facts are told apart by source, dimension keys mean the same in every source."""
    own = tuple(rows[name].cast("string") for name in declared.key)
    return (rows.source, *own) if declared.family is Family.FACT else own
