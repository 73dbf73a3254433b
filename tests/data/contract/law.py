"""What every declaration of the contract has to keep; each rule yields the faults it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from data.contract.schema import SYSTEM_COLUMNS, Column, Family, Kind, Sensitivity, Table

BRAND = "brand"
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
HAN = re.compile(r"[\u4e00-\u9fff]")
ASCII_MARK_BESIDE_HAN = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;()!?][\u4e00-\u9fff]")
NULLABLE_TIME = {"order_line": "an unpaid order has no payment time, and no business day either"}


def faults(tables: Mapping[str, Table]) -> list[str]:
    """Every breach, as ``table: what`` or ``table.column: what``."""
    found: list[str] = []
    for name, table in tables.items():
        if name != table.name:
            found.append(f"{name}: registered under another name than its own, {table.name}")
        found += [f"{table.name}: {fault}" for rule in TABLE_RULES for fault in rule(table)]
        for column in table.columns:
            found += [f"{table.name}.{column.name}: {fault}" for rule in COLUMN_RULES for fault in rule(column)]
            found += [f"{table.name}.{column.name}: {fault}" for fault in reference(table, column, tables)]
    return found


def table_words(table: Table) -> Iterator[str]:
    yield from _words(table.about)
    if not table.section:
        yield "no section"


def table_names(table: Table) -> Iterator[str]:
    if not SNAKE.fullmatch(table.name):
        yield "name is not snake_case"
    reserved = {name for name, _ in SYSTEM_COLUMNS}
    for name in sorted(set(table.names)):
        if table.names.count(name) > 1:
            yield f"column {name} is declared twice"
        if name in reserved:
            yield f"column {name} is filled at the door"


def key(table: Table) -> Iterator[str]:
    if not table.key:
        yield "no key"
    for name in table.key:
        if name not in table.names:
            yield f"key column {name} does not exist"
        elif not table.column(name).required:
            yield f"key column {name} is not required"


def owner(table: Table) -> Iterator[str]:
    if table.owner == BRAND:
        return
    if table.owner not in table.names:
        yield f"owner column {table.owner} does not exist"
    elif table.name != "partner" and table.column(table.owner).references != "partner":
        yield f"owner column {table.owner} does not reference partner"


def time(table: Table) -> Iterator[str]:
    if table.time is None:
        if table.family is Family.FACT:
            yield "a fact without a time"
        return
    if table.time not in table.names:
        yield f"time column {table.time} does not exist"
        return
    column = table.column(table.time)
    if column.kind not in {Kind.TIME, Kind.DATE}:
        yield f"time column {table.time} is a {column.kind}"
    if not column.required and table.name not in NULLABLE_TIME:
        yield f"time column {table.time} is not required"


def column_words(column: Column) -> Iterator[str]:
    yield from _words(column.about)
    if not SNAKE.fullmatch(column.name):
        yield "name is not snake_case"


def values(column: Column) -> Iterator[str]:
    if column.low is not None and column.high is not None and column.low > column.high:
        yield f"low {column.low} lies above high {column.high}"
    if len(set(column.one_of)) != len(column.one_of):
        yield "a value is allowed twice"
    if column.one_of and column.kind is not Kind.CODE:
        yield f"one_of on a {column.kind}"
    if column.kind in {Kind.MONEY, Kind.QUANTITY} and not column.unit:
        yield f"a {column.kind} without a unit"


def sensitivity(column: Column) -> Iterator[str]:
    costly = "cost" in column.name.split("_")
    if costly and column.kind is Kind.MONEY and column.sensitivity is not Sensitivity.COST:
        yield "a cost that everybody sees"


def reference(table: Table, column: Column, tables: Mapping[str, Table]) -> Iterator[str]:
    if column.references is None:
        return
    name, _, named = column.references.partition(".")
    if name not in tables:
        yield f"references {name}, which does not exist"
        return
    target = tables[name]
    if named and named not in target.key:
        yield f"references {column.references}, which is no key column"
    elif column.kind is not target.column(named or target.key[-1]).kind:
        yield f"references {column.references} but is of another kind"
    scheme = {"scheme", f"{column.name}_scheme"} & set(table.names)
    if name == "region" and not scheme and column.name != "ship_to_region":
        yield "a region without its code scheme"


def _words(about: tuple[str, str]) -> Iterator[str]:
    zh, en = about
    if not HAN.search(zh):
        yield f"no Chinese in {zh!r}"
    if ASCII_MARK_BESIDE_HAN.search(zh):
        yield f"half-width punctuation in {zh!r}"
    if not en.strip() or HAN.search(en):
        yield f"no English in {en!r}"


TABLE_RULES = (table_words, table_names, key, owner, time)
COLUMN_RULES = (column_words, values, sensitivity)
