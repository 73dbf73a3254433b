"""Writing the demo world: the same seed gives the same bytes, and what cannot be made is refused."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.core.errors import DomainError
from data.sample.columns import fixed_point, from_columns
from data.sample.rhythm import calendar_days, lead_up, lull
from data.sample.world import write_sample

LAST_DAY = date(2026, 11, 21)


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_orders(tmp_path: Path) -> None:
    for folder, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_sample(tmp_path / folder, seed=seed, last_day=LAST_DAY, size="tiny")
    first, again, other = (_digests(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    same = {name for name in first if first[name] == other[name]}
    assert same == {"region.parquet", "territory.parquet", "channel.parquet"}


def test_progress_names_each_table_with_its_rows(tmp_path: Path) -> None:
    told: dict[str, int] = {}
    report = write_sample(tmp_path, seed=1, last_day=LAST_DAY, size="tiny", progress=told.__setitem__)
    assert told == dict(report.rows)
    assert 10_000 < report.rows["order_line"] < 40_000


@pytest.mark.parametrize("last_day", [date(2024, 2, 29), date(2026, 8, 31), date(2026, 1, 1)])
def test_any_last_day_gives_eighteen_months(tmp_path: Path, last_day: date) -> None:
    report = write_sample(tmp_path, seed=1, last_day=last_day, size="tiny")
    assert report.last_day == last_day
    assert 545 <= (last_day - report.first_day).days <= 551


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("sample_size_unknown", {"size": "huge"}),
        ("sample_seed_negative", {"seed": -1}),
        ("sample_day_unsupported", {"last_day": date(1899, 12, 31)}),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    tmp_path: Path, code: str, asked: dict[str, object]
) -> None:
    wanted: dict[str, object] = {"seed": 1, "last_day": LAST_DAY, "size": "tiny"} | asked
    with pytest.raises(DomainError) as refused:
        write_sample(tmp_path / "out", **wanted)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not (tmp_path / "out").exists()


def test_the_lead_up_rises_to_the_spring_festival_and_the_lull_follows() -> None:
    days = calendar_days(date(2026, 1, 10), date(2026, 3, 1))
    rising = dict(zip(days, lead_up(days).tolist(), strict=True))
    quiet = dict(zip(days, lull(days).tolist(), strict=True))
    assert rising[date(2026, 1, 20)] == 0
    assert rising[date(2026, 2, 1)] < rising[date(2026, 2, 10)] < rising[date(2026, 2, 14)] == 1
    assert rising[date(2026, 2, 17)] == 0
    assert quiet[date(2026, 2, 16)] == 0
    assert quiet[date(2026, 2, 17)] == quiet[date(2026, 2, 24)] == 1
    assert quiet[date(2026, 2, 25)] == 0


def test_amounts_never_pass_through_a_float() -> None:
    large = np.array([123_456_789_012_34, 1, 0, -5], dtype=np.int64)
    texts = [str(value) for value in fixed_point(large, given=2, kind=pa.decimal128(18, 4)).to_pylist()]
    assert texts[:2] == ["123456789012.3400", "0.0100"]
    assert [float(text) for text in texts[2:]] == [0.0, -0.05]


def test_a_column_that_the_contract_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match="region has no column colour"):
        from_columns("region", {"colour": pa.array(["red"])}, 1)


@pytest.mark.parametrize("seed", [1, 2, 3, 2026])
def test_baskets_do_not_hang_on_the_seed(tmp_path: Path, seed: int) -> None:
    write_sample(tmp_path, seed=seed, last_day=LAST_DAY, size="tiny")
    lines = pq.read_table(tmp_path / "order_line.parquet", columns=["order_id", "channel", "amount"]).to_pandas()
    households = lines[lines["channel"] != "WHOLE"]
    baskets = households["amount"].astype(float).groupby(households["order_id"]).sum()
    low, middle, high = baskets.quantile([0.25, 0.5, 0.75])
    assert 50 <= low < middle < high <= 150
