"""Loading through the page, over invented services: the form, the progress, the outcome."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.ui.fake_data_services import LOADED
from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow

FORM = "admin.load.start"


def load(mapping: str = "contract", chosen: str | None = None) -> AppTest:
    app = opened("load", role="administrator")
    app.session_state["admin.load.mapping"] = mapping
    app.session_state["admin.load.job.chosen"] = chosen
    return app.run()


def commands(app: AppTest) -> list[Any]:
    return list(app.session_state["test.jobs"].commands)


def test_files_are_sent_and_progress_is_shown_above() -> None:
    app = load("shop")
    app.file_uploader(key=f"{FORM}.files").upload("goods.csv", b"SKU,Title\nR5,Rice\n", "text/csv")
    app.text_input(key=f"{FORM}.extract_at").set_value("2026-11-01 08:00")
    app.button(key=f"{FORM}.button").click().run()
    assert not app.exception
    assert commands(app) == [(("goods.csv",), "shop", "2026-11-01 08:00")]
    assert "1** 个任务正在进行" in texts(app)
    assert app.file_uploader[0].value == [], "a form that follows is a fresh one"
    app.button(key="admin.load.cancel.j3").click().run()
    assert commands(app)[-1] == ("cancel", "j3")


def test_nothing_chosen_is_said_beside_the_button() -> None:
    app = load()
    app.button(key=f"{FORM}.button").click().run()
    assert "还没有选择文件" in app.warning[0].value
    assert commands(app) == []


def test_a_mapping_of_ones_own_goes_along() -> None:
    app = load("own")
    app.file_uploader(key=f"{FORM}.mapping").upload("shop.toml", b'source = "shop"', "text/plain")
    app.file_uploader(key=f"{FORM}.files").upload("goods.csv", b"SKU\nR5\n", "text/csv")
    app.button(key=f"{FORM}.button").click().run()
    ((names, mapping, at),) = commands(app)
    assert (names, mapping.name, at) == (("goods.csv",), "shop.toml", "")


def test_a_lost_job_says_what_to_do_and_can_be_repeated() -> None:
    app = load()
    assert "请重新发起" in texts(app)
    app.button(key="admin.load.again.j2").click().run()
    assert commands(app) == [("again", "j2")]


def test_the_outcome_of_a_load_is_told_file_by_file() -> None:
    app = load(chosen=LOADED.id)
    files = app.dataframe[-1].value
    assert list(files["reasons"]) == ["必填为空 1"]
    assert list(files["loaded"]) == ["商品 2"]
    assert "stores" in texts(app)
    assert "值得核对" in texts(app)
    assert "unheard" in texts(app)
