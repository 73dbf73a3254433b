"""The real server on a port of its own, for tests that speak to it from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from dashboard.services.sign_in import session_cookie_name
from dashboard.settings import settings_from

ROOT_FOLDER = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds until a server that does not answer counts as broken."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``log`` holds what it printed."""

    base_url: str
    home: Path
    log: Path
    pid: int

    def sign_in(self, name: str, password: str, *, language: str = "en") -> dict[str, str]:
        """Sign in through the form as a browser does; the cookies to send from then on."""
        with httpx.Client(base_url=self.base_url, headers={"accept-language": language}) as browser:
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/sign-in").text)
            form = {"csrf": token[1] if token else "", "name": name, "password": password, "next": "/"}
            answer = browser.post("/sign-in", data=form, headers={"origin": self.base_url})
            if answer.status_code != httpx.codes.SEE_OTHER:
                raise RuntimeError(f"{name} could not sign in: {answer.status_code}")
            return dict(browser.cookies) | {"waterline_lang": language}

    @property
    def session_cookie(self) -> str:
        return session_cookie_name(settings_from({"WATERLINE_BASE_URL": self.base_url}))


@contextmanager
def serving(home: Path, *, environment: Mapping[str, str] | None = None, module: str = "streamlit") -> Iterator[Server]:
    """``streamlit run app.py`` over ``home`` on a random port, ready to answer; stopped afterwards.

    ``module`` is what python runs instead of Streamlit, with the same words.
    """
    port = _free_port()
    base_url = f"http://localhost:{port}"
    log = home / f"server-{port}.log"
    settings = {"WATERLINE_HOME": str(home), "WATERLINE_BASE_URL": base_url, **(environment or {})}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("WATERLINE_", "STREAMLIT_"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "run", "app.py", "--server.port", str(port)],
            cwd=ROOT_FOLDER,
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(process, base_url, log)
        yield Server(base_url, home, log, process.pid)
    finally:
        _stop(process)


def _wait_until_healthy(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            # 503 is an answer too: tests break things on purpose.
            if httpx.get(f"{base_url}/healthz", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
