"""Text that no spreadsheet takes for a formula.

A cell that begins with an operator is calculated when the file is opened, and may call programs and servers. What
begins a cell is decided by the reader: quotes, blanks and invisible characters before the operator are dropped by some,
full-width operators are operators in an East Asian Excel, and a file opened with another separator has other cells.
"""

from __future__ import annotations

import re
import unicodedata

OPERATORS = "=+-@"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What neither XML nor a line of text can hold."""
_QUOTES = "\"'`´‘’“”„‚«»‹›＂＇"
_SEPARATORS = re.compile(r"([;\t\r\n\u2028\u2029])")
"""What cuts a comma-separated file into other cells when it is read with other separators: quotes count no more."""
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][^;\t\r\n\u2028\u2029\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]*")
"""Nearly every cell: nothing before its first letter, and nothing in it that could begin another cell."""


def printable(text: str) -> str:
    """``text`` without characters that a file cannot hold."""
    return _FORBIDDEN.sub("", text)


def dangerous(text: str) -> bool:
    """Whether a spreadsheet may take ``text``, as a cell of its own, for a formula.

    >>> [dangerous(text) for text in ("=1+1", ' "＝1+1', "-5", "a=1", "5-3")]
    [True, True, True, False, False]
    """
    if text[:1].isalnum():
        return False
    if text[:1] in ("\t", "\r", "\n"):
        return True
    for sign in text:
        if sign in _QUOTES or unicodedata.category(sign)[0] in "ZC":
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in OPERATORS
    return False


def neutral(text: str) -> str:
    """``text`` for a cell of a text file, with an apostrophe before whatever could be taken for a formula.

    That is the whole cell, and each part of it that another separator would make a cell.

    >>> neutral("=1+1"), neutral("Rice; =1+1"), neutral("Rice 5 kg")
    ("'=1+1", "Rice;' =1+1", 'Rice 5 kg')
    """
    if _PLAIN.fullmatch(text):
        return text
    first, *rest = _SEPARATORS.split(printable(text))
    # Every other one of the rest is a separator; one that begins the cell makes the whole dangerous.
    kept = first + "".join(part if place % 2 == 0 else _prefixed(part) for place, part in enumerate(rest))
    return f"'{kept}" if dangerous(kept) else kept


def _prefixed(part: str) -> str:
    return f"'{part}" if dangerous(part) else part
