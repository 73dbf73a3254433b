"""Files through the door: what is loaded, once, under which day, and what a killed ingest leaves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.core.errors import AccessDenied, ContractViolation
from data.lake.lake import Lake
from data.sources.landing import Landing
from data.store.unit_of_work import UnitOfWork
from tests.data.sources.door import JOB, NOW, Door

pytestmark = pytest.mark.slow

TILL = """
source = "till"
[files]
lines = "*.csv"
[order_line]
from = "lines"
[order_line.columns]
order_id = "Nr"
line_no = "Line"
ordered_at = "At"
paid_at = "Paid"
channel = { constant = "store" }
sku = "Sku"
quantity = "Qty"
amount = "Amount"
"""
HEAD = "Nr,Line,At,Paid,Sku,Qty,Amount\n"
LINE = "1,1,2026-01-31 23:30:00,2026-01-31 23:45:00,rice,2,138.00\n"


def test_a_row_arrives_typed_and_stamped(door: Door) -> None:
    door.write("2026.csv", HEAD + LINE)
    read = datetime(2026, 2, 2, tzinfo=UTC)
    report = door.bring(TILL, extract_at=read)
    [row] = door.rows("order_line")
    [load] = door.loads()
    expected = {
        "order_id": "1",
        "line_no": "1",
        "ordered_at": datetime(2026, 1, 31, 15, 30, tzinfo=UTC),
        "paid_at": datetime(2026, 1, 31, 15, 45, tzinfo=UTC),
        "channel": "store",
        "sku": "rice",
        "quantity": Decimal("2.000"),
        "amount": Decimal("138.0000"),
        "account": None,
        "source": "till",
        "load_id": load.id,
        "file": "2026.csv",
        "line": 2,
        "extract_at": read,
        "loaded_at": NOW,
        "deleted": False,
        "business_day": date(2026, 1, 31),
        "month": "2026-01",
    }
    assert {name: row[name] for name in expected} == expected
    assert (load.rows_read, load.rows_rejected, load.rows_duplicate, dict(load.tables)) == (1, 0, 0, {"order_line": 1})
    assert (load.source, load.mapping, load.file) == ("till", "mapping.toml", "2026.csv")
    assert (load.currency, load.timezone, load.extract_at, load.loaded_at) == ("CNY", "Asia/Shanghai", read, NOW)
    assert report.tables == {"order_line": 1}
    assert report.as_dict()["files"][0]["file"] == "2026.csv"


def test_a_finished_load_leaves_one_event_and_a_repeated_one_none(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    load_id = door.bring(TILL).files[0].load_id
    door.bring(TILL)
    with UnitOfWork(door.store, JOB.scope, reading=True) as work:
        events = [event for chunk in work.audit.chunks() for event in chunk]
        load = work.loads.all()[0]
    told = [(event.user_id, event.action, event.subject_kind, event.subject_id) for event in events]
    assert told == [("service:test", "load.finished", "load", load_id)]
    facts = json.loads(events[0].facts)
    assert facts["tables"] == load.tables
    assert (facts["file"], facts["content_digest"], facts["rows_read"]) == (load.file, load.content_digest, 1)


def test_the_extract_time_is_that_of_the_file_unless_told(door: Door) -> None:
    path = door.write("a.csv", HEAD + LINE)
    changed = datetime(2025, 5, 5, 5, tzinfo=UTC)
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    door.bring(TILL)
    assert door.values("order_line", "extract_at") == [changed]


@pytest.mark.parametrize(
    ("zone", "ends", "paid", "day"),
    [
        ("Asia/Shanghai", 0, "2026-02-01 00:00:00", date(2026, 2, 1)),
        ("Asia/Shanghai", 2, "2026-02-01 01:59:59", date(2026, 1, 31)),
        ("Asia/Shanghai", 2, "2026-02-01 02:00:00", date(2026, 2, 1)),
        ("Asia/Shanghai", 0, "2026-01-31T16:00:00Z", date(2026, 2, 1)),
        ("Asia/Shanghai", 0, "2026-01-31T15:59:59+00:00", date(2026, 1, 31)),
        ("Europe/London", 0, "2026-06-30 23:59:59", date(2026, 6, 30)),
        ("Europe/London", 0, "2026-06-30T23:00:00Z", date(2026, 7, 1)),
        ("America/Chicago", 0, "2026-01-01", date(2026, 1, 1)),
    ],
)
def test_the_business_day_is_local_and_may_end_late(door: Door, zone: str, ends: int, paid: str, day: date) -> None:
    door.write("a.csv", HEAD + f"1,1,2026-01-01,{paid},rice,1,1\n")
    door.bring(f'timezone = "{zone}"\nday_ends = {ends}\n{TILL}', now=NOW + timedelta(days=200))
    assert door.values("order_line", "business_day") == [day]
    assert door.values("order_line", "month") == [f"{day:%Y-%m}"]


def test_an_unpaid_order_has_no_business_day_but_a_month(door: Door) -> None:
    door.write("a.csv", HEAD + "1,1,2025-12-31 23:00:00,,rice,1,1\n")
    door.bring(TILL)
    [row] = door.rows("order_line", "paid_at", "business_day", "month")
    assert row == {"paid_at": None, "business_day": None, "month": "2025-12"}


def test_the_same_content_is_loaded_once_whatever_its_name(door: Door) -> None:
    path = door.write("a.csv", HEAD + LINE)
    first = door.bring(TILL)
    path.rename(door.files / "renamed.csv")
    second = door.bring(TILL, now=NOW + timedelta(days=1))
    assert [file.already_loaded for file in second.files] == [True]
    assert second.files[0].load_id == first.files[0].load_id
    assert second.tables == {}
    assert len(door.loads()) == len(door.rows("order_line")) == 1


def test_a_copy_in_the_same_folder_is_the_same_content(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    door.write("copy of a.csv", HEAD + LINE)
    report = door.bring(TILL)
    assert sorted((file.file, file.already_loaded) for file in report.files) == [
        ("a.csv", False),
        ("copy of a.csv", True),
    ]
    assert len({file.load_id for file in report.files}) == 1
    assert door.values("order_line", "file") == ["a.csv"]


def test_another_content_or_another_mapping_is_another_load(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    door.bring(TILL)
    door.write("a.csv", HEAD + LINE.replace("138.00", "140.00"))
    door.bring(TILL, now=NOW + timedelta(days=1))
    door.bring(TILL + "# other\n", now=NOW + timedelta(days=2))
    assert sorted((row["amount"], row["loaded_at"].day) for row in door.rows("order_line")) == [
        (Decimal(138), 1),
        (Decimal(140), 2),
        (Decimal(140), 3),
    ]


def test_every_file_is_a_load_of_its_own(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    door.write("b.csv", HEAD + LINE.replace("1,1,", "2,1,"))
    assert [(load.file, dict(load.tables)) for load in sorted(door.loads(), key=lambda load: load.file)] == []
    door.bring(TILL)
    door.write("c.csv", HEAD + LINE.replace("1,1,", "3,1,"))
    assert [file.already_loaded for file in door.bring(TILL).files] == [True, True, False]
    assert door.values("order_line", "file") == ["a.csv", "b.csv", "c.csv"]


def test_a_killed_ingest_leaves_no_visible_trace(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = TILL + '[product]\nfrom = "lines"\n[product.columns]\nsku = "Sku"\nname = "Sku"\n'
    door.write("a.csv", HEAD + LINE)
    append = Lake.append

    def killed(lake: Lake, table: str, batches: Iterator[object]) -> int:
        if table == "order_line":
            raise KeyboardInterrupt
        return append(lake, table, batches)

    monkeypatch.setattr(Lake, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        door.bring(toml)
    monkeypatch.undo()
    assert door.lake.tables() == ["product"]
    assert door.loads() == []
    assert door.rows("product") == []
    assert door.bring(toml).tables == {"product": 1, "order_line": 1}
    assert len(door.rows("product")) == len(door.rows("order_line")) == 1


def test_what_was_finished_before_a_kill_stays(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    door.write("b.csv", HEAD + LINE.replace("1,1,", "2,1,"))
    stages: list[str] = []

    def killer(stage: str, done: int, total: int | None) -> None:
        stages.append(stage)
        if stage == "check" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        door.bring(TILL, progress=killer)
    assert door.values("order_line", "file") == ["a.csv"]
    assert [file.already_loaded for file in door.bring(TILL).files] == [True, False]
    assert set(stages) == {"read", "check", "load"}


def test_only_head_office_may_load(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    with pytest.raises(AccessDenied):
        door.bring(TILL, actor=replace(JOB, grants=frozenset({"dealer-1"})))
    assert door.lake.tables() == []


def test_a_single_file_is_enough_and_the_other_inputs_are_absent(door: Door) -> None:
    toml = TILL.replace('lines = "*.csv"', 'lines = "l*.csv"\nshops = "shops.csv"')
    path = door.write("lines.csv", HEAD + LINE)
    door.write("other.csv", "a\n1\n")
    report = door.bring(toml, path)
    assert (report.tables, report.absent, report.ignored) == ({"order_line": 1}, ("shops",), ())


def test_a_single_file_of_any_name_is_the_only_input(door: Door) -> None:
    path = door.write("export (3).txt", HEAD + LINE)
    assert door.bring(TILL, path).tables == {"order_line": 1}


def test_files_that_no_input_names_are_reported(door: Door) -> None:
    door.write("a.csv", HEAD + LINE)
    door.write("b.xlsx", b"")
    assert door.bring(TILL).ignored == ("b.xlsx",)


def test_nothing_to_load_and_nothing_there(door: Door) -> None:
    with pytest.raises(ContractViolation) as refused:
        door.bring(TILL, door.files / "none")
    assert refused.value.code == "source_not_found"
    with pytest.raises(ContractViolation) as refused:
        door.bring('source = "a"\ntables = "contract"')
    assert refused.value.code == "nothing_to_load"


def test_equal_rows_are_counted_and_kept_once(door: Door) -> None:
    door.write("a.csv", HEAD + LINE + LINE.replace("138.00", "138") + LINE.replace("1,1,", "2,1,") + LINE)
    report = door.bring(TILL)
    assert [(row["order_id"], row["line"]) for row in door.rows("order_line")] == [("1", 2), ("2", 4)]
    assert report.files[0].rows_duplicate == 2
    assert door.rejects() == []


def test_deleted_rows_are_flagged(door: Door) -> None:
    door.write("a.csv", HEAD.replace("\n", ",Gone\n") + LINE.replace("\n", ",yes\n"))
    door.bring(TILL + 'deleted = "Gone"\n')
    assert door.values("order_line", "deleted") == [True]


def test_where_several_sections_fill_one_table_they_share_its_key(door: Door) -> None:
    double = TILL.replace("[order_line]", "[[order_line]]")
    again = double[double.index("[[order_line]]") :].replace(
        'from = "lines"', 'from = "lines"\nwhere = \'Sku == "rice"\''
    )
    door.write("a.csv", HEAD + LINE + LINE.replace("1,1,", "2,1,").replace("rice", "oil"))
    report = door.bring(double + again)
    assert report.tables == {"order_line": 2}
    assert report.files[0].rows_duplicate == 1


def test_a_running_number_counts_all_rows_of_the_file_not_only_the_chosen(door: Door) -> None:
    toml = TILL.replace('line_no = "Line"', 'line_no = { expression = "ordinal(Nr)" }')
    toml = toml.replace('from = "lines"', "from = \"lines\"\nwhere = 'Qty > 0'")
    door.write("a.csv", HEAD + LINE.replace("rice,2", "rice,-2") + LINE + LINE)
    door.bring(toml)
    assert [(row["line"], row["line_no"]) for row in door.rows("order_line")] == [(3, "2"), (4, "3")]


def test_one_row_per_key_over_all_files(door: Door) -> None:
    toml = """
