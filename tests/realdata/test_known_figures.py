"""Published data sets go in through the shell: what arrives, and what ``waterline ask`` says of it, to the cent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow.dataset import dataset
from typer.testing import CliRunner

from analytics.core.access import ROOT, Role
from dashboard.cli import app
from dashboard.settings import settings_from
from data.lake.lake import Lake
from data.store.engine import open_store
from data.store.identity import Identity

pytestmark = [pytest.mark.slow, pytest.mark.realdata]


@dataclass(frozen=True)
class Shell:
    """A shell on a home that holds one data set, and what the load of it reported."""

    home: Path
    report: Mapping[str, Any]

    def __call__(self, *arguments: str) -> dict[str, Any]:
        return waterline(self.home, *arguments)

    def rows(self, table: str, *columns: str) -> pa.Table:
        return dataset(Lake(self.home / "lake").files(table)).to_table(columns=list(columns))

    def total(self, table: str, column: str) -> Decimal:
        found: Decimal = pc.sum(self.rows(table, column)[column]).as_py()
        return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, realdata: Callable[[str], Path]) -> Callable[[str], Shell]:
    """Data set's name → a shell on a home that holds it, loaded and built once."""
    shells: dict[str, Shell] = {}

    def shell(name: str) -> Shell:
        folder = realdata(name)
        if name not in shells:
            home = tmp_path_factory.mktemp(name)
            _account(home)
            shells[name] = Shell(home, waterline(home, "ingest", str(folder), "--mapping", name))
            waterline(home, "build")
        return shells[name]

    return shell


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


def test_iowa_arrives_whole(loaded: Callable[[str], Shell]) -> None:
    iowa = loaded("iowa_liquor")
    tables = iowa.report["tables"]
    assert tables["order_line"] == 2_614_365 + 2_622_712
    assert iowa.report["rows_rejected"] == 0
    assert sum(file["rows_duplicate"] for file in iowa.report["files"]) == 0
    assert iowa.total("order_line", "amount") == Decimal("396663131.66") + Decimal("428123535.40")
    assert tables["partner"] == 2_296
    assert tables["product"] == tables["product_cost"] == 6_482
    files = Lake(iowa.home / "lake").files("order_line")
    assert [Path(file).parent.name for file in files].count("month=2021-12") == 1


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


def test_online_retail_arrives_whole(loaded: Callable[[str], Shell]) -> None:
    retail = loaded("online_retail")
    tables, files = retail.report["tables"], retail.report["files"]
    assert tables["order_line"] == 531_283
    assert tables["refund_line"] == 9_288 + 1_336 + 2
    assert tables["account"] == 4_372
    assert retail.report["rows_rejected"] == 0
    assert sum(file["rows_duplicate"] for file in files) == 0
    assert sum(file["rows_read"] for file in files if file["file"].startswith("20")) == 541_909
    assert retail.total("order_line", "amount") - retail.total("refund_line", "amount") == Decimal("9747747.934")
    returned = retail.rows("refund_line", "refund_id", "reason", "amount").to_pylist()
    assert Counter(row["reason"] for row in returned) == {"cancelled": 9_288, "adjustment": 1_338}
    assert len({row["refund_id"] for row in returned if row["reason"] == "cancelled"}) == 3_836
    assert sum(row["amount"] for row in returned if row["reason"] == "adjustment") == 2 * Decimal("11062.06")
    unknown = (retail.rows(table, "account")["account"].null_count for table in ("order_line", "refund_line"))
    assert sum(unknown) == 135_080
    names = {row["sku"]: row["name"] for row in retail.rows("product", "sku", "name").to_pylist()}
    assert names["85123A"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert len(names) == 4_070
    assert set(retail.rows("region", "code")["code"].to_pylist()) >= {"United Kingdom", "EIRE"}


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
