"""Measures everything and rewrites ``bench/RESULTS.md``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bench import (
    brand,
    censored_demand,
    demo_world,
    first_view,
    five_seeds,
    forecast_scale,
    iowa_load,
    iowa_questions,
    iowa_scale,
    orange_juice,
    plan,
    replay,
    users,
)  # fmt: skip
from bench.measuring import machine

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Each part in turn; two at once would measure each other."""
    sections = (
        iowa_load,
        iowa_scale,
        iowa_questions,
        users,
        first_view,
        demo_world,
        brand,
        orange_juice,
        forecast_scale,
        censored_demand,
        replay,
        five_seeds,
        plan,
    )
    parts = [section.main() for section in sections]
    head = (
        "# Results\n\n"
        f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}. Data: 5.2 million invoice lines of the "
        "State of Iowa's liquor warehouse, 2020 and 2021.\n\n"
        "Read the figures as ratios to the baseline in the same table, measured in the same run. No test depends "
        "on them.\n"
    )
    RESULTS.write_text("\n".join([head, *(part.markdown() for part in parts)]), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
