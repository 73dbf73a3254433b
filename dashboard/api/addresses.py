"""Which addresses may be followed, and which requests came from our own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

HOME = "/"
LONGEST = 2_000


def same_site_path(wanted: str | None) -> str:
    """``wanted`` when it is a path of this very site, else the home page.

    Browsers read a backslash as a slash and drop control characters, so neither may hide a foreign host.

    >>> same_site_path("/today?preset=last_day")
    '/today?preset=last_day'
    >>> same_site_path("//evil.example"), same_site_path("https://evil.example"), same_site_path("/\\\\evil.example")
    ('/', '/', '/')
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or any(not letter.isprintable() for letter in wanted):
        return HOME
    return wanted


def after_sign_in(wanted: str | None) -> str:
    """Where to go once somebody is in: never back to a page that only signs people in or out.

    >>> after_sign_in("/sign-in?next=/today"), after_sign_in("/today")
    ('/', '/today')
    """
    path = same_site_path(wanted)
    return HOME if urlsplit(path).path.rstrip("/") in {"/sign-in", "/sign-out"} else path


def from_our_own_page(request: HTTPConnection, base_url: str) -> bool:
    """Whether the browser says that the request was made by a page of this site; silence is a no."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return site == "same-origin"
    sent_from = urlsplit(origin)
    ours = {request.headers.get("host"), urlsplit(base_url).netloc}
    return sent_from.scheme in {"http", "https"} and sent_from.netloc in ours
