"""One section of a mapping over the rows of its input: joined, unpivoted, typed, each value with its code."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from analytics.core.errors import ContractViolation
from data.contract import contract_table
from data.contract.schema import Column, Kind, Table
from data.sources.casting import Typed, named_values, source_value, typed
from data.sources.coordinates import to_wgs84
from data.sources.declarations import COORDINATES, ColumnSource, Distinct, Join, Mapping, Section, Unpivot
from data.sources.expressions import Expression, compute
from data.sources.functions import Rows
from data.sources.limits import AHEAD_HOURS
from data.sources.mapping import DELETED
from data.sources.problems import Problems
from data.sources.readers import FILE, LINE
from data.sources.values import present, text

POSITION = "__position"
"""Number of a row over all files of an input, in order: what "first" and "running number" mean."""
PREFER, CHOSEN = "__prefer", "where"
PREFIX = "__"
_SCHEMES = ("scheme", "region_scheme")
_DELETED = Column(DELETED, Kind.FLAG, ("deleted", "Deleted in the source"))


@dataclass(frozen=True, slots=True)
class Told:
    """What was declared, and ``latest``: the moment before which everything lies that has happened."""

    mapping: Mapping
    section: Section
    latest: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """A section as an expression. ``rows``: FILE, LINE, POSITION, the contract columns ``names`` in the contract's
    types, and three kinds of companions: ``__raw_<name>`` as received, ``__flag_<code>_<name>`` where a rule is broken
    that only the source value can break, ``__local_<name>`` the wall-clock time of a TIME column; and PREFER.

    ``flags``: codes per name (:data:`CHOSEN` for the section's own condition); ``locals``: names with a local time;
    ``told``: the section and mapping that it comes from.
    """

    table: Table
    names: tuple[str, ...]
    flags: Dict[str, tuple[str, ...]]
    locals: tuple[str, ...]
    told: Told
    rows: ir.Table

    @property
    def distinct(self) -> Distinct | None:
        return self.told.section.distinct

    @property
    def lasting(self) -> list[str]:
        """Columns to keep; what a row looked like as received is asked again for the few that are bad."""
        flags = [flag_name(name, code) for name, codes in self.flags.items() for code in codes]
        prefer = [PREFER] if self.distinct else []
        return [FILE, LINE, POSITION, *prefer, *self.names, *flags, *(local_name(name) for name in self.locals)]


def column_named(table: Table, name: str) -> Column:
    """A column of the contract, or the flag that marks deleted rows."""
    return _DELETED if name == DELETED else table.column(name)


def raw_name(name: str) -> str:
    return f"{PREFIX}raw_{name}"


def flag_name(name: str, code: str) -> str:
    return f"{PREFIX}flag_{code}_{name}"


def local_name(name: str) -> str:
    return f"{PREFIX}local_{name}"


class Preparation:
    """Turns sections into expressions. ``inputs``: raw tables by input name, each with FILE, LINE and POSITION;
    ``code_map``: columns code_source, kind, code, target; ``now``: the load's clock. What does not fit the files is
    added to ``problems``.
    """

    def __init__(
        self,
        mapping: Mapping,
        inputs: Dict[str, ir.Table],
        code_map: ir.Table | None,
        problems: Problems,
        *,
        now: datetime,
    ) -> None:
        self._mapping = mapping
        self._latest = now + timedelta(hours=AHEAD_HOURS)
        self._inputs = inputs
        self._code_map = code_map
        self._problems = problems

    def prepare(self, section: Section) -> Prepared | None:
        """The section over its input; None when a problem was found."""
        table = contract_table(section.table)
        rows = self._leading(section)
        columns = self._columns(section, table, rows)
        made_long = {section.unpivot.name, section.unpivot.value} if section.unpivot else set()
        # What a wide column's name says is often explained elsewhere: such a join has to wait for the rows.
        for join in (one for one in section.joins if not made_long & set(one.on)):
            rows = self._joined(rows, join, section)
        if section.unpivot is not None:
            rows = self._unpivoted(rows, section.unpivot, section)
        for join in (one for one in section.joins if made_long & set(one.on)):
            rows = self._joined(rows, join, section)
        rows = self._with_codes(rows, columns, section)
        source = self._over(rows)
        made = {name: self._typed(section, table, name, told, source) for name, told in columns.items()}
        where = self._condition(section, "where", section.where, source)
        prefer = self._condition(section, "prefer", section.distinct.prefer if section.distinct else None, source)
        parts = {name: part for name, part in made.items() if part is not None}
        if where is None or prefer is None or len(parts) < len(made):
            return None
        told = Told(self._mapping, section, self._latest)
        return _assembled(told, table, rows, _in_wgs84(parts, section), where, prefer)

    def _over(self, rows: ir.Table) -> Rows:
        return Rows(rows, (rows[POSITION],), self._mapping.timezone, self._mapping.currency)

    def _leading(self, section: Section) -> ir.Table:
        if section.file is not None:
            return self._inputs[section.file]
        # A section of constants is one row, which stands in the mapping itself.
        return ibis.memtable(pa.table({FILE: [self._mapping.name], LINE: [1], POSITION: [1]}))

    def _columns(self, section: Section, table: Table, rows: ir.Table) -> dict[str, ColumnSource]:
        if section.columns is None:
            columns = self._contract_shape(section, table, rows)
        else:
            columns = dict(section.columns)
        scheme = next((name for name in _SCHEMES if name in table.names), None)
        if scheme and scheme not in columns and ("region" in columns or "code" in columns):
            columns[scheme] = ColumnSource(constant=self._mapping.region_scheme)
        return columns

    def _contract_shape(self, section: Section, table: Table, rows: ir.Table) -> dict[str, ColumnSource]:
        there = [name for name in rows.columns if not name.startswith(PREFIX)]
        known = (*table.names, DELETED)
        for name in there:
            if name not in known:
                self._problems.unknown("mapping_unknown_column", name, known, section=section.label)
        for column in table.columns:
            if (column.required or column.name in table.key) and column.name not in (*there, *_SCHEMES):
                self._problems.add(
                    "mapping_missing_column", section=section.label, column=column.name, table=table.name
                )
        return {name: ColumnSource(column=name) for name in there if name in known}

    def _joined(self, rows: ir.Table, join: Join, section: Section) -> ir.Table:
        other = self._inputs.get(join.file)
        if other is None:
            pattern = self._mapping.files[join.file].pattern
            self._problems.add("mapping_file_absent", section=f"{section.label}.join", value=pattern)
            return rows
        known = [name for name in other.columns if not name.startswith(PREFIX)]
        missing = [(own, theirs) for own, theirs in join.on.items() if own not in rows.columns or theirs not in known]
        for own, theirs in missing:
            mine = [name for name in rows.columns if not name.startswith(PREFIX)]
            side, names = (own, mine) if own not in rows.columns else (theirs, known)
            self._problems.unknown(
                "unknown_source_column", side, names, section=f"{section.label}.join", column=join.file
            )
        if missing:
            return rows
        right = other.select(**{f"{join.file}.{name}": other[name] for name in known})
        on = [(_words(rows[own]), _words(right[f"{join.file}.{theirs}"])) for own, theirs in join.on.items()]
        self._one_to_one(other, join, section)
        return rows.left_join(right, [own == theirs for own, theirs in on])

    def _one_to_one(self, other: ir.Table, join: Join, section: Section) -> None:
        keyed = other.select(**{name: _words(other[name]) for name in join.on.values()})
        counted = keyed.group_by(list(join.on.values())).aggregate(__rows=keyed.count())
        double = counted.filter(counted["__rows"] > 1).limit(1).to_pyarrow().to_pylist()
        if double:
            value = ", ".join(str(double[0][name]) for name in join.on.values())
            self._problems.add(
                "join_not_unique", section=section.label, file=join.file, value=value, count=double[0]["__rows"]
            )

    def _unpivoted(self, rows: ir.Table, unpivot: Unpivot, section: Section) -> ir.Table:
        own = [name for name in rows.columns if not name.startswith(PREFIX)]
        wide = [name for name in own if any(fnmatch.fnmatchcase(name, glob) for glob in unpivot.columns)]
        if not wide:
            self._problems.unknown(
                "unknown_source_column", ", ".join(unpivot.columns), own, section=section.label, column="unpivot"
            )
            return rows.mutate(**{unpivot.name: ibis.null("string"), unpivot.value: ibis.null("string")})
        alike = rows.mutate(**{name: _words(rows[name]) for name in wide})
        return alike.pivot_longer(wide, names_to=unpivot.name, values_to=unpivot.value)

    def _with_codes(self, rows: ir.Table, columns: dict[str, ColumnSource], section: Section) -> ir.Table:
        """Look up each column that has a ``code_map``; the target stands in ``__mapped_<name>``."""
        for name, told in columns.items():
            if told.code_map is None:
                continue
            value = self._found(section, name, told, self._over(rows))
            if value is None:
                continue
            rows = rows.mutate(**{f"{PREFIX}source_{name}": value})
            known = self._lookup(told.code_map, name)
            rows = rows.left_join(known, rows[f"{PREFIX}source_{name}"] == known[f"{PREFIX}known_{name}"])
        return rows

    def _lookup(self, kind: str, name: str) -> ir.Table:
        known, mapped = f"{PREFIX}known_{name}", f"{PREFIX}mapped_{name}"
        table = self._code_map
        if table is None:
            return ibis.memtable(pa.table({known: [""], mapped: [""]}))
        mine = table.filter((table.kind == kind) & (table.code_source == self._mapping.source))
        return mine.select(**{known: mine.code, mapped: mine.target})

    def _found(self, section: Section, name: str, told: ColumnSource, rows: Rows) -> ir.Value | None:
        try:
            return text(source_value(told, rows)).value
        except ContractViolation as error:
            self._problems.adopt(error, section=section.label, column=name)
            return None

    def _typed(self, section: Section, table: Table, name: str, told: ColumnSource, rows: Rows) -> Typed | None:
        column = column_named(table, name)
        mapped = f"{PREFIX}mapped_{name}"
        try:
            if told.code_map is None:
                return typed(column, told, rows)
            if mapped not in rows.table.columns:
                return None
            looked_up = typed(column, ColumnSource(column=mapped), rows)
        except ContractViolation as error:
            self._problems.adopt(error, section=section.label, column=name)
            return None
        source = rows.table[f"{PREFIX}source_{name}"]
        unknown = present(source) & rows.table[mapped].isnull()
        return replace(looked_up, raw=source, flags=looked_up.flags | {"code_not_mapped": unknown.fill_null(False)})

    def _condition(self, section: Section, key: str, told: Expression | None, rows: Rows) -> Typed | None:
        """Rows for which a condition holds; a row for which it cannot be told is kept, with a code."""
        if told is None:
            return Typed(ibis.literal(True), ibis.null("string"), {})
        try:
            computed = compute(told, rows)
        except ContractViolation as error:
            self._problems.adopt(error, section=section.label, column=key)
            return None
        holds = computed.value.fill_null(False)
        if computed.failed is None:
            return Typed(holds, ibis.null("string"), {})
        failed = computed.failed.fill_null(False)
        return Typed(holds | failed, named_values(told.columns, rows), {"not_readable": failed})


def _words(value: ir.Value) -> ir.Value:
    from data.sources.values import Computed

    return text(Computed(value)).value


def _in_wgs84(parts: dict[str, Typed], section: Section) -> dict[str, Typed]:
    if not {"latitude", "longitude"} <= parts.keys():
        return parts
    latitude, longitude = parts["latitude"], parts["longitude"]
    north, east = to_wgs84(latitude.value, longitude.value, section.coordinates or COORDINATES[0])
    return parts | {"latitude": replace(latitude, value=north), "longitude": replace(longitude, value=east)}


def _assembled(
    told: Told, table: Table, rows: ir.Table, parts: dict[str, Typed], where: Typed, prefer: Typed
) -> Prepared:
    names = tuple(name for name in (*table.names, DELETED) if name in parts)
    checked = {**{name: parts[name] for name in names}, CHOSEN: where}
    clocks = {name: part.local for name, part in parts.items() if part.local is not None and table.time is not None}
    selected: dict[str, ir.Value] = {name: rows[name] for name in (FILE, LINE, POSITION)}
    selected |= {name: parts[name].value for name in names}
    selected |= {raw_name(name): part.raw.cast("string") for name, part in checked.items()}
    selected |= {flag_name(name, code): flag for name, part in checked.items() for code, flag in part.flags.items()}
    selected |= {local_name(name): local for name, local in clocks.items()}
    selected |= {PREFER: prefer.value, "__kept": where.value}
    computed = rows.select(**selected)
    kept = computed.filter(computed["__kept"]).drop("__kept")
    flags = {name: tuple(part.flags) for name, part in checked.items()}
    return Prepared(table, names, flags, tuple(clocks), told, kept)
