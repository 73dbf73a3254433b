"""The shell's part for forecasts: waterline forecast."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from dashboard.cli.jobs import run_here
from dashboard.cli.opening import WAIT, Json, Wait, telling
from dashboard.cli.printing import say

if TYPE_CHECKING:
    from dashboard.words import Words
    from data.store.records import ForecastRun


def forecast(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day that may be seen; default: the last one.")
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Days ahead; default: as far as lead times reach.")] = None,
    wait: Wait = WAIT,
    json_output: Json = False,
) -> None:
    """Forecast demand of every node and SKU, and publish the run."""
    with telling(json_output) as told:
        from dashboard.services.forecasting import facts_of

        asked: dict[str, Any] = {"as_of": as_of.date().isoformat() if as_of else None, "horizon_days": horizon}
        run = run_here("forecast", asked, wait)
        say(json_output, facts_of(run), _table(run, told))


def _table(run: ForecastRun, told: Words) -> Table:
    """One line per bucket: how good the forecast was on past dates, beside seasonal naive."""
    title = told.t(
        "cli.forecast_done", run=run.id, series=f"{run.series:,}", as_of=run.as_of, seconds=f"{run.seconds:,.0f}"
    )
    table = Table(title=title, title_justify="left")
    for name in ("bucket", "wape", "baseline", "bias", "covered"):
        table.add_column(told.t(f"cli.column.{name}"))
    for bucket, accuracy in run.accuracy.items():
        shares = (_share(accuracy, name) for name in ("wape", "baseline", "bias", "covered"))
        table.add_row(told.t(f"forecast.bucket.{bucket}"), *shares)
    return table


def _share(accuracy: Mapping[str, Any], name: str) -> str:
    value = accuracy[name]
    return "–" if value is None else f"{value:.1%}"
