"""Reads a mapping file and checks whatever can be checked without the data."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import tomllib
from collections import abc
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.core.errors import ContractViolation
from data.contract import TABLES, contract_table
from data.contract.schema import Column, Table
from data.sources.declarations import (
    CASE,
    COORDINATES,
    PICKS,
    UNITS,
    ColumnSource,
    Distinct,
    Join,
    Mapping,
    Section,
    SourceFile,
    Unpivot,
    coordinate_system,
    formats,
    header_lines,
)
from data.sources.expressions import Expression, parse_expression
from data.sources.problems import MappingRefused, Problems

__all__ = ["Mapping", "MappingRefused", "load_mapping"]

CONTRACT = "contract"
DELETED = "deleted"
"""The one system column that a source may fill: rows that it has deleted."""
_TOP = ("source", "timezone", "day_ends", "currency", "region_scheme", "coordinates", "encoding", "files", "tables")
_FILE = ("pattern", "encoding", "delimiter", "sheet", "optional", "header")
_SECTION = ("from", "where", "join", "unpivot", "distinct", "coordinates", "columns")
_COLUMN = (
    "column", "constant", "expression", "format", "decimal", "thousands", "unit", "units_per_case", "code_map",
)  # fmt: skip
_Told = TypeVar("_Told")
_MAPPABLE = ("product", "partner", "node", "channel", "region")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping; raises ContractViolation (mapping_not_found, mapping_not_toml) or MappingRefused with every
    problem that can be seen without the data.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise ContractViolation("mapping_not_found", path=path) from None
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractViolation("mapping_not_toml", path=path, reason=str(error)) from None
    problems = Problems()
    mapping = _Reader(told, problems).mapping(path, hashlib.sha256(content).hexdigest())
    problems.raise_any(path.name)
    return mapping


class _Reader:
    """Turns TOML into nouns; what it cannot read becomes a problem and a harmless default."""

    def __init__(self, told: dict[str, Any], problems: Problems) -> None:
        self._told = told
        self._problems = problems
        self._files: dict[str, SourceFile] = {}

    def mapping(self, path: Path, digest: str) -> Mapping:
        told = self._told
        self._known_keys(told, (*_TOP, *TABLES), "", "mapping_unknown_key")
        if not isinstance(told.get("source"), str) or not told["source"].strip():
            self._problems.add("mapping_missing_key", section="", key="source")
        self._files = self._read_files()
        sections = tuple(section for name in TABLES if name in told for section in self._sections(name))
        if not sections and told.get("tables") != CONTRACT:
            self._problems.add("mapping_without_tables", known=", ".join(TABLES))
        return Mapping(
            path=path,
            digest=digest,
            source=str(told.get("source", "")),
            timezone=self._timezone(),
            day_ends=self._day_ends(),
            currency=self._text(told, "currency", "CNY", ""),
            region_scheme=self._text(told, "region_scheme", "gb-t-2260", ""),
            coordinates=self._coordinates(told, ""),
            contract_shape=told.get("tables") == CONTRACT,
            encoding=self._encoding(told, ""),
            files=self._files,
            sections=sections,
        )

    def _timezone(self) -> str:
        name = self._text(self._told, "timezone", "Asia/Shanghai", "")
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self._wrong("", "timezone", name, "Asia/Shanghai, Europe/London, UTC")
        return name

    def _day_ends(self) -> int:
        hour = self._told.get("day_ends", 0)
        if isinstance(hour, int) and 0 <= hour < 24:
            return hour
        self._wrong("", "day_ends", hour, "0–23")
        return 0

    def _coordinates(self, told: dict[str, Any], section: str) -> str | None:
        return self._parsed(coordinate_system, told.get("coordinates"), "coordinates", section, ", ".join(COORDINATES))

    def _encoding(self, told: dict[str, Any], section: str, default: str = "utf-8") -> str:
        name = self._text(told, "encoding", default, section)
        try:
            return codecs.lookup(name).name
        except LookupError:
            self._wrong(section, "encoding", name, "utf-8, utf-16, gb18030, latin-1")
            return default

    def _read_files(self) -> dict[str, SourceFile]:
        files = {}
        default = self._encoding(self._told, "")
        for name, told in self._table(self._told, "files", "").items():
            label = f"files.{name}"
            keys = told if isinstance(told, dict) else {"pattern": told}
            self._known_keys(keys, _FILE, label, "mapping_unknown_key")
            delimiter = self._text(keys, "delimiter", ",", label)
            if len(delimiter) != 1:
                self._wrong(label, "delimiter", delimiter, ", ; \\t |")
            files[name] = SourceFile(
                name=name,
                pattern=self._text(keys, "pattern", "", label, required=True),
                encoding=self._encoding(keys, label, default),
                delimiter=delimiter,
                sheet=keys.get("sheet"),
                optional=keys.get("optional") is True,
                header=self._parsed(header_lines, keys.get("header"), "header", label, "2, [1, 2]"),
            )
        return files

    def _sections(self, name: str) -> abc.Iterator[Section]:
        told = self._told[name]
        many = isinstance(told, list)
        for position, part in enumerate(told if many else [told], start=1):
            label = f"{name}[{position}]" if many else name
            if isinstance(part, dict):
                yield self._section(contract_table(name), part, label)
            else:
                self._wrong(label, "", part, "[section]")

    def _section(self, table: Table, told: dict[str, Any], label: str) -> Section:
        self._known_keys(told, _SECTION, label, "mapping_unknown_key")
        file = told.get("from")
        if file is not None and file not in self._files:
            self._problems.unknown("mapping_unknown_file", str(file), self._files, section=label)
        columns = None if told.get("columns") == CONTRACT else self._columns(table, told, label)
        if file is None:
            self._constants_only(columns, label)
        return Section(
            table=table.name,
            label=label,
            file=file,
            columns=columns,
            where=self._expression(told.get("where"), label, "where"),
            joins=tuple(self._joins(told, label)),
            unpivot=self._unpivot(told, label),
            distinct=self._distinct(told, label),
            coordinates=self._coordinates(told if "coordinates" in told else self._told, label),
        )

    def _constants_only(self, columns: abc.Mapping[str, ColumnSource] | None, label: str) -> None:
        if columns is None or any(source.inputs for source in columns.values()):
            self._problems.add("mapping_missing_key", section=label, key="from")

    def _columns(self, table: Table, told: dict[str, Any], label: str) -> dict[str, ColumnSource]:
        columns: dict[str, ColumnSource] = {}
        known = (*table.names, DELETED)
        for name, value in self._table(told, "columns", label).items():
            if name not in known:
                self._problems.unknown("mapping_unknown_column", name, known, section=label)
            columns[name] = self._column(value, label, name)
            if name in table.names:
                self._constant(table.column(name), columns[name], label)
        for column in table.columns:
            needed = column.required or column.name in table.key
            if needed and column.name not in columns and column.name not in ("scheme", "region_scheme"):
                self._problems.add("mapping_missing_column", section=label, column=column.name, table=table.name)
        return columns

    def _constant(self, column: Column, source: ColumnSource, label: str) -> None:
        if source.constant is not None and column.one_of and source.constant not in column.one_of:
            self._wrong(f"{label}.{column.name}", "constant", source.constant, ", ".join(column.one_of))

    def _column(self, told: object, label: str, name: str) -> ColumnSource:
        where = f"{label}.{name}"
        if isinstance(told, str):
            return ColumnSource(column=told)
        if not isinstance(told, dict):
            self._wrong(where, name, told, '"source column", {constant = …}, {expression = …}')
            return ColumnSource()
        self._known_keys(told, _COLUMN, where, "mapping_unknown_key")
        if sum(key in told for key in ("column", "constant", "expression")) != 1:
            self._wrong(where, name, ", ".join(told), "column | constant | expression")
        self._units(told, where)
        return ColumnSource(
            column=told.get("column"),
            constant=told.get("constant"),
            expression=self._expression(told.get("expression"), label, name),
            format=self._parsed(formats, told.get("format"), "format", where, '"%d/%m/%Y", ["%d/%m/%Y", …]'),
            decimal=self._text(told, "decimal", ".", where) if "decimal" in told else None,
            thousands=told.get("thousands"),
            unit=told.get("unit"),
            units_per_case=told.get("units_per_case"),
            code_map=told.get("code_map"),
        )

    def _parsed(self, parse: abc.Callable[[object], _Told | None], told: object, *at: str) -> _Told | None:
        value = parse(told)
        if value is None and told is not None:
            self._wrong(at[1], at[0], told, at[2])
        return value

    def _units(self, told: dict[str, Any], where: str) -> None:
        unit, per_case, kind = told.get("unit"), told.get("units_per_case"), told.get("code_map")
        if unit is not None and unit not in (*UNITS, CASE):
            self._problems.unknown("mapping_unknown_unit", str(unit), (*UNITS, CASE), section=where)
        if (unit == CASE) != (per_case is not None):
            self._wrong(where, "units_per_case", per_case, 'unit = "case", units_per_case = "…"')
        if kind is not None and kind not in _MAPPABLE:
            self._wrong(where, "code_map", kind, ", ".join(_MAPPABLE))

    def _expression(self, told: object, label: str, column: str) -> Expression | None:
        if told is None:
            return None
        try:
            return parse_expression(str(told))
        except ContractViolation as error:
            self._problems.adopt(error, section=label, column=column)
            return None

    def _joins(self, told: dict[str, Any], label: str) -> abc.Iterator[Join]:
        given = told.get("join", [])
        for part in given if isinstance(given, list) else [given]:
            file, on = (part.get("file"), part.get("on")) if isinstance(part, dict) else (None, None)
            if file not in self._files:
                self._problems.unknown("mapping_unknown_file", str(file), self._files, section=f"{label}.join")
            elif not isinstance(on, dict) or not on:
                self._wrong(f"{label}.join", "on", on, '{"column" = "column of the joined file"}')
            else:
                yield Join(str(file), {str(left): str(right) for left, right in on.items()})

    def _unpivot(self, told: dict[str, Any], label: str) -> Unpivot | None:
        given = self._table(told, "unpivot", label)
        if not given:
            return None
        self._known_keys(given, ("columns", "name", "value"), f"{label}.unpivot", "mapping_unknown_key")
        columns = given.get("columns", [])
        names = (columns,) if isinstance(columns, str) else tuple(str(column) for column in columns)
        return Unpivot(names, str(given.get("name", "name")), str(given.get("value", "value")))

    def _distinct(self, told: dict[str, Any], label: str) -> Distinct | None:
        given = told.get("distinct")
        if given is None:
            return None
        keys = given if isinstance(given, dict) else {"pick": given}
        self._known_keys(keys, ("pick", "prefer"), f"{label}.distinct", "mapping_unknown_key")
        pick = keys.get("pick", PICKS[0])
        if pick not in PICKS:
            self._wrong(f"{label}.distinct", "pick", pick, ", ".join(PICKS))
        return Distinct(str(pick), self._expression(keys.get("prefer"), label, "prefer"))

    def _table(self, told: dict[str, Any], key: str, label: str) -> dict[str, Any]:
        value = told.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong(label, key, value, f"[{key}]")
        return {}

    def _text(self, told: dict[str, Any], key: str, default: str, label: str, *, required: bool = False) -> str:
        value = told.get(key, default)
        if not isinstance(value, str) or (required and not value):
            self._wrong(label, key, value, '"…"')
            return default
        return value

    def _wrong(self, section: str, key: str, value: object, expected: str) -> None:
        self._problems.add("mapping_wrong_value", section=section, key=key, value=value, expected=expected)

    def _known_keys(self, told: dict[str, Any], known: tuple[str, ...], section: str, code: str) -> None:
        for key in told:
            if key not in known:
                close = ", ".join(difflib.get_close_matches(key, known, n=3, cutoff=0.5))
                self._problems.add(code, section=section, value=key, close=close, known=", ".join(known))
