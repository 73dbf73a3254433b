"""Files through the page become the jobs that the shell runs, and nothing of a refused upload stays behind."""

from __future__ import annotations

import os
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Actor, Role, Viewer
from analytics.core.errors import AccessDenied, DomainError
from dashboard.composition import Services, office_for, services_as
from dashboard.services import jobs, upload_files
from dashboard.services.job_run import run_job
from dashboard.services.upload_files import Upload, safe_name
from dashboard.services.uploads import Expected, expected_by
from dashboard.settings import Settings, settings_from
from data.sources.mapping import MappingRefused, load_mapping
from data.store.engine import Store, open_store
from data.store.records import Job

PRODUCTS = Upload("product.csv", b"sku,name,category\nR5,Rice,rice\nO5,Oil,oil\n,No code,rice\n")
MAPPING = b"""
source = "shop"
[files]
goods = "goods*.csv"
[product]
from = "goods"
[product.columns]
sku = "SKU"
name = "Title"
"""
SHELL = Actor("service:shell", "service:shell", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path)})


@pytest.fixture
def store(settings: Settings) -> Store:
    opened = open_store(settings.store_url)
    opened.migrate()
    return opened


@pytest.fixture
def services(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Jobs wait for :func:`run`: what a process of their own does is tested elsewhere."""
    monkeypatch.setattr(jobs, "launch", lambda _settings, _job: None)
    return services_as(settings, store, lambda: SHELL)


def run(settings: Settings, store: Store, job: Job) -> None:
    run_job(office_for(settings, store), job.id)


def left(settings: Settings) -> list[Path]:
    return [file for file in settings.uploads.rglob("*") if file.is_file()]


def test_files_are_loaded_by_the_shells_own_job_and_deleted(
    settings: Settings, store: Store, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.services.job_run.launch", lambda _settings, _job: None)
    ingest, build = services.uploads.load([PRODUCTS], "contract", extract_at="2026-01-02 08:00")
    assert [file.name for file in left(settings)] == ["product.csv"]
    assert left(settings)[0].parent.stat().st_mode & 0o077 == 0
    assert build.follows == ingest.id
    run(settings, store, ingest)
    told = services.jobs.one(ingest.id).outcome
    assert (told["tables"], told["rows_rejected"], told["files"][0]["codes"]) == (
        {"product": 2}, 1, {"required_missing": 1},
    )  # fmt: skip
    assert left(settings) == []
    with office_for(settings, store).reading(SHELL) as unit:
        assert unit.jobs.get(ingest.id).arguments["extract_at"] == "2026-01-02T08:00:00+08:00"


def test_a_load_that_failed_can_be_tried_again_until_its_files_are_swept(
    settings: Settings, store: Store, services: Services
) -> None:
    wrong = Upload("surprise.csv", b"a,b\n1,2\n")
    first = services.uploads.load([wrong], "contract")[0]
    with pytest.raises(DomainError, match="nothing_to_load"):
        run(settings, store, first)
    assert services.uploads.can_repeat(services.jobs.one(first.id))
    second = services.uploads.again(first.id)[0]
    assert second.arguments == first.arguments
    with pytest.raises(DomainError, match="nothing_to_load"):
        run(settings, store, second)
    folder = next(settings.uploads.iterdir())
    past = datetime.now(UTC) - upload_files.KEPT - timedelta(minutes=1)
    os.utime(folder, (past.timestamp(), past.timestamp()))
    third = services.uploads.load([PRODUCTS], "contract")[0]
    assert {path.name for path in settings.uploads.iterdir()} == {third.arguments["upload"]}
    with pytest.raises(DomainError, match="upload_gone"):
        services.uploads.again(first.id)


def test_files_of_a_waiting_job_are_not_swept(settings: Settings, services: Services) -> None:
    waiting = services.uploads.load([PRODUCTS], "contract")[0]
    folder = settings.uploads / waiting.arguments["upload"]
    os.utime(folder, (0, 0))
    services.uploads.load([PRODUCTS], "contract")
    assert folder.is_dir()


def test_a_mapping_that_is_sent_along_is_kept_once_it_holds(
    settings: Settings, store: Store, services: Services
) -> None:
    goods = Upload("goods-1.csv", b"SKU,Title\nR5,Rice\n")
    with pytest.raises(MappingRefused):
        services.uploads.load([goods], Upload("shop.toml", MAPPING.replace(b"SKU", b"") + b"\nnonsense = 1\n"))
    assert left(settings) == []
    assert "shop" not in services.uploads.mappings()
    run(settings, store, services.uploads.load([goods], Upload("shop.toml", MAPPING))[0])
    assert services.uploads.mappings()[0] == "shop"
    assert services.uploads.expected("shop") == (Expected("goods*.csv", False, ("product",), ("SKU", "Title")),)
    run(settings, store, services.uploads.load([Upload("goods-2.csv", goods.content)], "shop")[0])


@pytest.mark.parametrize(
    ("files", "mapping", "at", "code"),
    [
        ((), "contract", "", "upload_nothing"),
        ((Upload("product.csv", b""),), "contract", "", "upload_empty"),
        ((PRODUCTS, Upload("Product.CSV", b"x")), "contract", "", "upload_twice"),
        ((Upload("evil.exe", b"x"),), "contract", "", "upload_kind_unknown"),
        ((Upload("../.csv", b"x"),), "contract", "", "upload_name_invalid"),
        ((PRODUCTS,), "../../secrets", "", "mapping_unknown"),
        ((PRODUCTS,), Upload("m.txt", MAPPING), "", "upload_kind_unknown"),
        ((PRODUCTS,), "contract", "yesterday", "extract_time_unreadable"),
        ((PRODUCTS,), "contract", "2199-01-01", "extract_time_future"),
    ],
)
def test_what_is_refused_leaves_nothing(
    settings: Settings, services: Services, files: tuple[Upload, ...], mapping: str | Upload, at: str, code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        services.uploads.load(files, mapping, extract_at=at)
    assert left(settings) == []
    assert services.jobs.recent() == ()


def test_a_file_above_the_limit_and_a_folder_that_cannot_be_written(
    settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_files, "LARGEST_MEGABYTES", 0)
    with pytest.raises(DomainError, match="upload_too_large"):
        services.uploads.load([PRODUCTS], "contract")
    monkeypatch.setattr(upload_files, "LARGEST_MEGABYTES", 100)
    settings.uploads.rmdir() if settings.uploads.exists() else None
    settings.uploads.write_text("in the way")
    with pytest.raises(DomainError, match="upload_not_kept"):
        services.uploads.load([PRODUCTS], "contract")


def test_names_lose_what_is_more_than_a_name() -> None:
    assert safe_name("C:\\data\\订单 2026:03.CSV") == "订单 2026_03.CSV"
    assert safe_name("../../etc/cron.d/product.csv") == "product.csv"
    assert safe_name(".hid\u202eden\x00.csv") == "hidden.csv"
    long = safe_name("订" * 200 + ".parquet")
    assert len(long.encode()) <= 200
    assert long.endswith(".parquet")


def test_a_demo_home_takes_nothing(settings: Settings, services: Services) -> None:
    settings.demo_marker.write_text("ready")
    for call in (services.uploads.mappings, lambda: services.uploads.load([PRODUCTS], "contract")):
        with pytest.raises(DomainError, match="demo_home_takes_nothing"):
            call()


def test_who_may_not_load_or_only_looks_leaves_no_file(settings: Settings, store: Store) -> None:
    reader = Actor("u", "li", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    viewed = replace(reader, roles=SHELL.roles, viewer=Viewer("b", "boss", datetime.now(UTC)))
    for actor, code in ((reader, "not_allowed"), (viewed, "viewing_only")):
        with pytest.raises(AccessDenied, match=code):
            services_as(settings, store, partial(copy, actor)).uploads.load([PRODUCTS], "contract")
    assert left(settings) == []


def test_what_the_shipped_mappings_expect() -> None:
    folder = Path(upload_files.__file__).parents[2] / "data" / "sources" / "mappings"
    (lines,) = expected_by(load_mapping(folder / "online_retail.toml"))
    assert {"order_line", "refund_line"} <= set(lines.tables)
    assert {"InvoiceNo", "StockCode", "Quantity"} <= set(lines.columns)
    tables = {one.tables[0]: one for one in expected_by(load_mapping(folder / "contract.toml"))}
    assert set(tables["product"].columns) == {"sku", "name"}
