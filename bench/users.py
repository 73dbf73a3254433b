"""Fifty people at once, over the websocket, each with a session."""

from __future__ import annotations

import argparse
import asyncio
import itertools
from pathlib import Path

from bench.homes import HOME, demo, home
from bench.measuring import Section, megabytes, milliseconds, process_tree, quantile, resident
from bench.server import Server, Visitor, serving, sign_in

USERS = 50
RERUNS = 10
THINK_SECONDS = 2.0
"""A person reads what the last click brought before the next one."""

PAGES = {"today": "plotly_chart", "heatmap": "deck_gl_json_chart"}
"""Page → element without which it did not answer."""


def main(users: int = USERS, *, iowa: bool = True) -> Section:
    rows = _home("demo", demo(), users)
    if iowa:
        home()
        rows += _home("Iowa", HOME, users)
    return Section(
        "People at once",
        "python -m bench.users",
        f"Real sessions, half of them on today and half on the heatmap, on a demo home and on the Iowa home; one load, "
        f"spread over {THINK_SECONDS:.0f} s, then {RERUNS} reruns with {THINK_SECONDS:.0f} s between. Time from the "
        "request to the last message of the run. Baseline: one user on the same server. Wanted: a p95 of reruns below "
        "500 ms.",
        ("home", "who", "what", "times", "p50", "p95", "max"),
        tuple(rows),
    )


def _home(name: str, folder: Path, users: int) -> list[tuple[str, ...]]:
    with serving(folder=folder) as server:
        before = resident(process_tree(server.process))
        alone = asyncio.run(_visits(server, 1))
        crowd = asyncio.run(_visits(server, users))
        after = resident(process_tree(server.process))
    figures = (("one user", alone), (f"{users} users", crowd))
    rows = [(name, *_row(who, what, seen)) for who, visits in figures for what, seen in visits.times.items()]
    rows.append((name, f"{users} users", "errors", str(len(crowd.errors)), "", "", ""))
    rows.append((name, "server memory", f"{megabytes(before)} when ready, {megabytes(after)} afterwards", *[""] * 4))
    return rows


class _Visits:
    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {"load": [], "rerun": []}
        self.errors: list[str] = []


async def _visits(server: Server, users: int) -> _Visits:
    visits = _Visits()
    sessions = [sign_in(server.address) for _ in range(users)]
    pages = itertools.cycle(PAGES)
    late = (THINK_SECONDS * number / users for number in range(users))
    await asyncio.gather(*(_visit(server, session, next(pages), visits, next(late)) for session in sessions))
    return visits


async def _visit(server: Server, session: dict[str, str], page: str, visits: _Visits, late: float) -> None:
    await asyncio.sleep(late)
    async with Visitor(server.address, page, session) as visitor:
        visits.times["load"].append(await visitor.run())
        for _ in range(RERUNS):
            await asyncio.sleep(THINK_SECONDS)
            visits.times["rerun"].append(await visitor.run())
    visits.errors.extend(visitor.errors)
    if PAGES[page] not in visitor.seen:
        visits.errors.append(f"{page} showed no {PAGES[page]}, but {', '.join(sorted(visitor.seen))}")


def _row(who: str, what: str, seen: list[float]) -> tuple[str, ...]:
    shown = (quantile(seen, 0.5), quantile(seen, 0.95), max(seen))
    return (who, what, str(len(seen)), *(milliseconds(value) for value in shown))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--users", type=int, default=USERS)
    asked.add_argument("--demo-only", action="store_true", help="leave the Iowa home out")
    given = asked.parse_args()
    print(main(given.users, iowa=not given.demo_only).markdown())
