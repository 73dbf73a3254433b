"""Streamlit's own words in the reader's language: what is translated is what Streamlit says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from dashboard.api.own_words import BLANK, NAMES
from dashboard.words import words
from tests.dashboard.api.conftest import House, sign_in

STATIC = Path(st.__file__).parent / "static" / "static" / "js"


def test_a_chinese_page_loads_the_words_before_the_program(house: House) -> None:
    pages = {}
    for language in ("zh", "en"):
        browser = house.browser(language)
        sign_in(browser)
        pages[language] = browser.get("/today").text
    assert '<script src="/words/zh.js"></script></head>' in pages["zh"]
    assert "/words/" not in pages["en"]


def test_the_words_are_public_and_are_those_of_the_catalogue(house: House) -> None:
    answer = house.browser().get("/words/zh.js")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/javascript")
    assert '"No results": "没有匹配项"' in answer.text
    assert '["Help for ", "", "", "：说明"]' in answer.text
    assert "const words = new Map(Object.entries({" in answer.text


@pytest.mark.parametrize("language", ["en", "klingon"])
def test_other_languages_have_no_script(language: str, house: House) -> None:
    assert house.browser().get(f"/words/{language}.js").status_code == 404


def test_every_word_is_one_that_streamlit_says() -> None:
    """One that a new release no longer says is translated in vain: look what stands in its place."""
    said = "".join(file.read_text(encoding="utf-8", errors="ignore") for file in STATIC.glob("*.js"))
    told = words("en").sentences
    parts = {name: max(told[f"streamlit.{name}"].split(BLANK), key=len) for name in NAMES}
    assert [name for name, part in parts.items() if part not in said] == []
