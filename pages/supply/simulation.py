"""What would have come of other policies, or of a shock, and who would run out first?"""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.simulation.named import COVERS
from dashboard.services.simulation import Compared
from dashboard.ui.charts.intervals import intervals
from dashboard.ui.controls import Field, Typed
from dashboard.ui.headline import replay_sentence
from dashboard.ui.job_cards import watch
from dashboard.ui.page import Page
from dashboard.ui.replays import FIGURES, UNITS, figures, interval_columns, policy_name, scenario_name
from dashboard.ui.tables import Column

URGENT = (
    Column("node_name", "forecast.column.node", width=160),
    Column("name", "column.product", width=160),
    Column("runs_out", "replay.column.runs_out", "day", 110),
    Column("days_out", "replay.column.days_out", "count", 100),
    Column("lost", "replay.column.lost", "units", 110),
    Column("lost_per_day", "replay.column.lost_per_day", "units", 120),
    Column("loss_per_day", "replay.column.loss_per_day", "cents", 130),
)

SHOWN_MEASURES = ("cost", "fill_rate", "lost")


def render(page: Page) -> None:
    asked = page.filters(without=("period", "compare", "channel"))
    starts = page.now(page.services.simulation.may_start)
    if starts:
        watch(page, page.now(page.services.jobs.recent))
    newest = page.now(page.services.simulation.newest)
    if starts:
        begin(page, opened=not newest)
    view = page.ask(page.services.simulation.compared, asked, newest)
    page.fresh(view.freshness)
    names = {name: policy_name(page.words, name) for name in view.policies}
    page.lead(partial(replay_sentence, page.fmt, view, names))
    played = page.t("replay.played", first=page.fmt.day(view.first), last=page.fmt.day(view.last),
                    series=f"{view.series:,}", id=view.id)  # fmt: skip
    page.note(played, page.t("replay.about"))
    compare(page, view)
    emergency(page, view)


def compare(page: Page, view: Compared) -> None:
    """Policies under every shock, with the interval of each figure; a picture of one measure."""
    shown = figures(page.fmt, view)
    page.table("figures", page.t("replay.figures"), shown, [one for one in FIGURES if one.name in shown])
    measure = page.choice("measure", SHOWN_MEASURES[0 if view.costs else 1 :], held="measure")
    rows = view.figures[view.figures["measure"] == measure]
    rows = rows.assign(policy=[policy_name(page.words, one) for one in rows["policy"]],
                       scenario=[scenario_name(page.words, one) for one in rows["scenario"]])  # fmt: skip
    title = page.t("replay.picture", measure=page.t(f"supply.simulation.measure.{measure}"))
    drawn = partial(intervals, page.fmt, page.palette, rows, UNITS[measure])
    page.chart(f"picture.{measure}", title, drawn, rows, interval_columns(UNITS[measure]))


def emergency(page: Page, view: Compared) -> None:
    """Who runs out first under the policy that was named first, shock by shock."""
    names = {one or "none": scenario_name(page.words, one) for one in view.scenarios}
    page.section(page.t("replay.urgent"), page.t("replay.urgent.about"))
    chosen = page.option("scenario", names, held="scenario", width=320)
    rows = view.urgent[view.urgent["scenario"] == ("" if chosen == "none" else chosen)].reset_index(drop=True)
    if rows.empty:
        page.note(page.t("replay.urgent.nobody"))
        return
    page.table("urgent", page.t("replay.urgent"), rows, URGENT if view.costs else URGENT[:-1])


def begin(page: Page, *, opened: bool) -> None:
    """The form that starts a replay; it goes on by itself, the page may be left."""
    below = page.details("begin", page.t("replay.begin"), expanded=opened)
    covered = page.covered()
    if below is None or covered is None:
        return
    first, last = (covered.last - pd.Timedelta(days=days) for days in (28, 1))
    policies = {name: policy_name(page.words, name) for name in COVERS}
    fields = (
        Field("first", is_day=True, on=first),
        Field("last", is_day=True, on=last),
        Field("policies", options=policies, chosen=("ours", "moving-average")),
        Field("shocks", hint=page.t("replay.shocks.hint")),
    )
    with below:
        page.form("start", fields, partial(start, page))


def start(page: Page, typed: Typed) -> None:
    shocks = [one.strip() for one in str(typed["shocks"] or "").replace("；", ";").split(";") if one.strip()]
    days = (str(typed["first"] or ""), str(typed["last"] or ""))
    page.services.simulation.start(*days, list(typed["policies"] or ()), shocks)
