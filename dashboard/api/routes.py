"""The routes beside Streamlit's: way in, way out, own password, language, health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analytics.core.errors import NotSignedIn
from dashboard.api import own_words
from dashboard.api.addresses import after_sign_in, from_our_own_page, same_site_path
from dashboard.api.forms import csrf_of, form_of, is_ours, remember, unavailable
from dashboard.api.gate import Gate
from dashboard.api.headers import SecurityHeaders
from dashboard.api.own_password import password_routes
from dashboard.api.pages import notice_page, sign_in_page, sign_out_page
from dashboard.api.released import Released
from dashboard.api.shell import Shell
from dashboard.api.site import Site
from dashboard.services.sign_in import Credentials, Opened, SignInRefused, SignInThrottled
from dashboard.services.users import demo_accounts
from dashboard.words import LANGUAGE_COOKIE, LANGUAGES
from data.store.engine import StoreUnavailable

RISE_COOKIE = "waterline_rise"
RISES = ("red", "green")

_YEAR = 365 * 24 * 3600

Answer = Callable[[Request], Awaitable[Response]]


def web_middleware(site: Site) -> list[Middleware]:
    """Outermost first: headers on everything, then the gate, then files by the log, then the rewritten index page."""
    return [Middleware(part, site=site) for part in (SecurityHeaders, Gate, Released, Shell)]


def web_routes(site: Site) -> list[BaseRoute]:
    """All routes of our own; none of them may start with a prefix that Streamlit reserves."""
    way = _WayIn(site)
    return [
        Route("/sign-in", way.form, methods=["GET"]),
        Route("/sign-in", way.enter, methods=["POST"]),
        Route("/sign-out", way.ask, methods=["GET"]),
        Route("/sign-out", way.leave, methods=["POST"]),
        *password_routes(site),
        Route("/language/{chosen}", _chosen(site, LANGUAGE_COOKIE, LANGUAGES), methods=["GET"]),
        Route("/preference/rise/{chosen}", _chosen(site, RISE_COOKIE, RISES), methods=["GET"]),
        Route("/healthz", _alive, methods=["GET"]),
        Route("/readyz", _ready(site), methods=["GET"]),
        Route("/words/{language}.js", own_words.answer, methods=["GET"]),
        Route("/icon.png", _icon(site), methods=["GET"]),
    ]


class _WayIn:
    """Signing in and out."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def form(self, request: Request) -> Response:
        site = self._site
        wanted = after_sign_in(request.query_params.get("next"))
        try:
            await run_in_threadpool(site.sign_in.actor, site.token(request), now=site.clock())
        except NotSignedIn:
            return self._form(request, next_path=wanted)
        except StoreUnavailable as error:
            return unavailable(site, request, error)
        return RedirectResponse(wanted, status_code=303)

    async def enter(self, request: Request) -> Response:
        site, words = self._site, self._site.words(request)
        form = await form_of(request)
        wanted, name = after_sign_in(form.get("next")), form.get("name", "")
        if not is_ours(site, request, form):
            return self._form(request, next_path=wanted, problem=words.t("sign_in.form_expired"), status=403)
        try:
            opened = await run_in_threadpool(
                site.sign_in.sign_in,
                site.local,
                Credentials(name, form.get("password", "")),
                address=request.client.host if request.client else "",
                now=site.clock(),
                previous=site.token(request),
            )
        except SignInRefused as error:
            return self._form(request, next_path=wanted, problem=words.error(error), name=name, status=403)
        except SignInThrottled as error:
            return self._form(request, next_path=wanted, problem=words.error(error), name=name, status=429)
        except StoreUnavailable as error:
            return unavailable(site, request, error)
        return self._welcome(opened, wanted)

    async def ask(self, request: Request) -> Response:
        return sign_out_page(self._site.words(request))

    async def leave(self, request: Request) -> Response:
        site, words = self._site, self._site.words(request)
        if not from_our_own_page(request, site.settings.base_url):
            return notice_page(words, title=words.t("notice.title"), text=words.t("sign_out.foreign"), status=403)
        try:
            await run_in_threadpool(site.sign_in.sign_out, site.token(request), now=site.clock())
        except StoreUnavailable as error:
            return unavailable(site, request, error)
        gone = RedirectResponse("/sign-in", status_code=303, headers={"cache-control": "no-store"})
        gone.delete_cookie(site.session_cookie, path="/", secure=site.secure, httponly=True, samesite="lax")
        return gone

    def _form(
        self, request: Request, *, next_path: str, problem: str | None = None, name: str = "", status: int = 200
    ) -> Response:
        site = self._site
        csrf = csrf_of(site, request)
        page = sign_in_page(
            site.words(request),
            csrf=csrf,
            next_path=next_path,
            demo=demo_accounts(site.settings),
            problem=problem,
            typed_name=name,
            status=status,
        )
        remember(site, page, csrf)
        return page

    def _welcome(self, opened: Opened, wanted: str) -> Response:
        site = self._site
        answer = RedirectResponse(wanted, status_code=303, headers={"cache-control": "no-store"})
        lasts = round((opened.expires_at - site.clock()).total_seconds())
        answer.set_cookie(
            site.session_cookie,
            opened.token,
            max_age=lasts,
            path="/",
            secure=site.secure,
            httponly=True,
            samesite="lax",
        )
        answer.delete_cookie(site.csrf_cookie, path="/", secure=site.secure, httponly=True, samesite="lax")
        return answer


def _chosen(site: Site, cookie: str, known: tuple[str, ...]) -> Answer:
    """Remembers a choice in a cookie and goes back to the page it was made on."""

    async def choose(request: Request) -> Response:
        chosen = request.path_params["chosen"]
        if chosen not in known:
            return PlainTextResponse("Not Found", status_code=404)
        back = same_site_path(request.query_params.get("next"))
        answer = RedirectResponse(back, status_code=303, headers={"cache-control": "no-store"})
        answer.set_cookie(cookie, chosen, max_age=_YEAR, path="/", secure=site.secure, httponly=True, samesite="lax")
        return answer

    return choose


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


def _ready(site: Site) -> Answer:
    async def ready(_: Request) -> Response:
        state = await run_in_threadpool(site.ready)
        told = {"status": state.state, "build": state.build}
        return JSONResponse(told, status_code=200 if state.ready else 503, headers={"cache-control": "no-store"})

    return ready


def _icon(site: Site) -> Answer:
    async def icon(_: Request) -> Response:
        return FileResponse(site.icon, media_type="image/png", headers={"cache-control": "public, max-age=86400"})

    return icon
