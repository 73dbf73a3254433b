"""How somebody arranged a table for themselves: which rows they look for, which columns, in which order.

It is done here and not in the grid, so that totals follow it and a file holds what stands on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.ui.formatting import Format
from dashboard.ui.tables import Column, label_of

ASCENDING, DESCENDING = "up", "down"
SMALL_ROWS, SMALL_COLUMNS = 10, 4
"""A table of at most so many rows and columns is taken in at a glance: it needs no arranging."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Columns to show, words that a row must hold in its texts or days, and the column to sort by, or none."""

    columns: tuple[Column, ...]
    sought: str = ""
    by: str = ""
    descending: bool = False

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that are looked for, in order; equal ones stay as they stood, unknown values come last."""
        found = frame[self._matches(frame)] if self.sought.strip() else frame
        if not self.by:
            return found
        return found.sort_values(self.by, ascending=not self.descending, kind="stable", na_position="last")

    def _matches(self, frame: pd.DataFrame) -> pd.Series:
        told = [frame[one.name].astype(str).str.casefold() for one in self.columns if one.kind in ("text", "day")]
        kept = pd.Series(data=True, index=frame.index)
        for word in self.sought.casefold().split():
            found = pd.Series(data=False, index=frame.index)
            for column in told:
                found |= column.str.contains(word, regex=False)
            kept &= found
        return kept

    @property
    def code(self) -> dict[str, object]:
        """What the log keeps of it; nothing of a table as it comes."""
        order = f"{self.by} {DESCENDING if self.descending else ASCENDING}" if self.by else ""
        return {"search": self.sought.strip(), "order": order}


def small(rows: int, columns: Sequence[Column]) -> bool:
    return rows <= SMALL_ROWS and len(columns) <= SMALL_COLUMNS


def arrangement(key: str, columns: Sequence[Column], *, whole: bool) -> Arrangement:
    """What was arranged before this run; of a table that is cut, only its columns can be chosen."""
    state = st.session_state
    wanted = state.get(f"{key}.columns") or []
    chosen = tuple(one for one in columns if one.name in wanted) or tuple(columns)
    if not whole:
        return Arrangement(chosen)
    by, _, way = str(state.get(f"{key}.order") or "").rpartition(" ")
    known = by if by in {one.name for one in columns} else ""
    return Arrangement(chosen, str(state.get(f"{key}.search") or ""), known, way == DESCENDING)


def arrange(fmt: Format, key: str, columns: Sequence[Column], *, whole: bool) -> None:
    """The controls, behind a button; they hold from the next run on."""
    t = fmt.words.t
    below = st.popover(t("table.arrange"), icon=":material/tune:", type="tertiary", key=f"{key}.arrange",
                       on_change="rerun")  # fmt: skip
    if not below.open:
        return
    labels = {one.name: label_of(fmt, one) for one in columns}
    # The same table may have other columns after another choice on the page.
    _keep(f"{key}.columns", [name for name in st.session_state.get(f"{key}.columns") or [] if name in labels])
    with below:
        if whole:
            st.text_input(t("table.search"), key=f"{key}.search", icon=":material/search:", persist_state="session")
        st.multiselect(
            t("table.columns"), list(labels), format_func=lambda name: labels.get(name, name),
            placeholder=t("table.columns.all"), select_all=False, key=f"{key}.columns", persist_state="session",
        )  # fmt: skip
        if whole:
            sorted_by = {one.name: labels[one.name] for one in columns if one.kind != "line"}
            orders = {f"{name} {way}": t(f"table.order.{way}", column=label) for name, label in sorted_by.items()
                      for way in (ASCENDING, DESCENDING)}  # fmt: skip
            _order(fmt, f"{key}.order", orders)


def _order(fmt: Format, key: str, orders: Mapping[str, str]) -> None:
    t = fmt.words.t
    _keep(key, st.session_state.get(key) if st.session_state.get(key) in orders else None)
    st.selectbox(
        t("table.order"), list(orders), index=None, format_func=lambda code: orders.get(code, code),
        placeholder=t("table.order.none"), key=key, persist_state="session",
    )  # fmt: skip


def _keep(key: str, value: object) -> None:
    """Put what is left of a choice back before its widget is drawn."""
    if st.session_state.get(key) not in (None, [], value):
        st.session_state[key] = value
