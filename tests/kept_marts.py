"""Marts of the small worlds, made once in a run: worlds that lay the same rows need not make them again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import data.marts
import data.marts.build
from data.marts.base import code_print, digest, file_of

folder: Path | None = None
"""Where marts are kept, for all processes of a run alike; None keeps nothing."""

Rows = Sequence[Mapping[str, Any]]


class KeptMarts:
    """Mart files of a world of ``tables``, each laid as one load that ``loads`` counts the rows of.

    A mart follows from the rows of the tables that it reads and from the marts that it uses. Its file is lent to
    worlds that are to be built, and a build takes a file that is there for its own.
    """

    def __init__(self, tables: Mapping[str, Rows], loads: Mapping[str, Mapping[str, int]]) -> None:
        self._files: dict[str, str] = {}
        # Whoever tries other marts than ours makes them.
        if folder is None or vars(data.marts.build)["MARTS"] is not data.marts.MARTS:
            return
        rows = {name: digest([repr(list(own))]) for name, own in tables.items()}
        code, named, told = code_print(), dict[str, str](), dict[str, str]()
        for mart in data.marts.MARTS:
            named[mart.name] = file_of(mart, code, loads, named)
            told[mart.name] = digest([*(rows.get(one, "") for one in mart.reads), *(told[one] for one in mart.uses)])
            self._files[named[mart.name]] = f"{told[mart.name][:16]}-{named[mart.name]}"

    def lend(self, marts: Path) -> None:
        """Copy what is kept into the folder ``marts``."""
        for name, kept in self._files.items():
            if folder is not None and (folder / kept).exists():
                marts.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / kept, marts / name)

    def keep(self, marts: Path) -> None:
        """Copy what was made in the folder ``marts`` and is not kept yet."""
        for name, kept in self._files.items():
            if folder is not None and not (folder / kept).exists():
                half = folder / f"{uuid4().hex}.half"
                shutil.copyfile(marts / name, half)
                half.replace(folder / kept)
