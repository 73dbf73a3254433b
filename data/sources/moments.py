"""Dates and times as people and their tools write them: read when the year comes first, else not at all."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import ibis
import pyarrow as pa

from data.sources.vocabulary import AFTERNOON, MORNING, WRITTEN_MOMENT

EARLIEST_YEAR = 1900
"""A year before it is the empty date of another system, or was written with two digits."""

ISO_LOCAL = r"^\s*[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?)?\s*$"
"""A day, or a day and a time of the day, as the engine reads them itself."""
ISO_OFFSET = (
    r"^\s*[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[T ][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?"
    r"(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)\s*$"
)
"""The same with the distance from UTC."""
DAY_OR_MONTH_FIRST = r"^\s*[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})([^0-9]|$)"
"""03/04/2026: the third of April or the fourth of March; 26-03-04: not even the year is certain."""

_WRITTEN = re.compile(WRITTEN_MOMENT)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[T ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?)?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_TEXT_CELL = re.compile(r'="(.*)"')


def read_moment(words: str) -> str | None:
    """``words`` as ISO 8601: in UTC with a Z where they state an offset, else as on the wall; None for anything else.

    >>> read_moment("2026年3月4日 下午8:05"), read_moment("20260304"), read_moment("２０２６．３．４")
    ('2026-03-04T20:05:00', '2026-03-04T00:00:00', '2026-03-04T00:00:00')
    >>> read_moment("2026-03-04 08:05 +0800"), read_moment("03/04/2026"), read_moment("2026-03-04 08:05 CST")
    ('2026-03-04T00:05:00Z', None, None)
    """
    told = _TEXT_CELL.fullmatch(words.strip())
    half = unicodedata.normalize("NFKC", told[1] if told else words).strip().upper()
    found = _WRITTEN.fullmatch(half) or _COMPACT.fullmatch(half)
    if found is None:
        return None
    parts = found.groupdict()
    hour = _hour(int(parts["hour"] or 0), {parts.get("before"), parts.get("after")} - {None})
    fraction = (parts.get("fraction") or "").ljust(6, "0")[:6]
    year, month, day = (int(parts[name]) for name in ("year", "month", "day"))
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    try:
        # The zone is told apart from it.
        local = datetime(year, month, day, hour, minute, second, int(fraction))  # noqa: DTZ001
        return local.isoformat() if not parts["offset"] else _in_utc(local, parts["offset"])
    except (ValueError, OverflowError):
        return None


def _hour(told: int, halves: set[Any]) -> int:
    """On the clock of 24 hours; 13 in the afternoon stays 13, and an hour that the half contradicts is none."""
    if halves & AFTERNOON:
        return told + 12 if told < 12 else told
    if halves & MORNING:
        return 0 if told == 12 else told if told < 12 else 99
    return told


def _in_utc(local: datetime, offset: str) -> str:
    if offset in ("Z", "UTC", "GMT"):
        zone = UTC
    else:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        zone = timezone(-ahead if offset.startswith("-") else ahead)
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@ibis.udf.scalar.pyarrow
def written_moment(words: str) -> str:
    """:func:`read_moment` over a column, empty where there is none.

    Called with Arrow arrays, whatever the signature that Ibis needs says; the answer may hold no nulls.
    """
    column: Any = words
    told = [read_moment(one) or "" for one in column.to_pylist()]
    return pa.array(told, pa.string())  # type: ignore[no-any-return]
