"""Filter widgets that live in the address: period, comparison, channel, category, partner, and removable chips.

Streamlit's own binding writes the translated label into the address; a link would then break in the other language.
So codes are written here. Widgets are seeded from the address when it brings news, else the address follows them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from analytics.core.calendar import Comparison, Period, Preset, preset_period
from dashboard.services.requests import Asked
from dashboard.services.views import FilterOptions, Option
from dashboard.ui.asked_url import CUSTOM, LISTS, NAMES, Params, from_params, lists_of, to_params
from dashboard.ui.formatting import Format

WRITTEN = "filter.written"
PAGE = "filter.page"
NAMED = "filter.named"
NARROW = "filter.narrow"
WIDGETS = ("region", "partner", "channel", "category", "sku")
ABOVE = {"partner": "region", "sku": "category"}
"""Filter → the one that shortens its list: partners of the chosen regions, products of the chosen categories."""


def key(name: str) -> str:
    return f"filter.{name}"


def address_params() -> Params:
    return {name: st.query_params.get_all(name) for name in NAMES if name in st.query_params}


def news(here: Params, page: str) -> Params | None:
    """Parameters to seed the widgets from, None when the widgets lead.

    On a new page the address wins when it says something; Streamlit empties it when somebody changes pages, and then
    the last filters go along.
    """
    written: Params | None = st.session_state.get(WRITTEN)
    if st.session_state.get(PAGE) != page:
        return here or written or {}
    return here if here != written else None


def seed(asked: Asked) -> None:
    """Put a question into the widgets; allowed before they are drawn and in callbacks."""
    state = st.session_state
    custom = asked.first is not None and asked.last is not None
    state[key("period")] = CUSTOM if custom else asked.preset.value
    if custom:
        state[key("days")] = (asked.first, asked.last)
    state[key("compare")] = asked.comparison.value
    for name in WIDGETS:
        state[key(name)] = list(getattr(asked, LISTS[name]))
    state[NARROW] = {name: list(getattr(asked, LISTS[name])) for name in LISTS if name not in WIDGETS}


def told() -> Asked:
    """The question that the widgets hold."""
    state = st.session_state
    lists: dict[str, Any] = {LISTS[name]: tuple(state.get(key(name), ())) for name in WIDGETS}
    lists |= {LISTS[name]: tuple(values) for name, values in state.get(NARROW, {}).items()}
    asked = Asked(comparison=Comparison(state.get(key("compare")) or Asked().comparison), **lists)
    period = state.get(key("period"))
    days: tuple[date, ...] = tuple(state.get(key("days")) or ())
    if period == CUSTOM and len(days) == 2:
        return replace(asked, first=days[0], last=days[1])
    return replace(asked, preset=Preset(period)) if period in set(Preset) else asked


def draw_filters(fmt: Format, options: FilterOptions, page: str, *, without: Collection[str] = ()) -> tuple[Asked, int]:
    """Draw the row of filters; the question asked, and how many values of the address were set aside.

    ``without``: filters that would change nothing on the page, such as ``period``; what they hold stays for others.
    """
    fresh = news(address_params(), page)
    aside = 0
    if fresh is not None:
        asked, aside = from_params(fresh, options)
        seed(_covered(asked, options.covered))
        st.session_state[PAGE] = page
    with st.container(horizontal=True, vertical_alignment="bottom", key="filter.row"):
        if "period" not in without:
            _period(fmt, options.covered)
        if "compare" not in without:
            _comparison(fmt)
        _more(fmt, options, without)
    _keep(without)
    asked = told()
    publish(asked)
    return asked, aside


def _keep(without: Collection[str]) -> None:
    """Streamlit forgets what a widget holds that is not drawn, unless it is told again."""
    free = "period" not in without and st.session_state[key("period")] == CUSTOM
    absent = [*without] if free else [*without, "days"]
    for name in {key(one) for one in absent} & set(st.session_state):
        st.session_state[name] = st.session_state[name]


def publish(asked: Asked) -> None:
    """Write the question into the address; other parameters stay."""
    params = to_params(asked)
    if params != address_params():
        others = {name: st.query_params.get_all(name) for name in st.query_params if name not in NAMES}
        st.query_params.from_dict(others | params)
    st.session_state[WRITTEN] = params


def _covered(asked: Asked, covered: Period) -> Asked:
    """Days of an address are cut to the days that have data; the date widget refuses others."""
    if not (asked.first and asked.last) or asked.last < covered.first or asked.first > covered.last:
        return replace(asked, first=None, last=None)
    return replace(asked, first=max(asked.first, covered.first), last=min(asked.last, covered.last))


def _period(fmt: Format, covered: Period) -> None:
    t = fmt.words.t
    # A client that does not repeat its widgets' states makes Streamlit forget them: then the default, not the first.
    st.session_state.setdefault(key("period"), Asked().preset.value)
    st.selectbox(
        t("filter.period"),
        [*(preset.value for preset in Preset), CUSTOM],
        format_func=lambda code: t(f"filter.period.{code}"),
        key=key("period"),
        width=170,
    )
    if st.session_state[key("period")] == CUSTOM:
        default = preset_period(Asked().preset, covered=covered)
        st.session_state.setdefault(key("days"), (max(default.first, covered.first), default.last))
        st.date_input(
            t("filter.days"),
            min_value=covered.first,
            max_value=covered.last,
            format="YYYY-MM-DD",
            key=key("days"),
            width=250,
        )


def _comparison(fmt: Format) -> None:
    t = fmt.words.t
    st.session_state.setdefault(key("compare"), Asked().comparison.value)
    st.selectbox(
        t("filter.compare"),
        [comparison.value for comparison in Comparison],
        format_func=lambda code: t(f"filter.compare.{code}"),
        key=key("compare"),
        width=200,
    )


def _more(fmt: Format, options: FilterOptions, without: Collection[str]) -> None:
    t = fmt.words.t
    choices = {name: entries for name, entries in lists_of(options).items() if name not in without}
    chosen = sum(len(st.session_state.get(key(name), ())) for name in choices)
    label = t("filter.more_chosen", count=chosen) if chosen else t("filter.more")
    below = st.popover(label, icon=":material/tune:", key="filter.more", on_change="rerun")
    # Thousands of partners are sent when somebody wants to choose among them, not with every run of every page.
    if not below.open:
        return
    with below:
        for name, entries in choices.items():
            labels = option_labels(_within(name, entries))
            st.multiselect(
                t(f"filter.{name}"),
                list(labels),
                format_func=partial(_label, labels),
                placeholder=t(f"filter.{name}.all"),
                select_all=False,
                key=key(name),
                persist_state="session",
            )


def _within(name: str, entries: tuple[Option, ...]) -> tuple[Option, ...]:
    """What lies in the chosen regions or categories, and what is chosen already."""
    above = set(st.session_state.get(key(ABOVE[name]), ())) if name in ABOVE else set()
    chosen = set(st.session_state.get(key(name), ()))
    return tuple(one for one in entries if not above or above.intersection(one.within) or one.code in chosen)


def _label(labels: Mapping[str, str], code: str) -> str:
    return labels.get(code, code)


@lru_cache(maxsize=64)
def option_labels(options: tuple[Option, ...]) -> dict[str, str]:
    """Code → label, unique: two of the same name carry their codes, or the list would take one for the other."""
    seen: dict[str, int] = {}
    for option in options:
        seen[option.label] = seen.get(option.label, 0) + 1
    return {o.code: o.label if seen[o.label] == 1 else f"{o.label} · {o.code}" for o in options}


def narrow(name: str, value: str, label: str | None = None) -> None:
    """Add ``value`` to a filter (for callbacks); ``label`` is what its chip says."""
    _change(name, [value], label)


def widen(name: str, value: str) -> None:
    """Take ``value`` out of a filter (for callbacks)."""
    kept = [one for one in getattr(told(), LISTS[name]) if one != value]
    _set(name, kept)


def only(name: str, value: str | None, label: str | None = None) -> None:
    """Make ``value`` the filter's only one, or empty it (for callbacks)."""
    _set(name, [])
    if value is not None:
        _change(name, [value], label)


