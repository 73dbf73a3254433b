"""Chinese map coordinates to WGS-84, as column expressions.

GCJ-02 shifts every point inside China by up to 700 m; BD-09 shifts GCJ-02 once more. The published formulas go from
WGS-84 to GCJ-02 only, so the way back subtracts the shift at an estimate and repeats: three rounds leave under 1 cm.
"""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

SEMI_MAJOR = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_FACTOR = math.pi * 3000.0 / 180.0
_ROUNDS = 3

Point = tuple[ir.Value, ir.Value]
"""Latitude and longitude in degrees."""


def to_wgs84(latitude: ir.Value, longitude: ir.Value, system: str) -> Point:
    """The point in WGS-84; ``system`` is wgs-84, gcj-02 or bd-09. Points outside China stay where they are."""
    if system == "wgs-84":
        return latitude, longitude
    point = _from_bd09(latitude, longitude) if system == "bd-09" else (latitude, longitude)
    estimate = point
    for _ in range(_ROUNDS):
        shift = _shift(*estimate)
        estimate = (point[0] - shift[0], point[1] - shift[1])
    inside = latitude.between(0.8293, 55.8271) & longitude.between(72.004, 137.8347)
    return ibis.ifelse(inside, estimate[0], latitude), ibis.ifelse(inside, estimate[1], longitude)


def _from_bd09(latitude: ir.Value, longitude: ir.Value) -> Point:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = (x * x + y * y).sqrt() - (y * BD_FACTOR).sin() * 0.00002
    angle = y.atan2(x) - (x * BD_FACTOR).cos() * 0.000003
    return radius * angle.sin(), radius * angle.cos()


def _shift(latitude: ir.Value, longitude: ir.Value) -> Point:
    """Degrees by which GCJ-02 lies north and east of WGS-84 at a point."""
    x, y = longitude - 105.0, latitude - 35.0
    north = _north(x, y)
    east = _east(x, y)
    radians = latitude * (math.pi / 180.0)
    magic = 1 - radians.sin() * radians.sin() * ECCENTRICITY_SQUARED
    root = magic.sqrt()
    metres_north = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / (magic * root) * (math.pi / 180.0)
    metres_east = (SEMI_MAJOR / root) * radians.cos() * (math.pi / 180.0)
    return north / metres_north, east / metres_east


def _waves(value: ir.Value, *terms: tuple[float, float]) -> ir.Value:
    """Σ amplitude · sin(value · π / divisor) · 2/3."""
    waves = [(value * (math.pi / divisor)).sin() * (amplitude * 2.0 / 3.0) for amplitude, divisor in terms]
    total = waves[0]
    for wave in waves[1:]:
        total = total + wave
    return total


def _north(x: ir.Value, y: ir.Value) -> ir.Value:
    base = x * 2.0 + y * 3.0 + y * y * 0.2 + x * y * 0.1 + x.abs().sqrt() * 0.2 - 100.0
    along = _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    return base + _waves(x, (20.0, 1 / 6), (20.0, 0.5)) + along


def _east(x: ir.Value, y: ir.Value) -> ir.Value:
    base = x + y * 2.0 + x * x * 0.1 + x * y * 0.1 + x.abs().sqrt() * 0.1 + 300.0
    return base + _waves(x, (20.0, 1 / 6), (20.0, 0.5), (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
