"""One small and one tiny demo world, written once and read by all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


class Folder(Mapping[str, pd.DataFrame]):
    """The tables of a folder, each read when it is first asked for; amounts are numbers, and ``day`` in China stands
    beside the time of an order.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.parquet"))}
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            frame = pq.read_table(self._files[name]).to_pandas()
            for column in set(AMOUNTS) & set(frame.columns):
                frame[column] = frame[column].astype(float)
            if name == "order_line":
                ordered = frame["ordered_at"].dt.tz_convert("Asia/Shanghai")
                frame["day"] = ordered.dt.normalize().dt.tz_localize(None)
            self._read[name] = frame
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    folder: Path = tmp_path_factory.mktemp("sample")
    return write_sample(folder, seed=7, last_day=LAST_DAY)


@pytest.fixture(scope="session")
def world(report: SampleReport) -> Tables:
    return Folder(report.folder)


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """A tiny world with its answers."""
    folder = tmp_path_factory.mktemp("answered")
    report, _ = write_with_answers(folder / "sample", folder / "answers", seed=11, last_day=LAST_DAY, size="tiny")
    return Answered(report, Folder(folder / "sample"), Folder(folder / "answers"))


@pytest.fixture(scope="session")
def orders(world: Tables) -> pd.DataFrame:
    """One row per order: day, channel, whether the buyer is known, amount."""
    grouped = world["order_line"].groupby("order_id")
    heads = grouped[["day", "channel", "account", "entry_partner"]].first()
    return heads.assign(amount=grouped["amount"].sum())
