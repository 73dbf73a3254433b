"""Tables: own column labels, number formats, one selected row handed back by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard.services.export_files import Kind
from dashboard.services.exports import Rows
from dashboard.services.views import Rows as FirstRows
from dashboard.ui.formatting import NOTHING, Format

HEADER, ROW, HIGHEST = 38, 35, 420
"""Pixels of the grid's header and rows, and of the highest table unless a page says otherwise."""


@dataclass(frozen=True, slots=True)
class Column:
    """One visible column of a frame: ``kind`` decides format and alignment, ``label`` is a catalogue key."""

    name: str
    label: str
    kind: Kind = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first rows of a table that is too long for a page; ``whole`` yields those behind it."""

    frame: pd.DataFrame
    whole: Rows


def excerpt(
    found: FirstRows, ask: Callable[[int], FirstRows], reshape: Callable[[pd.DataFrame], pd.DataFrame]
) -> Excerpt:
    """What a service ``found``, with ``ask`` for all of it; both as ``reshape`` shows them."""

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        rows = ask(most)
        return reshape(rows.frame), rows.total

    return Excerpt(reshape(found.frame), whole)


NUMBERS: Mapping[Kind, str] = {
    "money": "%,.0f",
    "cents": "%,.2f",
    "count": "%,.0f",
    "units": "%,.1f",
    "change": "%+.1f%%",
    "rate": "%.1f%%",
}
"""Number formats of the grid, which knows no short forms: a table shows every digit."""


def label_of(fmt: Format, column: Column) -> str:
    """What stands above ``column``; money says its currency."""
    label = fmt.words.t(column.label)
    return f"{label} ({fmt.symbol.strip()})" if column.kind in ("money", "cents") else label


def configured(fmt: Format, column: Column) -> Any:
    """Streamlit's configuration of ``column``."""
    label = label_of(fmt, column)
    if column.kind == "text":
        return st.column_config.TextColumn(label, width=column.width)
    if column.kind == "day":
        return st.column_config.DateColumn(label, format="YYYY-MM-DD", width=column.width or 95)
    return st.column_config.NumberColumn(label, format=NUMBERS[column.kind], width=column.width)


def shown(frame: pd.DataFrame, columns: Sequence[Column]) -> pa.Table:
    """The visible columns; shares and changes as percent, decimals as floats because the browser has no decimals."""
    table = frame[[column.name for column in columns]].copy()
    for column in columns:
        if column.kind in ("change", "rate"):
            table[column.name] = table[column.name].astype(float) * 100
        elif column.kind in ("money", "cents", "count", "units"):
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
        column_config={column.name: configured(fmt, column) for column in columns},
        hide_index=True,
        height=min(HEADER + ROW * max(visible.num_rows, 1), height or HIGHEST),
        placeholder=NOTHING,
        key=key,
        on_select=on_select,
        selection_mode="single-row",
        alt=alt,
    )
