"""One small and one tiny demo world, written once and read by all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.sample.truths import write_with_answers
from data.sample.world import SampleReport, write_sample

LAST_DAY = date(2026, 11, 21)
Tables = Mapping[str, pd.DataFrame]
AMOUNTS = ("amount", "list_amount", "quantity", "on_hand", "reserved", "received", "price", "points", "base_price")


@dataclass(frozen=True)
class Answered:
    """A world and the truth behind it."""

    report: SampleReport
    rows: Tables
    answers: Tables


def read(folder: Path, *names: str) -> Tables:
    """Every table of a folder as a frame; amounts as numbers, and ``day`` in China beside the time of an order."""
    files = sorted(folder.glob("*.parquet"))
    frames = {file.stem: pq.read_table(file).to_pandas() for file in files if not names or file.stem in names}
    for frame in frames.values():
        for column in set(AMOUNTS) & set(frame.columns):
            frame[column] = frame[column].astype(float)
    if "order_line" in frames:
        lines = frames["order_line"]
        lines["day"] = lines["ordered_at"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None)
    return frames


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    folder: Path = tmp_path_factory.mktemp("sample")
    return write_sample(folder, seed=7, last_day=LAST_DAY)


@pytest.fixture(scope="session")
def world(report: SampleReport) -> Tables:
    return read(report.folder)


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """A tiny world with its answers."""
    folder = tmp_path_factory.mktemp("answered")
    report, _ = write_with_answers(folder / "sample", folder / "answers", seed=11, last_day=LAST_DAY, size="tiny")
    return Answered(report, read(folder / "sample"), read(folder / "answers"))


@pytest.fixture(scope="session")
def orders(world: Tables) -> pd.DataFrame:
    """One row per order: day, channel, whether the buyer is known, amount."""
    grouped = world["order_line"].groupby("order_id")
    heads = grouped[["day", "channel", "account", "entry_partner"]].first()
    return heads.assign(amount=grouped["amount"].sum())
