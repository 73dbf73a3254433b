"""Keeps what rejected rows looked like in the source, so that they can be handed back, mended and loaded again.

A file that was handed back has a column more, :data:`REJECT`: it names the row that each of its rows stands for. When
such a file is loaded, the rows that it stands for are settled: they were loaded now, or set aside anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from data.contract.schema import Table
from data.lake.lake import RECORDS, SETTLED
from data.sources.handed_back import REJECT
from data.sources.landing import Landing
from data.sources.readers import FILE, LINE, Raw
from data.sources.sections import PREFIX, Prepared

_NAMED = r"^([^:]+):(\d+):(.*)$"


def keep_records(
    landing: Landing, rejects: Sequence[ir.Table], raws: Sequence[Raw], sections: Sequence[Prepared]
) -> None:
    """Append the records behind ``rejects`` to the lake, and what the files of ``raws`` settle of earlier ones."""
    for raw in raws:
        if REJECT in raw.table.columns:
            landing.append(SETTLED, _settled(raw.table, landing))
    if not rejects:
        return
    stacked = ibis.union(*rejects) if len(rejects) > 1 else rejects[0]
    lines = landing.staging.keep(stacked.select(FILE, LINE, "table").distinct())
    keys = _keys(lines, sections, landing)
    for raw in raws:
        landing.append(RECORDS, _records(lines, keys, raw.table, landing))


def named(load_id: str, line: int, file: str) -> str:
    """What stands in the column :data:`REJECT` for one row."""
    return f"{load_id}:{line}:{file}"


def key_text(rows: ir.Table, table: Table) -> ir.StringValue:
    """The key of each row as one text; null where a part of it is missing."""
    text = _plain(rows[table.key[0]])
    for name in table.key[1:]:
        text = text.concat(ibis.literal("\x1f"), _plain(rows[name]))
    return text


def _plain(column: ir.Value) -> ir.StringValue:
    # A time as text depends on the zone of whoever reads it.
    return column.epoch_seconds().cast("string") if column.type().is_timestamp() else column.cast("string")


def _keys(lines: ir.Table, sections: Sequence[Prepared], landing: Landing) -> ir.Table:
    parts = []
    for section in sections:
        if set(section.table.key) <= set(section.names):
            wanted = lines.filter(lines["table"] == section.table.name)
            found = section.rows.semi_join(wanted, [FILE, LINE])
            parts.append(
                found.select(FILE, LINE, table=ibis.literal(section.table.name), key=key_text(found, section.table))
            )
    if not parts:
        return lines.mutate(key=ibis.null("string"))
    stacked = ibis.union(*parts) if len(parts) > 1 else parts[0]
    one = stacked.group_by([FILE, LINE, "table"]).aggregate(key=stacked["key"].min())
    return landing.staging.keep(one)


def _records(lines: ir.Table, keys: ir.Table, raw: ir.Table, landing: Landing) -> ir.Table:
    names = [name for name in raw.columns if not name.startswith(PREFIX)]
    cells = ibis.array([raw[name].cast("string") for name in names]) if names else ibis.array([ibis.null("string")])
    told = raw.select(FILE, LINE, names=ibis.array([ibis.literal(name) for name in names or [""]]), cells=cells)
    found = lines.inner_join(told, [FILE, LINE]).left_join(keys, [FILE, LINE, "table"])
    return found.select(
        load_id=ibis.literal(landing.stamp.load_id),
        source=ibis.literal(landing.stamp.mapping.source),
        file=found[FILE],
        line=found[LINE],
        table=found["table"],
        key=found["key"],
        names=found["names"],
        cells=found["cells"],
    )


def _settled(raw: ir.Table, landing: Landing) -> ir.Table:
    name = raw[REJECT].cast("string")
    parts = [name.re_extract(_NAMED, group) for group in (1, 2, 3)]
    rows = raw.filter(name.re_search(_NAMED))
    return rows.select(
        load_id=ibis.literal(landing.stamp.load_id),
        source=ibis.literal(landing.stamp.mapping.source),
        of_load=parts[0],
        of_line=parts[1].cast("int64"),
        of_file=parts[2],
    )
