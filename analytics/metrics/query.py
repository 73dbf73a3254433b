"""From a question to one expression: each fact aggregated by itself, the results stacked, grouped once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir

from analytics.core.calendar import Period
from analytics.core.errors import DomainError, NotYet
from analytics.metrics.facts import DIMENSIONS, FACTS, Dimension, Fact
from analytics.metrics.given import Given, Tables
from analytics.metrics.metric import Measure, Metric, Unit
from analytics.metrics.registry import metric_named
from analytics.metrics.terms import Terms


@dataclass(frozen=True, slots=True)
class Question:
    """Metrics by dimensions over a period; ``where`` keeps the listed values of a dimension (None means "unknown").

    ``terms``: the policies in force, for facts that hang on them; ``whole``: whether the asker sees every row.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: Period | None = None
    where: tuple[tuple[str, tuple[str | bool | None, ...]], ...] = field(default=())
    terms: Terms | None = None
    whole: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.by, *(name for name, _ in self.where)]))

    def starts(self, rows: ir.Table) -> ir.DateValue | None:
        """The day on which the piece of time begins that a row counts in: its bucket of ``by``, within the period."""
        made = [DIMENSIONS[name].derive for name in self.by if DIMENSIONS[name].key == "day"]
        found = [rows.day if derive is None else derive(rows).cast("date") for derive in made]
        if self.period:
            found.append(ibis.literal(self.period.first))
        return ibis.greatest(*found) if found else None


def expression(question: Question, tables: Tables) -> ir.Table:
    """One table: a column per dimension of ``by``, a column per metric.

    Ratios are pooled: both parts are summed over the group before they divide. Raises DomainError for an unknown
    metric or dimension, or one that the metric's fact does not know.

        fact sales: channel, sales__numerator        stacked                       grouped once more
        web    10                                    web    10    null             web    10   3
        fact order: channel, orders__numerator       web    null  3
        web    3
    """
    pooled = parts_of(question, tables)
    metrics = [metric_named(name) for name in question.metrics]
    return pooled.select(*question.by, **{metric.name: _value(metric, pooled) for metric in metrics})


def parts_of(question: Question, tables: Tables) -> ir.Table:
    """As :func:`expression`, with the summed parts of every metric (:attr:`Metric.parts`) instead of its value.

    What is divided stands beside what it is divided by, so that a change of the ratio can be taken apart.
    """
    metrics = [metric_named(name) for name in question.metrics]
    for name in question.dimensions:
        _dimension(name)
    parts = {column: measure for metric in metrics for column, measure in metric.parts.items()}
    pieces = [
        _aggregated(fact, members, own, tables) for (fact, own), members in _by_fact(parts, question, tables).items()
    ]
    blank = {column: _type_of(column, pieces) for column in parts}
    stacked = ibis.union(*[_widened(piece, question.by, blank) for piece in pieces]) if len(pieces) > 1 else pieces[0]
    return stacked.aggregate([stacked[column].sum().name(column) for column in parts], by=list(question.by))


def tables_needed(metric: Metric) -> frozenset[str]:
    """Contract tables without which ``metric`` is unknown: those of its facts and those it names itself."""
    return frozenset(table for part in metric.parts.values() for table in FACTS[part.fact].needs) | set(metric.needs)


def marts_lacking(metric: Metric, tables: Tables, has: Callable[[str], bool]) -> tuple[str, ...]:
    """Marts that ``metric`` reads and that an older build does not have, or not with the columns that are read."""
    lacking: set[str] = set()
    for part in metric.parts.values():
        fact = FACTS[part.fact]
        needed = _needed(part)
        described = [(one.table, one.column) for one in map(_dimension, part.joins) if one.table and one.column]
        wanted = [*((name, fact.columns) for name in needed), *((name, _read(name)) for name in fact.beside)]
        wanted += [(table, (column,)) for table, column in described]
        lacking |= {name for name, columns in wanted if not has(name) or not {*columns} <= {*tables(name).columns}}
    return tuple(sorted(lacking))


def _needed(measure: Measure) -> tuple[str, ...]:
    """Marts without which ``measure`` has no answer: the finest of its fact, or of a finer fact."""
    fact = FACTS[measure.fact]
    found = tuple(name for name in fact.tables if not fact.spares(name))
    return _needed(measure.finer) if measure.finer and not found else found


def _read(mart: str) -> tuple[str, ...]:
    """Columns of ``mart`` that facts read and an older build may lack."""
    return tuple({column for fact in FACTS.values() if mart in fact.tables for column in fact.columns})


def filters_known(metric: Metric, names: Iterable[str], tables: Tables) -> frozenset[str]:
    """Those dimensions of ``names`` that ``metric`` can be filtered by: every part knows them or is left alone."""
    parts = tuple(metric.parts.values())
    return frozenset(
        name for name in names if all(name in part.whole or _serving(part, _cut_by(name), tables) for part in parts)
    )


def known_dimensions(metric: Metric, tables: Tables) -> tuple[str, ...]:
    """Dimensions that every part of ``metric`` can be cut by."""
    return tuple(
        name
        for name in DIMENSIONS
        if all(_serving(part, _cut_by(name), tables) is not None for part in metric.parts.values())
    )


def _dimension(name: str) -> Dimension:
    try:
        return DIMENSIONS[name]
    except KeyError:
        raise DomainError("unknown_dimension", dimension=name, known=", ".join(DIMENSIONS)) from None


Asked = tuple[str, Question]
"""A fact and the question that it answers."""


