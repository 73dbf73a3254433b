"""Every page on an empty home and on one that holds little: what stands there, and what is the next step."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.access import MAY, Role
from dashboard.settings import settings_from
from dashboard.words import words
from data.store.engine import open_store
from pages import PAGES
from tests.leaks.scripts import real_app
from tests.worlds import LINES, PRODUCTS, make_world

pytestmark = pytest.mark.slow

FIGURES = [spec for spec in PAGES if spec.needs]
BOSS = Role.EXECUTIVE
NODES = [{"node": "N1", "name": "Shop", "kind": "store"}]
CHANNELS = [{"channel": "web", "name": "Web", "channel_group": "online", "private_domain": False}]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which nothing was loaded."""
    home = Path(tmp_path_factory.mktemp("empty"))
    open_store(settings_from({"WATERLINE_HOME": str(home)}).store_url).migrate()
    return home


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company's first day: products, channels, a node and order lines, and nobody's partners."""
    lines = [{name: value for name, value in row.items() if name != "entry_partner"} for row in LINES]
    home = Path(tmp_path_factory.mktemp("little"))
    make_world(home, {"product": PRODUCTS, "channel": CHANNELS, "node": NODES, "order_line": lines})
    return home


def opened(home: Path, page: str, role: Role) -> AppTest:
    app = AppTest.from_function(real_app, args=(str(home), "brand", role.value, page), default_timeout=60)
    app.context = {"locale": "zh-CN", "timezone": "Asia/Shanghai"}
    return app.run()


def texts(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.warning, *app.error, *app.info]
    return "\n".join(str(element.value) for element in shown)


@pytest.mark.parametrize("page", [spec.url_path for spec in FIGURES])
def test_an_empty_home_names_the_tables_and_who_may_load_them(empty: Path, page: str) -> None:
    spec = next(spec for spec in FIGURES if spec.url_path == page)
    role = BOSS if spec.action in MAY[BOSS] else next(one for one in Role if spec.action in MAY[one])
    app = opened(empty, page, role)
    t = words("zh").t
    assert not app.exception
    assert t("empty.title") in texts(app)
    assert t(f"table.{spec.needs[0]}") in texts(app)
    assert t("empty.ask_administrator") in texts(app)


@pytest.mark.parametrize("page", [spec.url_path for spec in PAGES if not spec.needs])
def test_pages_without_figures_say_something_on_an_empty_home(empty: Path, page: str) -> None:
    spec = next(spec for spec in PAGES if spec.url_path == page)
    role = Role.ADMINISTRATOR if spec.action in MAY[Role.ADMINISTRATOR] else BOSS
    app = opened(empty, page, role)
    assert not app.exception
    assert not app.error
    assert len(texts(app)) > 20


@pytest.mark.parametrize("page", [spec.url_path for spec in FIGURES])
def test_little_data_give_little_and_say_what_is_missing(little: Path, page: str) -> None:
    """Order lines alone give the page about today; where something is missing, it is said what to do about it."""
    spec = next(spec for spec in FIGURES if spec.url_path == page)
    role = BOSS if spec.action in MAY[BOSS] else next(one for one in Role if spec.action in MAY[one])
    app = opened(little, page, role)
    assert not app.exception
    assert not app.error
    told = texts(app)
    expected = {
        "today": words("zh").t("today.trend", currency="¥"),
        "fulfilment": words("zh").t("fulfilment.places.none"),
        "heatmap": "经纬度",
        "forecast": "waterline forecast",
    }
    assert expected.get(page, "") in told
    assert len(told) > 30
