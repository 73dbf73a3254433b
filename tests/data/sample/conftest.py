"""One demo world, written once and read by all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.sample.world import SampleReport, write_sample

LAST_DAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    folder: Path = tmp_path_factory.mktemp("sample")
    return write_sample(folder, seed=7, last_day=LAST_DAY)


@pytest.fixture(scope="session")
def world(report: SampleReport) -> Mapping[str, pd.DataFrame]:
    """Every table as a frame; amounts of order lines as numbers, and ``day`` in China beside their times."""
    frames = {name: pq.read_table(report.folder / f"{name}.parquet").to_pandas() for name in report.rows}
    lines = frames["order_line"]
    for column in ("amount", "list_amount", "quantity"):
        lines[column] = lines[column].astype(float)
    lines["day"] = lines["ordered_at"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None)
    return frames


@pytest.fixture(scope="session")
def orders(world: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per order: day, channel, whether the buyer is known, amount."""
    grouped = world["order_line"].groupby("order_id")
    heads = grouped[["day", "channel", "account", "entry_partner"]].first()
    return heads.assign(amount=grouped["amount"].sum())
