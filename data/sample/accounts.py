"""The accounts of a demo home, as plain data; they are created nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.access import ROOT, Role

DEMO_PASSWORD = "waterline-demo"
"""Shared by every demo account and printed at start: a demo home guards nothing but invented rows."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account to sign in with. ``grants`` are partner ids of the demo world, or :data:`ROOT`."""

    login: str
    display_name_zh: str
    display_name_en: str
    roles: frozenset[Role]
    grants: frozenset[str]


def _account(login: str, zh: str, en: str, role: Role, grant: str) -> DemoAccount:
    return DemoAccount(login, zh, en, frozenset({role}), frozenset({grant}))


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    _account("executive", "演示高管", "Demo executive", Role.EXECUTIVE, ROOT),
    _account("merchandiser", "演示商品计划", "Demo merchandiser", Role.MERCHANDISER, ROOT),
    _account("marketer", "演示营销", "Demo marketer", Role.MARKETER, ROOT),
    _account("approver", "演示审批人", "Demo approver", Role.APPROVER, ROOT),
    _account("administrator", "演示管理员", "Demo administrator", Role.ADMINISTRATOR, ROOT),
    _account("dealer-a", "演示经销商甲", "Demo dealer A", Role.DEALER, "D01"),
    _account("dealer-b", "演示经销商乙", "Demo dealer B", Role.DEALER, "D07"),
    _account("store", "演示门店", "Demo store", Role.STORE, "S001"),
    _account("leader", "演示团长", "Demo group leader", Role.GROUP_LEADER, "G01"),
)
"""The store is a sub-outlet of dealer A and so is the group leader, so that scopes can be compared side by side."""
