"""Published data sets go in through the shell, and their known figures come out of ``waterline ask`` to the cent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analytics.core.access import ROOT, Role
from dashboard.cli import app
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity

pytestmark = [pytest.mark.slow, pytest.mark.realdata]

Shell = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, realdata: Callable[[str], Path]) -> Callable[[str], Shell]:
    """Data set's name → a shell on a home that holds it, loaded and built once."""
    homes: dict[str, Path] = {}

    def home(name: str) -> Shell:
        folder = realdata(name)
        if name not in homes:
            homes[name] = tmp_path_factory.mktemp(name)
            _account(homes[name])
            waterline(homes[name], "ingest", str(folder), "--mapping", name)
            waterline(homes[name], "build")
        return lambda *arguments: waterline(homes[name], *arguments)

    return home


def waterline(home: Path, *arguments: str) -> dict[str, Any]:
    """Run the command in this process; its JSON answer. Anything but exit code 0 fails the test."""
    ran = CliRunner().invoke(app, [*arguments, "--json"], env={"WATERLINE_HOME": str(home)})
    assert ran.exit_code == 0, ran.output + ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def _account(home: Path) -> None:
    store = open_store(settings_from({"WATERLINE_HOME": str(home)}).store_url)
    store.migrate()
    Identity(store).create_user(
        name="head", display_name="Head office", password="long enough password",
        roles={Role.EXECUTIVE}, grants={ROOT}, now=datetime.now(UTC),
    )  # fmt: skip
    store.close()


def ask(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = shell("ask", *arguments, "--as", "head")["rows"]
    return rows


def test_iowa_to_the_cent(loaded: Callable[[str], Shell]) -> None:
    iowa = loaded("iowa_liquor")
    years = ask(iowa, "sales", "order_lines", "--by", "year")
    assert [(row["year"][:4], row["sales"], row["order_lines"]) for row in years] == [
        ("2020", 396_663_131.66, 2_614_365),
        ("2021", 428_123_535.40, 2_622_712),
    ]
    assert iowa("ask", "sales", "--as", "head")["currency"] == "USD"


def test_iowa_buyers_are_partners_of_the_channel_group_wholesale(loaded: Callable[[str], Shell]) -> None:
    iowa = loaded("iowa_liquor")
    whole = ask(iowa, "buyers", "partners_buying", "sales")[0]
    assert whole["buyers"] == whole["partners_buying"]
    assert ask(iowa, "sales", "--by", "channel_group") == [{"channel_group": "wholesale", "sales": whole["sales"]}]


def test_iowa_sales_without_a_position_are_kept_and_can_be_listed(loaded: Callable[[str], Shell]) -> None:
    """About 5 % of the dollars have no position; none of them is dropped."""
    iowa = loaded("iowa_liquor")
    by_cell = ask(iowa, "sales", "--by", "cell6")
    total = sum(row["sales"] for row in by_cell)
    assert total == pytest.approx(824_786_667.06, abs=0.005)
    lost = sum(row["sales"] for row in by_cell if row["cell6"] is None)
    assert 0.03 < lost / total < 0.07
    listed = ask(iowa, "sales", "--by", "partner", "--where", "cell6=none")
    assert len(listed) > 50
    assert sum(row["sales"] for row in listed) == pytest.approx(lost, abs=0.005)


def test_online_retail_to_the_tenth_of_a_penny(loaded: Callable[[str], Shell]) -> None:
    retail = loaded("online_retail")
    whole = ask(retail, "net_sales", "sales", "refunds", "accounts_seen", "documents", "orders", "refund_documents")[0]
    assert whole["net_sales"] == 9_747_747.934
    assert whole["accounts_seen"] == 4_372
    assert whole["documents"] == 25_900
    assert whole["orders"] + whole["refund_documents"] == 25_900


def test_online_retail_c_invoices_are_refunds(loaded: Callable[[str], Shell]) -> None:
    reasons = {
        row["reason"]: row for row in ask(loaded("online_retail"), "refund_documents", "refunds", "--by", "reason")
    }
    assert reasons["cancelled"]["refund_documents"] == 3_836
    assert reasons["cancelled"]["refunds"] == 896_812.49
    # Stock corrections carry no money; two bad-debt lines do.
    assert reasons["adjustment"]["refunds"] == 22_124.12


def test_online_retail_lines_without_customer_count_apart(loaded: Callable[[str], Shell]) -> None:
    retail = loaded("online_retail")
    sold = {row["identified"]: row["order_lines"] for row in ask(retail, "order_lines", "--by", "identified")}
    refunded = {row["identified"]: row["refund_lines"] for row in ask(retail, "refund_lines", "--by", "identified")}
    assert sold[False] + refunded[False] == 135_080
    assert sum(sold.values()) + sum(refunded.values()) == 541_909


def test_loading_again_changes_nothing(loaded: Callable[[str], Shell], realdata: Callable[[str], Path]) -> None:
    retail = loaded("online_retail")
    before = ask(retail, "net_sales", "documents")
    again = retail("ingest", str(realdata("online_retail")), "--mapping", "online_retail")
    assert all(file["already_loaded"] for file in again["files"])
    assert retail("build")["made"] == []
    assert ask(retail, "net_sales", "documents") == before
