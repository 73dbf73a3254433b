"""The processes that jobs run in: starting one that outlives us, and seeing whether one is still there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from analytics.core.errors import DomainError
from dashboard.settings import Settings
from data.store.records import Job

_CODE = Path(__file__).parents[2]


def host() -> str:
    """This machine's name: process ids of another one mean nothing here."""
    return socket.gethostname()


def is_running(pid: int) -> bool:
    """Whether a process of that id exists on this machine and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _waited_for(pid)


def _waited_for(pid: int) -> bool:
    """Whether it has ended and its parent has not noticed: a server that took its starter's place never does."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        # Not on this system, or gone by now.
        return False
    return state == "Z"


def launch(settings: Settings, job: Job) -> None:
    """Start the process of a waiting job in a session of its own; raises DomainError ``job_not_started``."""
    settings.jobs.mkdir(parents=True, exist_ok=True)
    ours = {
        "WATERLINE_HOME": str(settings.home),
        "WATERLINE_STORE": settings.store_url,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_CODE), os.environ.get("PYTHONPATH")))),
    }
    try:
        with (settings.jobs / job.log).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dashboard.cli", "job", "run", job.id],
                env=os.environ | ours,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        raise DomainError("job_not_started", reason=str(error)) from error
    # A child that nobody waits for stays in the process table and looks alive for ever.
    threading.Thread(target=process.wait, name=f"job-{job.id}", daemon=True).start()


def end_this_process() -> None:
    """End this process and all that it started, without a word; a shell that shares its group with others stays."""
    if os.getpgrp() == os.getpid() and os.getsid(0) == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
