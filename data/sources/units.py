"""Loads to be made: which sections are fed by which files, and what identifies that content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from data.sources.declarations import Section
from data.sources.inputs import Found, Origin
from data.sources.readers import FILE, LINE, Raw, read
from data.sources.sections import POSITION
from data.sources.steadiness import Look, look_at
from data.sources.values import Computed, text

_FILE_BITS = 40
"""A row's position is its line plus its file's number times 2^40: more lines than any file has."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One load: a leading file with the sections that read it row by row; or, for sections that pick one row per key,
    all files of the input; or the mapping's constants. ``owns_lines``: the unit that reports lines nobody can read.
    """

    label: str
    origins: tuple[Origin, ...]
    sections: tuple[Section, ...]
    owns_lines: bool = True

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(section.table for section in self.sections))

    @property
    def joined(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(join.file for section in self.sections for join in section.joins))

    @property
    def maps_codes(self) -> bool:
        return any(told.code_map for section in self.sections for told in (section.columns or {}).values())


def units_of(found: Found) -> list[Unit]:
    """The loads to be made; first those that others look into: the code map, and regions for their centres."""
    sections = found.mapping.sections
    constant = tuple(section for section in sections if section.file is None)
    units = [Unit(found.mapping.name, (), constant)] if constant else []
    for name, origins in found.origins.items():
        own = [section for section in sections if section.file == name]
        units.extend(_units_of_input(found.mapping.files[name].pattern, origins, own))
    return sorted(units, key=lambda unit: ("code_map" not in unit.tables, "region" not in unit.tables))


def _units_of_input(pattern: str, origins: tuple[Origin, ...], sections: Sequence[Section]) -> Iterator[Unit]:
    by_row = tuple(section for section in sections if section.distinct is None)
    picked = tuple(section for section in sections if section.distinct is not None)
    if by_row:
        yield from (Unit(origin.label, (origin,), by_row) for origin in origins)
    if picked and origins:
        yield Unit(pattern, origins, picked, owns_lines=not by_row)


class Sources:
    """The files of one ingest, each hashed and read at most once."""

    def __init__(self, found: Found, backend: Backend, scratch: Path) -> None:
        self._found = found
        self._backend = backend
        self._scratch = scratch
        self._raw: dict[Origin, Raw] = {}
        self._looks: dict[Origin, Look] = {}

    def raw(self, origin: Origin) -> Raw:
        if origin not in self._raw:
            look = None if origin.path is None else self._look(origin, origin.path)
            self._raw[origin] = read(origin, look, self._backend, self._scratch)
        return self._raw[origin]

    def digest(self, unit: Unit, code_map_loads: Iterable[str]) -> str:
        """SHA-256 over everything that the unit's rows depend on, besides the mapping."""
        told = self._content(unit) | {"code_map": sorted(code_map_loads) if unit.maps_codes else []}
        return _digest(told)

    def files_digest(self, unit: Unit) -> str:
        """The same without the code map: the files alone."""
        return _digest(self._content(unit))

    def unchanged(self, unit: Unit) -> None:
        """Raise ContractViolation ``file_changed`` where a file of the unit is not what it was when it was read."""
        for origin in self._origins(unit):
            if origin in self._looks:
                self._looks[origin].still()

    def _content(self, unit: Unit) -> dict[str, object]:
        joined = [origin for name in unit.joined for origin in self._found.origins[name]]
        return {
            "sections": [section.label for section in unit.sections],
            "files": [self._digest(origin) for origin in unit.origins],
            "joined": [self._digest(origin) for origin in joined],
        }

    def _origins(self, unit: Unit) -> list[Origin]:
        return [*unit.origins, *(origin for name in unit.joined for origin in self._found.origins[name])]

    def inputs(self, unit: Unit) -> dict[str, ir.Table]:
        """Raw tables by input name, as the unit's sections see them."""
        lead = {section.file: unit.origins for section in unit.sections if section.file is not None}
        joined = {name: self._found.origins[name] for name in unit.joined if self._found.origins[name]}
        return {name: _stacked([self.raw(origin).table for origin in some]) for name, some in (joined | lead).items()}

    def modified(self, unit: Unit) -> datetime | None:
        """When the newest of the unit's files was written, where the sources tell."""
        known = [self.raw(origin).modified for origin in unit.origins]
        return max((time for time in known if time is not None), default=None)

    def _digest(self, origin: Origin) -> str:
        return self.raw(origin).digest if origin.path is None else self._look(origin, origin.path).digest

    def _look(self, origin: Origin, path: Path) -> Look:
        if origin not in self._looks:
            self._looks[origin] = look_at(origin, path)
        return self._looks[origin]


def _digest(told: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _stacked(tables: Sequence[ir.Table]) -> ir.Table:
    """All files of an input as one table; a column that one file lacks is null there."""
    if len(tables) == 1:
        return tables[0].mutate(**{POSITION: tables[0][LINE]})
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    kinds = {name: {table[name].type() for table in tables if name in table.columns} for name in names}
    parts = []
    for number, table in enumerate(tables):
        position = table[LINE] + ibis.literal(number << _FILE_BITS)
        columns = {name: _column(table, name, text_only=len(kinds[name]) > 1) for name in names}
        parts.append(table.select(**columns, **{POSITION: position}))
    return ibis.union(*parts)


def _column(table: ir.Table, name: str, *, text_only: bool) -> ir.Value:
    if name not in table.columns:
        return ibis.null("string")
    return text(Computed(table[name])).value if text_only and name not in (FILE, LINE) else table[name]
