"""What a race teaches: which candidates speak, how far they are off on the mean, and how they go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.forecasting.backtest import Backtest
from analytics.forecasting.calibration import Calibration, Groups, calibrated
from analytics.forecasting.choice import Choice, chosen, located
from analytics.forecasting.contract import Floats
from analytics.forecasting.errors import Errors, learnt
from analytics.forecasting.units import Units


@dataclass(frozen=True, slots=True)
class Judgement:
    """``said``: what the chosen average would have said at the race's origins, right on the mean."""

    choice: Choice
    calibration: Calibration
    errors: Errors
    said: Floats

    def locations(self, said: Mapping[str, Floats], groups: Groups) -> Floats:
        """Expected demand from what the candidates say (each series × horizons) of series in ``groups``."""
        return self.calibration.of(located(said, self.choice, groups.segment), groups)


def judged(test: Backtest, then: Groups, units: Units, *, level: float, seed: int) -> Judgement:
    """From what came after the origins of ``test``; ``then``: groups of its series at its origins."""
    choice = chosen(test, then.segment, level)
    told = located({name: test.of(name) for name in test.names}, choice, then.segment)
    calibration = calibrated(told, test.came, then, test.origins)
    said = calibration.of(told, then)
    return Judgement(choice, calibration, learnt(said, test.came, then, test.origins, units, seed=seed), said)
