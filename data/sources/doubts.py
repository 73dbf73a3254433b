"""Looks at good rows once more for values that the contract allows and nobody means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from data.contract.schema import Family, Kind
from data.sources.clocks import Turn, turns
from data.sources.limits import AHEAD_HOURS, EXAMPLES
from data.sources.sections import POSITION, Prepared, local_name, raw_name
from data.sources.staging import Staging
from data.sources.values import INSTANT
from data.sources.warned import Warned, examples

CHINA = (18.0, 53.6, 73.5, 134.8)
"""Latitudes and longitudes between which maps of China are shifted."""
ZERO_TELLS = ("refund_line", "sell_out_agg")
"""Facts of which 0 is a statement: money given back while the goods were kept, a day on which nothing was sold."""
_STATES_OFFSET = r":[0-9.]+\s*(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)\s*$"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows of a section for which ``condition`` holds are loaded, and told of by ``code``. ``as_received``: the value
    looks different once it is typed, and is worth asking the source for once more.
    """

    code: str
    column: str
    condition: ir.BooleanValue
    as_received: bool = False


def doubtful(section: Prepared, rows: ir.Table, staging: Staging) -> list[Warned]:
    """Warnings about the section's good ``rows``, which are staged: one pass over them where nothing is wrong."""
    doubts = [*_values(section, rows), *_positions(section, rows)]
    counts = {f"n{at}": doubt.condition.fill_null(False).sum() for at, doubt in enumerate(doubts)}
    clocks = {name: rows[local_name(name)] for name in section.locals}
    edges = {f"{edge}_{name}": getattr(local, edge)() for name, local in clocks.items() for edge in ("min", "max")}
    if not counts and not edges:
        return []
    found = rows.aggregate(**counts, **edges).to_pyarrow().to_pylist()[0]
    warned = [_warned(section, rows, doubt, staging) for at, doubt in enumerate(doubts) if found[f"n{at}"]]
    for name in section.locals:
        first, last = found[f"min_{name}"], found[f"max_{name}"]
        if first is not None:
            zone = section.told.mapping.timezone
            warned += _turned(section, rows, name, turns(zone, first, last), staging)
    return [one for one in warned if one.rows]


def _values(section: Prepared, rows: ir.Table) -> Iterator[Doubt]:
    table, now = section.table, section.told.latest - timedelta(hours=AHEAD_HOURS)
    for column in (table.column(name) for name in section.names if name in table.names):
        if column.kind is Kind.TIME and column.happened:
            yield Doubt("time_ahead", column.name, rows[column.name] > ibis.literal(now, INSTANT), True)
        fact = table.family is Family.FACT and table.name not in ZERO_TELLS
        if column.kind is Kind.QUANTITY and column.name == "quantity" and fact:
            yield Doubt("zero_quantity", column.name, rows[column.name] == 0)
        if (table.name, column.name) == ("stock_lot", "on_hand"):
            yield Doubt("negative_stock", column.name, rows[column.name] < 0)
        if column.name == "day" and "period" in section.names:
            yield Doubt("week_not_monday", "day", (rows.period == "week") & (rows.day.day_of_week.index() != 0))


def _positions(section: Prepared, rows: ir.Table) -> Iterator[Doubt]:
    """Which system a position in China is in cannot be seen from it; the mapping has to say."""
    if section.told.section.coordinates is None and {"latitude", "longitude"} <= set(section.names):
        inside = rows.latitude.between(CHINA[0], CHINA[1]) & rows.longitude.between(CHINA[2], CHINA[3])
        yield Doubt("coordinates_undeclared", "latitude", inside)


def _turned(section: Prepared, rows: ir.Table, name: str, found: list[Turn], staging: Staging) -> list[Warned]:
    warned = []
    for code, repeats in (("time_repeats", True), ("time_skipped", False)):
        spans = [turn for turn in found if turn.repeats is repeats]
        local = rows[local_name(name)]
        within = [(local >= ibis.literal(turn.start)) & (local < ibis.literal(turn.end)) for turn in spans]
        if within and staging.count(rows.filter(ibis.or_(*within))):
            told = _received(section, rows.filter(ibis.or_(*within)), staging)
            raw = told[raw_name(name)]
            wrong = staging.keep(told.filter(~raw.re_search(_STATES_OFFSET)))
            shown = examples(wrong, wrong[raw_name(name)])
            warned.append(Warned(code, section.table.name, name, staging.count(wrong), shown))
    return warned


def _warned(section: Prepared, rows: ir.Table, doubt: Doubt, staging: Staging) -> Warned:
    told = rows.filter(doubt.condition.fill_null(False))
    first = told.order_by(POSITION).limit(EXAMPLES)
    shown = _received(section, first, staging) if doubt.as_received else first
    value = shown[raw_name(doubt.column) if doubt.as_received else doubt.column]
    return Warned(doubt.code, section.table.name, doubt.column, staging.count(told), examples(shown, value))


def _received(section: Prepared, rows: ir.Table, staging: Staging) -> ir.Table:
    """The same rows once more, with their values as received."""
    return section.rows.semi_join(staging.keep(rows.select(POSITION).distinct()), POSITION)
