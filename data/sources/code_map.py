"""The code map as it was loaded: what a source's own codes mean here."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from data.lake.lake import Lake
from data.store.records import Load


def committed_code_map(lake: Lake, backend: Backend, loads: Sequence[Load]) -> ir.Table | None:
    """Columns code_source, kind, code, target: the newest committed row of each code that is not deleted; None when
    no code map was loaded.
    """
    if not loads:
        return None
    rows = backend.read_parquet(lake.files("code_map"))
    committed = rows.filter(rows.load_id.isin([load.id for load in loads]))
    newest = ibis.window(
        group_by=[committed.code_source, committed.kind, committed.code],
        order_by=[committed.extract_at.desc(), committed.loaded_at.desc(), committed.line.desc()],
    )
    ranked = committed.mutate(__rank=ibis.row_number().over(newest))
    current = ranked.filter((ranked["__rank"] == 0) & ~ranked.deleted)
    return current.select("code_source", "kind", "code", "target")
