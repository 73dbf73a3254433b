"""The shell's part for replays: waterline backtest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from dashboard.cli.jobs import run_here
from dashboard.cli.opening import WAIT, Json, Wait, telling
from dashboard.cli.printing import say

if TYPE_CHECKING:
    from dashboard.services.backtesting import Backtested
    from dashboard.words import Words

SHOWN = 10
"""Lines of the emergency list that people are shown."""
MEASURES = ("fill_rate", "lost", "holding", "waste", "orders", "cost", "saved")
SHARES = frozenset({"fill_rate", "saved"})
DAY = ["%Y-%m-%d"]


def backtest(
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day that is replayed.")],
    last: Annotated[datetime, typer.Option("--to", formats=DAY, help="Last day that is replayed.")],
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="ours, moving-average[:DAYS], min-max[:LOW:HIGH] (days of cover) or newsvendor; may be repeated. "
            "Savings are told against the last one."
        ),
    ] = None,
    shock: Annotated[
        list[str] | None,
        typer.Option(
            help="lead=7, demand=+30%, closed=REGION or cost=+10%, on some days with @FROM..TO; those that come "
            "together are joined by commas. May be repeated: each is a scenario of its own."
        ),
    ] = None,
    wait: Wait = WAIT,
    json_output: Json = False,
) -> None:
    """Replay a past window under several policies, as it was and under shocks."""
    with telling(json_output) as told:
        from dashboard.services.backtesting import facts_of

        asked: dict[str, Any] = {
            "first": first.date().isoformat(),
            "last": last.date().isoformat(),
            "policies": policy or None,
            "shocks": shock or [],
        }
        made = run_here("backtest", asked, wait)
        say(json_output, facts_of(made), Group(_figures(made, told), _urgent(made, told)))


def _figures(made: Backtested, told: Words) -> Table:
    title = told.t(
        "cli.backtest_done", backtest=made.id, first=made.days[0], last=made.days[1], series=f"{made.series:,}",
        counted=f"{made.counted:,}", seconds=f"{made.seconds:,.0f}",
    )  # fmt: skip
    table = Table(title=title, title_justify="left")
    for name in ("scenario", "policy", *MEASURES):
        label = told.t("replay.column.policy" if name == "policy" else f"cli.column.{name}")
        table.add_column(label, justify="right" if name in MEASURES else "left", overflow="fold")
    for (scenario, policy), rows in made.figures.groupby(["scenario", "policy"], sort=False):
        known = {str(row["measure"]): row for row in rows.to_dict("records")}
        cells = (_told(name, *(float(known[name][part]) for part in ("value", "low", "high"))) for name in MEASURES)
        table.add_row(str(scenario) or told.t("backtest.no_shock"), str(policy), *cells)
    return table


def _told(name: str, value: float, low: float, high: float) -> str:
    """A figure with its interval below it."""
    shown = "{:.1%}" if name in SHARES else "{:,.0f}"
    if value != value:
        return "–"
    return f"{shown.format(value)}\n{shown.format(low)} … {shown.format(high)}"


def _urgent(made: Backtested, told: Words) -> Table:
    table = Table(title=told.t("cli.backtest_urgent", policy=str(made.wanted.policies[0])), title_justify="left")
    for name in ("scenario", "node", "sku", "runs_out", "lost", "loss_per_day"):
        table.add_column(told.t(f"cli.column.{name}"))
    for _, rows in made.urgent.groupby("scenario", sort=False):
        for row in rows.head(SHOWN).to_dict("records"):
            out, lost, loss = f"{row['runs_out']:%Y-%m-%d}", f"{row['lost']:,.0f}", f"{row['loss_per_day']:,.2f}"
            scenario = row["scenario"] or told.t("backtest.no_shock")
            table.add_row(str(scenario), str(row["node"]), str(row["sku"]), out, lost, loss)
    return table