def _by_fact(parts: dict[str, Measure], question: Question, tables: Tables) -> dict[Asked, dict[str, Measure]]:
    grouped: dict[Asked, dict[str, Measure]] = {}
    for column, measure in parts.items():
        own = _leaving_alone(measure, question)
        serving = _serving(measure, own, tables)
        if serving is None:
            raise DomainError(
                "dimension_unknown_to_metric",
                metric=column.split("__")[0],
                dimensions=", ".join(question.dimensions),
                known=", ".join(known_dimensions(metric_named(column.split("__")[0]), tables)),
            )
        grouped.setdefault((serving.fact, own), {})[column] = serving
    return grouped


def _leaving_alone(measure: Measure, question: Question) -> Question:
    kept = tuple((name, values) for name, values in question.where if name not in measure.whole)
    return question if kept == question.where else replace(question, where=kept)


def _cut_by(dimension: str) -> Question:
    return Question((), by=(dimension,))


def knows(fact_name: str, question: Question, tables: Tables) -> bool:
    """Whether the fact has every dimension of ``question``."""
    return _mart(FACTS[fact_name], question, (), tables) is not None


def _serving(measure: Measure, question: Question, tables: Tables) -> Measure | None:
    if _mart(FACTS[measure.fact], question, measure.joins, tables):
        return measure
    return _serving(measure.finer, question, tables) if measure.finer else None


def _mart(fact: Fact, question: Question, joins: Iterable[str], tables: Tables) -> str | None:
    """The coarsest mart of ``fact`` that can answer; None where none can."""
    wanted = {DIMENSIONS[name].key for name in (*question.dimensions, *joins)}
    if fact.unfiltered and question.where:
        return None
    for name in fact.tables:
        if name in fact.summed and not question.whole:
            continue
        try:
            rows = tables(name)
        except NotYet:
            if not fact.spares(name):
                raise
            continue
        columns = ({*rows.columns} - {*fact.blind}) | {*fact.adds}
        if wanted <= (columns | {"identified"} if "account" in columns else columns):
            return name
    return None


def _aggregated(fact_name: str, members: dict[str, Measure], question: Question, tables: Tables) -> ir.Table:
    joins = tuple(name for measure in members.values() for name in measure.joins)
    rows = rows_behind(fact_name, question, tables, joins=joins)
    measured = [measure.aggregate(rows).name(column) for column, measure in members.items()]
    return rows.aggregate(measured, by=list(question.by))


def rows_counted(metric: Metric, question: Question, tables: Tables) -> ir.Table:
    """Rows that stand behind the numerator of ``metric``; raises DomainError when it does not know a dimension."""
    [((fact, own), _)] = _by_fact({f"{metric.name}__numerator": metric.numerator}, question, tables).items()
    return rows_behind(fact, own, tables)


def rows_behind(fact_name: str, question: Question, tables: Tables, *, joins: tuple[str, ...] = ()) -> ir.Table:
    """Rows of a fact within the question's period and filters, with its dimensions and ``joins`` as columns.

    Raises DomainError when the fact does not know a dimension.
    """
    fact = FACTS[fact_name]
    mart = _mart(fact, question, joins, tables)
    if mart is None:
        raise DomainError(
            "dimension_unknown_to_metric", metric=fact_name, dimensions=", ".join(question.dimensions), known=""
        )
    rows = fact.prepare(tables(mart), Given(tables, question.period, question.terms, question.whole, question.starts))
    if question.period:
        rows = rows.filter(rows.day.between(ibis.literal(question.period.first), ibis.literal(question.period.last)))
    for name in dict.fromkeys([*question.dimensions, *joins]):
        rows = _with_dimension(rows, _dimension(name), tables)
    for name, values in question.where:
        rows = rows.filter(_kept(rows[name], values))
    return rows


def _with_dimension(rows: ir.Table, dimension: Dimension, tables: Tables) -> ir.Table:
    if dimension.derive is not None:
        return rows.mutate(**{dimension.name: dimension.derive(rows)})
    if dimension.name == "identified" and "identified" not in rows.columns:
        # As a case: the SQL of a bare "is not null" cannot stand before IN.
        return rows.mutate(identified=ibis.ifelse(rows.account.notnull(), True, False))
    if dimension.table is None or dimension.column is None:
        return rows
    described = tables(dimension.table)
    side = described.select(**{"_key": described[dimension.key], dimension.name: described[dimension.column]})
    return rows.left_join(side, rows[dimension.key] == side["_key"]).drop("_key")


def _kept(column: ir.Column, values: tuple[str | bool | None, ...]) -> ir.BooleanValue:
    known = [value for value in values if value is not None]
    kept = column.isin(known) if known else ibis.literal(False)
    return kept | column.isnull() if None in values else kept


def _type_of(column: str, pieces: list[ir.Table]) -> object:
    return next(piece.schema()[column] for piece in pieces if column in piece.columns)


def _widened(piece: ir.Table, by: tuple[str, ...], blank: dict[str, object]) -> ir.Table:
    columns = {column: piece[column] if column in piece.columns else ibis.null(kind) for column, kind in blank.items()}
    return piece.select(*by, **columns)


def _value(metric: Metric, pooled: ir.Table) -> ir.Value:
    top = pooled[f"{metric.name}__numerator"]
    if metric.minus is not None:
        minus = pooled[f"{metric.name}__minus"]
        # A difference of two unknowns is unknown, not zero.
        top = ibis.ifelse(top.isnull() & minus.isnull(), ibis.null(), top.fill_null(0) - minus.fill_null(0))
    if metric.none_is_zero:
        top = top.fill_null(0)
    if metric.known is not None:
        top = ibis.ifelse(pooled[f"{metric.name}__known"] == 0, ibis.null(), top)
    if metric.denominator is None:
        return top.cast("int64") if metric.unit is Unit.COUNT else top
    bottom = pooled[f"{metric.name}__denominator"]
    return top.cast("float64") / bottom.cast("float64").nullif(0)
