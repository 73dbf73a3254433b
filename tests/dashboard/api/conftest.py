"""Our routes and middleware around Streamlit's real static pages, on a store of the test's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import streamlit as st
from httpx import Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from analytics.core.access import ROOT, Role, Scope
from dashboard.api.routes import web_middleware, web_routes
from dashboard.api.site import Site
from dashboard.composition import latest_build, released
from dashboard.services.readiness import readiness
from dashboard.services.sign_in import LocalAccounts, SignIn
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.identity import Identity
from data.store.records import Disclosure, User
from data.store.unit_of_work import UnitOfWork
from tests.limits import limits

PASSWORD = "long enough password"
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SHELL = Path(st.__file__).parent / "static" / "index.html"
UI = Path(__file__).parents[3] / "dashboard" / "ui"


@dataclass
class House:
    """A server, its store, its clock and one user."""

    site: Site
    store: Store
    user: User
    app: Starlette
    times: dict[str, datetime] = field(default_factory=dict)

    def browser(self, language: str = "en") -> TestClient:
        """A browser that has not been here yet and says its language."""
        client = TestClient(self.app, base_url=self.site.settings.base_url, follow_redirects=False)
        client.headers["accept-language"] = language
        return client

    def wait(self, **length: float) -> None:
        self.times["now"] += timedelta(**length)


async def _media(_: Request) -> PlainTextResponse:
    answer = PlainTextResponse("somebody's export", headers={"cache-control": "public"})
    answer.set_cookie("of-streamlit", "1", samesite="lax")
    return answer


def build_house(home: Path, base_url: str = "http://localhost:8501", **environment: str) -> House:
    settings = settings_from({"WATERLINE_HOME": str(home), "WATERLINE_BASE_URL": base_url, **environment})
    store = open_store(settings.store_url)
    store.migrate()
    identity = Identity(store)
    times = {"now": NOW}
    site = Site(
        settings=settings,
        sign_in=SignIn(identity, limits(failures_per_account=3, failures_per_address=6)),
        local=LocalAccounts(identity),
        ready=partial(readiness, store, settings, latest_build=partial(latest_build, store)),
        shell=SHELL,
        icon=UI / "static" / "icon.png",
        sheet=UI / "static" / "sheet.css",
        released=partial(released, store),
        clock=lambda: times["now"],
    )
    user = identity.create_user(
        name="wang", display_name="王", password=PASSWORD, roles={Role.EXECUTIVE}, grants={ROOT}, now=NOW
    )
    routes = [*web_routes(site), Route("/media/{name}", _media), *create_streamlit_static_assets_routes(base_url="")]
    middleware = [*web_middleware(site), *create_streamlit_middleware()]
    return House(site, store, user, Starlette(routes=routes, middleware=middleware), times)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.store.close()


@pytest.fixture
def public_house(tmp_path: Path) -> Iterator[House]:
    """The same behind a public https address."""
    built = build_house(
        tmp_path / "public", "https://dash.example.cn", WATERLINE_TILE_URL="https://{s}.tiles.example/{z}/{x}/{y}"
    )
    yield built
    built.store.close()


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(
    browser: TestClient, name: str = "wang", password: str = PASSWORD, *, wanted: str = "/", **headers: str
) -> Response:
    """Open the form and post it as a browser does."""
    csrf = csrf_of(browser.get("/sign-in", params={"next": wanted}))
    form = {"csrf": csrf, "next": wanted, "name": name, "password": password}
    origin = str(browser.base_url).rstrip("/")
    sent = {"origin": origin, "sec-fetch-site": "same-origin", **headers}
    answer: Response = browser.post("/sign-in", data=form, headers=sent)
    return answer


def hand_over(house: House, file: bytes, *, to: str | None = None) -> None:
    """Record ``file`` as given to the house's user, or to somebody else."""
    checksum = hashlib.sha256(file).hexdigest()
    told = Disclosure(
        uuid4().hex, "export", NOW, to or house.user.id, "wang", "overview.today", "rows", "", "", (), 1, "csv",
        checksum, None,
    )  # fmt: skip
    with UnitOfWork(house.store, Scope(frozenset({ROOT}))) as unit:
        unit.disclosures.add(told)
        unit.commit()