source = "till"
[files]
lines = "*.csv"
[product]
from = "lines"
distinct = { pick = "PICK", prefer = 'Qty > 0' }
[product.columns]
sku = "Sku"
name = "Name"
"""
    door.write("1.csv", "Sku,Name,Qty\nr,damaged,-1\nr,damaged,-1\nr,damaged,-1\nr,Rice,1\nr,Rise,1\n")
    door.write("2.csv", "Sku,Name,Qty\nr,Rice,1\nr,RICE,2\no,lost,-1\n")
    expected = {"most_frequent": "Rice", "first": "Rice", "last": "RICE"}
    for number, (pick, name) in enumerate(expected.items()):
        report = door.bring(toml.replace("PICK", pick), now=NOW + timedelta(days=number))
        newest = [row for row in door.rows("product") if row["loaded_at"] == NOW + timedelta(days=number)]
        assert {row["sku"]: row["name"] for row in newest} == {"r": name, "o": "lost"}
        assert [(file.file, file.rows_read) for file in report.files] == [("*.csv", 8)]
    assert len(door.loads()) == 3


def test_an_unreachable_folder_is_told(door: Door, tmp_path: Path) -> None:
    with pytest.raises(ContractViolation) as refused:
        door.bring(TILL, f"sqlite:///{tmp_path}/none/none.db")
    assert refused.value.code == "database_unreachable"


def test_a_row_that_goes_astray_stops_the_load(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may one day lose a row on its way, rows in are rows loaded, set aside or left out as equal."""
    land = Landing.land
    monkeypatch.setattr(Landing, "land", lambda landing, table, rows: land(landing, table, rows.limit(1)))
    door.write("a.csv", HEAD + LINE + LINE.replace("1,1,", "2,1,"))
    with pytest.raises(ContractViolation, match="rows_lost") as refused:
        door.bring(TILL)
    assert (refused.value.facts["read"], refused.value.facts["found"]) == (2, 1)
    assert door.rows("order_line") == []
