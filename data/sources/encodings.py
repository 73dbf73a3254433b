"""Which encoding a text file really has: its byte order mark's, else the declared one, or a refusal that names it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from ibis.util import gen_name

from analytics.core.errors import ContractViolation
from data.sources.inputs import Origin

_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HAN_IN_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]")
_LIKELY = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_SAMPLE = 1 << 16
_ENOUGH = 3
"""Chinese characters in UTF-8 from which on it cannot be chance that GB 18030 reads as UTF-8, too."""


def utf8_copy(path: Path, origin: Origin, scratch: Path) -> tuple[Path, bool]:
    """The file itself when it is UTF-8, else a transcoded copy in ``scratch``; and whether it holds a NUL.

    A byte order mark is the file's own word and goes before the mapping's. Raises ContractViolation
    ``wrong_encoding_declared`` when the content does not fit its encoding, or only seems to.
    """
    encoding = _marked(path) or codecs.lookup(origin.source.encoding).name
    if encoding in ("utf-8", "ascii"):
        _readable_header(path, origin)
        return path, any(b"\0" in piece for piece in _pieces(path))
    if encoding.startswith("gb"):
        _not_utf8(path, origin)
    copy, nul = scratch / f"{gen_name('utf8')}.csv", False
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while piece := source.read(_PIECE):
                nul = nul or "\0" in piece
                target.write(piece)
    except UnicodeError as error:
        raise _refused(origin, path, str(error).split(":")[-1].strip()) from None
    return copy, nul


def _marked(path: Path) -> str | None:
    with path.open("rb") as content:
        start = content.read(3)
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def _readable_header(path: Path, origin: Origin) -> None:
    """A file whose column names cannot be read is not a file with some bad lines."""
    with path.open("rb") as content:
        start = content.readline(_SAMPLE)
    if b"\0" in start:
        raise _refused(origin, path, "NUL")
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # The sample may end within a character.
        if error.start < len(start) - 3:
            raise _refused(origin, path, f"{error.reason}, byte {error.start + 1}") from None


def _not_utf8(path: Path, origin: Origin) -> None:
    """Nearly any UTF-8 can be read as GB 18030, as rubbish that nobody is told of."""
    found = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _pieces(path):
            decoder.decode(piece)
            found += len(_HAN_IN_UTF8.findall(piece)) if found < _ENOUGH else 0
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return
    if found >= _ENOUGH:
        raise _refused(origin, path, "UTF-8")


def _refused(origin: Origin, path: Path, reason: str) -> ContractViolation:
    likely = ", ".join(_fitting(path, origin)) or "–"
    return ContractViolation(
        "wrong_encoding_declared", file=origin.label, value=origin.source.encoding, reason=reason, likely=likely
    )


def _fitting(path: Path, origin: Origin) -> Iterator[str]:
    """Encodings that the beginning of the file fits and that give no control characters."""
    with path.open("rb") as content:
        sample = content.read(_SAMPLE)
    declared = codecs.lookup(origin.source.encoding).name
    for name in _LIKELY:
        if name == declared:
            continue
        try:
            words = codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue
        if _is_language(words):
            yield name
            return


def _is_language(words: str) -> bool:
    """Neither control characters nor letters of many scripts at once, which is what the wrong byte order gives."""
    if any(ord(letter) < 32 and letter not in "\r\n\t" for letter in words):
        return False
    common = sum(letter < "\u0250" or "\u3000" <= letter < "\ua000" or letter >= "\uff00" for letter in words)
    lines = words.count("\n") + words.count("\r")
    return common >= 0.95 * len(words) and (lines > 0 or len(words) < _SAMPLE // 4)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while piece := content.read(_PIECE):
            yield piece
