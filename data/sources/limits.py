"""What is too much at the door, and why."""

from __future__ import annotations

FIELD_CHARACTERS = 32_767
"""Longest text of one field: what a cell of a spreadsheet holds. A longer one is nearly always a quote that nobody
closed, and a code or a name is never that long."""

SHEET_BYTES = 512 * 2**20
"""Most bytes that a workbook may unpack to. A full sheet of a million rows and ten columns takes some 400 MiB; more
than this is a file made to fill the memory, or one that belongs into CSV or Parquet, which are read a piece at a
time."""

SHOWN_CHARACTERS = 200
"""Characters of a value that are kept as evidence of what is wrong with it."""

AHEAD_HOURS = 24
"""How far ahead of the load's clock a time that has happened may lie: a day, for whoever's day began before ours.
Further ahead it is a wrong year or a wrong format, and one such row would move every "last 30 days"."""

EXAMPLES = 3
"""Rows that a warning names."""
