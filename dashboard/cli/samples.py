"""``waterline sample``: the demo world's files, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from analytics.core.calendar import day_of
from dashboard.cli.opening import Json, clock, telling
from dashboard.cli.printing import say


def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write into; it is made when absent, and must be empty.")],
    size: Annotated[str, typer.Option(help="tiny, small, or brand (some 95 million order lines).")] = "small",
    seed: Annotated[int, typer.Option(help="Same seed, day and version: same rows.")] = 7,
    last_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the world; yesterday unless given.")
    ] = None,
    json_output: Json = False,
) -> None:
    """Write the demo world as Parquet files in the shape of the data contract; touches no home."""
    from dashboard.services.sample_files import sample_files

    with telling(json_output) as told:
        day = last_day.date() if last_day else day_of(clock()) - timedelta(days=1)
        rows = sample_files(folder, size=size, seed=seed, last_day=day)
        facts = {"folder": str(folder), "last_day": day.isoformat(), "rows": dict(rows)}
        say(json_output, facts, told.t("cli.sample_done", folder=folder, rows=f"{sum(rows.values()):,}"))
