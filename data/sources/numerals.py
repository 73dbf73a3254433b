"""Numbers as people and their tools write them: read when there is one way to read them, else not at all."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import ibis
import pyarrow as pa

from data.sources.vocabulary import CURRENCY_MARKS, LARGE

SHARE, PERCENT, PLAIN = "share", "percent", "plain"
"""How a number is read besides money, which is read as its currency's code: ``12%`` is 0.12 as a share and 12 as a
percentage; as anything else it is none."""

_GROUPED = r"[0-9]{{1,3}}(?:{0}[0-9]{{3}})+"
_DASHES = str.maketrans("−–—", "---")
_TEXT_CELL = re.compile(r'="(.*)"')
_SIMPLE, _POINTED = re.compile(r"-?[0-9]+"), re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""Most numbers: they read as they are written, where the mark is a comma and where it is a point."""
_BLANK_WITHIN = re.compile(r"[0-9.,]\s+[0-9.,]")
"""Two numbers, or one whose thousands a blank separates."""


def read_number(words: str, *, reading: str = PLAIN, decimal: str | None = None) -> str | None:
    """``words`` as plain digits, or None where they are no number or could be two.

    ``reading``: :data:`SHARE`, :data:`PERCENT`, :data:`PLAIN` or a currency. ``decimal``: the decimal mark, where the
    mapping states it.

    >>> read_number("1,234.50"), read_number("１２３"), read_number("1.2万"), read_number("(123.45)")
    ('1234.50', '123', '12000', '-123.45')
    >>> read_number("¥1,234.50", reading="CNY"), read_number("12%", reading="share"), read_number("123.45-")
    ('1234.50', '0.12', '-123.45')
    >>> read_number("1,234"), read_number("1,234", decimal="."), read_number("$5", reading="CNY"), read_number("12%")
    (None, '1234', None, None)
    """
    if (_SIMPLE if decimal == "," else _POINTED).fullmatch(words):
        return words
    plain = _plain(words)
    plain, negative = _without_sign(plain)
    plain, marked = _without_currency(plain, reading)
    plain, inner = _without_sign(plain) if marked and not negative else (plain, False)
    plain, power = _without_words(plain, reading)
    digits = _digits(plain, decimal or ("." if marked or power > 0 else None))
    if digits is None:
        return None
    return ("-" if negative or inner else "") + _shifted(digits, power)


def is_ambiguous(words: str) -> bool:
    """Whether a comma may be the decimal mark or separate thousands.

    >>> [is_ambiguous(words) for words in ("1,234", "１，２３４", "1,234.50", "1,23")]
    [True, True, False, False]
    """
    plain, _ = _without_sign(_plain(words))
    return re.fullmatch(r"[0-9]{1,3},[0-9]{3}", plain) is not None


def _plain(words: str) -> str:
    """Half width, without blanks, and without what keeps a spreadsheet from taking it for a number: ``="123"``."""
    told = _TEXT_CELL.fullmatch(words.strip())
    half = unicodedata.normalize("NFKC", told[1] if told else words).translate(_DASHES)
    return half if _BLANK_WITHIN.search(half) else "".join(half.split())


def _without_sign(plain: str) -> tuple[str, bool]:
    if plain.startswith("(") and plain.endswith(")"):
        return plain[1:-1], True
    if plain.startswith("-"):
        return plain[1:], True
    if plain.endswith("-"):
        return plain[:-1], True
    return plain.removeprefix("+"), False


def _without_currency(plain: str, reading: str) -> tuple[str, bool]:
    for mark in CURRENCY_MARKS.get(reading, ()):
        half = unicodedata.normalize("NFKC", mark)
        if plain.startswith(half):
            return plain.removeprefix(half), True
        if plain.endswith(half):
            return plain.removesuffix(half), True
    return plain, False


def _without_words(plain: str, reading: str) -> tuple[str, int]:
    """The digits, and the power of ten that the word or sign after them stands for."""
    if plain[-1:] in LARGE:
        return plain[:-1], LARGE[plain[-1]]
    if plain.endswith("%") and reading in (SHARE, PERCENT):
        return plain[:-1], -2 if reading == SHARE else 0
    return plain, 0


def _digits(plain: str, decimal: str | None) -> str | None:
    """Digits with a point. An undeclared mark is the point; a lone ``1,234`` tells nothing then."""
    point = decimal or "."
    comma = "." if point == "," else ","
    whole = rf"[0-9]+|{_GROUPED.format(re.escape(comma))}"
    if not re.fullmatch(rf"(?:{whole})(?:{re.escape(point)}[0-9]*)?|{re.escape(point)}[0-9]+", plain):
        return None
    if decimal is None and is_ambiguous(plain):
        return None
    return plain.replace(comma, "").replace(point, ".")


def _shifted(digits: str, power: int) -> str:
    """Exact: the point moves, nothing is multiplied."""
    whole, _, rest = digits.partition(".")
    if power >= 0:
        rest = rest.ljust(power, "0")
        whole, rest = whole + rest[:power], rest[power:]
    else:
        whole = whole.rjust(1 - power, "0")
        whole, rest = whole[:power], whole[power:] + rest
    return f"{whole or '0'}.{rest}" if rest else whole


@ibis.udf.scalar.pyarrow
def written_number(words: str, reading: str, decimal: str) -> str:
    """:func:`read_number` over a column, empty where there is none; ``decimal`` is empty where it was not stated."""
    told, mark = _first(reading), _first(decimal) or None
    return _each(words, lambda one: read_number(one, reading=told, decimal=mark) or "")  # type: ignore[no-any-return]


@ibis.udf.scalar.pyarrow
def two_ways(words: str) -> bool:
    """:func:`is_ambiguous` over a column."""
    return _each(words, is_ambiguous, pa.bool_())  # type: ignore[no-any-return]


def _each(column: Any, read: Any, kind: pa.DataType | None = None) -> Any:
    """Called with Arrow arrays, whatever the signature that Ibis needs says; the answer may hold no nulls."""
    values = [read(one) for one in column.to_pylist()]
    return pa.array(values, kind or pa.string())


def _first(column: Any) -> str:
    return str(column[0].as_py()) if len(column) else ""
