"""A server of its own on the measured home, and people who visit it."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.homes import HOME, NAME, PASSWORD, environment
from bench.measuring import ROOT

START_SECONDS = 60
RUN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, process id, and how long it took to be ready."""

    address: str
    process: int
    ready_after: float


@contextmanager
def serving(app: Path = ROOT / "app.py", ready: str = "/readyz", folder: Path = HOME) -> Iterator[Server]:
    """Serve the home in ``folder`` (or another ``app``) on a free port; raises TimeoutError when it is not ready in
    time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    surroundings = {**os.environ, **environment(folder), "WATERLINE_BASE_URL": address}
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"{address}{ready}")
            yield Server(address, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()


def _wait(probe: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(probe).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{probe} did not answer within {START_SECONDS} s")


def sign_in(address: str) -> dict[str, str]:
    """Cookies of a fresh session, opened through the sign-in form."""
    with httpx.Client(base_url=address) as client:
        form = client.get("/sign-in").text
        csrf = re.search(r'name="csrf" value="([^"]+)"', form)
        if csrf is None:
            raise ValueError(f"{address}/sign-in shows no form")
        answer = client.post("/sign-in", data={"csrf": csrf[1], "next": "/", "name": NAME, "password": PASSWORD})
        if answer.status_code != 303:
            raise ValueError(f"signing in was answered with {answer.status_code}")
        return dict(client.cookies)


@dataclass(slots=True)
class Visitor:
    """One browser tab as the server sees it: Streamlit's protocol over a websocket, with a real session.

    It looks at nothing but the kinds of elements: fifty of them share the machine with the server that they measure.
    """

    address: str
    page: str
    cookies: dict[str, str]
    errors: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    _socket: websockets.ClientConnection | None = None

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            f"{self.address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.address),
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
            max_size=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def run(self) -> float:
        """Seconds from asking for the page until the server has sent all of it."""
        if self._socket is None:
            raise RuntimeError("a visitor connects first")
        asked = BackMsg()
        asked.rerun_script.page_name = self.page
        started = time.perf_counter()
        await self._socket.send(asked.SerializeToString())
        while True:
            told = ForwardMsg()
            told.ParseFromString(await asyncio.wait_for(self._socket.recv(decode=False), RUN_SECONDS))
            kind = told.WhichOneof("type")
            if kind == "delta":
                self._note(told)
            if kind == "script_finished":
                return time.perf_counter() - started

    def _note(self, told: ForwardMsg) -> None:
        if told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            kind = element.WhichOneof("type") or ""
            self.seen.add(kind)
            if kind == "exception":
                self.errors.append(element.exception.message[:200])
