"""``waterline decide`` and ``waterline export`` do what the pages do, with the rights of an account."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from datetime import date as day
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics.core.access import ROOT, Role
from dashboard.cli import app
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity
from data.store.unit_of_work import UnitOfWork
from tests.proposals import a_proposal
from tests.worlds import BRAND


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = open_store(settings_from({"WATERLINE_HOME": str(tmp_path)}).store_url)
    store.migrate()
    for name, role in (("li", Role.MERCHANDISER), ("boss", Role.EXECUTIVE)):
        Identity(store).create_user(
            name=name, display_name="", password="a long password", roles={role}, grants={ROOT}, now=datetime.now(UTC)
        )
    with UnitOfWork(store, BRAND) as unit:
        for id in ("p1", "p2"):
            unit.proposals.add(a_proposal(id, expires_on=day(2999, 1, 1)))
        unit.commit()
    store.close()
    return tmp_path


def waterline(home: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(app, arguments, env={"WATERLINE_HOME": str(home), "LC_ALL": language})


def decide(home: Path, *arguments: str) -> dict[str, object]:
    ran = waterline(home, "decide", *arguments, "--json")
    told: dict[str, object] = json.loads(ran.stdout if ran.exit_code == 0 else ran.stderr)
    return told


def test_a_proposal_is_decided_in_the_shell(home: Path) -> None:
    edited = decide(home, "p1", "--version", "1", "--as", "li", "--edit", "60", "--reason", "budget")
    assert (edited["version"], edited["state"], edited["quantity"]) == (2, "proposed", 60)
    assert decide(home, "p1", "--version", "1", "--as", "li", "--approve")["error"] == "proposal_stale"
    once = ("p1", "--version", "2", "--as", "li", "--approve", "--command", "c9")
    assert decide(home, *once) == decide(home, *once)
    assert decide(home, "p1", "--version", "3", "--as", "li", "--undo")["state"] == "proposed"
    assert decide(home, "p1", "--version", "4", "--as", "li", "--reject")["error"] == "proposal_reason_missing"
    assert decide(home, "p1", "--version", "4", "--as", "li", "--edit", "many", "--reason", "budget")["error"] == (
        "proposal_quantity_bad"
    )
    snoozed = decide(home, "p1", "--version", "4", "--as", "li", "--snooze", "2998-01-01")
    assert snoozed["state"] == "snoozed"


def test_a_proposal_is_split_in_the_shell(home: Path) -> None:
    asked = ("p1", "--as", "li", "--version")
    whole = a_proposal("p1")
    later = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    assert decide(home, *asked, "1", "--split", "60")["error"] == "proposal_split_bad", "the rest needs a day"
    assert decide(home, *asked, "1", "--on", later)["error"] == "proposal_quantity_bad"
    assert decide(home, *asked, "1", "--split", "60", "--on", later, "--approve")["error"] == "decide_one_move"
    kept = decide(home, *asked, "1", "--split", "60", "--on", later)
    assert (kept["version"], kept["quantity"], kept["rest"]) == (2, 60, "p1-2")
    with UnitOfWork(open_store(settings_from({"WATERLINE_HOME": str(home)}).store_url), BRAND, reading=True) as unit:
        rest = unit.proposals.get("p1-2")
    assert rest.quantity == whole.quantity - 60
    assert rest.order_by.isoformat() == later
    assert decide(home, "p1-2", "--as", "li", "--version", "1", "--approve")["state"] == "approved"


def test_one_move_at_a_time_with_the_rights_of_the_account(home: Path) -> None:
    asked = ("p1", "--version", "1", "--as")
    assert decide(home, *asked, "li")["error"] == "decide_one_move"
    assert decide(home, *asked, "li", "--approve", "--undo")["error"] == "decide_one_move"
    assert decide(home, *asked, "boss", "--approve")["error"] == "not_allowed"
    told = waterline(home, "decide", *asked, "li", "--approve", language="zh").stdout
    assert "已批准" in told


def test_what_is_approved_is_exported_and_the_same_file_comes_again(home: Path, tmp_path: Path) -> None:
    assert "Nothing is approved" in waterline(home, "export", "--as", "li").stderr
    decide(home, "p1", "--version", "1", "--as", "li", "--approve")
    file, again = tmp_path / "orders.json", tmp_path / "again.json"
    assert waterline(home, "export", "--as", "li", "--format", "json", "--out", str(file)).exit_code == 0
    told = json.loads(file.read_text(encoding="utf-8"))
    assert (told["totals"]["amount"], [line["proposal"] for line in told["orders"][0]["lines"]]) == ("4525.00", ["p1"])
    waterline(home, "export", "--as", "li", "--format", "json", "--batch", told["batch"], "--out", str(again))
    assert again.read_bytes() == file.read_bytes()
    assert "csv, xlsx, json" in waterline(home, "export", "--as", "li", "--format", "pdf").stderr
    assert waterline(home, "export", "--as", "boss").exit_code == 2
