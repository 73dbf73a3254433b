"""Streamlit's own English, as a script that says it in the reader's language; Streamlit has no translations."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.words import LANGUAGES, words

SPOKEN = "en"
"""The language of Streamlit's own words; the catalogue of it holds them as they stand there."""

NAMES = (
    "skip", "sidebar", "pages", "collapse", "expand", "help", "help_for", "open", "clear", "clear_all", "selected",
    "no_results", "choose", "choose_several", "date", "date_range", "clear_date", "clear_dates", "search",
    "type_to_search", "close_search", "next_result", "previous_result", "columns", "fullscreen", "close_fullscreen",
    "ascending", "descending", "autosize", "pin", "unpin", "hide", "copy_name", "column_menu", "format", "statistics",
    "select_all", "picture", "close", "show_password", "hide_password", "connecting", "connection_error", "wait",
    "not_found", "remove", "selectbox", "multiselect", "options", "several_options", "uploader", "upload", "add_files",
    "download_csv", "none", "clear_selection", "wrap", "failed_csv", "clear_entry", "end",
)  # fmt: skip
"""Catalogue keys are ``streamlit.<name>``."""

BLANK = "{name}"
_SCRIPT = Path(__file__).parent / "html" / "words.js"


def address_of(language: str) -> str | None:
    """Where the script of a language is; none for the language that Streamlit speaks."""
    return None if language == SPOKEN else f"/words/{language}.js"


@cache
def script(language: str) -> str:
    """The script that says Streamlit's words in ``language``."""
    theirs, ours = words(SPOKEN).sentences, words(language).sentences
    pairs = {theirs[f"streamlit.{name}"]: ours[f"streamlit.{name}"] for name in NAMES}
    plain = {one: other for one, other in pairs.items() if BLANK not in one}
    named = [[*one.split(BLANK), *other.split(BLANK)] for one, other in pairs.items() if BLANK in one]
    told = _SCRIPT.read_text(encoding="utf-8").replace("WORDS", json.dumps(plain, ensure_ascii=False), 1)
    return told.replace("NAMED", json.dumps(named, ensure_ascii=False), 1)


async def answer(request: Request) -> Response:
    """The script, for everybody: it says nothing about anything but Streamlit."""
    language = request.path_params["language"]
    if language not in LANGUAGES or language == SPOKEN:
        return PlainTextResponse("", status_code=404)
    headers = {"cache-control": "no-cache"}
    return Response(script(language), media_type="text/javascript", headers=headers)
