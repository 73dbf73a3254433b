"""Tables: own column labels, number formats, one selected row handed back by its id."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from analytics.metrics.metric import Unit
from dashboard.services.export_files import Kind
from dashboard.services.exports import Rows
from dashboard.services.views import Rows as FirstRows
from dashboard.ui.formatting import NOTHING, Format

HEADER, ROW, HIGHEST = 36, 33, 420
"""Pixels of the grid's header and rows, and of the highest table unless a page says otherwise."""


@dataclass(frozen=True, slots=True)
class Column:
    """One visible column of a frame: ``kind`` decides format and alignment, ``label`` is a catalogue key.

    ``total``: the columns of the frame that its total is made of: itself, or what is above and below the line of a
    ratio, which is pooled and never added up. Nothing for what cannot be added, such as distinct counts.
    """

    name: str
    label: str
    kind: Kind = "text"
    width: int | None = None
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first rows of a table that is too long for a page, of ``total``; ``whole`` yields all of them.

    ``sums`` are those of its columns over all of its rows, as far as they are known.
    """

    frame: pd.DataFrame
    whole: Rows
    total: int
    sums: Mapping[str, float]

    @property
    def cut(self) -> bool:
        return len(self.frame) < self.total


def uncut(frame: pd.DataFrame) -> Excerpt:
    """A table that is all there."""
    return Excerpt(frame, lambda _: (frame, len(frame)), len(frame), {})


def sums_of(frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, float]:
    """Sums of what totals are made of; not a number where a value is unknown."""
    needed = {name for column in columns for name in column.total}
    return {name: float(frame[name].astype(float).sum(skipna=False)) for name in sorted(needed)}


def totals_of(sums: Mapping[str, float], columns: Sequence[Column]) -> dict[str, float]:
    """Total by column, of those that have one and whose parts are known.

    >>> change = Column("change", "column.change", "change", total=("now", "before"))
    >>> totals_of({"now": 6.0, "before": 5.0}, [change])
    {'change': 0.19999999999999996}
    """
    found = {}
    for column in columns:
        parts = [sums.get(name, math.nan) for name in column.total]
        total = math.nan
        if len(parts) == 1:
            [total] = parts
        elif len(parts) == 2 and parts[1] > 0:
            total = parts[0] / parts[1] - (1.0 if column.kind == "change" else 0.0)
        if math.isfinite(total):
            found[column.name] = total
    return found


def total_text(fmt: Format, rows: int, totals: Mapping[str, float], columns: Sequence[Column]) -> str:
    """The line below a table: how many rows there are and what they come to."""
    said = [f"{fmt.words.t(column.label)} {formatted(fmt, column, totals[column.name])}"
            for column in columns if column.name in totals]  # fmt: skip
    return " · ".join([fmt.words.t("table.total", rows=f"{rows:,}"), *said])


def formatted(fmt: Format, column: Column, value: float) -> str:
    """A value as the cells of ``column`` show theirs."""
    if column.kind == "change":
        return fmt.change(value)
    units = {"money": Unit.MONEY, "cents": Unit.MONEY, "count": Unit.COUNT, "rate": Unit.RATE}
    return fmt.full(value, units.get(column.kind, Unit.UNITS))


def excerpt(
    found: FirstRows, ask: Callable[[int], FirstRows], reshape: Callable[[pd.DataFrame], pd.DataFrame]
) -> Excerpt:
    """What a service ``found``, with ``ask`` for all of it; both as ``reshape`` shows them."""

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        rows = ask(most)
        return reshape(rows.frame), rows.total

    return Excerpt(reshape(found.frame), whole, found.total, found.sums)


NUMBERS: Mapping[Kind, str] = {
    "money": "%,.0f",
    "cents": "%,.2f",
    "count": "%,.0f",
    "units": "%,.1f",
    "times": "%,.1f",
    "change": "%+.1f%%",
    "rate": "%.1f%%",
}
"""Number formats of the grid, which knows no short forms: a table shows every digit."""


def label_of(fmt: Format, column: Column) -> str:
    """What stands above ``column``; money says its currency."""
    label = fmt.words.t(column.label)
    return f"{label} ({fmt.symbol.strip()})" if column.kind in ("money", "cents") else label


def configured(fmt: Format, column: Column, values: pa.ChunkedArray) -> Any:
    """Streamlit's configuration of ``column``; units show a decimal where one of them is not whole."""
    label = label_of(fmt, column)
    if column.kind == "text":
        return st.column_config.TextColumn(label, width=column.width)
    if column.kind == "day":
        return st.column_config.DateColumn(label, format="YYYY-MM-DD", width=column.width or 95)
    whole = column.kind == "units" and pc.all(pc.equal(values, pc.round(values))).as_py() is not False
    if column.kind == "line":
        return st.column_config.LineChartColumn(label, width=column.width)
    return st.column_config.NumberColumn(label, format=NUMBERS["count" if whole else column.kind], width=column.width)


def shown(frame: pd.DataFrame, columns: Sequence[Column]) -> pa.Table:
    """The visible columns; shares and changes as percent, decimals as floats because the browser has no decimals."""
    table = frame[[column.name for column in columns]].copy()
    for column in columns:
        if column.kind in ("change", "rate"):
            table[column.name] = table[column.name].astype(float) * 100
        elif column.kind in ("money", "cents", "count", "units", "times"):
            table[column.name] = table[column.name].astype(float)
    return pa.Table.from_pandas(table, preserve_index=False)


def widget_key(name: str, ids: Sequence[str]) -> str:
    """Key of a table with these rows. Other rows are another widget, so that a kept row position never names
    somebody else.
    """
    return f"{name}.{sha256(chr(31).join(ids).encode()).hexdigest()[:8]}"


def draw_table(
    fmt: Format,
    name: str,
    visible: pa.Table,
    columns: Sequence[Column],
    *,
    alt: str,
    ids: tuple[str, ...] = (),
    choose: Callable[[str], None] | None = None,
    height: int | None = None,
) -> None:
    """Draw ``visible``; with ``choose`` one row can be selected and its entry of ``ids`` is passed on."""
    key = widget_key(name, ids) if choose else name

    def chosen() -> None:
        rows = st.session_state[key].selection.rows
        if rows and choose and rows[0] < len(ids):
            choose(ids[rows[0]])

    on_select: Any = chosen if choose else "ignore"
    st.dataframe(
        visible,
        column_config={column.name: configured(fmt, column, visible[column.name]) for column in columns},
        hide_index=True,
        height=min(HEADER + ROW * max(visible.num_rows, 1), height or HIGHEST),
        placeholder=NOTHING,
        key=key,
        on_select=on_select,
        selection_mode="single-row",
        alt=alt,
    )
