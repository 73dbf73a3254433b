"""Lets through what is public or belongs to a live session, and closes Streamlit's doors for machines."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.core.errors import NotSignedIn
from dashboard.api.pages import notice_page
from dashboard.api.site import Site
from data.store.engine import StoreUnavailable

_CLOSED = ("/_stcore/metrics", "/_stcore/agent")
_PUBLIC = (
    "/static/",
    "/component/",
    "/_stcore/bidi-components/",
    "/language/",
    "/preference/",
    "/words/",
)
_PUBLIC_EXACTLY = frozenset({
    "/_stcore/health", "/_stcore/host-config", "/favicon.png", "/icon.png",
    "/sign-in", "/sign-out", "/password", "/healthz", "/readyz",
})  # fmt: skip
_NOT_PAGES = ("/media/", "/app/")


class Gate:
    """Only http is judged here: the websocket's script asks for the session by itself, on every run."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if any(closed in path for closed in _CLOSED):
            return PlainTextResponse("Not Found", status_code=404)
        if is_public(path):
            return None
        try:
            await run_in_threadpool(self._site.sign_in.actor, self._site.token(request), now=self._site.clock())
        except NotSignedIn:
            return _to_sign_in(request) if is_page(request) else PlainTextResponse("Not signed in", status_code=401)
        except StoreUnavailable as error:
            words = self._site.words(request)
            return notice_page(words, title=words.t("notice.title"), text=words.error(error), status=503)
        return None


def is_public(path: str) -> bool:
    """Whether everybody may fetch the path: the program itself, the way in, and health."""
    return path in _PUBLIC_EXACTLY or path.startswith(_PUBLIC)


def is_page(request: Request) -> bool:
    """Whether a browser fetches a page to look at; Streamlit answers every unknown path with its index page."""
    path = request.url.path
    # Below a page's address Streamlit looks for its own doors: an answer other than an error would mislead it.
    machine = path.startswith(_NOT_PAGES) or "/_stcore/" in path
    return request.method in {"GET", "HEAD"} and not machine and not is_public(path)


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = "/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}"
    return RedirectResponse(where, status_code=303, headers={"cache-control": "no-store"})
