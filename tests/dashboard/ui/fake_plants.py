"""What two plants have to make, invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from dashboard.services.plant_signal import Following, Need, PlantView, added
from dashboard.services.views import Freshness


class FakePlants:
    def __init__(self, fresh: Freshness) -> None:
        self._fresh = fresh

    def signal(self) -> PlantView:
        weeks = [date(2026, 11, 2), date(2026, 11, 9)]
        rows = [
            Need(plant, week, node, Decimal(100 + number), Decimal(40 * number))
            for week in weeks for number, (plant, node) in enumerate((("GC1", "N1"), ("GC1", "N2"), ("", "N3")))
        ]  # fmt: skip
        partners = (
            Following("D1", "冀中经销商", 13, 1200.0, 1000.0, 1.2, 2.4),
            Following("D2", "鲁南经销商", 5, 0.0, 90.0, 0.0, None),
        )
        return PlantView(
            self._fresh, "run-1", date(2026, 10, 31), added(rows, by_node=True), added(rows, by_node=False),
            {"GC1": "一厂", "N1": "一店"}, partners, 3,
        )  # fmt: skip
