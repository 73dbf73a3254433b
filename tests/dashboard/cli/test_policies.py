"""``waterline policies`` lists what holds on a day, and ``set`` changes it as the page would."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics.core.access import ROOT, Role
from analytics.core.calendar import day_of
from dashboard.cli import app
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity

TODAY = day_of(datetime.now(UTC))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = open_store(settings_from({"WATERLINE_HOME": str(tmp_path)}).store_url)
    store.migrate()
    for name, role in (("root", Role.ADMINISTRATOR), ("boss", Role.EXECUTIVE)):
        Identity(store).create_user(
            name=name, display_name="", password="a long password", roles={role}, grants={ROOT}, now=datetime.now(UTC)
        )
    store.close()
    return tmp_path


def waterline(home: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(app, ["policies", *arguments], env={"WATERLINE_HOME": str(home), "LC_ALL": language})


def listed(home: Path, name: str, *arguments: str) -> dict[str, object]:
    told = json.loads(waterline(home, "--json", *arguments).stdout)
    found: dict[str, object] = next(one for one in told["policies"] if one["name"] == name)
    return found


def test_all_policies_are_listed(home: Path) -> None:
    assert "stock.store_reserve" in waterline(home).stdout
    assert "门店安全库存" in waterline(home, language="zh").stdout
    limit = listed(home, "export.max_rows")
    assert (limit["value"], limit["unit"], limit["own"]) == (
        100_000, "rows", {"dealer": 20_000, "group_leader": 5_000, "store": 5_000},
    )  # fmt: skip


def test_a_policy_is_set_from_a_day_on(home: Path) -> None:
    later = TODAY + timedelta(days=2)
    arguments = ("set", "stock.out_risk", "3%", "--from", str(later), "--note", "safer", "--as", "root")
    said = waterline(home, *arguments)
    assert said.exit_code == 0, said.output
    assert "5% → 3%" in said.stdout
    assert listed(home, "stock.out_risk")["value"] == 0.05
    assert listed(home, "stock.out_risk", "--as-of", str(later))["value"] == 0.03
    waterline(home, "set", "stock.out_risk", "default", "--from", str(later), "--note", "back", "--as", "root")
    assert listed(home, "stock.out_risk", "--as-of", str(later))["value"] == 0.05


def test_where_money_hangs_on_it_the_shell_asks_as_well(home: Path) -> None:
    arguments = ("set", "decision.amount_limit", "60,000", "--key", "merchandiser", "--note", "more", "--as", "root")
    told = json.loads(waterline(home, *arguments, "--json").stdout)
    assert (told["state"], told["before"], told["after"]) == ("proposed", 50_000, 60_000)
    assert listed(home, "decision.amount_limit")["waiting"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("stock.reserve", "1", "--as", "root"), "policy_unknown"),
        (("stock.store_reserve", "100001", "--as", "root"), "policy_value_outside"),
        (("stock.store_reserve", "1", "--as", "boss"), "not_allowed"),
        (("stock.store_reserve", "1", "--as", "nobody"), "user_unknown"),
        (("stock.store_reserve", "1", "--as", "root", "--from", "2026-01-01"), "policy_retroactive"),
    ],
)
def test_refusals_are_coded(home: Path, arguments: tuple[str, ...], code: str) -> None:
    said = waterline(home, "set", *arguments, "--note", "x", "--json")
    assert said.exit_code == 2
    assert json.loads(said.stderr)["error"] == code
