"""Collects everything that is wrong with a mapping before refusing it once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from analytics.core.errors import ContractViolation


class MappingRefused(ContractViolation):
    """A mapping with problems; ``problems`` are errors of their own, each with code and facts."""

    def __init__(self, mapping: str, problems: tuple[ContractViolation, ...]) -> None:
        told = "; ".join(str(problem) for problem in problems)
        super().__init__("mapping_refused", mapping=mapping, count=len(problems), problems=told)
        self.problems = problems


class Problems:
    """A growing list of problems."""

    def __init__(self) -> None:
        self._found: list[ContractViolation] = []

    def add(self, code: str, /, **facts: object) -> None:
        self._found.append(ContractViolation(code, **facts))

    def adopt(self, error: ContractViolation, **where: object) -> None:
        """Keep an error that was raised deeper down, and say where."""
        self._found.append(ContractViolation(error.code, **where, **error.facts))

    def unknown(self, code: str, value: str, known: Iterable[str], **where: object) -> None:
        """Something is named that does not exist; close matches first."""
        names = sorted(known)
        close = difflib.get_close_matches(value, names, n=3, cutoff=0.5)
        self.add(code, **where, value=value, close=", ".join(close), known=", ".join(names))

    def raise_any(self, mapping: str) -> None:
        """Raise MappingRefused when there is at least one problem."""
        if self._found:
            raise MappingRefused(mapping, tuple(self._found))
