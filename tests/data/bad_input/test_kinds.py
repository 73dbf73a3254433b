"""The table of kinds is complete: every one has a case, and every case a kind."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.data.bad_input.kinds import KINDS

HERE = Path(__file__).parent


def shown() -> dict[str, list[str]]:
    """Kind → the tests that show it."""
    found: dict[str, list[str]] = {}
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(f"tests.data.bad_input.{file.stem}")
        for name, one in vars(module).items():
            for kind in getattr(one, "kinds", ()) if name.startswith("test_") else ():
                found.setdefault(kind, []).append(name)
        for case in getattr(module, "CASES", ()):
            for kind in case.kinds:
                found.setdefault(kind, []).append(f"{file.stem}: {case.file}")
    return found


def test_every_kind_has_a_case() -> None:
    assert sorted(set(KINDS) - set(shown())) == []


def test_every_case_has_a_kind() -> None:
    assert sorted(set(shown()) - set(KINDS)) == []


def test_there_are_at_least_forty() -> None:
    assert len(KINDS) >= 40
