"""What moves the demand ahead: the same forecast, asked again about the same past without one of its drivers.

Each driver is taken out of the periods to come, and out of them alone; what was learnt from the past stands. Candidates
that see no plan say what they said. Drivers work together (a promotion on a shopping day), hence what they bring does
not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.forecasting.calendar import is_event, ordinary
from analytics.forecasting.candidate import Again
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.numbers import differing, filled
from analytics.forecasting.panel import Past
from analytics.forecasting.pausing import without_promotions
from analytics.forecasting.plans import promoted_in, replanned

Without = Callable[[Past], Past | None]
"""The same past and the plan without a driver: the past itself where nothing of it is planned, None where no data tell
of it at all."""

LEAST, MOST = 0.05, 10.0
"""Shares further out rest on responses that few periods have told."""


def no_promotion(past: Past) -> Past | None:
    """Planned promotions off, at the usual price."""
    if "promotion" not in past.drivers:
        return None
    planned = promoted_in(past) > 0
    return replanned(past, **without_promotions(past, planned)[0].drivers) if planned.any() else past


def no_price_change(past: Past) -> Past | None:
    """Outside promotions, the last price that was known outside promotions."""
    price = past.drivers.get("price")
    if price is None:
        return None
    end, known = past.length, price > 0
    calm = known & (np.nan_to_num(past.drivers.get("promotion", np.zeros(price.shape))) <= 0)
    last = _last(price[:, :end], calm[:, :end])
    last = np.where(last > 0, last, _last(price[:, :end], known[:, :end]))[:, None]
    ahead = price[:, end:]
    moved = calm[:, end:] & (last > 0) & ~np.isclose(ahead, last, rtol=1e-6, atol=0.0)
    if not moved.any():
        return past
    return replanned(past, price=np.concatenate([price[:, :end], np.where(moved, last, ahead)], axis=1))


def no_event(past: Past) -> Past | None:
    """Festivals, shopping and members' days as ordinary periods. What came a year before an event says nothing then."""
    if not any(map(is_event, past.calendar)):
        return None
    plain = ordinary(past.calendar, past.bucket)
    calendar = {
        name: np.concatenate([v[: past.length], plain[name][past.length :]]) for name, v in past.calendar.items()
    }
    event = np.any([values != plain[name] for name, values in past.calendar.items()], axis=0)
    ahead = event & (np.arange(len(event)) >= past.length)
    if not ahead.any():
        return past
    return replace(past, calendar=calendar, last_year=np.where(ahead, -1, past.last_year))


def no_weather(past: Past) -> Past | None:
    """Dry, and as warm as the last two weeks, as far as the coming weather is foreseen."""
    told, origin = past.outside.get("weather"), past.length - 1
    if told is None:
        return None
    calm = {name: values.copy() for name, values in told.ahead.items()}
    warmer, rain = (calm[name][:, origin] for name in ("warmer", "rain"))
    if not (np.nan_to_num(warmer).any() or np.nan_to_num(rain).any()):
        return past
    calm["celsius"][:, origin] -= np.nan_to_num(warmer)
    for values in (warmer, rain):
        values[np.isfinite(values)] = 0.0
    return replace(past, outside={**past.outside, "weather": replace(told, ahead=calm)})


def no_surge(past: Past) -> Past | None:
    """Searched for as much as in the four weeks before."""
    told, origin = past.outside.get("search"), past.length - 1
    if told is None:
        return None
    calm = {name: values.copy() for name, values in told.now.items()}
    searched = calm["searched"][:, origin]
    if not np.nan_to_num(searched).any():
        return past
    searched[np.isfinite(searched)] = 0.0
    return replace(past, outside={**past.outside, "search": replace(told, now=calm)})


DRIVERS: Mapping[str, Without] = {
    "promotion": no_promotion,
    "price": no_price_change,
    "event": no_event,
    "weather": no_weather,
    "search": no_surge,
}
"""In the order in which they are told of."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A candidate that sees plans, and the series that it speaks for."""

    name: str
    rows: Ints
    again: Again


Expected = Callable[[Mapping[str, Floats], Floats, Ints], Floats]
"""Expected demand of some series, from what the candidates say of them (and where promotions are planned), by rows."""


def staying(
    now: Past, said: Mapping[str, Floats], speakers: Sequence[Speaker], expected: Expected, *, deaf: Flags
) -> dict[str, Floats]:
    """Share of the expected demand that stays without each driver, series × horizons; NaN where no data tell of it.

    ``said``: what the candidates said of all series under the plan as it stands; ``deaf``: series whose forecast does
    not listen to them.
    """
    found, shape = {}, (len(now.series), now.horizon)
    for name, without in DRIVERS.items():
        plan = without(now)
        found[name] = np.full(shape, np.nan if plan is None else 1.0)
        if plan is not None and plan is not now:
            found[name] = np.where(deaf[:, None], 1.0, _share(now, plan, said, speakers, expected))
    return found


def _share(
    now: Past, plan: Past, said: Mapping[str, Floats], speakers: Sequence[Speaker], expected: Expected
) -> Floats:
    answers = {name: values.copy() for name, values in said.items()}
    moved: Flags = (promoted_in(now) != promoted_in(plan)).any(axis=1)
    for one in speakers:
        answers[one.name][one.rows] = np.maximum(one.again(plan.rows(one.rows)), 0.0)
        moved |= differing(answers[one.name], said[one.name]).any(axis=1)
    share, rows = np.ones((len(now.series), now.horizon)), np.flatnonzero(moved)
    if len(rows):
        with np.errstate(divide="ignore", invalid="ignore"):
            without, whole = (
                expected({name: values[rows] for name, values in told.items()}, promoted_in(of)[rows], rows)
                for told, of in ((answers, plan), (said, now))
            )
            ratio = without / whole
        share[rows] = np.where(np.isfinite(ratio), np.clip(ratio, LEAST, MOST), 1.0)
    return share


def _last(price: Floats, known: Flags) -> Floats:
    """Last known price; 0 where there is none."""
    return np.asarray(filled(np.where(known, price, np.nan))[:, -1])
