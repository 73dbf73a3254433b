"""Times, memory and how they are told."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Section:
    """One measurement of ``RESULTS.md``: a table of figures, with the command that makes them."""

    title: str
    command: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        head = f"| {' | '.join(self.columns)} |\n|{'---|' * len(self.columns)}"
        body = "\n".join(f"| {' | '.join(row)} |" for row in self.rows)
        return f"## {self.title}\n\n`{self.command}`\n\n{self.about}\n\n{head}\n{body}\n"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: wall seconds, the highest memory of its process tree in bytes, and seconds of processors."""

    seconds: float
    peak: int
    worked: float = 0.0


def process_tree(root: int) -> set[int]:
    """``root`` and every process below it (Linux)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = set[int](), [root]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting.extend(children.get(process, []))
    return found


def resident(processes: set[int]) -> int:
    """Resident memory of the processes in bytes; pages that two of them share count twice."""
    pages = 0
    for process in processes:
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def measured(command: Sequence[str], *, environment: dict[str, str] | None = None) -> Cost:
    """Run ``command`` from the project's root; raises CalledProcessError when it fails."""
    started, before = time.perf_counter(), _worked()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, resident(process_tree(process.pid)))
            time.sleep(POLL_SECONDS)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - started
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, list(command))
    return Cost(seconds, peak, _worked() - before)


def _worked() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def waterline(*words: str) -> list[str]:
    """The command line of this tree."""
    return [sys.executable, "-m", "dashboard.cli", *words]


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the sorted values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(part * (len(ranked) - 1)))]


def spread(values: Sequence[float]) -> tuple[str, str, str]:
    """Minimum, median and maximum, in milliseconds."""
    return milliseconds(min(values)), milliseconds(median(values)), milliseconds(max(values))


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"


def machine() -> str:
    """Processor count, memory and versions: what a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {memory / 2**30:.0f} GiB, {system}, Python {platform.python_version()}"
