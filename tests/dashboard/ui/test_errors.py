"""What went wrong is told with a remedy; nothing raw."""

from __future__ import annotations

import pytest

from analytics.core.errors import DomainError, MissingData
from dashboard.ui.errors import missing_tables, remedy, table_label
from dashboard.words import words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unknown_code_still_has_a_sentence(language: str) -> None:
    assert "brand_new_code" in remedy(words(language), DomainError("brand_new_code"))


def test_a_known_code_speaks_the_language() -> None:
    error = DomainError("geojson_unreadable", file="a.json", reason="ValueError")
    assert "a.json" in remedy(words("zh"), error)


@pytest.mark.parametrize(
    ("facts", "tables"),
    [
        ({"tables": ("order_line", "product")}, ("order_line", "product")),
        ({"tables": "order_line, product"}, ("order_line", "product")),
        ({}, ()),
    ],
)
def test_missing_tables(facts: dict[str, object], tables: tuple[str, ...]) -> None:
    assert missing_tables(MissingData("no_build", **facts)) == tables


def test_a_table_has_a_name_and_a_code() -> None:
    assert table_label(words("zh"), "order_line") == "订单行 `order_line`"
    assert table_label(words("zh"), "something_else") == "`something_else`"
