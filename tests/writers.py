"""What processes of the durability tests do: ingest and build as the shell does, over a small home of CSV files."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis.backends.duckdb.converter
import pydantic
import sqlalchemy.dialects.sqlite

import dashboard.cli
import dashboard.services.job_pulse
import dashboard.services.job_run
import data.backup.restore
import data.marts.build
import data.sources.ingest
from analytics.core.errors import DomainError
from dashboard.composition import loading_for
from dashboard.services.loading import Loading
from dashboard.services.users import service_actor
from dashboard.settings import settings_from
from data.lake.lake import Lake
from data.marts import MARTS
from data.marts.making import Making
from data.marts.mart import Mart
from data.store.engine import open_store
from tests.faults import Faults

PRELOADED = (
    dashboard.cli, dashboard.services.job_pulse, dashboard.services.job_run, data.backup.restore, data.marts.build,
    data.sources.ingest, ibis.backends.duckdb.converter, pydantic, sqlalchemy.dialects.sqlite,
)  # fmt: skip
"""Imported before anything forks."""


def write_csv(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Rows under the contract's own column names."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def order_lines(first: int, orders: int) -> list[dict[str, object]]:
    """Two lines per order, on days of two months."""
    days = [f"2026-{month:02}-{day:02}T12:00:00+08:00" for month in (1, 2) for day in range(1, 29)]
    return [
        {
            "order_id": f"A{first + order}", "line_no": number, "ordered_at": days[order % len(days)],
            "paid_at": days[order % len(days)], "channel": "web", "sku": sku, "quantity": 1 + order % 3,
            "amount": 10 + order % 7, "entry_partner": f"S{order % 4}",
        }
        for order in range(orders)
        for number, sku in ((1, "R5"), (2, "O1"))
    ]  # fmt: skip


def loading(home: Path, *, patience: float, store_url: str = "") -> Loading:
    """The use cases of loading over ``home``."""
    settings = settings_from({"WATERLINE_HOME": str(home), "WATERLINE_STORE": store_url})
    store = open_store(settings.store_url)
    store.migrate()
    return loading_for(settings, store, service_actor("test"), patience=timedelta(seconds=patience))


def ingest(home: str, folder: str, *, patience: float = 60, store_url: str = "", hold: str = "") -> None:
    """Load ``folder``; with ``hold``, say so by making that file, and go on once it is gone."""
    waited = not hold

    def progress(stage: str, done: int, total: int | None) -> None:
        nonlocal waited
        del done, total
        if stage != "wait" and not waited:
            waited = True
            Path(hold).touch()
            while Path(hold).exists():
                time.sleep(0.01)

    loading(Path(home), patience=patience, store_url=store_url).ingest(
        folder, Path("contract"), now=datetime.now(UTC), progress=progress
    )


def build(home: str) -> None:
    loading(Path(home), patience=60).build(now=datetime.now(UTC))


def night(
    home: str,
    folder: str,
    told: str,
    *,
    commands: Sequence[str] = ("ingest", "build"),
    at: int = 0,
    how: str = "",
) -> None:
    """Ingest and build through the shell; see :class:`Faults` for the rest. Writes the counted calls, the shell's exit
    codes and what it said to the file ``told``. Marts are those that a build itself asks, and what they stand on: all
    others are written the same way.
    """
    vars(data.marts.build)["MARTS"] = of_the_night()
    os.environ |= {"WATERLINE_HOME": home, "LC_ALL": "en"}
    faults = Faults(at, how)
    faults.install()
    codes, calls, said = [], [], io.StringIO()
    words = {"ingest": ["ingest", folder, "--mapping", "contract", "--json"], "build": ["build", "--json"]}
    for command in commands:
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            try:
                dashboard.cli.app(words[command], standalone_mode=True)
            except SystemExit as end:
                codes.append(end.code)
        calls.append(len(faults.names))
    os.write(os.open(told, os.O_WRONLY | os.O_CREAT), json.dumps([codes, calls, said.getvalue()]).encode())


def nothing_to_load(home: Path) -> str:
    """What the shell says of a folder without files."""
    os.environ |= {"WATERLINE_HOME": str(home), "LC_ALL": "en"}
    (home / "nothing").mkdir()
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said), suppress(SystemExit):
        dashboard.cli.app(["ingest", str(home / "nothing"), "--mapping", "contract", "--json"])
    return said.getvalue()


def of_the_night() -> tuple[Mart, ...]:
    return needed("sales_day", "document", "inbound_line", "partner_closure")


def prepare() -> None:
    """What the first load and the first build of a process make ready and keep, so that no process of a test does it
    again. Nothing is written to a lake here: its library starts threads that a fork would miss.
    """
    with TemporaryDirectory() as folder:
        said = nothing_to_load(Path(folder))
        assert "nothing_to_load" in said, said
        making = Making(Lake(Path(folder) / "lake"), (), Path(folder) / "marts", marts=of_the_night(), base=None)
        for _ in making.make_all():
            pass
        making.close()


def through(last: Mart) -> tuple[Mart, ...]:
    """The marts that are made until ``last``, which is one of them."""
    return MARTS[: MARTS.index(last) + 1]


def needed(*names: str) -> tuple[Mart, ...]:
    """The marts of these names and all that they are made from, in order."""
    wanted = set(names)
    for mart in reversed(MARTS):
        wanted |= set(mart.uses) if mart.name in wanted else set()
    return tuple(mart for mart in MARTS if mart.name in wanted)


def refused(home: str, folder: str, told: str, store_url: str = "") -> None:
    """Load ``folder`` without waiting; writes the refusal to the file ``told``."""
    try:
        ingest(home, folder, patience=0, store_url=store_url)
    except DomainError as error:
        Path(told).write_text(str(error), encoding="utf-8")
