"""Turns order views; they never lock anybody out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from analytics.core.access import Action
from dashboard.ui import cache, turns
from dashboard.ui.turns import AT_ONCE, give_back, take, turn
from tests.dashboard.ui.fake_services import FakeServices


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[threading.Thread]:
    """``work`` in a thread of its own, joined at the end."""
    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def busy() -> Iterator[threading.Event]:
    """All turns taken by other views until the event is set."""
    done, taken = threading.Event(), threading.Barrier(AT_ONCE + 1)

    def view() -> None:
        with turn():
            taken.wait(5)
            done.wait(5)

    views = [threading.Thread(target=view) for _ in range(AT_ONCE)]
    for one in views:
        one.start()
    taken.wait(5)
    yield done
    done.set()
    for one in views:
        one.join(5)


def test_a_view_waits_until_one_before_it_has_ended(busy: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 5)
    order: list[str] = []

    def view() -> None:
        with turn():
            order.append("drawn")

    with beside(view):
        time.sleep(0.05)
        order.append("others ended")
        busy.set()
    assert order == ["others ended", "drawn"]


def test_patience_ends_and_the_view_is_drawn_without_a_turn(
    busy: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    drawn: list[bool] = []

    def view() -> None:
        with turn():
            drawn.append(busy.is_set())

    with beside(view):
        pass
    assert drawn == [False]


def test_a_view_that_fails_gives_its_turn_back() -> None:
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ValueError, match="broken"), turn():
            raise ValueError("broken")
    assert all_free()


def test_giving_back_twice_and_taking_twice_do_nothing() -> None:
    with turn():
        take()
        give_back()
        give_back()
    assert all_free()


def test_an_answer_asked_for_outside_a_view_takes_no_turn_that_nobody_would_return() -> None:
    cache.answer(FakeServices(), Action.SEE_GLOSSARY, str, "outside")
    assert all_free()


def test_waiting_for_the_data_lets_others_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every turn asks the data for something slow; a view that asks nothing is drawn meanwhile."""
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 5)
    asking, answered = threading.Barrier(AT_ONCE + 1), threading.Event()
    services = FakeServices()

    def slow(question: str) -> str:
        asking.wait(5)
        answered.wait(5)
        return question

    def view(number: int) -> None:
        with turn():
            cache.answer(services, Action.SEE_GLOSSARY, slow, f"turns {number}")

    views = [threading.Thread(target=view, args=(number,)) for number in range(AT_ONCE)]
    for one in views:
        one.start()
    asking.wait(5)
    assert all_free()
    answered.set()
    for one in views:
        one.join(5)


def all_free() -> bool:
    """Whether every turn can be had at once."""
    got = [turns._slots.acquire(timeout=0.2) for _ in range(AT_ONCE)]
    for one in got:
        if one:
            turns._slots.release()
    return all(got)
