"""Forecasts of weekly supermarket demand, judged on the last twelve weeks against a pooled regression."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.forecasting.accuracy import bias, coverage, pinball, wape
from analytics.forecasting.backtest import Backtest, backtest
from analytics.forecasting.calibration import Groups, calibrated
from analytics.forecasting.candidates import candidates
from analytics.forecasting.choice import Segments, chosen, located, segments_of
from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.errors import family_of, learnt
from analytics.forecasting.panel import DAY_NS, Panel, Plan, panel_of
from analytics.forecasting.paths import quantiles, sample_paths
from analytics.forecasting.run import promoted_after
from analytics.forecasting.units import units_of
from bench.measuring import Section

HORIZON, JUDGED, LEARNT = 3, 12, 52
LEVEL, LOW, HIGH = 0.83, 0.10, 0.90
PATHS, SEED = 400, 20261126
WEEKS = range(40, 161)
FIRST_MONDAY = np.datetime64("1989-09-11")
BRANDS = range(1, 12)
UNIT = 64
"""The set counts ounces; a carton holds 64."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one forecaster said at the judged origins, each origins × series × horizons."""

    median: Floats
    upper: Floats
    low: Floats
    high: Floats
    mean: Floats


def home() -> Path:
    return Path(os.environ.get("WATERLINE_REALDATA", "../shared/realdata")) / "orange_juice"


def movement() -> pd.DataFrame:
    return pd.read_csv(home() / "movement.csv")


def panel(rows: pd.DataFrame, last: int, *, advertised: bool = False) -> Panel:
    """Stores × brands up to week ``last``, prices and deals planned ``HORIZON`` weeks further; no row: unknown.

    ``advertised``: advertisements (``feat``) are planned, too.
    """
    sales = _keyed(rows, sold=np.exp(rows["logmove"]) / UNIT, out=np.nan)
    series = rows[["store", "brand"]].drop_duplicates()
    known = _keyed(series.assign(week=0), node=series["store"].astype(str), sku=series["brand"].astype(str))
    spans = pd.DataFrame({"series": pd.Series(dtype="str"), "first": sales["period"][:0], "last": sales["period"][:0]})
    weeks = np.array([week for week in WEEKS if week <= last])
    return panel_of(
        sales,
        known.assign(category="juice", region=""),
        spans,
        periods=_week(weeks),
        horizon=0,
        bucket=Bucket.WEEK,
        plan=Plan(drivers=_plan(rows, advertised=advertised)),
    )


def _plan(rows: pd.DataFrame, *, advertised: bool) -> pd.DataFrame:
    """Price, deal and perhaps advertisement by store, brand and week; a week's rows hold the prices of all brands."""
    prices = rows.drop_duplicates(["store", "week"]).melt(
        ["store", "week"], [f"price{brand}" for brand in BRANDS], value_name="price"
    )
    prices = prices.assign(brand=prices["variable"].str.removeprefix("price").astype(int))
    told = rows[["store", "brand", "week", "deal", "feat"]]
    plan = prices.merge(told, how="left", on=["store", "brand", "week"])
    more = {"advertised": plan["feat"]} if advertised else {}
    return _keyed(plan, price=plan["price"], promotion=plan["deal"], **more)


def _keyed(rows: pd.DataFrame, **columns: object) -> pd.DataFrame:
    name = rows["store"].astype(str).str.zfill(3) + "|" + rows["brand"].astype(str).str.zfill(2)
    return pd.DataFrame({"series": name, "period": _week(rows["week"].to_numpy()), **columns})


def _week(numbers: np.ndarray) -> np.ndarray:
    return (FIRST_MONDAY + (numbers - 1) * np.timedelta64(7, "D")).astype(DAY_NS)


