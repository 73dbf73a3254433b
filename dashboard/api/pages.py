"""The few pages that are plain HTML: sign in, sign out, and a notice when nothing else can be shown."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from dashboard.api.headers import own_page_policy
from dashboard.words import HTML_LANGUAGE, LANGUAGES, Words
from data.sample.accounts import DEMO_PASSWORD, DemoAccount
from data.store.passwords import LONGEST, SHORTEST

_FOLDER = Path(__file__).parent / "html"
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8")
_FRAME = Template((_FOLDER / "frame.html").read_text(encoding="utf-8"))
_SIGN_IN = Template((_FOLDER / "sign_in.html").read_text(encoding="utf-8"))
_SIGN_OUT = Template((_FOLDER / "sign_out.html").read_text(encoding="utf-8"))
_PASSWORD = Template((_FOLDER / "password.html").read_text(encoding="utf-8"))
_PASSWORD_CHANGED = Template((_FOLDER / "password_changed.html").read_text(encoding="utf-8"))
_DEMO = Template((_FOLDER / "demo.html").read_text(encoding="utf-8"))
_DEMO_ROW = Template((_FOLDER / "demo_row.html").read_text(encoding="utf-8"))
_POLICY = own_page_policy(_STYLE)


def sign_in_page(
    words: Words,
    *,
    csrf: str,
    next_path: str,
    demo: Sequence[DemoAccount] = (),
    problem: str | None = None,
    typed_name: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The form; ``problem`` is a finished sentence above it. The password never comes back."""
    here = f"/sign-in?{urlencode({'next': next_path})}"
    content = _filled(
        _SIGN_IN,
        words,
        ("sign_in.title", "sign_in.name", "sign_in.password", "sign_in.button"),
        csrf=csrf,
        next=next_path,
        typed=typed_name,
        problem=_problem(problem),
        demo=_demo(words, demo, csrf=csrf, next_path=next_path),
    )
    return _framed(words, content, title=words.t("sign_in.title"), here=here, status=status)


def sign_out_page(words: Words) -> HTMLResponse:
    """Asks before it ends the session: a link alone must not sign anybody out."""
    content = _filled(_SIGN_OUT, words, ("sign_out.title", "sign_out.text", "sign_out.button", "sign_out.stay"))
    return _framed(words, content, title=words.t("sign_out.title"), here="/sign-out", status=200)


def password_page(
    words: Words, *, csrf: str, next_path: str, name: str, problem: str | None = None, status: int = 200
) -> HTMLResponse:
    """The form for a new password; nothing that was typed comes back. ``name`` is for the browser's password store."""
    content = _filled(
        _PASSWORD,
        words,
        (
            "password.title",
            "password.text",
            "password.current",
            "password.new",
            "password.repeated",
            "password.button",
            "password.back",
        ),
        rule=words.t("password.rule", shortest=SHORTEST),
        shortest=str(SHORTEST),
        longest=str(LONGEST),
        csrf=csrf,
        next=next_path,
        name=name,
        problem=_problem(problem),
    )
    here = f"/password?{urlencode({'next': next_path})}"
    return _framed(words, content, title=words.t("password.title"), here=here, status=status)


def password_changed_page(words: Words, *, next_path: str) -> HTMLResponse:
    """Says what happened and leads back."""
    keys = ("password.changed", "password.changed_text", "password.back")
    content = _filled(_PASSWORD_CHANGED, words, keys, next=next_path)
    return _framed(words, content, title=words.t("password.changed"), here=next_path, status=200)


def notice_page(words: Words, *, title: str, text: str, status: int) -> HTMLResponse:
    """A heading and a sentence."""
    content = Markup(f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>")
    return _framed(words, content, title=title, here="/", status=status)


class Markup(str):
    """Text that is HTML already; everything else is escaped on its way into a template."""

    __slots__ = ()


def _framed(words: Words, content: Markup, *, title: str, here: str, status: int) -> HTMLResponse:
    page = _filled(
        _FRAME,
        words,
        ("app.title", "app.tagline"),
        lang=HTML_LANGUAGE[words.language],
        title=title,
        style=Markup(_STYLE),
        content=content,
        languages=_languages(words, here),
    )
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store", "vary": "Cookie, Accept-Language"}
    return HTMLResponse(page, status_code=status, headers=headers)


def _languages(words: Words, here: str) -> Markup:
    others = [language for language in LANGUAGES if language != words.language]
    links = (
        f'<a lang="{HTML_LANGUAGE[other]}" href="/language/{other}?{html.escape(urlencode({"next": here}))}">'
        f"{html.escape(words.t(f'language.{other}'))}</a>"
        for other in others
    )
    return Markup(" ".join(links))


def _problem(sentence: str | None) -> Markup:
    return Markup("" if sentence is None else f'<p class="problem" role="alert">{html.escape(sentence)}</p>')


def _demo(words: Words, accounts: Sequence[DemoAccount], *, csrf: str, next_path: str) -> Markup:
    if not accounts:
        return Markup("")
    rows = (
        _filled(
            _DEMO_ROW,
            words,
            (),
            login=account.login,
            display=account.display_name_zh if words.language == "zh" else account.display_name_en,
            password=DEMO_PASSWORD,
            csrf=csrf,
            next=next_path,
        )
        for account in accounts
    )
    return _filled(_DEMO, words, ("demo.title", "demo.text"), password=DEMO_PASSWORD, rows=Markup("".join(rows)))


def _filled(template: Template, words: Words, keys: Sequence[str], **values: str) -> Markup:
    told: Mapping[str, str] = {key.replace(".", "_"): words.t(key) for key in keys}
    given = {**told, **values}
    safe = {name: text if isinstance(text, Markup) else html.escape(text) for name, text in given.items()}
    return Markup(template.substitute(safe))
