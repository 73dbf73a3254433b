"""Newest extract wins: from every row ever loaded to one row per key."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from data.contract.schema import Family, Table

Keep = Callable[[ir.Table, str], ir.Table]
"""Computes rows now and once, under a name of one's own."""


def newest_by_key(rows: ir.Table, declared: Table, *, several_loads: bool, keep: Keep) -> ir.Table:
    """One row per key: the newest extract, then the newest load, then the last file; flagged deletions are left out.

    before                                        after
    key  amount  extract_at  loaded_at            key  amount
    A/1  10      Mon         Tue                  A/1  12
    A/1  12      Wed         Wed                  B/1   7
    B/1   7      Mon         Tue

    Within one load keys are unique already (the door sees to it): only rows of keys that two loads brought are sorted.
    """
    if not several_loads:
        return _alive(rows)
    key = identity(rows, declared)
    marked = rows.mutate(digest=ibis.literal("").concat(*[part.fill_null("") + "\x1f" for part in key]).hash())
    counted = marked.group_by("digest").aggregate(times=marked.count())
    doubled = keep(counted.filter(counted.times > 1).select("digest"), gen_name("doubled"))
    if not doubled.count().to_pyarrow().as_py():
        return _alive(rows)
    # Two keys of one digest are doubled by mistake, and told apart all the same: the order is within the key itself.
    several = marked.semi_join(doubled, "digest").drop("digest")
    # Files of one ingest may share both times: the last by name wins, not the one with the luckier random load id.
    newest = ibis.row_number().over(
        group_by=list(identity(several, declared)),
        order_by=[several.extract_at.desc(), several.loaded_at.desc(), several.file.desc(), several.load_id.desc()],
    )
    ranked = several.mutate(newest=newest)
    chosen = keep(_alive(ranked.filter(ranked.newest == 0)).drop("newest"), gen_name("chosen"))
    single = marked.anti_join(doubled, "digest").drop("digest")
    return _alive(single).union(chosen.select(*rows.columns))


def _alive(rows: ir.Table) -> ir.Table:
    return rows.filter(~rows.deleted.fill_null(False))


def identity(rows: ir.Table, declared: Table) -> tuple[ir.StringValue, ...]:
    """Key columns as text; facts are told apart by source, dimension keys mean the same in every source."""
    own = tuple(rows[name].cast("string") for name in declared.key)
    return (rows.source, *own) if declared.family is Family.FACT else own
