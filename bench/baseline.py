"""Plain DuckDB SQL for the same work: the same files read, the same tables written, the same questions answered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import h3
import pandas as pd

from analytics.core.calendar import Period

RESOLUTIONS = (4, 5, 6, 7)

LOAD = (
    """CREATE TABLE product AS
       SELECT "Item Number" AS sku, "Item Description" AS name, "Category Name" AS category,
              "State Bottle Cost"::DECIMAL(18, 4) AS cost
       FROM read_csv('{folder}/products.csv', all_varchar = true)""",
    """CREATE TABLE partner AS
       SELECT "Store" AS partner, "Name" AS name, "City" AS city,
              latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude
       FROM read_csv('{folder}/stores.csv', all_varchar = true)""",
    """CREATE TABLE sales_line AS
       SELECT "Date" AS day, "Store Number" AS partner, s."Item Number" AS sku,
              s."Invoice/Item Number"[:-6] AS order_id, s."Invoice/Item Number"[-5:] AS line_no,
              "Bottles Sold"::DECIMAL(18, 3) AS units, "Sale (Dollars)"::DECIMAL(18, 4) AS amount,
              ("Bottles Sold" * p.cost)::DECIMAL(18, 4) AS cost,
              CASE WHEN p.cost IS NOT NULL THEN "Sale (Dollars)"::DECIMAL(18, 4) END AS costed_amount
       FROM read_parquet('{folder}/sales_*.parquet') s LEFT JOIN product p ON p.sku = s."Item Number" """,
    """CREATE TABLE sales_day AS
       SELECT day, partner, count(*) AS lines,
              sum(units)::DECIMAL(18, 3) AS units, sum(amount)::DECIMAL(18, 4) AS amount,
              sum(cost)::DECIMAL(18, 4) AS cost, sum(costed_amount)::DECIMAL(18, 4) AS costed_amount
       FROM sales_line GROUP BY ALL""",
    """CREATE TABLE document AS
       SELECT order_id, partner, min(day) AS day, count(*) AS lines, sum(amount)::DECIMAL(18, 4) AS amount
       FROM sales_line GROUP BY ALL""",
    """CREATE TABLE first_purchase AS SELECT partner, min(day) AS day FROM document GROUP BY ALL""",
)

TODAY = (
    """SELECT sum(amount), sum(units), sum(costed_amount) - sum(cost) AS margin,
              (sum(costed_amount) - sum(cost)) / sum(costed_amount) AS rate
       FROM sales_day WHERE day BETWEEN $first AND $last""",
    """SELECT count(*) AS orders, count(DISTINCT partner) AS buyers FROM document WHERE day BETWEEN $first AND $last""",
    """SELECT count(*) AS new_buyers FROM first_purchase WHERE day BETWEEN $first AND $last""",
)
"""Asked of the period and of its baseline."""

SPARKLINES = (
    """SELECT day, sum(amount), sum(units), sum(costed_amount) - sum(cost) AS margin
       FROM sales_day WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day""",
    """SELECT day, count(*) AS orders, count(DISTINCT partner) AS buyers
       FROM document WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day""",
    """SELECT day, count(*) AS new_buyers FROM first_purchase
       WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day""",
)

TREND = """SELECT day, sum(amount) FROM sales_day WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day"""

TOPS = (
    """WITH now AS (SELECT partner, sum(amount) AS sales FROM sales_day
                    WHERE day BETWEEN $first AND $last GROUP BY partner),
            orders AS (SELECT partner, count(*) AS orders FROM document
                       WHERE day BETWEEN $first AND $last GROUP BY partner),
            before AS (SELECT partner, sum(amount) AS baseline FROM sales_day
                       WHERE day BETWEEN $before AND $until GROUP BY partner)
       SELECT now.partner, name, sales, orders, baseline, sales / sum(sales) OVER () AS share
       FROM now LEFT JOIN orders USING (partner) LEFT JOIN before USING (partner) LEFT JOIN partner USING (partner)
       ORDER BY sales DESC, now.partner LIMIT 100""",
    """WITH now AS (SELECT sku, sum(amount) AS sales, sum(units) AS units FROM sales_line
                    WHERE day BETWEEN $first AND $last GROUP BY sku),
            before AS (SELECT sku, sum(amount) AS baseline FROM sales_line
                       WHERE day BETWEEN $before AND $until GROUP BY sku)
       SELECT now.sku, name, category, sales, units, baseline, sales / sum(sales) OVER () AS share
       FROM now LEFT JOIN before USING (sku) LEFT JOIN product USING (sku) ORDER BY sales DESC, now.sku LIMIT 100""",
)

COVERAGE = (
    """SELECT partner, sum(lines), sum(amount) FROM sales_day ANTI JOIN partner USING (partner)
       WHERE day BETWEEN $first AND $last GROUP BY partner""",
    """SELECT sku, count(*), sum(amount) FROM sales_line ANTI JOIN product USING (sku)
       WHERE day BETWEEN $first AND $last GROUP BY sku""",
    """SELECT partner, sum(lines), sum(amount) FROM sales_day
       ANTI JOIN (SELECT partner FROM place WHERE latitude IS NOT NULL) USING (partner)
       WHERE day BETWEEN $first AND $last GROUP BY partner""",
    """SELECT count(*), sum(amount) FROM document WHERE partner IS NULL AND day BETWEEN $first AND $last""",
    """SELECT sku, count(*), sum(amount) FROM sales_line
       WHERE cost IS NULL AND day BETWEEN $first AND $last GROUP BY sku""",
)

HEATMAP = (
    """WITH now AS (SELECT cell{r} AS cell, sum(amount) AS sales FROM sales_day LEFT JOIN place USING (partner)
                    WHERE day BETWEEN $first AND $last GROUP BY ALL),
            before AS (SELECT cell{r} AS cell, sum(amount) AS baseline FROM sales_day LEFT JOIN place USING (partner)
                       WHERE day BETWEEN $before AND $until GROUP BY ALL),
            names AS (SELECT cell{r} AS cell, mode(city) AS label FROM place GROUP BY ALL)
       SELECT cell, label, sales, baseline, sales / sum(sales) OVER () AS share
       FROM now LEFT JOIN before USING (cell) LEFT JOIN names USING (cell) ORDER BY sales DESC""",
    """WITH now AS (SELECT partner, sum(amount) AS sales FROM sales_day
                    WHERE day BETWEEN $first AND $last GROUP BY ALL),
            before AS (SELECT partner, sum(amount) AS baseline FROM sales_day
                       WHERE day BETWEEN $before AND $until GROUP BY ALL)
       SELECT partner, name, latitude, longitude, sales, baseline
       FROM now LEFT JOIN before USING (partner) LEFT JOIN place USING (partner) ORDER BY sales DESC""",
    """SELECT quantile_cont(sales, 0.99) FROM (
           SELECT date_trunc('month', day) AS month, cell{r} AS cell, sum(amount) AS sales
           FROM sales_day JOIN place USING (partner) WHERE cell{r} IS NOT NULL GROUP BY ALL)""",
    COVERAGE[2],
)


def load(folder: Path, file: Path) -> None:
    """Read the published files and write every table into ``file``."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        for statement in LOAD:
            connection.execute(statement.format(folder=folder))
        place = connection.sql("SELECT partner, name, city, latitude, longitude FROM partner").df()
        for resolution in RESOLUTIONS:
            place[f"cell{resolution}"] = list(_cells(place, resolution))
        connection.register("placed", place)
        connection.execute("CREATE TABLE place AS FROM placed")


