"""The part of a page that shows text, figures and tables, and lets tables leave as they stand there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.core.access import ROOT, Action
from dashboard.services.asked import period_of
from dashboard.services.export_files import ExportColumn
from dashboard.services.exports import Export, Rows, canonical_question
from dashboard.services.requests import Asked
from dashboard.services.views import FilterOptions, Freshness, Partial
from dashboard.ui import downloads, filters, identity, tables
from dashboard.ui.arranged import Arrangement, arrange, arrangement, small
from dashboard.ui.asked_url import LISTS, to_params
from dashboard.ui.cache import drawn
from dashboard.ui.controls import Choice, Controls
from dashboard.ui.headline import escaped
from dashboard.ui.tokens import Palette

Drawing = TypeVar("Drawing")


@dataclass(frozen=True, slots=True)
class Picking:
    """What a click chooses: on the nth of what is drawn the nth of ``ids``, on a row of the table its ``column``.

    The frame of such a chart follows from the last answer alone.
    """

    ids: tuple[str, ...]
    choose: Callable[[str], None]
    column: str


class Showing(Controls):
    """Sentences, figures, tables."""

    __slots__ = ()
    action: Action
    services: Any
    palette: Palette
    rises_red: bool
    asked: Asked
    names: dict[str, dict[str, str]]
    partial: Partial | None
    _options: FilterOptions | None
    _without: tuple[str, ...]
    _fresh: Freshness | None
    _told: str

    @property
    def missing_days(self) -> int:
        """Days of the period that some source should have told of and did not."""
        return len(self.partial.days) if self.partial else 0

    def section(self, title: str, about: str | None = None) -> None:
        st.markdown(f"### {title}", help=about, anchors=False)

    def say(self, text: str) -> None:
        st.markdown(text)

    def warn(self, text: str) -> None:
        st.warning(text, icon=":material/warning:")

    def note(self, text: str, about: str | None = None) -> None:
        st.caption(text, help=about)

    def copyable(self, title: str, text: str) -> None:
        """A text to take along, with a button that copies it."""
        st.caption(title)
        st.code(text, language=None, wrap_lines=True)

    def elect(self, name: str, code: str) -> None:
        """Choose one of the options of ``name`` as a click on it would (for handlers)."""
        st.session_state[f"{self.key}.{name}"] = code

    def details(self, name: str, title: str, *, expanded: bool = False) -> Any | None:
        """Something below a line that opens; None while it is closed, so that nothing is asked for it."""
        below = st.expander(title, key=f"{self.key}.{name}", expanded=expanded, on_change="rerun")
        return below if below.open else None

    def columns(self, *widths: float) -> list[Any]:
        """Containers side by side; they stack on a phone."""
        return list(st.columns(list(widths), gap="medium"))

    def row(self, name: str) -> Any:
        """A row of controls that wraps."""
        return st.container(horizontal=True, vertical_alignment="bottom", key=f"{self.key}.{name}")

    def once(self, name: str, draw: Callable[[], Drawing]) -> Drawing:
        """What follows from the last answer alone and from how this person looks at it, made once and shared."""
        look = f"{self.words.language} {self.rises_red} {self.palette}"
        return drawn(f"{self.key}.{name} {look} {self._told}", draw)

    def _figure(self, name: str, draw: Callable[[], go.Figure], alt: str, picking: Picking | None) -> None:
        """A plotly figure of the last answer, without a toolbar; only ``chart`` draws one, with its table behind it."""
        config = {"displayModeBar": False}
        key = f"{self.key}.{name}"
        heard: Any = "ignore"
        if picking is not None:
            # Other bars are another chart, so that a bar that was clicked never names somebody else's.
            key = tables.widget_key(key, picking.ids)
            heard = partial(_clicked, key, picking.ids, picking.choose)
        st.plotly_chart(
            self.once(name, draw), theme=None, key=key, config=config, alt=alt, on_select=heard,
            selection_mode="points",
        )  # fmt: skip

    def chart(
        self,
        name: str,
        title: str,
        draw: Callable[[], go.Figure],
        frame: pd.DataFrame,
        columns: Sequence[tables.Column],
        *,
        about: str | None = None,
        picking: Picking | None = None,
    ) -> None:
        """A figure under a title that says what it shows and in which unit, with its numbers behind it."""
        self.section(title, about)
        self._figure(name, draw, title, picking)
        behind = self.details(f"{name}.behind", self.words.t("chart.table"))
        if behind is not None:
            with behind:
                self.table(
                    f"{name}.table", title, frame, columns,
                    identified_by=picking.column if picking else None,
                    choose=picking.choose if picking else None, follows=picking is not None,
                )  # fmt: skip

    def table(
        self,
        name: str,
        title: str,
        shown: pd.DataFrame | tables.Excerpt,
        columns: Sequence[tables.Column],
        *,
        identified_by: str | None = None,
        choose: Callable[[str], None] | None = None,
        height: int | None = None,
        follows: bool = False,
    ) -> None:
        """A table under the reader's own arrangement; below it what it comes to, and the way to take it along.

        A selected row is handed to ``choose`` by its id. ``follows``: it shows the last answer as it is.
        """
        given = shown if isinstance(shown, tables.Excerpt) else tables.uncut(shown)
        key = f"{self.key}.{name}"
        if given.frame.empty:
            self.note(self.words.t("table.empty" if self._narrowed() else "table.nothing"))
            return
        arranged = arrangement(key, columns, whole=not given.cut)
        frame = arranged.of(given.frame)
        if frame.empty:
            self.note(self.words.t("table.nothing_found", sought=escaped(arranged.sought)))
        else:
            convert = partial(tables.shown, frame, arranged.columns)
            tables.draw_table(
                self.fmt,
                key,
                self.once(f"{name}.shown {arranged}", convert) if follows else convert(),
                arranged.columns,
                alt=title,
                ids=tuple(frame[identified_by].astype(str)) if identified_by else (),
                choose=choose,
                height=height,
            )
        self._below(name, title, given, frame, arranged, columns)

    def narrowed_to_some(self) -> bool:
        """Whether a region, channel, partner or product was chosen."""
        return any(getattr(self.asked, field) for field in LISTS.values())

    def _narrowed(self) -> bool:
        """Whether somebody could have left rows out: by a filter of the page, or by a choice on it."""
        return self._options is not None or bool(self.choices)

    def _below(
        self,
        name: str,
        title: str,
        given: tables.Excerpt,
        frame: pd.DataFrame,
        arranged: Arrangement,
        columns: Sequence[tables.Column],
    ) -> None:
        """What stands below a table: its totals, the arranging, the files."""
        key = f"{self.key}.{name}"
        sums = given.sums if given.cut else tables.sums_of(frame, columns)
        totals = tables.totals_of(sums, arranged.columns)
        total = tables.total_text(self.fmt, given.total if given.cut else len(frame), totals, arranged.columns)
        with st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small", key=f"{key}.below"
        ):
            said = [total if totals else "", self._incomplete()]
            if any(said):
                st.caption(" · ".join(escaped(one) for one in said if one), width="stretch")
            if not small(len(given.frame), columns):
                arrange(self.fmt, key, columns, whole=not given.cut)
            if not frame.empty:
                export = self._export(name, title, given, arranged, total if totals else "")
                downloads.offer(self.services, self.words, key, export, self._file_name(title), shut=self.looks_only)

    def _export(self, name: str, title: str, given: tables.Excerpt, arranged: Arrangement, total: str) -> Export:
        said = [ExportColumn(one.name, tables.label_of(self.fmt, one), one.kind) for one in arranged.columns
                if one.kind != "line"]  # fmt: skip
        params = to_params(self.asked) if self._options else {}
        days = self._days()
        chosen = {one: choice.code for one, choice in self._choices(name)}
        between = {"first": days[0], "last": days[1]} if days else {}
        return Export(
            page=self.key,
            table=name,
            title=title,
            columns=tuple(said),
            rows=given.whole if given.cut else partial(_rearranged, given.whole, arranged),
            action=self.action,
            scope_key=self.services.scope_key,
            build_id=self._fresh.build_id if self._fresh else None,
            question=canonical_question({**params, **between, **chosen, **arranged.code}),
            told=(*self._told_question(name), *self._told_arrangement(arranged, total)),
            language=self.words.language,
            zone=identity.zone(),
        )

    def _days(self) -> tuple[str, str] | None:
        """First and last day of the page's period; None on a page without one."""
        if self._options is None or "period" in self._without:
            return None
        period = period_of(self.asked, self._options.covered)
        return period.first.isoformat(), period.last.isoformat()

    def _choices(self, table: str) -> list[tuple[str, Choice]]:
        """What was chosen that bears on a table; "part.choice" bears on the tables of that part alone."""
        parts = [(one, one.rpartition(".")[0]) for one in self.choices]
        return [(one, self.choices[one]) for one, part in parts if not part or table.startswith(f"{part}.")]

    def _told_question(self, table: str) -> list[tuple[str, str]]:
        """What was asked, in words: page, period, filters and choices."""
        t = self.words.t
        told = [(t("export.page"), t(f"page.{self.key}.title"))]
        if days := self._days():
            told.append((t("filter.period"), t("export.days", first=days[0], last=days[1])))
        if self._options is not None:
            told += filters.described(self.fmt, self.asked, self._options, self.names, without=self._without)
        told += [(t(f"{self.key}.{name}"), chosen.label) for name, chosen in self._choices(table)]
        return [(label, text) for label, text in told if text]

    def _told_arrangement(self, arranged: Arrangement, total: str) -> list[tuple[str, str]]:
        t = self.words.t
        told = [(t("table.search"), arranged.sought.strip()), (t("table.sum"), total)]
        told.append((t("partial.badge"), self._incomplete()))
        return [(label, text) for label, text in told if text]

    def _incomplete(self) -> str:
        return self.words.t("partial.short", count=self.missing_days) if self.missing_days else ""

    def _file_name(self, title: str) -> str:
        t = self.words.t
        grants = sorted(self.services.actor.grants)
        scope = t("export.everything") if ROOT in grants else self.fmt.listed(grants)
        return downloads.file_name(
            [t("frame.product"), t(f"page.{self.key}.title"), title, *(self._days() or ()), scope]
        )


def _clicked(key: str, ids: tuple[str, ...], choose: Callable[[str], None]) -> None:
    """What a click on a figure chose; a click beside its bars chooses nothing."""
    found = st.session_state[key].selection.point_indices
    if found and found[0] < len(ids) and ids[found[0]]:
        choose(ids[found[0]])


def _rearranged(whole: Rows, arranged: Arrangement, most: int) -> tuple[pd.DataFrame, int]:
    """All rows as they were arranged; refused as they are when there are too many to arrange."""
    frame, rows = whole(most)
    if rows > most:
        return frame, rows
    found = arranged.of(frame)
    return found, len(found)
