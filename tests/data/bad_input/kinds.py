"""The kinds of hard input, and the mark of a test that shows what becomes of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

KINDS: dict[str, str] = {
    # What the issue names.
    "utf-8": "CSV in UTF-8",
    "utf-8 with mark": "CSV in UTF-8 with a byte order mark",
    "gbk": "CSV in GBK or GB 18030",
    "utf-16 with mark": "CSV in UTF-16 with a byte order mark",
    "utf-16 without mark": "CSV in UTF-16 without one",
    "merged header": "a workbook whose column names are merged cells",
    "1900 dates": "a workbook that counts days from 1900",
    "1904 dates": "a workbook that counts days from 1904",
    "text numbers": "a workbook with numbers stored as text",
    "nested parquet": "Parquet with structures and lists",
    "parquet without a column": "Parquet that lacks a column",
    "database table": "a table of a database, with values as dirty as any file's",
    "missing column": "a column of the mapping that the file lacks",
    "renamed column": "a column that is called something else now",
    "duplicated column": "a column that stands there twice",
    "reordered columns": "columns in another order",
    "wrong encoding": "a file that is not in its declared encoding",
    "wrong encoding unseen": "UTF-8 declared as GB 18030, which reads as rubbish without an error",
    "full-width digits": "１２３",
    "mixed date formats": "several formats in one column, 03/04/2026 among them",
    "thousands": "1,234.50",
    "ambiguous thousands": "1,234",
    "currency sign": "¥1,234.50",
    "foreign currency sign": "$5 where amounts are yuan",
    "ten thousands": "1.2万",
    "percent sign": "12%",
    "accounting negatives": "(123.45) and 123.45-",
    "empty file": "no byte at all",
    "header only": "names and no rows",
    "trailing totals row": "合计 below the rows",
    "equal duplicates": "the same row twice",
    "different duplicates": "one key, two rows",
    "unknown sku": "a product that no dimension knows",
    "unknown node": "a node that no dimension knows",
    "unknown partner": "a partner that no dimension knows",
    "unmapped code": "a code of the source's own that the code map lacks",
    "zero quantity": "0 units",
    "refund dated before its sale": "a refund that is earlier than what it refunds",
    "refund loaded before its sale": "a refund whose sale arrives later",
    "future time": "a time ahead of the clock, by hours and by years",
    "time without offset": "2026-03-04 08:05 beside 2026-03-04T08:05:00+08:00",
    "repeated hour": "a time in the hour that clocks show twice",
    "skipped hour": "a time in the hour that clocks leave out",
    "far position": "a position far from its region's centre",
    "swapped position": "latitude and longitude the wrong way round",
    "gcj-02 declared": "shifted positions, and a mapping that says so",
    "gcj-02 undeclared": "positions in China, and a mapping that does not say in which system",
    "negative stock": "fewer than no units",
    "formula in a cell": "=A1*2 in a CSV file or, never computed, in a workbook",
    "spreadsheet error": "#N/A",
    "text cell": '="00123"',
    "nul byte": "NUL within a field",
    "giant field": "1 MB in one field",
    "zip bomb": "a workbook that unpacks to more than the memory",
    "zip that lies": "a workbook that states another size than it unpacks to",
    "csv cut off": "a CSV file that ends in the middle",
    "parquet cut off": "a Parquet file that ends in the middle",
    "parquet damaged": "a Parquet file whose middle is damaged and whose end is sound",
    "workbook cut off": "a workbook that ends in the middle",
    "file changes while read": "a file that is written while it is read",
    "disk full": "no room for what is written",
    "read-only home": "a home that cannot be written",
    # What comes beside it.
    "shortened code": "1.23457E+17 where an order number was",
    "clock of twelve hours": "8:05 PM",
    "named zone": "CST, which is two zones",
    "year of two digits": "26-03-04",
    "empty date": "0001-01-01",
    "broken quote": "a quote that nobody closed",
    "wrong number of columns": "too few or too many cells",
    "line in another encoding": "one line in GBK within UTF-8",
    "file that cannot be opened": "no permission to read it",
    "damaged workbook": "no workbook at all",
}
"""Kind → what it is. A test of its own counts the cases: no kind without one."""

Test = TypeVar("Test", bound=Callable[..., None])


def shows(*kinds: str) -> Callable[[Test], Test]:
    """Mark a test with the kinds that it shows."""

    def marked(test: Test) -> Test:
        test.kinds = kinds  # type: ignore[attr-defined]
        return test

    return marked
