"""The frame that every page lives in: who, where, whether allowed, and what to do when something fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from analytics.core.access import Action, Actor, Role
from analytics.core.errors import DomainError, NotSignedIn
from dashboard.settings import Settings
from dashboard.ui import controls, errors, identity, saved, viewing
from dashboard.ui.markup import address, links, menu
from dashboard.ui.page import Page
from dashboard.ui.page_spec import PageSpec
from dashboard.ui.safely import safely, sign_in_first
from dashboard.ui.tokens import palette_of
from dashboard.words import Words

OTHER_LANGUAGE = {"zh": "en", "en": "zh"}
SIGN_OUT = "/sign-out"
OWN_PASSWORD = "/password"  # noqa: S105 - an address
SESSIONS = "/sessions"
RISES = ("red", "green")


def permitted(actor: Actor, pages: Sequence[PageSpec]) -> list[PageSpec]:
    """The pages that the actor may open; the others do not exist for the navigation."""
    return [spec for spec in pages if actor.may(spec.action)]


def home_of(actor: Actor, pages: Sequence[PageSpec]) -> PageSpec | None:
    """Where the actor lands: the home of the first role (in the order of Role) that has one, else the first page."""
    for role in Role:
        for spec in pages:
            if role in actor.roles and role in spec.home_of:
                return spec
    return next(iter(pages), None)


def show(words: Words, settings: Settings, pages: Sequence[PageSpec], services_for: Callable[[], Any]) -> None:
    """Run the frame once: resolve the session, offer the permitted pages, run the chosen one.

    ``services_for`` makes the services of the session behind the request and raises NotSignedIn without one.
    """
    try:
        services = services_for()
    except NotSignedIn:
        sign_in_first(words)
        return
    except DomainError as error:
        errors.refused(words, error)
        links([(words.t("frame.sign_out"), SIGN_OUT)])
        return
    allowed = permitted(services.actor, pages)
    if not allowed:
        viewing.band(words, services)
        choices(words, services.actor, masthead(services.actor), "/")
        errors.refused(words, DomainError("no_pages"))
        return
    navigate(words, settings, services, allowed)


def navigate(words: Words, settings: Settings, services: Any, allowed: Sequence[PageSpec]) -> None:
    """Every page keeps an address of its own; "/" only leads to the role's home, so that links mean the same to all."""
    entries = {spec.key: _entry(words, settings, services, spec, allowed) for spec in allowed}
    home = home_of(services.actor, allowed)
    landing = st.Page(
        partial(_go_home, entries[home.key] if home else None),
        title=words.t("frame.home"),
        url_path="home",
        default=True,
        visibility="hidden",
    )
    sections: dict[str, list[Any]] = {"": [landing]}
    for spec in allowed:
        sections.setdefault(words.t(f"section.{spec.section}"), []).append(entries[spec.key])
    st.navigation(sections, position="sidebar", expanded=True).run()


def _entry(words: Words, settings: Settings, services: Any, spec: PageSpec, allowed: Sequence[PageSpec]) -> Any:
    return st.Page(
        partial(run_page, words, settings, services, spec, allowed),
        title=words.t(f"page.{spec.key}.title"),
        icon=spec.icon,
        url_path=spec.url_path,
        help=words.t(f"page.{spec.key}.about"),
    )


def _go_home(entry: Any) -> None:
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    st.switch_page(entry, query_params=given or None)


def run_page(words: Words, settings: Settings, services: Any, spec: PageSpec, allowed: Sequence[PageSpec]) -> None:
    """One page inside the frame."""
    viewing.band(words, services)
    top = masthead(services.actor)
    views = saved.place(top.row, words.t("frame.views"))
    st.header(words.t(f"page.{spec.key}.title"), anchor=False, help=words.t(f"page.{spec.key}.about"))
    page = Page(
        key=spec.key,
        action=spec.action,
        services=services,
        words=words,
        settings=settings,
        palette=palette_of(st.context.theme.type),
        rises_red=identity.rises_red(language=words.language),
        freshness_slot=top.freshness,
        lead_slot=st.container(key="frame.lead"),
    )
    render_safely(page, spec)
    safely(words, saved.KEY, services.actor, partial(saved.saved_views, page, views, spec, allowed))
    controls.tell_outcome(words)
    page.chips()
    # Last, because the address holds this page's filters only now.
    choices(words, services.actor, top, spec.url_path)


def render_safely(page: Page, spec: PageSpec) -> None:
    """Refusals become sentences with a remedy; anything else a reference to the log."""
    words, actor = page.words, page.services.actor

    def draw() -> None:
        actor.require(spec.action)
        if spec.needs and page.services.build_id is None:
            errors.nothing_yet(words, spec.needs, may_load=actor.may(Action.LOAD_DATA))
        else:
            spec.render(page)
            page.mark_late(spec.needs)

    safely(words, spec.key, actor, draw, needs=spec.needs)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Places in the line above the title that are filled when the page has run."""

    freshness: Any
    account: Any
    row: Any


def masthead(actor: Actor) -> Masthead:
    """The line above the title: freshness on the left, then person and language."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="frame.masthead"
    ):
        freshness = st.empty()
        row = st.container(horizontal=True, width="content", vertical_alignment="center", gap="small")
        account = row.popover(actor.name, icon=":material/account_circle:", type="tertiary", key="frame.account")
    return Masthead(freshness, account, row)


def choices(words: Words, actor: Actor, top: Masthead, path: str) -> None:
    """Language, whether good news is red or green, the way out; the first two lead back to the page as filtered."""
    back, other = identity.here(path), OTHER_LANGUAGE[words.language]
    chosen = "red" if identity.rises_red(language=words.language) else "green"
    rise = [
        (words.t(f"frame.rise.{one}"), address(f"/preference/rise/{one}", following=back))
        for one in RISES
        if one != chosen
    ]
    held = words.t("list.comma").join(words.t(f"role.{role.value}") for role in Role if role in actor.roles)
    own = [(words.t("frame.sessions"), SESSIONS), (words.t("frame.password"), address(OWN_PASSWORD, following=back))]
    ways = [*(own if actor.may(Action.KEEP_OWN_ACCOUNT) else []), (words.t("frame.sign_out"), SIGN_OUT)]
    with top.account:
        menu([
            (words.t("frame.rise", now=words.t(f"frame.rise.{chosen}")), rise),
            (words.t("frame.signed_in", name=actor.name, roles=held), ways),
        ])  # fmt: skip
    with top.row:
        links([(words.t("frame.other_language"), address(f"/language/{other}", following=back))])
