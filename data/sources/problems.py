"""Collects everything that is wrong with a mapping before refusing it once."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Iterable, Sequence

from analytics.core.errors import ContractViolation

NAMED = 30
"""Names that a sentence can list before nobody reads it."""


class MappingRefused(ContractViolation):
    """A mapping with problems; ``problems`` are errors of their own, each with code and facts."""

    def __init__(self, mapping: str, problems: tuple[ContractViolation, ...]) -> None:
        told = [{"code": problem.code, "facts": dict(problem.facts)} for problem in problems]
        # As text: facts outlive the process in the store, and each problem has a sentence of its own.
        listed = json.dumps(told, ensure_ascii=False, default=str)
        super().__init__("mapping_refused", mapping=mapping, count=len(problems), problems=listed)
        self.problems = problems


class Problems:
    """A growing list of problems. ``file``: where those are found that are added now, empty for the mapping itself."""

    def __init__(self) -> None:
        self.file = ""
        self._found: list[ContractViolation] = []

    def add(self, code: str, /, **facts: object) -> None:
        where = {"file": self.file} if self.file else {}
        self._found.append(ContractViolation(code, **{**where, **facts}))

    def adopt(self, error: ContractViolation, **where: object) -> None:
        """Keep an error that was raised deeper down, and say where."""
        self.add(error.code, **where, **error.facts)

    def unknown(self, code: str, value: str, known: Iterable[str], **where: object) -> None:
        """Something is named that does not exist; close matches first."""
        names = sorted(known)
        self.add(code, **where, value=value, close=closest(value, names), known=listed(names))

    def raise_any(self, mapping: str) -> None:
        """Raise MappingRefused when there is at least one problem."""
        if self._found:
            raise MappingRefused(mapping, tuple(self._found))


def listed(names: Sequence[str]) -> str:
    """The names that there are; of a file with a column per day the first ones and how many there are.

    >>> listed(["Nr", "Qty"]), listed([f"d_{n}" for n in range(1096)])[-25:]
    ('Nr, Qty', 'd_27, d_28, d_29 … (1096)')
    """
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} … ({len(names)})"


def closest(value: str, known: Iterable[str]) -> str:
    """The names most like ``value``, best first, whatever their case and width; a dash where none is.

    >>> closest("amount", ["Qty", "AMOUNT ", "Sku"]), closest("数量（件）", ["数量(件)", "金额"]), closest("x", ["Qty"])
    ('AMOUNT ', '数量(件)', '–')
    """
    names = {_folded(name): name for name in known}
    wanted = _folded(value)
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    # 金额 within 实付金额(元): short names are too far apart for their letters to tell.
    close += [name for name in names if name not in close and min(len(name), len(wanted)) > 1 and _within(name, wanted)]
    return ", ".join(names[name] for name in close[:3]) or "–"


def _within(one: str, other: str) -> bool:
    return one in other or other in one


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
