"""What the demo world is made from: every number that shapes demand, goods and people, under one version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the demo brand.

    ``share``: of all demanded lines. ``weekdays``: demand of Monday to Sunday against the mean. ``hours``: (hour,
    spread) of the day's peaks. ``festival``: how strongly festivals move it (1 = fully). ``events``: how strongly 618
    and 双11 do. ``member_day``: demand on the 18th against other days. ``identified``: share of orders of known buyers.
    ``rain``: change of demand on a day of heavy rain. ``returned``: share of lines that come back.
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
    member_day: float
    identified: float
    rain: float
    returned: float


_SHOP_WEEK = (0.90, 0.88, 0.90, 0.93, 1.02, 1.22, 1.15)
_NET_WEEK = (1.05, 1.03, 1.02, 1.00, 0.98, 0.95, 0.97)
_TRADE_WEEK = (1.30, 1.25, 1.20, 1.15, 1.15, 0.70, 0.25)
_SHOP_HOURS = ((9.5, 1.3), (17.5, 1.4))
_NET_HOURS = ((12.5, 2.0), (20.5, 1.6))
_LIVE_HOURS = ((20.8, 0.9),)

CHANNELS: tuple[Channel, ...] = (
    Channel("STORE", "粮油门店", "store", False, 0.46, _SHOP_WEEK, _SHOP_HOURS, 1.0, 0.0, 1.45, 0.60, -0.18, 0.004),
    Channel("GROUP", "社区团购", "community", True, 0.14, _SHOP_WEEK, ((20.0, 1.5),), 0.9, 0.1, 1.35, 0.85, 0.0, 0.012),
    Channel("MKT1", "综合电商旗舰店", "online", False, 0.11, _NET_WEEK, _NET_HOURS, 0.5, 1.0, 1.0, 0.80, 0.03, 0.022),
    Channel("MKT2", "平台自营超市", "online", False, 0.07, _NET_WEEK, _NET_HOURS, 0.6, 0.8, 1.0, 0.75, 0.03, 0.020),
    Channel("MINI", "小程序商城", "online", True, 0.09, _NET_WEEK, _NET_HOURS, 0.8, 0.3, 1.70, 1.0, 0.02, 0.014),
    Channel("LIVE", "直播间", "online", False, 0.05, _NET_WEEK, _LIVE_HOURS, 0.5, 0.9, 1.0, 0.65, 0.0, 0.030),
    Channel("O2O", "即时到家", "online", False, 0.06, _SHOP_WEEK, _SHOP_HOURS, 0.8, 0.2, 1.10, 0.70, 0.35, 0.010),
    Channel("WHOLE", "批发", "wholesale", False, 0.02, _TRADE_WEEK, ((10.0, 1.5),), 1.0, 0.0, 1.0, 0.0, 0.0, 0.004),
)
CHANNEL_CODES = tuple(channel.code for channel in CHANNELS)
MARKET = len(CHANNELS)
"""Index of the supermarkets' own tills beside the channels: they report totals and have no channel."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made. ``lines``: demanded lines over the whole period before noise; ``ranges``: product ranges of the
    brand, eighty packs each; ``scanned``: share of lines of known members of which a pack's code is scanned;
    ``national``: dealers over twelve provinces instead of three.
    """

    lines: int
    accounts: int
    stores: int
    leaders: int
    supermarkets: int
    ranges: int = 1
    products: int = 80
    scanned: float = 0.07
    national: bool = False


SIZES: dict[str, Size] = {
    "tiny": Size(lines=22_000, accounts=2_000, stores=40, leaders=20, supermarkets=2, scanned=0.6),
    "small": Size(lines=900_000, accounts=60_000, stores=200, leaders=60, supermarkets=4),
    "brand": Size(
        lines=100_000_000,
        accounts=2_000_000,
        stores=4_200,
        leaders=600,
        supermarkets=20,
        ranges=3,
        products=200,
        scanned=0.03,
        national=True,
    ),
}


@dataclass(frozen=True, slots=True)
class WorldParameters:
    """The demo world. A change of any value or of the code that reads it raises ``version``.

    Shares are of 1, spreads are standard deviations of logarithms, durations are days, unless they say otherwise.
    """

    version: int = 2
    months: int = 18
    channels: tuple[Channel, ...] = CHANNELS
    # Outlets
    without_position: int = 5
    opened_inside: float = 0.12
    closed_inside: float = 0.03
    partner_size_concentration: float = 3.0
    partner_growth_spread: float = 0.25
    # Demand
    channel_mix_concentration: float = 60.0
    supermarket_share: float = 0.05
    growth_mean: float = 0.10
    growth_spread: float = 0.12
    city_spread: float = 0.30
    district_spread: float = 0.30
    taste_spread: float = 0.35
    day_noise: float = 0.06
    festival_peak: float = 0.85
    lull_after_festival: float = 0.45
    event_peak: float = 2.6
    heavy_rain_mm: float = 25.0
    heat: float = 0.02
    """Change of demand for summer goods per degree above 30."""
    # Baskets
    packs_per_order: tuple[float, ...] = (0.36, 0.36, 0.19, 0.09)
    packs_per_trade_order: int = 4
    cancelled: float = 0.010
    unpaid: float = 0.004
    oversold: float = 0.25
    """Share of online demand without stock that is sold all the same and cancelled."""
    city_only_address: float = 0.06
    vat: float = 0.09
    # Prices and promotions
    promotion_depth: tuple[float, ...] = (0.05, 0.08, 0.10, 0.12, 0.15)
    event_depth: float = 0.18
    member_day_pays: float = 0.88
    group_pays: float = 0.80
    gold_pays: float = 0.95
    elasticity: tuple[float, float] = (2.6, 0.6)
    """Mean and standard deviation (no logarithm) of demand's reaction to a promotion: uplift = pays ** -elasticity."""
    pulled_forward: tuple[float, float] = (0.20, 0.45)
    """Least and greatest share of a promotion's extra units that is missing afterwards."""
    pull_days: int = 14
    price_cheats: float = 0.12
    """Share of outlets with prices that break policy, in one to three episodes each."""
    # Members
    member_activity_spread: float = 0.9
    member_life_days: float = 420.0
    once_only: float = 0.30
    partner_bound: float = 0.72
    mini_through_partner: float = 0.45
    kg_per_person_day: float = 0.16
    gap_spread: float = 0.22
    shared_phone: float = 0.06
    second_account: float = 0.22
    in_household: float = 0.18


WORLD = WorldParameters()
