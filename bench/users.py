"""Twenty people at once, over the websocket, each with a session."""

from __future__ import annotations

import asyncio
import itertools

from bench.homes import home
from bench.measuring import Section, megabytes, milliseconds, process_tree, quantile, resident
from bench.server import Server, Visitor, serving, sign_in

USERS = 20
RERUNS = 10
THINK_SECONDS = 0.5
PAGES = {"today": "plotly_chart", "heatmap": "deck_gl_json_chart"}
"""Page → element without which it did not answer."""


def main() -> Section:
    home()
    with serving() as server:
        before = resident(process_tree(server.process))
        alone = asyncio.run(_visits(server, 1))
        crowd = asyncio.run(_visits(server, USERS))
        after = resident(process_tree(server.process))
    figures = (("one user", alone), (f"{USERS} users", crowd))
    rows = [_row(who, what, seen) for who, visits in figures for what, seen in visits.times.items()]
    rows.append((f"{USERS} users", "errors", str(len(crowd.errors)), "", "", ""))
    rows.append(("server memory", f"{megabytes(before)} when ready, {megabytes(after)} afterwards", "", "", "", ""))
    return Section(
        "People at once",
        "python -m bench.users",
        f"Real sessions on the Iowa home, half of them on today and half on the heatmap; one load, then {RERUNS} "
        f"reruns with {THINK_SECONDS} s between. Time from the request to the last message of the run. Baseline: one "
        "user on the same server.",
        ("who", "what", "times", "p50", "p95", "max"),
        tuple(rows),
    )


class _Visits:
    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {"load": [], "rerun": []}
        self.errors: list[str] = []


async def _visits(server: Server, users: int) -> _Visits:
    visits = _Visits()
    sessions = [sign_in(server.address) for _ in range(users)]
    pages = itertools.cycle(PAGES)
    await asyncio.gather(*(_visit(server, session, next(pages), visits) for session in sessions))
    return visits


async def _visit(server: Server, session: dict[str, str], page: str, visits: _Visits) -> None:
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
    print(main().markdown())
