"""What the shell prints about an ingest."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from dashboard.cli.printing import ingest_table
from dashboard.words import words
from data.sources.report import FileReport, IngestReport
from data.sources.warned import Example, Warned


def report(*warnings: Warned) -> IngestReport:
    file = FileReport("a.csv", "1", False, 3, 1, 0, {"order_line": 2}, {"totals_row": 1}, warnings)
    again = FileReport("b.csv", "2", True, 3, 0, 0, {"order_line": 3}, {}, warnings)
    return IngestReport("till", "till.toml", (file, again), (), (), 0.1)


def printed(told: IngestReport, language: str) -> str:
    paper = io.StringIO()
    Console(file=paper, width=300).print(ingest_table(told, words(language)))
    return paper.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_warnings_stand_below_the_table_with_their_first_row(language: str) -> None:
    ahead = Warned("time_ahead", "order_line", "paid_at", 7, (Example("a.csv", 4, "2026-03-01 13:00"),))
    far = Warned(
        "far_from_region", "partner", "latitude", 1, (Example("a.csv", 9, "1, 2", {"region": "R1", "km": 88}),)
    )
    text = printed(report(ahead, far), language)
    assert words(language).t("cli.warnings") in text
    for part in ("order_line.paid_at", "2026-03-01 13:00", "R1", "88", "totals_row: 1"):
        assert part in text


def test_files_that_were_loaded_before_warn_no_more() -> None:
    told = report(Warned("no_rows", "order_line", "", 0, (Example("a.csv", 0, ""),)))
    assert [(one.code, len(one.examples)) for one in told.warnings] == [("no_rows", 1)]
    assert told.as_dict()["warnings"][0]["examples"][0]["file"] == "a.csv"


def test_without_warnings_there_is_no_heading() -> None:
    assert words("en").t("cli.warnings") not in printed(report(), "en")
