"""``waterline audit verify`` finds what somebody with the store's file can do to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import astuple, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.services.users import shell_actor
from dashboard.settings import settings_from
from data.store.audit import GENESIS, AuditEvent, Deed, Subject, digest
from data.store.engine import open_store
from data.store.records import Disclosure
from data.store.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
EVENTS = 8


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose trail has eight events and a published head."""
    store = open_store(settings_from({"WATERLINE_HOME": str(tmp_path)}).store_url)
    store.migrate()
    actor = shell_actor()
    with UnitOfWork(store, actor.scope) as unit:
        for number in range(1, EVENTS + 1):
            unit.audit.append(actor, Deed.USER_CREATED, Subject("user", f"u{number}"), {"name": f"n{number}"}, at=NOW)
        unit.commit()
    store.close()
    assert waterline(tmp_path, "head").exit_code == 0
    return tmp_path


def waterline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments], env={"WATERLINE_HOME": str(home), "LC_ALL": "en"})


def tamper(home: Path, *statements: str) -> None:
    """What an attacker with access to the file does: the triggers go first."""
    with closing(sqlite3.connect(home / "store.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def events(home: Path) -> list[AuditEvent]:
    with closing(sqlite3.connect(home / "store.db")) as connection:
        return [AuditEvent(*row) for row in connection.execute("SELECT * FROM audit_event ORDER BY number")]


def chained(kept: list[AuditEvent]) -> Iterator[AuditEvent]:
    """The events with numbers and hashes computed anew, as an attacker would who read the source."""
    previous = GENESIS
    for number, event in enumerate(kept, 1):
        bare = replace(event, number=number, previous=previous)
        yield replace(bare, hash=digest(bare))
        previous = digest(bare)


def rewrite(home: Path, kept: list[AuditEvent]) -> None:
    tamper(home, "DELETE FROM audit_event")
    with closing(sqlite3.connect(home / "store.db")) as connection:
        connection.executemany("INSERT INTO audit_event VALUES (?,?,?,?,?,?,?,?,?,?)", map(astuple, kept))
        connection.commit()


def found(home: Path) -> list[tuple[str, int, int]]:
    """Code and numbers of each finding; both forms of the command must agree, and every sentence names its number."""
    document, spoken = waterline(home, "verify", "--json"), waterline(home, "verify")
    assert (document.exit_code, spoken.exit_code) == (1, 1), document.output + spoken.output
    answer = json.loads(document.stdout)
    assert answer["sound"] is False
    sentences = spoken.stdout.replace("\n", " ")
    for finding in answer["findings"]:
        assert f"No. {finding['first']}" in sentences
        assert finding["file"] in sentences
    return [(finding["code"], finding["first"], finding["last"]) for finding in answer["findings"]]


def test_a_sound_trail_is_said_to_be_sound(home: Path) -> None:
    document, spoken = waterline(home, "verify", "--json"), waterline(home, "verify")
    assert (document.exit_code, spoken.exit_code) == (0, 0)
    assert json.loads(document.stdout) == {"sound": True, "events": EVENTS, "heads": 1, "findings": []}
    assert "8 events, compared with 1 published heads" in spoken.stdout.replace("\n", " ")


def test_events_are_listed_newest_first(home: Path) -> None:
    found = json.loads(waterline(home, "list", "--limit", "2", "--json").stdout)
    assert found["total"] == EVENTS
    assert [(one["number"], one["facts"]) for one in found["events"]] == [(8, {"name": "n8"}), (7, {"name": "n7"})]
    one = waterline(home, "list", "--subject", "u3", "--from", "2026-11-22", "--to", "2026-11-22")
    assert "user u3" in one.stdout
    assert "user u4" not in one.stdout
    assert json.loads(waterline(home, "list", "--to", "2026-11-21", "--json").stdout)["events"] == []


def test_what_left_is_listed(home: Path) -> None:
    store = open_store(settings_from({"WATERLINE_HOME": str(home)}).store_url)
    told = Disclosure("a1", "export", NOW, "u1", "li", "overview.today", "rows", "Orders", "{}", ("Order",), 1234,
                      "csv", "c" * 64, None)  # fmt: skip
    with UnitOfWork(store, shell_actor().scope) as unit:
        unit.disclosures.add(told)
        unit.commit()
    store.close()
    run = partial(CliRunner().invoke, app, env={"WATERLINE_HOME": str(home), "LC_ALL": "en"})
    found = json.loads(run(["exports", "--who", "li", "--page", "overview.today", "--json"]).stdout)
    assert [(one["id"], one["checksum"], one["columns"]) for one in found["exports"]] == [("a1", "c" * 64, ["Order"])]
    assert "1,234" in run(["exports"]).stdout
    assert json.loads(run(["exports", "--who", "wang", "--json"]).stdout) == {"total": 0, "exports": []}


def test_dropped_triggers_alone_change_no_event(home: Path) -> None:
    tamper(home)
    assert waterline(home, "verify").exit_code == 0


@pytest.mark.parametrize("column", ["at", "user_id", "user_name", "action", "subject_kind", "subject_id", "facts"])
def test_an_edited_row(home: Path, column: str) -> None:
    tamper(home, f"UPDATE audit_event SET {column} = 'x' WHERE number = 3")
    assert found(home) == [("altered", 3, 3)]


def test_an_edited_row_whose_hash_was_computed_anew(home: Path) -> None:
    event = replace(events(home)[2], user_name="nobody")
    tamper(home, f"UPDATE audit_event SET user_name = 'nobody', hash = '{digest(event)}' WHERE number = 3")
    assert found(home) == [("unlinked", 4, 4)]


def test_an_edited_last_row_whose_hash_was_computed_anew(home: Path) -> None:
    event = replace(events(home)[-1], user_name="nobody")
    tamper(home, f"UPDATE audit_event SET user_name = 'nobody', hash = '{digest(event)}' WHERE number = {EVENTS}")
    assert found(home) == [("rewritten", EVENTS, EVENTS)]


def test_text_that_became_bytes(home: Path) -> None:
    tamper(home, "UPDATE audit_event SET user_name = CAST(user_name AS BLOB) WHERE number = 3")
    assert found(home) == [("altered", 3, 3)]


def test_a_deleted_row_in_the_middle(home: Path) -> None:
    tamper(home, "DELETE FROM audit_event WHERE number = 4")
    assert found(home) == [("missing", 4, 4)]


def test_a_deleted_row_whose_gap_was_closed(home: Path) -> None:
    tamper(
        home,
        "DELETE FROM audit_event WHERE number = 4",
        *(f"UPDATE audit_event SET number = {number - 1} WHERE number = {number}" for number in range(5, EVENTS + 1)),
    )
    assert found(home) == [("altered", 4, 7), ("unlinked", 4, 4), ("cut_off", 8, 8)]


def test_an_inserted_row(home: Path) -> None:
    """It is well made: number, predecessor and hash all fit, and the later ones were moved up by one."""
    second = events(home)[1]
    forged = replace(second, number=3, user_name="nobody", previous=second.hash)
    kept = events(home)
    moved = [replace(event, number=event.number + 1) for event in kept[2:]]
    tamper(home, "DROP TABLE audit_event", TABLE)
    rewrite(home, [*kept[:2], replace(forged, hash=digest(forged)), *moved])
    assert found(home) == [("altered", 4, 9), ("unlinked", 4, 4), ("rewritten", 8, 8)]


def test_a_row_inserted_before_the_first(home: Path) -> None:
    row = replace(events(home)[0], number=0, previous="p")
    rewrite(home, [row, *events(home)])
    assert found(home) == [("inserted", 0, 0)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (3, 6, [("altered", 3, 3), ("unlinked", 3, 4), ("altered", 6, 6), ("unlinked", 6, 7)]),
        (4, 5, [("altered", 4, 5), ("unlinked", 4, 6)]),
    ],
)
def test_reordered_rows(home: Path, one: int, other: int, expected: list[tuple[str, int, int]]) -> None:
    tamper(
        home,
        f"UPDATE audit_event SET number = 99 WHERE number = {one}",
        f"UPDATE audit_event SET number = {one} WHERE number = {other}",
        f"UPDATE audit_event SET number = {other} WHERE number = 99",
    )
    assert found(home) == expected


def test_a_tail_that_was_cut_off(home: Path) -> None:
    tamper(home, "DELETE FROM audit_event WHERE number > 5")
    assert found(home) == [("cut_off", 6, 8)]


def test_a_trail_that_was_emptied(home: Path) -> None:
    tamper(home, "DELETE FROM audit_event")
    assert found(home) == [("cut_off", 1, 8)]


@pytest.mark.parametrize(
    "forge",
    [
        lambda kept: [replace(event, user_name="nobody") if event.number == 2 else event for event in kept],
        lambda kept: [*kept[:4], replace(kept[0], user_name="nobody"), *kept[4:]],
        lambda kept: [kept[1], kept[0], *kept[2:]],
    ],
    ids=["edited", "inserted", "reordered"],
)
def test_a_chain_that_was_rewritten(home: Path, forge: Callable[[list[AuditEvent]], list[AuditEvent]]) -> None:
    """Every hash fits; the published head alone knows better."""
    rewrite(home, list(chained(forge(events(home)))))
    assert found(home) == [("rewritten", EVENTS, EVENTS)]


def test_the_head_of_a_cut_trail_is_not_published_over_the_evidence(home: Path) -> None:
    tamper(home, "DELETE FROM audit_event WHERE number > 5")
    refused = waterline(home, "head")
    assert refused.exit_code == 2
    assert "No. 8" in refused.stderr
    assert found(home) == [("cut_off", 6, 8)]


TABLE = (
    "CREATE TABLE audit_event (number INTEGER PRIMARY KEY, at TEXT, user_id TEXT, user_name TEXT, action TEXT, "
    "subject_kind TEXT, subject_id TEXT, facts TEXT, previous TEXT, hash TEXT)"
)
"""Without the constraint that an event has one successor: whoever writes the file can take it away."""
