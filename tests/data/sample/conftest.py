"""One small and one tiny demo world, written once in a run and read by all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.sample.truths import write_with_answers
from data.sample.world import SampleReport, write_sample
from tests.shared import made_once

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


def _told(folder: Path, report: SampleReport) -> None:
    told = {"seed": report.seed, "version": report.version, "first_day": report.first_day.isoformat(),
            "last_day": report.last_day.isoformat(), "rows": dict(report.rows)}  # fmt: skip
    (folder / "report.json").write_text(json.dumps(told))


def _reported(folder: Path) -> SampleReport:
    told = json.loads((folder / "report.json").read_text())
    first, last = (date.fromisoformat(told[name]) for name in ("first_day", "last_day"))
    return SampleReport(folder / "sample", told["seed"], told["version"], first, last, told["rows"])


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    def make(folder: Path) -> None:
        _told(folder, write_sample(folder / "sample", seed=7, last_day=LAST_DAY))

    return _reported(made_once(tmp_path_factory, "sample-small", make))


@pytest.fixture(scope="package")
def world(report: SampleReport) -> Tables:
    return Folder(report.folder)


@pytest.fixture(scope="package")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """A tiny world with its answers."""

    def make(folder: Path) -> None:
        report, _ = write_with_answers(folder / "sample", folder / "answers", seed=11, last_day=LAST_DAY, size="tiny")
        _told(folder, report)

    folder = made_once(tmp_path_factory, "sample-tiny", make)
    return Answered(_reported(folder), Folder(folder / "sample"), Folder(folder / "answers"))


@pytest.fixture(scope="package")
def orders(world: Tables) -> pd.DataFrame:
    """One row per order: day, channel, whether the buyer is known, amount."""
    grouped = world["order_line"].groupby("order_id")
    heads = grouped[["day", "channel", "account", "entry_partner"]].first()
    return heads.assign(amount=grouped["amount"].sum())