def reset() -> None:
    """Back to everything in the actor's scope; period and comparison stay (for callbacks)."""
    for name in LISTS:
        _set(name, [])


def _change(name: str, values: list[str], label: str | None) -> None:
    if label:
        st.session_state[NAMED] = {**st.session_state.get(NAMED, {}), f"{name}:{values[0]}": label}
    _set(name, list(dict.fromkeys([*getattr(told(), LISTS[name]), *values])))


def _set(name: str, values: list[str]) -> None:
    if name in WIDGETS:
        st.session_state[key(name)] = values
    else:
        st.session_state[NARROW] = {**st.session_state.get(NARROW, {}), name: values}


def draw_chips(
    fmt: Format,
    asked: Asked,
    options: FilterOptions,
    names: Mapping[str, Mapping[str, str]],
    *,
    without: Collection[str] = (),
) -> None:
    """Every filter that is set, but those ``without`` effect, each with a way out; ``names``: filter → code → label."""
    t = fmt.words.t
    set_now = [one for one in labelled(fmt, asked, options, names) if one[0] not in without]
    if not set_now:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="filter.chips"):
        for name, value, label in set_now:
            text = t("filter.chip", name=t(f"filter.{name}"), value=label)
            st.button(
                text,
                key=f"filter.chip.{name}.{value}",
                icon=":material/close:",
                icon_position="right",
                help=t("filter.chip.remove"),
                on_click=widen,
                args=(name, value),
            )
        if len(set_now) > 1:
            st.button(t("filter.reset"), key="filter.reset", type="tertiary", on_click=reset)


def labelled(
    fmt: Format, asked: Asked, options: FilterOptions, names: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, str]]:
    """Every value that is set as (filter, code, label)."""
    lists = lists_of(options)
    kept: dict[str, str] = st.session_state.get(NAMED, {})
    found = []
    for name, value in ((name, value) for name, field in LISTS.items() for value in getattr(asked, field)):
        label = option_labels(lists[name]).get(value) if name in lists else None
        label = label or names.get(name, {}).get(value) or kept.get(f"{name}:{value}")
        found.append((name, value, label or (fmt.words.t("map.unnamed") if name == "cell" else value)))
    return found


def described(
    fmt: Format,
    asked: Asked,
    options: FilterOptions,
    names: Mapping[str, Mapping[str, str]],
    *,
    without: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Comparison and every filter that is set, but those ``without`` effect, in words: (label, text)."""
    t = fmt.words.t
    compared = (t("filter.compare"), t(f"filter.compare.{asked.comparison.value}"))
    told = [] if "compare" in without else [compared]
    values = [one for one in labelled(fmt, asked, options, names) if one[0] not in without]
    for name in dict.fromkeys(name for name, _, _ in values):
        said = [label if label == code else f"{label} ({code})" for one, code, label in values if one == name]
        told.append((t(f"filter.{name}"), fmt.listed(said)))
    return told
