"""What the demo world is made from: every number that shapes it, under one version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the demo brand.

    ``share``: of all orders. ``weekdays``: demand of Monday to Sunday against the mean. ``hours``: (hour, spread) of
    the day's peaks. ``festival``: how strongly festivals move it (1 = fully). ``events``: how strongly 618 and 双11 do.
    ``discount``: usual share taken off the list price. ``member_day``: demand on the 18th against other days.
    """

    code: str
    name: str
    group: str
    private_domain: bool
    share: float
    weekdays: tuple[float, ...]
    hours: tuple[tuple[float, float], ...]
    festival: float
    events: float
    discount: float
    member_day: float
    identified: float


_SHOP_WEEK = (0.90, 0.88, 0.90, 0.93, 1.02, 1.22, 1.15)
_NET_WEEK = (1.05, 1.03, 1.02, 1.00, 0.98, 0.95, 0.97)
_TRADE_WEEK = (1.30, 1.25, 1.20, 1.15, 1.15, 0.70, 0.25)
_SHOP_HOURS = ((9.5, 1.3), (17.5, 1.4))
_NET_HOURS = ((12.5, 2.0), (20.5, 1.6))

CHANNELS: tuple[Channel, ...] = (
    Channel("STORE", "粮油门店", "store", False, 0.41, _SHOP_WEEK, _SHOP_HOURS, 1.0, 0.0, 0.02, 1.45, 0.62),
    Channel("GROUP", "社区团购", "community", True, 0.15, _SHOP_WEEK, ((20.0, 1.5),), 0.9, 0.1, 0.07, 1.35, 0.95),
    Channel("MKT1", "综合电商旗舰店", "online", False, 0.13, _NET_WEEK, _NET_HOURS, 0.5, 1.0, 0.06, 1.0, 1.0),
    Channel("MKT2", "平台自营超市", "online", False, 0.08, _NET_WEEK, _NET_HOURS, 0.6, 0.8, 0.05, 1.0, 1.0),
    Channel("MINI", "小程序商城", "online", True, 0.10, _NET_WEEK, _NET_HOURS, 0.8, 0.3, 0.05, 1.70, 1.0),
    Channel("LIVE", "直播间", "online", False, 0.06, _NET_WEEK, ((20.8, 0.9),), 0.5, 0.9, 0.09, 1.0, 1.0),
    Channel("O2O", "即时到家", "online", False, 0.055, _SHOP_WEEK, _SHOP_HOURS, 0.8, 0.2, 0.03, 1.10, 1.0),
    Channel("WHOLE", "批发", "wholesale", False, 0.015, _TRADE_WEEK, ((10.0, 1.5),), 1.0, 0.0, 0.12, 1.0, 0.0),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: orders over the whole period before noise, and member accounts."""

    orders: int
    accounts: int


SIZES: dict[str, Size] = {"tiny": Size(orders=12_000, accounts=2_000), "small": Size(orders=178_000, accounts=20_000)}


@dataclass(frozen=True, slots=True)
class WorldParameters:
    """The demo world. A change of any value or of the code that reads it raises ``version``.

    Shares are of 1, spreads are standard deviations of logarithms unless they say otherwise.
    """

    version: int = 1
    months: int = 18
    channels: tuple[Channel, ...] = CHANNELS
    stores: int = 200
    leaders: int = 60
    without_position: int = 5
    opened_inside: float = 0.12
    closed_inside: float = 0.03
    channel_mix_concentration: float = 60.0
    partner_size_concentration: float = 3.0
    growth_mean: float = 0.10
    growth_spread: float = 0.12
    partner_growth_spread: float = 0.25
    day_noise: float = 0.06
    festival_peak: float = 0.85
    lull_after_festival: float = 0.45
    event_peak: float = 2.6
    member_activity_spread: float = 1.1
    member_life_days: float = 700.0
    partner_bound: float = 0.72
    mini_through_partner: float = 0.45
    lines_per_order: tuple[float, ...] = (0.38, 0.36, 0.18, 0.08)
    refunds: float = 0.015
    cancelled: float = 0.012
    unpaid: float = 0.004
    city_only_address: float = 0.06
    promotion_depth: float = 0.12
    event_depth: float = 0.18
    city_spread: float = 0.30
    vat: float = 0.09


WORLD = WorldParameters()
