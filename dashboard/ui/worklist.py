"""A list to be worked off: lines are ticked and numbers changed in place, and sent together with what to do.

Nothing is sent while somebody ticks, so that long lists do not lag. What is sent names lines by id and version only:
a list of other lines, or of other versions, is another widget, so that no tick ever lands on somebody else's line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.ui import downloads, tables
from dashboard.ui.controls import Controls, Field, Typed, carry_out, tell_outcome
from dashboard.ui.formatting import NOTHING
from dashboard.ui.headline import escaped
from dashboard.ui.tables import Column

TICK = "ticked"


@dataclass(frozen=True, slots=True)
class Picked:
    """Ticked lines as (id, version), and numbers that were changed, by id; a changed line counts as ticked."""

    seen: tuple[tuple[str, int], ...]
    numbers: Mapping[str, Decimal]


class Worklist(Controls):
    """The part of a page that works lists off."""

    __slots__ = ()

    def hold(self, name: str, value: object) -> None:
        """Keep something for this page in this tab (for handlers); None forgets it."""
        st.session_state[f"{self.key}.{name}.held"] = value

    def held(self, name: str) -> Any:
        """What :meth:`hold` kept."""
        return st.session_state.get(f"{self.key}.{name}.held")

    def orders(self, batch: str, said: str) -> None:
        """A release in one line, with the buttons that hand its files over."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self.key}.{batch}"):
            st.caption(escaped(said), width="stretch")
            downloads.offer_orders(self.services, self.words, f"{self.key}.{batch}", batch, shut=self.looks_only)

    def worklist(
        self,
        name: str,
        title: str,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        fields: Sequence[Field],
        send: Callable[[Picked, Typed], object],
        *,
        number: str,
        height: int,
    ) -> None:
        """``frame``: id, version and ``columns``, of which ``number`` can be changed; ``fields`` say what to do.

        Words are ``<page>.<name>.<field>``, ``<page>.<name>.tick`` and ``<page>.<name>.button``.
        """
        t, base = self.words.t, f"{self.key}.{name}"
        seen = list(zip(frame["id"].astype(str), frame["version"].astype(int), strict=True))
        grid = tables.widget_key(base, [f"{id} {version}" for id, version in seen])
        keys = {field.name: f"{base}.{field.name}" for field in fields}
        button = f"{base}.button"

        def submit() -> None:
            edits: Mapping[int, Mapping[str, Any]] = st.session_state[grid]["edited_rows"]
            typed = {one: st.session_state.get(key) for one, key in keys.items()}
            # Ticking all is for these lines: those that come next would be ticked unseen.
            st.session_state[f"{base}.all"] = False
            carry_out(button, lambda: send(_picked(seen, edits, number, every=every), typed), "")

        every = bool(st.session_state.get(f"{base}.all", False))
        grid = f"{grid}.{every}"
        cells = tables.shown(frame, columns)
        visible = cells.to_pandas()
        visible.insert(0, TICK, every)
        config = {column.name: tables.configured(self.fmt, column, cells[column.name]) for column in columns}
        config[TICK] = st.column_config.CheckboxColumn(t(f"{base}.tick"), width=50, pinned=True)
        config[number] = st.column_config.NumberColumn(t(_label(columns, number)), min_value=0, width=90)
        st.toggle(t(f"{base}.all"), key=f"{base}.all", disabled=self.looks_only)
        with st.form(base, border=False):
            st.data_editor(
                visible, key=grid, hide_index=True, column_config=config, num_rows="fixed", alt=title,
                placeholder=NOTHING,
                disabled=[one.name for one in columns if one.name != number] if not self.looks_only else True,
                height=min(tables.HEADER + tables.ROW * max(len(visible), 1), height),
            )  # fmt: skip
            with st.container(horizontal=True, vertical_alignment="bottom", key=f"{base}.what"):
                for field in fields:
                    self._input(field, keys[field.name], t(f"{base}.{field.name}"))
                label = t(f"{base}.button")
                st.form_submit_button(label, key=button, type="primary", on_click=submit, disabled=self.looks_only)
        tell_outcome(self.words, button)


def _picked(
    seen: Sequence[tuple[str, int]], edits: Mapping[int, Mapping[str, Any]], number: str, *, every: bool
) -> Picked:
    """Changes of the grid, which names rows by position, as lines that were drawn there; at first ``every`` or none
    is ticked.
    """
    ticked, numbers = [], {}
    for place, line in enumerate(seen):
        edit = edits.get(place, {})
        if edit.get(number) is not None:
            numbers[line[0]] = Decimal(str(edit[number]))
        if edit.get(TICK, every) or line[0] in numbers:
            ticked.append(line)
    return Picked(tuple(ticked), numbers)


def _label(columns: Sequence[Column], name: str) -> str:
    return next(column.label for column in columns if column.name == name)
