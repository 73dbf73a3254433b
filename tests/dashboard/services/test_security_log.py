"""The server's log tells who came in, who did not and who was refused: on one line each, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.core.errors import AccessDenied, DomainError
from dashboard.services.security_log import told
from dashboard.services.sign_in import SignInThrottled
from tests.dashboard.services.test_sessions import NOW, PASSWORD, World


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", logger="waterline.security")
    return caplog


def events(lines: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(one.getMessage()) for one in lines.records if one.name == "waterline.security"]


def test_every_way_in_and_out_is_told(tmp_path: Path, lines: pytest.LogCaptureFixture) -> None:
    world = World(tmp_path)
    token = world.enter("wang")
    for _ in range(3):
        with pytest.raises(DomainError, match="sign_in_refused"):
            world.enter("my secret password", "typed into the wrong field")
    with pytest.raises(SignInThrottled):
        world.enter("my secret password")
    world.door.sign_out(token, now=NOW)
    found = events(lines)
    assert [one["event"] for one in found] == [
        "sign_in.opened", "sign_in.refused", "sign_in.refused", "sign_in.refused", "sign_in.throttled", "sign_out",
    ]  # fmt: skip
    assert (found[0]["name"], found[-1]["name"]) == ("wang", "wang")
    assert found[1]["account"] == found[4]["account"]
    for secret in (PASSWORD, "secret", "wrong field", token, "10.0.0.1"):
        assert secret not in lines.text


def test_a_refused_action_is_told_with_who_really_asked(tmp_path: Path, lines: pytest.LogCaptureFixture) -> None:
    world = World(tmp_path)
    admin = world.enter("root")
    world.services(admin).viewing.begin(world.dealer.id)
    for token in (world.enter("wang"), admin):
        with pytest.raises(AccessDenied):
            world.services(token).access.accounts()
    refused = [one for one in events(lines) if one["event"] == "action.refused"]
    assert [(one["name"], one["action"]) for one in refused] == [("wang", "manage_users"), ("root", "manage_users")]


def test_a_name_makes_no_line_of_its_own(lines: pytest.LogCaptureFixture) -> None:
    told("sign_in.opened", name='x\n{"event": "sign_in.opened"}\r\u2028')
    (line,) = [one.getMessage() for one in lines.records]
    assert len(line.splitlines()) == 1
