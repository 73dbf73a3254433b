"""A mart that was brought up to date equals one that was made anew, whatever changed: table by table, row by row."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.engines.duckdb import Workshop
from data.lake.lake import Lake
from data.marts import MARTS, changes, network
from data.marts.build import build
from data.marts.making import Making
from data.marts.mart import Mart
from data.store.records import Build
from data.store.unit_of_work import UnitOfWork
from tests.worlds import (
    BRAND,
    CHANNELS,
    COSTS,
    JOB,
    NOW,
    PARTNERS,
    PRODUCTS,
    TABLES,
    World,
    line,
    load_rows,
    make_world,
)
from tests.writers import needed, through

pytestmark = pytest.mark.slow

SEED = 2
SLICED = tuple(mart.name for mart in MARTS if mart.slices)
Change = Callable[[World, random.Random], None]


@pytest.fixture
def revised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the marts that were brought up to date; in a world this small every change would be a large one."""
    monkeypatch.setattr(changes, "LARGE", 1000.0)
    told: list[str] = []
    revise = Workshop.revise

    def noted(self: Workshop, base: Path, name: str, *rest: Any) -> None:
        told.append(name)
        revise(self, base, name, *rest)

    monkeypatch.setattr(Workshop, "revise", noted)
    return told


def some_lines(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Lines of few orders on few days, so that they meet: the same order again is a correction or one more line."""
    return [
        {
            **line(
                f"O{chance.randrange(12)}", str(chance.randrange(3)),
                chance.choice([None, "2026-01-05", "2026-01-06", "2026-02-06", "2026-02-07", "2026-02-20"]),
                chance.choice(["web", "shop", "bulk", "unknown"]), chance.choice(["R5", "O1", "F1", "Z9"]),
                chance.randrange(4), chance.choice(["0", "9.99", "120.5"]),
                entry_partner=chance.choice([None, "S1", "S2", "S3", "X9"]),
                account=chance.choice([None, "m1", "m2"]),
                node=chance.choice([None, "N1", "N9"]),
                ship_to_region=chance.choice([None, "130100", "999999"]),
                cancelled_at=chance.choice([None, None, None, "2026-02-25T09:00:00"]),
            ),
            "deleted": chance.random() < 0.15,
            "source": chance.choice(["test", "test", "other"]),
        }
        for _ in range(count)
    ]  # fmt: skip


def some_refunds(chance: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        {
            "refund_id": f"C{chance.randrange(4)}", "line_no": str(chance.randrange(2)), "channel": "web",
            "refunded_at": chance.choice(["2026-02-20T09:00:00", "2026-02-27T09:00:00"]), "sku": "R5",
            "quantity": "1", "amount": chance.choice(["5", "7.25"]), "reason": "returned",
            "entry_partner": chance.choice([None, "S1"]), "deleted": chance.random() < 0.2,
            "order_id": chance.choice([None, "O1", "O2"]), "order_line_no": "1",
        }
        for _ in range(count)
    ]  # fmt: skip


def some_shipments(chance: random.Random) -> list[dict[str, Any]]:
    """An order goes out in several shipments, which come in different loads."""
    rows = [
        {
            "shipment_id": f"F{chance.randrange(8)}", "line_no": "1", "order_id": f"O{chance.randrange(12)}",
            "order_line_no": str(chance.randrange(3)), "node": "N1", "sku": "R5", "quantity": chance.randrange(3),
            "shipped_at": "2026-02-10T09:00:00", "promised_at": chance.choice([None, "2026-02-12T09:00:00"]),
            "delivered_at": chance.choice([None, "2026-02-11T09:00:00", "2026-02-14T09:00:00"]),
            "source": chance.choice(["test", "other"]), "deleted": chance.random() < 0.15,
        }
        for _ in range(3)
    ]  # fmt: skip
    return unique(rows, "shipment_id", "line_no")


def some_sell_out(chance: random.Random) -> list[dict[str, Any]]:
    """Reports of supermarkets on days on which others order, and of the same node and SKU."""
    rows = [
        {
            "node": chance.choice(["N1", "N8"]), "sku": chance.choice(["R5", "O1"]), "period": "day",
            "day": chance.choice(["2026-01-05", "2026-02-06"]), "quantity": chance.randrange(5),
            "deleted": chance.random() < 0.15,
        }
        for _ in range(3)
    ]  # fmt: skip
    return unique(rows, "node", "sku", "day", "period")


def unique(rows: list[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    """The door lets no key pass twice in one load."""
    return list({tuple(row.get(name, "test") for name in ("source", *key)): row for row in rows}.values())


def loaded(table: str, rows: Callable[[random.Random], list[dict[str, Any]]], *, stale: bool = True) -> Change:
    """``stale``: whether the extract may be older than what is there, and lose against it."""
    latest = count(1)

    def change(world: World, chance: random.Random) -> None:
        extracted = NOW + timedelta(hours=chance.randrange(-48, 48) if stale else 48 + next(latest))
        name = f"{table}-{chance.getrandbits(40):x}"
        load_rows(world.settings, world.store, table, rows(chance), load_id=name, extract_at=extracted)

    return change


def forgotten(world: World, chance: random.Random) -> None:
    with UnitOfWork(world.store, BRAND) as unit:
        known = [load.id for load in unit.loads.all() if load.id.startswith("order_line-")]
        unit.loads.remove(chance.choice(known))
        unit.commit()


def abandoned(world: World, chance: random.Random) -> None:
    """What a killed ingest leaves: rows that nobody may ever see."""
    name = f"killed-{chance.getrandbits(40):x}"
    load_rows(world.settings, world.store, "order_line", some_lines(chance, 3), load_id=name, commit=False)


def swept(world: World, chance: random.Random) -> None:
    """Rows that do not count are deleted: what they were cannot be looked up any more."""
    del chance
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        committed = {load.id for load in unit.loads.all()}
    lake = Lake(world.settings.lake)
    for table in lake.tables():
        lake.sweep(table, committed=committed, untouched_since=datetime.now(UTC) + timedelta(days=1))


def costs(chance: random.Random) -> list[dict[str, Any]]:
    new = {"sku": chance.choice(["R5", "O1"]), "cost": str(chance.randrange(50)), "valid_from": "2026-02-07"}
    return [*map(dict, COSTS[: chance.randrange(3)]), new]


def channels(chance: random.Random) -> list[dict[str, Any]]:
    return [{**row, "channel_group": chance.choice(["wholesale", "store"])} for row in CHANNELS]


def tree(chance: random.Random) -> list[dict[str, Any]]:
    """Outlets go to other dealers, and history with them."""
    owners = [None, "D1", "D2"]
    moved = [{**row, "parent": chance.choice(owners)} if row["kind"] == "store" else dict(row) for row in PARTNERS]
    return [*moved, {"partner": "X9", "name": "Listed at last", "kind": "store"}][: chance.randrange(4, 8)]


def products(chance: random.Random) -> list[dict[str, Any]]:
    return [{**chance.choice(PRODUCTS), "name": f"Renamed {chance.randrange(9)}"}]


def nodes(chance: random.Random) -> list[dict[str, Any]]:
    """Nodes go to other partners, and are declared after they were named."""
    partner = chance.choice([None, "S1", "S2"])
    return [{"node": node, "name": node, "kind": "store", "partner": partner} for node in ("N1", "N8")]


def order_lines(chance: random.Random) -> list[dict[str, Any]]:
    return unique(some_lines(chance, chance.randrange(1, 6)), "order_id", "line_no")


LINES = loaded("order_line", order_lines)
REFUNDS = loaded("refund_line", lambda chance: unique(some_refunds(chance, 2), "refund_id", "line_no"))
SELL_OUT = loaded("sell_out_agg", some_sell_out)
COST, CHANNEL, TREE, PRODUCT, NODE = (
    loaded(table, rows, stale=False)
    for table, rows in (
        ("product_cost", costs),
        ("channel", channels),
        ("partner", tree),
        ("product", products),
        ("node", nodes),
    )
)
SHIPMENTS = loaded("shipment_line", some_shipments)
STEPS: tuple[tuple[Change, ...], ...] = (
    (LINES,),
    (CHANNEL,),
    (LINES, REFUNDS, SHIPMENTS, SELL_OUT),
    (forgotten, swept),
    (COST,),
    (SHIPMENTS, SELL_OUT),
    (LINES, abandoned, TREE, NODE),
    (forgotten,),
    (LINES, LINES, COST, REFUNDS, PRODUCT, SELL_OUT),
)
"""Between two builds each. What is looked up changes alone, and what was taken back is swept: either would hide behind
lines that change as well.
"""


def made_anew(world: World, folder: Path, marts: tuple[Mart, ...] = MARTS) -> Mapping[str, Path]:
    """Every mart as it is without a build before."""
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        loads = unit.loads.all()
    making = Making(Lake(world.settings.lake), loads, folder, marts=marts, base=None)
    try:
        for _ in making.make_all():
            pass
    finally:
        making.close()
    return {name: folder / file for name, file in making.files.items()}


def differences(ours: Mapping[str, Path], theirs: Mapping[str, Path]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with duckdb.connect() as connection:
        for name in ours:
            connection.execute(f"ATTACH '{ours[name]}' AS ours (READ_ONLY)")
            connection.execute(f"ATTACH '{theirs[name]}' AS theirs (READ_ONLY)")
            one, other = f"(FROM ours.main.{name})", f"(FROM theirs.main.{name})"
            rows = connection.execute(f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})").fetchall()
            if rows:
                found[name] = rows
            connection.execute("DETACH ours; DETACH theirs")
    return found


def again(world: World, step: int) -> tuple[Build, tuple[str, ...]]:
    later = NOW + timedelta(hours=step)
    return build(lake=Lake(world.settings.lake), store=world.store, actor=JOB, folder=world.settings.marts, now=later)


def test_brought_up_to_date_equals_made_anew(
    tmp_path: Path, revised: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = needed(*SLICED)
    monkeypatch.setattr("data.marts.build.MARTS", few)
    chance = random.Random(SEED)  # noqa: S311
    lines = unique(some_lines(chance, 40), "order_id", "line_no")
    world = make_world(tmp_path / "home", {**TABLES, "order_line": lines})
    for step, some in enumerate(STEPS):
        for change in some:
            change(world, chance)
        built, _ = again(world, step)
        anew = made_anew(world, tmp_path / f"anew-{step}", few)
        ours = {name: world.settings.marts / file for name, file in built.marts.items()}
        assert differences(ours, anew) == {}, f"step {step}"
        # Names say what a file was made from, not how: the next build takes either.
        assert {name: path.name for name, path in anew.items()} == dict(built.marts)
    assert set(revised) == set(SLICED) - {"mention"}
    assert revised.count("sales_line") >= len(STEPS) // 2


def test_a_change_that_touches_much_makes_marts_anew(
    tmp_path: Path, revised: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(tmp_path / "home", TABLES)
    monkeypatch.setattr(changes, "LARGE", 0.3)
    dear = [{"sku": "R5", "cost": "99", "valid_from": "2026-01-01"}]
    load_rows(world.settings, world.store, "product_cost", dear, load_id="dear", extract_at=NOW + timedelta(days=1))
    built, made = again(world, 1)
    assert (revised, "sales_line" in made) == ([], True)
    ours = {name: world.settings.marts / file for name, file in built.marts.items()}
    assert differences(ours, made_anew(world, tmp_path / "anew")) == {}


def test_a_sale_counts_for_days_after_it_and_a_partner_for_all_days(
    tmp_path: Path, revised: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = through(network.MARTS[-1])
    monkeypatch.setattr("data.marts.build.MARTS", few)
    # On 20 February S3 is online for what it sold before the day that comes late.
    sold = [("2026-01-01", "S1"), ("2026-01-31", "S3"), ("2026-02-05", "S1"), ("2026-02-20", "S1")]
    lines = [line(f"A{day}", "1", day, "shop", "R5", "1", "9", entry_partner=partner) for day, partner in sold]
    world = make_world(tmp_path / "home", {**TABLES, "order_line": lines})
    late = line("B", "1", "2026-02-04", "shop", "R5", "1", "9", entry_partner="S2")
    gone = [{**row, "left": "2026-02-06"} if row["partner"] == "S2" else row for row in PARTNERS]
    first = line("C", "1", "2025-12-25", "shop", "R5", "1", "9", entry_partner="S1")
    brought: list[tuple[str, list[Any]]] = [("order_line", [late]), ("partner", gone), ("order_line", [first])]
    for step, (table, rows) in enumerate(brought):
        revised.clear()
        load_rows(
            world.settings, world.store, table, rows, load_id=f"{step}", extract_at=NOW + timedelta(days=1 + step)
        )
        built, _ = again(world, step)
        ours = {name: world.settings.marts / file for name, file in built.marts.items()}
        assert differences(ours, made_anew(world, tmp_path / f"anew-{step}", few)) == {}, f"step {step}"
        # Another partner, or a day before all others, changes what is told of every day.
        assert ("partner_day" in revised) is (step == 0)