def regression(of: Panel, origin: int) -> tuple[Floats, Floats]:
    """The yardstick, written apart from our own: per brand, log units on all eleven log prices and the own deal (and
    advertisement, where that is planned), with a level per store; median, and quantile LEVEL of a normal residual."""
    from statistics import NormalDist

    median = np.full((of.size, HORIZON), np.nan)
    upper = np.full((of.size, HORIZON), np.nan)
    brands = of.series["sku"].astype(int).to_numpy()
    stores, store = np.unique(of.series["node"].to_numpy(), return_inverse=True)
    shelf = np.full((len(stores), len(of.periods), len(BRANDS)), np.nan)
    shelf[store, :, brands - 1] = np.log(of.drivers["price"])
    for brand in BRANDS:
        rows = np.flatnonzero(brands == brand)
        own = [of.drivers[name][rows][:, :, None] for name in ("promotion", "advertised") if name in of.drivers]
        x = np.concatenate([shelf[store[rows]], *own], axis=2)
        y = np.log(of.sold[rows, : origin + 1])
        past = x[:, : origin + 1]
        known = np.isfinite(y) & np.isfinite(past).all(axis=2)
        means = np.array([y[at][known[at]].mean() for at in range(len(rows))])
        centres = np.array([past[at][known[at]].mean(axis=0) for at in range(len(rows))])
        inside = (past - centres[:, None])[known]
        slopes, *_ = np.linalg.lstsq(inside, (y - means[:, None])[known], rcond=None)
        spread = ((y - means[:, None])[known] - inside @ slopes).std()
        ahead = means[:, None] + (x[:, origin + 1 : origin + 1 + HORIZON] - centres[:, None]) @ slopes
        steps = ahead.shape[1]
        median[rows, :steps] = np.exp(ahead)
        upper[rows, :steps] = np.exp(ahead + NormalDist().inv_cdf(LEVEL) * spread)
    return median, upper


def judge(
    last: int, *, slow: bool = False, advertised: bool = False
) -> tuple[dict[str, Said], Floats, list[Mapping[str, Mapping[str, float]]]]:
    """Everything that was said in the twelve weeks up to week ``last``, by name; nothing later is ever read."""
    rows = movement()
    of = panel(rows[rows["week"] <= last], last, advertised=advertised)
    first = of.length - JUDGED - LEARNT - HORIZON
    wide = with_room(of)
    field = [one for one in candidates() if not one.slow]
    alone = [one for one in candidates() if one.slow and slow]
    test = backtest(wide, field, origins=np.arange(first, of.length - 1), horizon=HORIZON, seed=SEED)
    judged = [int(origin) for origin in test.origins[-JUDGED:]]
    said: dict[str, list[np.ndarray]] = {}
    weights = []
    for origin in judged:
        known, at = test.known_at(origin, LEARNT + HORIZON), int(np.flatnonzero(test.origins == origin)[0])
        segments = segments_of(wide.past(origin, HORIZON))
        choice = chosen(known, segments, LEVEL)
        weights.append(choice.weights)
        ours = {name: np.concatenate([known.of(name), test.of(name)[at : at + 1]]) for name in test.names}
        ours["chosen"] = located(ours, choice, segments)
        for name, values in ours.items():
            said.setdefault(name, []).append(_spread(values, known, wide, origin, segments))
        median, upper = regression(wide, origin)
        nothing = np.full(median.shape, np.nan)
        said.setdefault("regression", []).append(np.stack([median, upper, nothing, nothing, nothing]))
        past = wide.past(origin, HORIZON)
        for one in alone:
            only = one.fit(past, SEED)(past)
            said.setdefault(one.name, []).append(np.stack([only, nothing, nothing, nothing, only]))
    stacked = {name: Said(*np.stack(parts, axis=1)) for name, parts in said.items()}
    return stacked, test.came[-JUDGED:], weights


def with_room(of: Panel) -> Panel:
    """Origins near the end look past it; the plan beyond is unknown and nothing there is judged."""
    room = ((0, 0), (0, HORIZON))
    later = of.periods[-1] + np.arange(1, HORIZON + 1) * np.timedelta64(7, "D")
    return replace(
        of,
        periods=np.concatenate([of.periods, later]),
        drivers={name: np.pad(values, room, constant_values=np.nan) for name, values in of.drivers.items()},
        last_year=np.maximum(np.arange(of.length + HORIZON) - 52, -1),
        market={name: np.pad(values, room, constant_values=np.nan) for name, values in of.market.items()},
    )


