"""Chinese map coordinates to WGS-84.

GCJ-02 shifts every point inside China by up to 700 m; BD-09 shifts GCJ-02 once more. The published formulas go from
WGS-84 to GCJ-02 only, so the way back subtracts the shift at an estimate and repeats: four rounds leave under 1 cm.
Numbers, not expressions: written out, the rounds would repeat each other twenty-fold.
"""

from __future__ import annotations

import math
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

SEMI_MAJOR = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_FACTOR = math.pi * 3000.0 / 180.0
_ROUNDS = 4

Degrees = npt.NDArray[np.float64]


def to_wgs84(latitude: ir.Value, longitude: ir.Value, system: str) -> tuple[ir.Value, ir.Value]:
    """The point in WGS-84; ``system`` is wgs-84, gcj-02 or bd-09. Points outside China stay where they are."""
    if system == "wgs-84":
        return latitude, longitude
    return _latitude(latitude, longitude, system), _longitude(latitude, longitude, system)


@ibis.udf.scalar.pyarrow
def _latitude(latitude: float, longitude: float, system: str) -> float:
    """Latitude of the point in WGS-84."""
    return _converted(latitude, longitude, system, 0)  # type: ignore[no-any-return]


@ibis.udf.scalar.pyarrow
def _longitude(latitude: float, longitude: float, system: str) -> float:
    """Longitude of the point in WGS-84."""
    return _converted(latitude, longitude, system, 1)  # type: ignore[no-any-return]


def _converted(latitude: Any, longitude: Any, system: Any, axis: int) -> Any:
    """Called with Arrow arrays, whatever the signature that Ibis needs says."""
    point = tuple(np.asarray(part.to_numpy(zero_copy_only=False), dtype=np.float64) for part in (latitude, longitude))
    chinese = system[0].as_py() if len(system) else "gcj-02"
    answer = wgs84(point[0], point[1], chinese)[axis]
    return pa.array(answer, pa.float64(), mask=np.isnan(answer))


def wgs84(latitude: Degrees, longitude: Degrees, system: str) -> tuple[Degrees, Degrees]:
    """Points of GCJ-02 or BD-09 in WGS-84, degrees; NaN stays NaN."""
    inside = (latitude > 0.8293) & (latitude < 55.8271) & (longitude > 72.004) & (longitude < 137.8347)
    north, east = _from_bd09(latitude, longitude) if system == "bd-09" else (latitude, longitude)
    estimate = (north, east)
    for _ in range(_ROUNDS):
        shift = _shift(*estimate)
        estimate = (north - shift[0], east - shift[1])
    return np.where(inside, estimate[0], latitude), np.where(inside, estimate[1], longitude)


def _from_bd09(latitude: Degrees, longitude: Degrees) -> tuple[Degrees, Degrees]:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * BD_FACTOR)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * BD_FACTOR)
    return radius * np.sin(angle), radius * np.cos(angle)


def _shift(latitude: Degrees, longitude: Degrees) -> tuple[Degrees, Degrees]:
    """Degrees by which GCJ-02 lies north and east of WGS-84 at a point."""
    x, y = longitude - 105.0, latitude - 35.0
    radians = np.radians(latitude)
    magic = 1 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    metres_north = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / magic**1.5 * math.pi / 180.0
    metres_east = SEMI_MAJOR / np.sqrt(magic) * np.cos(radians) * math.pi / 180.0
    return _north(x, y) / metres_north, _east(x, y) / metres_east


def _waves(value: Degrees, *terms: tuple[float, float]) -> Degrees:
    """Σ amplitude · sin(value · π / divisor) · 2/3."""
    waves = [amplitude * 2.0 / 3.0 * np.sin(value * math.pi / divisor) for amplitude, divisor in terms]
    return np.asarray(np.sum(waves, axis=0), dtype=np.float64)


def _north(x: Degrees, y: Degrees) -> Degrees:
    base = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    along = _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    return base + _waves(x, (20.0, 1 / 6), (20.0, 0.5)) + along


def _east(x: Degrees, y: Degrees) -> Degrees:
    base = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return base + _waves(x, (20.0, 1 / 6), (20.0, 0.5), (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
