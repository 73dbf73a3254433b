"""What every form of our own shares: its fields, and the proof that it was ours."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.addresses import from_our_own_page
from dashboard.api.pages import notice_page
from dashboard.api.site import Site
from data.store.engine import StoreUnavailable

_LARGEST_FORM = 16_384


async def form_of(request: Request) -> dict[str, str]:
    """Fields of a posted form; nothing for one that is larger than any of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return {}


def csrf_of(site: Site, request: Request) -> str:
    """The token that a form carries beside the cookie."""
    # Kept while it lasts, so that a second tab does not spoil the form in the first.
    return request.cookies.get(site.csrf_cookie) or secrets.token_urlsafe(32)


def remember(site: Site, page: Response, csrf: str) -> None:
    """Give the browser the cookie that its form will be compared with."""
    page.set_cookie(site.csrf_cookie, csrf, path="/", secure=site.secure, httponly=True, samesite="lax")


def is_ours(site: Site, request: Request, form: Mapping[str, str]) -> bool:
    """Whether the form was made here for this browser."""
    expected, given = request.cookies.get(site.csrf_cookie, ""), form.get("csrf", "")
    same = bool(expected) and secrets.compare_digest(expected.encode(), given.encode())
    told = "origin" in request.headers or "sec-fetch-site" in request.headers
    return same and (not told or from_our_own_page(request, site.settings.base_url))


def unavailable(site: Site, request: Request, error: StoreUnavailable) -> Response:
    """The store does not answer: nothing else can be said."""
    words = site.words(request)
    return notice_page(words, title=words.t("notice.title"), text=words.error(error), status=503)