def _spread(values: Floats, known: Backtest, of: Panel, origin: int, segments: Segments) -> np.ndarray:
    """Median, LEVEL, LOW, HIGH and mean from sample paths; ``values``: known origins, then the judged one."""
    promoted = promoted_after(of, np.array([*known.origins, origin]))
    then = Groups(segments, family_of(of.series), promoted[:-1])
    now = replace(then, promoted=promoted[-1])
    calibration = calibrated(values[:-1], known.came, then, known.origins)
    units = replace(units_of(of, origin + 1), whole=np.ones(of.size, dtype=np.bool_))
    errors = learnt(calibration.of(values[:-1], then), known.came, then, known.origins, units, seed=SEED)
    said = calibration.of(values[-1], now)
    drawn = sample_paths(said, now.promoted, now.family, errors, units=units, paths=PATHS, seed=SEED + origin)
    cut = quantiles(drawn, (0.5, LEVEL, LOW, HIGH))
    return np.concatenate([cut, drawn.mean(axis=0, dtype=np.float64)[None]])


def main(last: int = WEEKS[-1], *, slow: bool = False, advertised: bool = False) -> Section:
    started = time.perf_counter()
    said, came, weights = judge(last, slow=slow, advertised=advertised)
    planned = "price, deal and advertisement" if advertised else "price and deal"
    known = np.isfinite(came)
    missing = sum(int((~known[:, :, step]).sum()) for step in range(HORIZON))
    rows = [_row(name, one, came) for name, one in said.items()]
    rows.sort(key=lambda row: row[1])
    yardstick = next(row for row in rows if row[0] == "regression")
    return Section(
        "Orange juice: forecasts",
        "python -m bench.orange_juice",
        f"83 stores × 11 brands, {JUDGED} judged weeks up to week {last}, rolling origin, horizons 1 to {HORIZON}, "
        f"{planned} known in advance. {int(known.sum()):,} forecasts judged; {missing:,} have no row in the data "
        f"(or lie beyond the end) and are left out. WAPE of the median; pinball loss at {LEVEL} / Σ demand; coverage "
        f"of the 80 % interval; bias of the mean. `chosen` is ours: at each origin weights and errors come from the "
        f"{LEARNT} origins before it; AutoETS and Theta stay out of that race and are shown alone. Methods and "
        f"settings were chosen on weeks up to 148. Baseline: `regression`, measured in this run. The last weights: "
        f"{_weights(weights[-1])}. Took {time.perf_counter() - started:,.0f} s.",
        ("who", "WAPE", "/ regression", f"pinball {LEVEL}", "/ regression", "80 % covers", "bias"),
        tuple(_told(row, yardstick) for row in rows),
    )


def _weights(weights: Mapping[str, Mapping[str, float]]) -> str:
    """Of the largest segment there is here, whose prices move."""
    return ", ".join(f"{name} {weight:.2f}" for name, weight in weights["driven"].items())


def _row(name: str, one: Said, came: Floats) -> tuple[str, float, float, float, float]:
    return (
        name,
        wape(came, one.median),
        pinball(came, one.upper, LEVEL),
        coverage(came, one.low, one.high),
        bias(came, one.mean),
    )


def _told(
    row: tuple[str, float, float, float, float], yardstick: tuple[str, float, float, float, float]
) -> tuple[str, ...]:
    name, error, loss, covered, off = row
    return (
        name,
        f"{error:.3f}",
        f"{error / yardstick[1]:.3f}",
        "" if np.isnan(loss) else f"{loss:.4f}",
        "" if np.isnan(loss) else f"{loss / yardstick[2]:.3f}",
        "" if np.isnan(covered) else f"{covered:.1%}",
        "" if np.isnan(off) else f"{off:+.1%}",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--until", type=int, default=WEEKS[-1], help="judge the twelve weeks up to this one")
    parser.add_argument("--slow", action="store_true", help="show AutoETS and Theta, too, which stay out of the race")
    parser.add_argument("--advertised", action="store_true", help="advertisements are planned, too")
    asked = parser.parse_args()
    print(main(asked.until, slow=asked.slow, advertised=asked.advertised).markdown())
