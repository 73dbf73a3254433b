"""Whoever loses the right between seeing a button and pressing it changes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from analytics.core.access import ROOT, Role
from analytics.core.calendar import day_of
from analytics.policies.change import Change, State, Wanted
from dashboard.composition import Services
from data.store.engine import Store
from tests.protocol.conftest import PASSWORD
from tests.protocol.test_ended_sessions import administrator, somebody, store
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import Server

__all__ = ["administrator", "store"]

pytestmark = pytest.mark.protocol

GOLD = "members.tier_gold"


@pytest.mark.parametrize("way", ["disabled", "demoted", "kept"])
def test_an_approval_of_an_open_tab(server: Server, store: Store, administrator: Services, way: str) -> None:
    user_id = somebody(store, f"approver-{way}", Role.APPROVER)
    cookies = server.sign_in(f"approver-{way}", PASSWORD)
    policies = administrator.policies
    standing = policies.all().of(GOLD)
    assert standing is not None
    value = {"disabled": Decimal(1600), "demoted": Decimal(1700), "kept": Decimal(1800)}[way]
    wanted = Wanted(GOLD, None, value, day_of(datetime.now(UTC)), "asked over there")
    asked = policies.propose(wanted, seen=standing.seen, command_id=f"ask {way}").change

    async def stay() -> tuple[Run, Run]:
        async with VirtualUser(server.base_url, "policies", cookies=cookies) as user:
            before = await user.run()
            if way == "disabled":
                administrator.access.disable(user_id)
            elif way == "demoted":
                administrator.access.change(user_id, frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
            return before, await user.press("Approve")

    before, after = asyncio.run(stay())
    assert "asked over there" in before.text
    assert after.exceptions == ()
    states = {change.id: change.state for change in _history(administrator)}
    assert states[asked.id] is (State.APPROVED if way == "kept" else State.PROPOSED)
    if way != "kept":
        policies.withdraw(asked.id, command_id=f"back {way}")


def _history(services: Services) -> tuple[Change, ...]:
    standing = services.policies.all().of(GOLD)
    return standing.history if standing else ()