def _cells(place: pd.DataFrame, resolution: int) -> Iterator[str | None]:
    for latitude, longitude in zip(place["latitude"], place["longitude"], strict=True):
        yield None if pd.isna(latitude) else h3.latlng_to_cell(latitude, longitude, resolution)


class Answers:
    """Questions over the baseline's tables; frames as a page would get them."""

    def __init__(self, file: Path) -> None:
        self._connection = duckdb.connect(str(file), read_only=True)

    def today(self, period: Period, base: Period) -> list[pd.DataFrame]:
        now, before = _days(period), _days(base)
        both = {**now, "before": base.first, "until": base.last}
        asked = [*((text, days) for days in (now, before) for text in TODAY), *((text, now) for text in SPARKLINES)]
        asked += [(TREND, now), (TREND, before), *((text, both) for text in TOPS), *((text, now) for text in COVERAGE)]
        return [self._frame(text, days) for text, days in asked]

    def heatmap(self, period: Period, base: Period, resolution: int) -> list[pd.DataFrame]:
        both = {**_days(period), "before": base.first, "until": base.last}
        needs: tuple[dict[str, object], ...] = (both, both, {}, _days(period))
        return [self._frame(text.format(r=resolution), days) for text, days in zip(HEATMAP, needs, strict=True)]

    def _frame(self, text: str, days: dict[str, object]) -> pd.DataFrame:
        with self._connection.cursor() as cursor:
            return cursor.execute(text, days).df()


def _days(period: Period) -> dict[str, object]:
    return {"first": period.first, "last": period.last}


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]))
