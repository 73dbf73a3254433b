"""Changing the own password: a form of our own, so that no secret lives in a page's widgets."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analytics.core.access import Action, Actor
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.api.addresses import same_site_path
from dashboard.api.forms import csrf_of, form_of, is_ours, remember, unavailable
from dashboard.api.pages import notice_page, password_changed_page, password_page
from dashboard.api.site import Site
from dashboard.services.sessions import PasswordChange, change_password
from dashboard.services.sign_in import SignInThrottled
from data.store.engine import StoreUnavailable


def password_routes(site: Site) -> list[BaseRoute]:
    """The form and its answer; whoever is not signed in is sent to sign in by the routes themselves."""
    way = _OwnPassword(site)
    return [Route("/password", way.form, methods=["GET"]), Route("/password", way.change, methods=["POST"])]


class _OwnPassword:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def form(self, request: Request) -> Response:
        return await self._answer(request, same_site_path(request.query_params.get("next")), None)

    async def change(self, request: Request) -> Response:
        form = await form_of(request)
        return await self._answer(request, same_site_path(form.get("next")), form)

    async def _answer(self, request: Request, wanted: str, form: dict[str, str] | None) -> Response:
        try:
            actor = await run_in_threadpool(self._actor, request)
            if form is None:
                return self._form(request, actor, wanted)
            return await self._changed(request, actor, wanted, form)
        except NotSignedIn:
            here = urlencode({"next": f"/password?{urlencode({'next': wanted})}"})
            return RedirectResponse(f"/sign-in?{here}", status_code=303, headers={"cache-control": "no-store"})
        except StoreUnavailable as error:
            return unavailable(self._site, request, error)
        except AccessDenied as error:
            words = self._site.words(request)
            return notice_page(words, title=words.t("notice.title"), text=words.error(error), status=403)

    async def _changed(self, request: Request, actor: Actor, wanted: str, form: dict[str, str]) -> Response:
        site, words = self._site, self._site.words(request)
        if not is_ours(site, request, form):
            return self._form(request, actor, wanted, problem=words.t("password.form_expired"), status=403)
        typed = PasswordChange(form.get("current", ""), form.get("new", ""), form.get("repeated", ""))
        address = request.client.host if request.client else ""
        try:
            await run_in_threadpool(
                change_password,
                site.sign_in,
                site.local,
                site.token(request),
                typed,
                address=address,
                now=site.clock(),
            )
        except (NotSignedIn, StoreUnavailable):
            raise
        except SignInThrottled as error:
            return self._form(request, actor, wanted, problem=words.error(error), status=429)
        except DomainError as error:
            return self._form(request, actor, wanted, problem=words.error(error), status=403)
        return password_changed_page(words, next_path=wanted)

    def _actor(self, request: Request) -> Actor:
        actor = self._site.sign_in.actor(self._site.token(request), now=self._site.clock())
        actor.require(Action.KEEP_OWN_ACCOUNT)
        actor.require_person()
        return actor

    def _form(
        self, request: Request, actor: Actor, wanted: str, *, problem: str | None = None, status: int = 200
    ) -> Response:
        csrf = csrf_of(self._site, request)
        words = self._site.words(request)
        page = password_page(words, csrf=csrf, next_path=wanted, name=actor.name, problem=problem, status=status)
        remember(self._site, page, csrf)
        return page
