"""Who looks at the page: session cookie, language, rise-and-fall colours, and the address to come back to."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.services.sign_in import session_cookie_name
from dashboard.settings import Settings
from dashboard.words import LANGUAGE_COOKIE, negotiate

RISE_COOKIE = "waterline_rise"
HOME_ZONE = "Asia/Shanghai"


def session_token(settings: Settings) -> str | None:
    """The opaque session id of the browser, None without one."""
    return st.context.cookies.get(session_cookie_name(settings))


def icon() -> str:
    """Address of the icon on this very server; a file would be read and published anew in every run."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/icon.png" if here.netloc else "/icon.png"


def language() -> str:
    """The chosen language, else the browser's; Chinese when neither says anything."""
    return negotiate(st.context.cookies.get(LANGUAGE_COOKIE), st.context.locale)


def zone() -> ZoneInfo:
    """The browser's time zone; Shanghai where it is unknown here."""
    try:
        return ZoneInfo(st.context.timezone or HOME_ZONE)
    except (KeyError, ValueError):
        return ZoneInfo(HOME_ZONE)


def rises_red(*, language: str) -> bool:
    """Whether good news is red (the Chinese market's custom) or green; a cookie overrides the language's custom."""
    chosen = st.context.cookies.get(RISE_COOKIE)
    return chosen == "red" if chosen in ("red", "green") else language == "zh"


def here(path: str) -> str:
    """The page's local address with its filters, to return to after a change of language."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    clean = "/" + urlsplit(path).path.strip("/")
    return f"{clean}?{urlencode(pairs)}" if pairs else clean
