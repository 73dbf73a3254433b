"""The door to analytical rows: marts cut to a scope before anybody sees them."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from analytics.core.access import ROOT, Scope
from analytics.core.errors import AccessDenied, NotYet
from data.engines.duckdb import DuckDBEngine
from data.forecasts import FORECAST_TABLES, ForecastTable
from data.marts import MARTS
from data.marts.mart import Mart

_MARTS: dict[str, Mart | ForecastTable] = {
    **{mart.name: mart for mart in MARTS},
    **{table.name: table for table in FORECAST_TABLES},
}


class ScopedFacts:
    """Marts of one build as one scope may see them.

    Rows follow the partner tree: a row is visible when its owner is an anchor of the scope or a descendant of one.
    Who holds the root sees every row, also of partners that no table declares and that are below nobody.
    A mart that declares no owner holds reference data without anything of a partner in it. An anchor that the tree
    does not know is refused, so a grant on a vanished partner shows an error instead of nothing or everything.
    """

    def __init__(self, scope: Scope, engine: DuckDBEngine) -> None:
        self.scope = scope
        self._engine = engine
        self._cut: dict[str, ir.Table] = {}
        known = engine.answer(self._closure().select("ancestor").distinct())["ancestor"].to_pylist()
        unknown = scope.anchors - set(known)
        if unknown:
            raise AccessDenied("scope_unknown", partners=", ".join(sorted(unknown)))

    def table(self, name: str) -> ir.Table:
        """Rows of the mart ``name`` within the scope; raises NotYet where the build was made before there was one."""
        if name not in self._cut:
            if not self.has(name):
                raise NotYet("mart_not_built", mart=name)
            self._cut[name] = self._within(self._engine.table(name), _MARTS[name])
        return self._cut[name]

    def _within(self, rows: ir.Table, mart: Mart | ForecastTable) -> ir.Table:
        # Everybody is below the root: a predicate that keeps every row costs half of a question.
        if mart.owner is None or ROOT in self.scope.anchors:
            return rows
        mine = self._closure().select("descendant").distinct()
        if not mart.reference:
            return rows.semi_join(mine, rows[mart.owner] == mine.descendant)
        theirs = rows.filter(rows[mart.owner] != ROOT)
        return rows.filter(rows[mart.owner] == ROOT).union(
            theirs.semi_join(mine, theirs[mart.owner] == mine.descendant)
        )

    def answer(self, expression: ir.Table, *, many: bool = False) -> pa.Table:
        """Execute an expression made from :meth:`table`; ``many``: rows by the hundred thousand."""
        return self._engine.answer(expression, many=many)

    def has(self, name: str) -> bool:
        return name in self._engine.names

    def _closure(self) -> ir.Table:
        tree = self._engine.table("partner_closure")
        return tree.filter(tree.ancestor.isin(sorted(self.scope.anchors)))
