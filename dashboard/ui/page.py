"""What a page asks, answers and shows with; pages themselves know nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pydeck as pdk
import streamlit as st

from analytics.core.access import Action
from analytics.core.calendar import Period
from analytics.metrics.metric import Favourable, Unit
from dashboard.services.requests import Asked
from dashboard.services.views import FilterOptions, Freshness, Gap, Glossary, Partial, Tile
from dashboard.settings import Settings
from dashboard.ui import filters, identity, markup, tiles
from dashboard.ui.asked_url import ELSEWHERE, LISTS
from dashboard.ui.cache import authorised, recall
from dashboard.ui.controls import Choice
from dashboard.ui.formatting import Format
from dashboard.ui.headline import escaped
from dashboard.ui.held import publish, seeded
from dashboard.ui.lateness import lateness
from dashboard.ui.live import live
from dashboard.ui.showing import Showing
from dashboard.ui.tokens import Palette
from dashboard.ui.worklist import Worklist
from dashboard.words import Words

Answer = TypeVar("Answer")
Drawing = TypeVar("Drawing")
MAP_HEIGHT = 480
Slot = Any
"""A place reserved on the screen (a DeltaGenerator)."""


@dataclass(slots=True)
class Page(Worklist, Showing):
    """One run of one page. ``fmt`` speaks the currency of the build once :meth:`fresh` was called."""

    key: str
    action: Action
    services: Any
    words: Words
    settings: Settings
    palette: Palette
    rises_red: bool
    freshness_slot: Slot
    lead_slot: Slot
    fmt: Format = field(init=False)
    asked: Asked = field(default_factory=Asked)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    partial: Partial | None = None
    _options: FilterOptions | None = None
    _fresh: Freshness | None = None
    _chips: Slot = None
    _without: tuple[str, ...] = ()
    _told: str = ""
    _dated: str = ""

    def __post_init__(self) -> None:
        self.fmt = Format(self.words)

    def t(self, key: str, /, **facts: object) -> str:
        return self.words.t(key, **facts)

    # Asking

    def ask(self, method: Callable[..., Answer], *arguments: object, action: Action | None = None) -> Answer:
        """The service's answer, from the cache when the same was asked of the same build and scope."""
        needed = action or self.action
        key = authorised(self.services, needed, method, arguments)
        heard = st.session_state.setdefault("frame.heard", set())
        # A spinner costs a thread; who has seen this answer before need not be told to wait for it.
        waiting = nullcontext() if key in heard else st.spinner(self.t("frame.loading"))
        with waiting:
            self._told, found = recall(self.services, needed, key, method, arguments)
        heard.add(self._told)
        return found

    def aside(self, method: Callable[..., Answer], *arguments: object) -> Answer:
        """As :meth:`ask`, of something beside the answer that the page goes on to show."""
        told, found = self._told, self.ask(method, *arguments)
        self._told = told
        return found

    def filters(self, *, without: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Asked:
        """Draw the filter row; the question that it holds. ``without``: filters that change nothing here; ``also``:
        those that a click alone sets and that only some pages know.
        """
        self._options = self.ask(self.services.filters.options, action=self.action)
        waiting = tuple(one for one in ELSEWHERE if one not in also)
        self._without = (*without, *waiting)
        asked, aside = filters.draw_filters(self.fmt, self._options, self.key, without=without)
        nothing: dict[str, Any] = {LISTS[one]: () for one in waiting}
        self.asked = replace(asked, **nothing)
        self._chips = st.container(key="filter.slot")
        if aside:
            st.caption(self.t("filter.set_aside", count=aside))
        return self.asked

    def choice(
        self,
        name: str,
        options: Sequence[str],
        *,
        changed: Callable[[], None] | None = None,
        held: str = "",
    ) -> str:
        """One of a few, at first the first; words are ``<page>.<name>`` and ``<page>.<name>.<option>``.

        ``held``: the parameter of the address that keeps it.
        """
        key = f"{self.key}.{name}"
        if held:
            seeded(key, held, options, options[0])
        chosen = str(
            st.segmented_control(
                self.t(key),
                options,
                default=None if held else options[0],
                required=True,
                key=key,
                format_func=lambda code: self.t(f"{key}.{code}"),
                persist_state="session",
                on_change=changed,
            )
        )
        if held:
            publish(key, held, chosen, options[0])
        self.choices[name] = Choice(chosen, self.t(f"{key}.{chosen}"))
        return chosen

    def option(self, name: str, options: Mapping[str, str], *, held: str, width: int = 150) -> str:
        """One of a list (code → label), at first the first; kept in the address. The label is ``<page>.<name>``."""
        key, default = f"{self.key}.{name}", next(iter(options))
        seeded(key, held, options, default)
        chosen = str(
            st.selectbox(
                self.t(key), list(options), format_func=lambda code: options.get(code, code), key=key, width=width,
                persist_state="session",
            )
        )  # fmt: skip
        publish(key, held, chosen, default)
        self.choices[name] = Choice(chosen, options[chosen])
        return chosen

    def slide(self, name: str, options: Mapping[str, str], *, held: str) -> str:
        """One of an ordered list (code → label), at first the last, on a line; kept in the address."""
        key, default = f"{self.key}.{name}", list(options)[-1]
        seeded(key, held, options, default)
        chosen = str(
            st.select_slider(
                self.t(key), list(options), format_func=lambda code: options.get(code, code), key=key,
                persist_state="session",
            )
        )  # fmt: skip
        publish(key, held, chosen, default)
        self.choices[name] = Choice(chosen, options[chosen])
        return chosen

    def pick(
        self, name: str, options: Mapping[str, str], chosen: str | None, choose: Callable[[str | None], None]
    ) -> None:
        """One or none of a long list (code → label); the choice lives where ``choose`` puts it."""
        key = f"{self.key}.{name}"
        st.session_state[key] = chosen if chosen in options else None
        st.selectbox(
            self.t(key),
            list(options),
            index=None,
            placeholder=self.t(f"{key}.all"),
            key=key,
            format_func=lambda code: options.get(code, code),
            on_change=lambda: choose(st.session_state[key]),
        )

    def search(self, name: str) -> str:
        """Free text that takes effect while it is typed."""
        key = f"{self.key}.{name}"
        hint = self.t(f"{key}.hint")
        typed = st.text_input(self.t(key), placeholder=hint, key=key, icon=":material/search:", live=True) or ""
        if typed:
            self.choices[name] = Choice(typed, typed)
        return typed

    # Answering

    def fresh(self, freshness: Freshness) -> None:
        """Say where the numbers come from; from here on money has the build's currency."""
        self.fmt = Format(self.words, freshness.currency)
        self._fresh = freshness
        said = self.t(
            "frame.fresh",
            last=self.fmt.day(freshness.covered.last),
            at=self.fmt.moment(freshness.published_at.astimezone(identity.zone())),
            build=freshness.build_id[:8],
        )
        self._dated = said
        self.freshness_slot.caption(said)

    def mark_late(self, tables: Sequence[str]) -> None:
        """Say beside it which sources of ``tables`` are late against their promise; called by the frame after the
        page, when it is known to show figures.
        """
        if self._fresh is None:
            return
        extracts = self.ask(self.services.freshness.extracts, action=Action.SEE_GLOSSARY)
        told = lateness(self.words, self.services.freshness.late(extracts, tables))
        if told:
            self.freshness_slot.markdown(f":small[:gray[{self._dated}]] {told}")

    def covered(self) -> Period | None:
        """The days that data cover; known once the filters were drawn."""
        return self._options.covered if self._options else None

    def channels(self) -> dict[str, str]:
        """Channel code → name, as the filters offer them."""
        return {option.code: option.label for option in self._options.channels} if self._options else {}

    def name(self, kind: str, labels: Mapping[str, str]) -> None:
        """Names for chips of filters that have no list of their own (``sku``, ``cell``)."""
        self.names[kind] = {**self.names.get(kind, {}), **labels}

    def chips(self) -> None:
        """Show what is filtered; called by the frame after the page, when the names of things are known."""
        if self._chips is not None and self._options is not None:
            with self._chips:
                filters.draw_chips(self.fmt, self.asked, self._options, self.names, without=self._without)

    def lead(self, sentence: Callable[[], str]) -> None:
        """The answer of the page in one sentence, of the last answer."""
        self.lead_slot.markdown(self.once("lead", sentence))

    def live(self, name: str, draw: Callable[[], None], *, every: float | None = None) -> None:
        """A part that is redrawn alone, when one of its widgets is used and every so many seconds."""
        live(self.words, self.services, self.action, f"{self.key}.{name}", draw, every=every)

    # Showing

    def cards(self, name: str, width: int) -> Any:
        """A grid of cards at least ``width`` pixels wide."""
        return st.grid("auto", min_column_width=width, gap="small", key=f"{self.key}.{name}")

    def card(self, name: str) -> Any:
        return st.container(border=True, height="stretch", gap="xsmall", key=f"{self.key}.{name}")

    def tiles(self, shown: Sequence[Tile], baseline: Period, passports: Glossary, *, name: str = "tiles") -> None:
        """KPI tiles under the days that they are compared with; unit and favourable direction are the registry's."""
        known = {one.metric: one for one in passports.definitions}
        st.caption(self.t("tile.against", period=self.fmt.period(baseline)))
        with st.grid(6, min_column_width=124, gap="small", key=f"{self.key}.{name}"):
            for tile in shown:
                one = known[tile.metric]
                lacks = self.missing_days if "order_line" in one.needs else 0
                unit, good = Unit(one.unit), Favourable(one.favourable)
                tiles.draw_tile(self.fmt, tile, unit, good, rises_red=self.rises_red, missing=lacks)

    def colour_key(self, colours: Sequence[str], limits: Sequence[str], alt: str) -> None:
        """What the colours of a map mean: the limits between neighbours, one fewer than colours."""
        markup.colour_key(colours, limits, alt)

    def map(
        self, name: str, draw: Callable[[], pdk.Deck], alt: str, picked: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """A map; what is clicked (layer id → objects) is handed to ``picked``."""
        key = f"{self.key}.{name}"
        st.pydeck_chart(
            self.once(f"{name} {self.asked.cells}", draw),
            height=MAP_HEIGHT,
            selection_mode="single-object",
            key=key,
            alt=alt,
            on_select=lambda: picked(st.session_state[key].selection.objects),
        )

    def gaps(self, gaps: Sequence[Gap]) -> None:
        """Footnotes: what was counted but could not be attributed."""
        told = [gap for gap in gaps if gap.things or gap.lines]
        if told:
            self.section(self.t("gap.title"))
        for gap in told:
            sentence = self.t(
                f"gap.{gap.kind}",
                things=f"{gap.things:,}",
                lines=f"{gap.lines:,}",
                amount=self.fmt.value(gap.amount, Unit.MONEY),
            )
            if not gap.names:
                self.note(sentence)
                continue
            with st.expander(escaped(sentence), key=f"{self.key}.gap.{gap.kind}"):
                rest = gap.things - len(gap.names)
                more = f"\n\n{self.t('gap.more', count=f'{rest:,}')}" if rest > 0 else ""
                st.markdown(escaped(self.t("list.comma").join(gap.names)) + more)
