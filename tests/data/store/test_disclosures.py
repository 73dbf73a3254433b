"""Who saw what only grows, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.store.disclosures import Seen
from data.store.engine import Store
from data.store.records import Disclosure
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, NOW

TAKEN = Disclosure("a1", "export", NOW, "u-li", "li", "overview.today", "top.partner", "Sales", "{}", ("Partner",), 2,
                   "csv", "c" * 64, "b1")  # fmt: skip
REPLACE = "INSERT OR REPLACE INTO disclosure SELECT * FROM disclosure WHERE id = 'a1'"
SWEEP = {"sqlite": REPLACE, "postgresql": "TRUNCATE disclosure"}


def told(store: Store) -> list[Disclosure]:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return list(unit.disclosures.find(Seen(), 10))


@pytest.fixture
def before(store: Store) -> list[Disclosure]:
    with UnitOfWork(store, BRAND) as unit:
        unit.disclosures.add(TAKEN)
        unit.disclosures.add(replace(TAKEN, id="a2"))
        unit.commit()
    return told(store)


@pytest.mark.parametrize(
    "statement", ["UPDATE disclosure SET rows = 0 WHERE id = 'a1'", "DELETE FROM disclosure", None]
)
def test_raw_sql_changes_nothing(store: Store, before: list[Disclosure], statement: str | None) -> None:
    deed = statement or SWEEP[store.engine.dialect.name]
    with pytest.raises(IntegrityError, match="append-only"), store.writing() as connection:
        connection.execute(text(deed))
    assert told(store) == before
