"""Data health over invented services, and the mark of stale data on every page that uses them."""

from __future__ import annotations

import pytest

from pages import PAGES
from tests.pages.test_pages import VISITORS, opened, texts

pytestmark = pytest.mark.slow

MARK = {"zh": "⚠ 数据未按时更新：来源 shop 已晚 5 天", "en": "⚠ Data not renewed in time: source shop is 5 days late"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.url_path)
def test_pages_that_use_stale_data_say_so_in_words(spec: object, language: str) -> None:
    page = next(one for one in PAGES if one is spec)
    app = opened(page.url_path, language, kind="late", role=VISITORS.get(page.url_path, "executive"))
    assert not app.exception
    assert (MARK[language] in texts(app)) == ("order_line" in page.needs)


def test_nothing_is_marked_when_all_is_in_time() -> None:
    assert "⚠" not in texts(opened("today"))


def test_late_sources_rejects_and_faults_are_told() -> None:
    app = opened("data-health", role="administrator")
    assert "2 个来源中有 **1** 个晚于承诺；有 **1** 行被拦截" in texts(app)
    sources, counts, rows, builds, warned, faults, coverage = (one.value for one in app.dataframe)
    assert list(sources["state"]) == ["⚠ 晚 5 天", "✓ 按时"]
    assert list(counts["code"]) == ["必填为空"]
    assert "请在来源系统补上" in rows["remedy"].iloc[0]
    assert list(builds["by"]) == ["li"]
    assert "有 4 行的库存为负（例如 stock.csv 第 7 行：-3）" in warned["told"].iloc[0]
    assert list(faults["kind"]) == ["无主编码", "键重复", "空值"]
    assert "Z9" in faults["told"].iloc[0]
    assert list(coverage["state"]) == ["已载入", "未载入"]
    assert "今日经营" in coverage["pages"].iloc[0]


def test_rejects_are_filtered_and_mended_ones_can_be_seen() -> None:
    app = opened("data-health", role="administrator")
    app.toggle(key="admin.data_health.mended_too").set_value(True).run()
    assert list(app.dataframe[2].value["state"]) == ["! 未补正", "✓ 已补正"]
    app.selectbox(key="admin.data_health.column").select("launched").run()
    assert list(app.dataframe[2].value["line"]) == [4]
    asked = app.session_state["test.health"].asked[-1]
    assert (asked.column, asked.mended_too) == ("launched", True)
    assert "选定一个文件后" in texts(app)


def test_a_source_comes_with_the_address_and_a_file_is_handed_back() -> None:
    app = opened("data-health", role="administrator", source="shop")
    assert app.session_state["test.health"].asked[-1].source == "shop"
    app.selectbox(key="admin.data_health.file").select("goods.csv").run()
    assert not app.exception
    assert "__reject" in texts(app)
    app.selectbox(key="admin.data_health.source").set_value(None).run()
    assert app.session_state["test.health"].asked[-1].source is None
