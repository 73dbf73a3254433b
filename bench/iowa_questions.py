"""Warm server time of the two large answers, against plain SQL for the same answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

from analytics.core.calendar import Preset
from bench.baseline import Answers
from bench.homes import BASELINE, services
from bench.measuring import Section, spread, timed
from dashboard.services.requests import Asked, Look

ROUNDS = 15
PRESETS = (Preset.LAST_30_DAYS, Preset.LAST_365_DAYS)
RESOLUTION = 5


def main() -> Section:
    bound, plain = services(), Answers(BASELINE)
    rows: list[tuple[str, ...]] = []
    for preset in PRESETS:
        asked = Asked(preset=preset)
        today, heat = bound.overview.today(asked), bound.territory.heatmap(asked, Look("sales"), RESOLUTION)
        _same("today", today.tiles[0].value, plain.today(today.period, today.baseline)[0].iloc[0, 0])
        frames = plain.heatmap(heat.period, heat.baseline, RESOLUTION)
        _same("heatmap", heat.cells["value"].sum(), frames[0].dropna(subset=["cell"])["sales"].sum())

        ours = partial(bound.overview.today, asked), partial(bound.territory.heatmap, asked, Look("sales"), RESOLUTION)
        theirs = (
            partial(plain.today, today.period, today.baseline),
            partial(plain.heatmap, heat.period, heat.baseline, RESOLUTION),
        )
        rows += _compared(f"today, {preset.value}", ours[0], theirs[0])
        rows += _compared(f"heatmap, {preset.value}", ours[1], theirs[1])
    return Section(
        "Questions",
        "python -m bench.iowa_questions",
        f"One call of the service as head office, caches of pages not involved; {ROUNDS} rounds, service and "
        "baseline in turn. Baseline: the SQL of `bench/baseline.py` over DuckDB tables of the same grain; both must "
        "give the same total before they are timed.",
        ("answer", "who", "min", "median", "max", "median / baseline"),
        tuple(rows),
    )


def _compared(name: str, ours: Callable[[], object], plain: Callable[[], object]) -> list[tuple[str, ...]]:
    ours()
    plain()
    pairs = [(timed(ours), timed(plain)) for _ in range(ROUNDS)]
    mine, theirs = [one for one, _ in pairs], [other for _, other in pairs]
    return [
        (name, "waterline", *spread(mine), f"{median(mine) / median(theirs):.1f}"),
        (name, "plain SQL", *spread(theirs), "1.0"),
    ]


def _same(name: str, ours: float | None, plain: object) -> None:
    if ours is None or abs(ours - float(str(plain))) > 0.005:
        raise AssertionError(f"{name}: waterline says {ours}, plain SQL says {plain}")


if __name__ == "__main__":
    print(main().markdown())
