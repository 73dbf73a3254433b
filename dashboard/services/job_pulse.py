"""The pulse of a running job: it says every second that it lives and how far it is, and hears that it must stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from data.sources.report import Progress
from data.store.engine import StoreUnavailable

BEAT_SECONDS = 1.0
GRACE_SECONDS = 20.0
"""How long a job that was told to stop may take to notice, before its process is ended."""

logger = logging.getLogger("waterline.job")


class Cancelled(BaseException):
    """The job was told to stop. No Exception: work that survives a failing file must not survive this."""


class Pulse:
    """Progress of a job, and its heartbeat in a thread beside the work.

    ``beat`` writes (stage, done, total) down and answers False when the job must stop; ``end`` ends the process of work
    that does not notice. Progress may be reported as often as one likes: it is written with the next beat.
    """

    def __init__(
        self,
        beat: Callable[[str, int, int | None], bool],
        end: Callable[[], None],
        *,
        watch: Progress | None = None,
        every: float = BEAT_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._beat, self._end, self._watch = beat, end, watch
        self._every, self._grace = every, grace
        self._latest: tuple[str, int, int | None] = ("", 0, None)
        self._stop, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="pulse", daemon=True)

    @property
    def told_to_stop(self) -> bool:
        return self._stop.is_set()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Progress; raises :class:`Cancelled` once the job must stop."""
        if stage != self._latest[0]:
            logger.info("%s %d%s", stage, done, "" if total is None else f"/{total}")
        self._latest = (stage, done, total)
        if self._stop.is_set():
            raise Cancelled
        if self._watch is not None:
            self._watch(stage, done, total)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def write(self) -> None:
        """One beat: what was reported last is written down."""
        try:
            if not self._beat(*self._latest):
                self._stop.set()
        except StoreUnavailable as error:
            # The next beat tries again; a store that stays away lets the job be found lost.
            logger.warning("no heartbeat: %s", error)

    def _keep_beating(self) -> None:
        told = 0.0
        while not self._over.wait(self._every):
            self.write()
            if self._stop.is_set():
                told = told or time.monotonic()
                if time.monotonic() - told > self._grace:
                    self._end()
