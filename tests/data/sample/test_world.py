"""Writing the demo world: the same seed gives the same bytes, and what cannot be made is refused."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.core.errors import DomainError
from data.sample import columns
from data.sample.columns import fixed_point, from_columns
from data.sample.parameters import WORLD
from data.sample.rhythm import calendar_days, lead_up, lull
from data.sample.world import months_before, write_sample
from tests.data.sample.conftest import LAST_DAY, Answered

WEEKS = 78
GOLDEN = Path(__file__).with_name("golden.toml")


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def _content(file: Path) -> str:
    """Digest of a table's rows, whatever the compression and the groups of rows in the file."""
    table = pq.read_table(file).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()[:24]


def test_the_same_seed_gives_the_same_bytes_whether_somebody_keeps_the_answers_or_not(
    tmp_path: Path, answered: Answered
) -> None:
    write_sample(tmp_path, seed=answered.report.seed, last_day=LAST_DAY, size="tiny")
    assert _digests(tmp_path) == _digests(answered.report.folder)


def test_what_is_made_is_frozen_under_its_version(answered: Answered) -> None:
    """A change here is a new version of the world: whoever measured a rule on it must know.

    Where that is meant, raise ``WorldParameters.version`` and put the digests printed below into golden.toml.
    """
    found = {name: _content(answered.report.folder / f"{name}.parquet") for name in answered.report.rows}
    golden = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    told = "\n".join([f"version = {WORLD.version}", "[digests]", *(f'{name} = "{one}"' for name, one in found.items())])
    assert (golden.get("version"), golden.get("digests")) == (WORLD.version, found), f"\n{told}\n"


def test_another_seed_gives_another_world_and_another_day_another_period(tmp_path: Path, answered: Answered) -> None:
    told: dict[str, int] = {}
    remembered = columns.named_texts.cache_info().misses
    report = write_sample(tmp_path, seed=3, last_day=date(2024, 2, 29), size="tiny", progress=told.__setitem__)
    # What is kept is named once for all weeks: names of each week, kept, would be gigabytes of a large world.
    assert columns.named_texts.cache_info().misses - remembered < WEEKS
    assert told == dict(report.rows)
    assert 10_000 < report.rows["order_line"] < 40_000
    assert report.last_day == date(2024, 2, 29)
    assert 545 <= (report.last_day - report.first_day).days <= 551
    first, other = _digests(answered.report.folder), _digests(tmp_path)
    same = {name for name in first if first[name] == other[name]}
    assert same <= {"channel.parquet", "code_map.parquet", "kit.parquet"}


@pytest.mark.parametrize(("day", "months", "first"), [
    (date(2026, 8, 31), 18, date(2025, 2, 28)), (date(2026, 1, 1), 18, date(2024, 7, 1)),
    (date(2024, 2, 29), 18, date(2022, 8, 29)),
])  # fmt: skip
def test_any_last_day_gives_eighteen_months(day: date, months: int, first: date) -> None:
    assert months_before(day, months) == first


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


def test_baskets_do_not_hang_on_the_seed(answered: Answered) -> None:
    lines = answered.rows["order_line"]
    households = lines[lines["channel"] != "WHOLE"]
    low, middle, high = households.groupby("order_id")["amount"].sum().quantile([0.25, 0.5, 0.75])
    assert 45 <= low < middle < high <= 150
