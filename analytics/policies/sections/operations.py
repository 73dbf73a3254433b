"""The installation itself: sessions, sign-in, exports, freshness."""

from __future__ import annotations

from analytics.policies.policy import Keys, Measure, Policy
from analytics.policies.sections.shorthand import count, days

_OWNER = "security"
_SESSION = ("session",)
_SIGN_IN = ("sign_in",)

POLICIES: tuple[Policy, ...] = (
    Policy("session.idle_minutes", Measure.MINUTES, 480, 5, 1440, owner=_OWNER, used_by=_SESSION),
    Policy("session.absolute_hours", Measure.HOURS, 168, 1, 720, owner=_OWNER, used_by=_SESSION),
    count("sign_in.account_failures", 10, 3, 100, owner=_OWNER, used_by=_SIGN_IN),
    count("sign_in.address_failures", 50, 3, 1000, owner=_OWNER, used_by=_SIGN_IN),
    Policy("sign_in.window_minutes", Measure.MINUTES, 15, 1, 1440, owner=_OWNER, used_by=_SIGN_IN),
    Policy(
        "export.max_rows",
        Measure.ROWS,
        100_000,
        0,
        1_000_000,
        owner=_OWNER,
        keyed_by=Keys.ROLE,
        by_key={"dealer": 20_000, "store": 5_000, "group_leader": 5_000},
        used_by=("export",),
    ),
    Policy(
        "freshness.promise_hours",
        Measure.HOURS,
        30,
        1,
        720,
        owner="data",
        keyed_by=Keys.SOURCE,
        used_by=("data_health",),
    ),
    days("build.kept_days", 30, 1, 365, owner="data", used_by=("vacuum",)),
)
