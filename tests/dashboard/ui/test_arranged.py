"""What somebody arranged holds for rows, columns, totals and files alike."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.arranged import Arrangement
from dashboard.ui.formatting import Format
from dashboard.ui.tables import Column, sums_of, total_text, totals_of
from dashboard.words import words

NAME = Column("name", "column.name")
SALES = Column("sales", "metric.sales.label", "money", None, ("sales",))
CHANGE = Column("change", "column.change", "change", None, ("sales", "baseline"))
SHARE = Column("share", "column.share", "rate", None, ("share",))
RATE = Column("rate", "column.attained", "rate", None, ("sales", "target"))
BUYERS = Column("buyers", "metric.buyers.label", "count")
COLUMNS = (NAME, SALES, CHANGE, SHARE, RATE, BUYERS)


def frame_of(rows: list[tuple[str, float, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["name", "sales", "baseline", "target"])
    total = frame["sales"].sum()
    return frame.assign(
        change=frame["sales"] / frame["baseline"] - 1,
        share=frame["sales"] / total,
        rate=frame["sales"] / frame["target"],
        buyers=1,
    )


FRAME = frame_of([("North Shop", 60.0, 40.0, 50.0), ("south shop", 30.0, 60.0, 100.0), ("East", 10.0, 100.0, 50.0)])
AMOUNTS = st.floats(0.01, 1e6)


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ("", ["North Shop", "south shop", "East"]),
        ("SHOP", ["North Shop", "south shop"]),
        ("shop nor", ["North Shop"]),
        ("[", []),
        ("60", []),
    ],
)
def test_rows_hold_every_word_somewhere_in_their_texts(sought: str, names: list[str]) -> None:
    assert list(Arrangement((NAME, SALES), sought).of(FRAME)["name"]) == names


def test_what_is_not_shown_is_not_searched() -> None:
    assert Arrangement((SALES,), "shop").of(FRAME).empty


def test_rows_are_sorted_and_unknown_ones_come_last() -> None:
    frame = FRAME.assign(change=[math.nan, 0.2, -0.1])
    assert list(Arrangement(COLUMNS, by="change").of(frame)["name"]) == ["East", "south shop", "North Shop"]
    descending = Arrangement(COLUMNS, by="change", descending=True)
    assert list(descending.of(frame)["name"]) == ["south shop", "East", "North Shop"]


def test_totals_follow_the_rows_and_ratios_are_pooled() -> None:
    shops = Arrangement(COLUMNS, "shop").of(FRAME)
    totals = totals_of(sums_of(shops, COLUMNS), COLUMNS)
    assert totals == {
        "sales": 90.0, "change": pytest.approx(90 / 100 - 1), "share": pytest.approx(0.9),
        "rate": pytest.approx(90 / 150),
    }  # fmt: skip


@given(st.lists(st.tuples(st.just("x"), AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=8), st.data())
def test_totals_are_those_of_a_slow_loop_over_any_rows(
    rows: list[tuple[str, float, float, float]], data: st.DataObject
) -> None:
    frame = frame_of(rows)
    kept = frame[data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))]
    now = before = target = 0.0
    for row in kept.itertuples():
        now, before, target = (
            now + float(str(row.sales)),
            before + float(str(row.baseline)),
            target + float(str(row.target)),
        )
    totals = totals_of(sums_of(kept, COLUMNS), COLUMNS)
    assert totals["sales"] == pytest.approx(now)
    if len(kept):
        assert totals["change"] == pytest.approx((now - before) / before)
        assert totals["rate"] == pytest.approx(now / target)


def test_a_total_of_something_unknown_is_not_told() -> None:
    unknown = FRAME.assign(baseline=[1.0, math.nan, 1.0])
    totals = totals_of(sums_of(unknown, COLUMNS), COLUMNS)
    assert "change" not in totals
    assert "sales" in totals
    assert "buyers" not in totals, "people who bought at two places are not two"
    assert totals_of({}, COLUMNS) == {}
    assert "change" not in totals_of({"sales": 1.0, "baseline": 0.0}, COLUMNS)


def test_the_total_is_told_as_the_cells_tell_theirs() -> None:
    totals = totals_of(sums_of(FRAME, COLUMNS), COLUMNS)
    assert (
        total_text(Format(words("en")), 3, totals, (NAME, SALES, CHANGE))
        == "Total of 3 rows · Sales ¥100.00 · Change −50.0%"
    )
    assert total_text(Format(words("zh")), 3, totals, (SHARE,)) == "合计 3 行 · 占比 100.0%"


def test_the_log_keeps_what_was_arranged() -> None:
    assert Arrangement(COLUMNS).code == {"search": "", "order": ""}
    assert Arrangement(COLUMNS, " a ", "sales", descending=True).code == {"search": "a", "order": "sales down"}
