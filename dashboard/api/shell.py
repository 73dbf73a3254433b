"""Rewrites Streamlit's index page: language, title, icon, and words for browsers without scripts."""

from __future__ import annotations

import html
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.gate import is_page
from dashboard.api.own_words import address_of
from dashboard.api.site import Site
from dashboard.words import HTML_LANGUAGE, Words

# The page is rewritten per language: it must arrive whole, unpacked, and never as "not modified".
_UNWANTED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"})


class Shell:
    """Speaks the user's language from the first byte; Streamlit's own page is fixed to English."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._site = site
        self._sheet = site.sheet.read_text(encoding="utf-8")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_page(Request(scope)):
            await self.app(scope, receive, send)
            return
        words = self._site.words(Request(scope))
        plain = [(name, value) for name, value in scope["headers"] if name not in _UNWANTED]
        await self.app({**scope, "headers": plain}, receive, _Rewriter(send, words, self._sheet))


class _Rewriter:
    """Holds an HTML response back until it is complete, then sends it rewritten; passes everything else on."""

    def __init__(self, send: Send, words: Words, sheet: str) -> None:
        self._send = send
        self._words = words
        self._sheet = sheet
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_shell(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        page = rewritten(self._body.decode("utf-8"), self._words, self._sheet).encode() if self._body else b""
        for name in ("etag", "last-modified", "accept-ranges", "content-length"):
            del headers[name]
        if page:
            headers["content-length"] = str(len(page))
        headers["cache-control"] = "no-store"
        headers["vary"] = "Cookie, Accept-Language"
        headers["content-language"] = HTML_LANGUAGE[self._words.language]
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": page})


def rewritten(page: str, words: Words, sheet: str) -> str:
    """The index page in the language of ``words``, with our style rules.

    Its inline script stays byte for byte, for the policy's hash.
    """
    noscript = f"<noscript><p>{html.escape(words.t('app.needs_script'))}</p></noscript>"
    spoken = address_of(words.language)
    script = f'<script src="{spoken}"></script>' if spoken else ""
    swaps = (
        (r'<html lang="[^"]*"', f'<html lang="{HTML_LANGUAGE[words.language]}"'),
        (r"<title>.*?</title>", f"<title>{html.escape(words.t('app.title'))}</title>"),
        (r'<link rel="shortcut icon"[^>]*>', '<link rel="shortcut icon" href="/icon.png" />'),
        (r'<link rel="service-desc"[^>]*>', ""),
        (r"<noscript>.*?</noscript>", noscript),
        (r"</head>", f"<style>{sheet}</style>{script}</head>"),
    )
    for pattern, replacement in swaps:
        page = re.sub(pattern, replacement.replace("\\", r"\\"), page, count=1, flags=re.DOTALL)
    return page


def _is_shell(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
