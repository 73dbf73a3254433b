"""Tables about members as systems know them: accounts, identifiers, consents, standing orders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.sample.columns import dates, from_columns, joined, moments, named, texts, units
from data.sample.members import GROUP, MINI, O2O, STORE
from data.sample.parameters import CHANNEL_CODES
from data.sample.places import SCHEME
from data.sample.setting import Setting
from data.sample.week import DAY_SECONDS, Names

SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
GIVEN = list("禾稻穗麦粟谷米豆芽田仓耕耘丰畦苗秋实满廪黍稷芝麻")
"""Given names are put together from two of these: names of fields and grain, which nobody in particular bears."""
PHONE_PREFIX = "120"
"""No mobile number in China begins with 10, 11 or 12: these are service and emergency codes."""
ROADS = ("示例路", "样板街", "演示大道", "虚构巷", "假定路", "模拟街")
ESTATES = ("示例花园", "样板小区", "演示家园", "虚构新村", "假定苑")
SHARED_BY_CLERK = 0.04
"""Share of shops whose clerk enters one and the same phone for many members."""
RECYCLED = 0.004
PURPOSES = (
    ("sms", 0.62),
    ("wechat", 0.55),
    ("profiling", 0.50),
    ("partner_sharing", 0.30),
    ("children_tags", 0.05),
    ("health_tags", 0.04),
)
REVOKED = 0.05


def accounts(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The account table; a part of the members never told household, birth year or district."""
    people, count = made.people, len(made.people.account)
    told = rng.random((3, count)) < np.array([[0.6], [0.4], [0.85]])
    joined_at = people.joined * DAY_SECONDS + rng.integers(8 * 3600, 22 * 3600, count)
    born = rng.integers(1950, 2004, int(people.person.max()) + 1)[people.person]
    gender = rng.choice(3, int(people.person.max()) + 1, p=(0.52, 0.28, 0.20))[people.person]
    columns = {
        "account": people.account,
        "partner": named(made.net.partner, people.outlet),
        "joined_at": pa.array((joined_at + known.origin) * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        "region_scheme": pa.repeat(SCHEME, count),
        "region": pa.array(people.district, pa.string(), mask=~told[2]),
        "household_size": pa.array(people.people, mask=~told[0]),
        "birth_year": pa.array(born, mask=~told[1]),
        "gender": named(["female", "male", "unknown"], gender),
    }
    return from_columns("account", columns, count)


def phones(made: Setting, rng: np.random.Generator) -> np.ndarray:
    """Number (eight digits) behind each account: a person's own, a relative's, a clerk's or one that was given anew."""
    people = made.people
    persons = int(people.person.max()) + 1
    # A step without a common factor visits every number once.
    own = 10**7 + (int(rng.integers(10**7)) + np.arange(persons) * 7_777_777) % (9 * 10**7 - 7)
    home = np.zeros(persons, dtype=np.int64)
    home[people.person] = people.household
    eldest = np.full(int(home.max()) + 1, persons)
    np.minimum.at(eldest, home, np.arange(persons))
    shares = rng.random(persons) < made.world.shared_phone / made.world.in_household
    phone = np.where(shares, own[eldest[home]], own)
    anew = np.flatnonzero(rng.random(persons) < RECYCLED)
    phone[anew] = own[rng.integers(0, persons, len(anew))]
    of_account = phone[people.person]
    shops = np.flatnonzero(made.net.store)
    lazy = shops[rng.random(len(shops)) < SHARED_BY_CLERK]
    if not len(lazy):
        lazy = shops[:1]
    clerk = rng.integers(2 * 10**7, 9 * 10**7, len(made.net.partner))
    entered = np.isin(people.outlet, lazy) & (people.system == STORE) & (rng.random(len(of_account)) < 0.25)
    return np.asarray(np.where(entered, clerk[people.outlet], of_account))


def identifiers(made: Setting, rng: np.random.Generator) -> pa.Table:
    """The identifier table: what each system happens to know of a member, with the slips of those who typed it."""
    people, system = made.people, made.people.system
    persons = int(people.person.max()) + 1
    chance = rng.random((6, len(system)))
    market = ~np.isin(system, [STORE, GROUP, MINI, O2O])
    name = named([a + b + c for a in SURNAMES for b in GIVEN for c in GIVEN],
                 rng.integers(0, len(SURNAMES) * len(GIVEN) ** 2, persons)[people.person])  # fmt: skip
    polite = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(name, 0, 1), named(["女士", "先生"], people.person % 2), ""
    )
    name = pc.if_else(pa.array(market & (chance[0] < 0.12)), polite, name)
    known_by = {
        "phone": (joined(PHONE_PREFIX, texts("", phones(made, rng), 8)),
                  _by_system(system, chance[1], {STORE: 0.92, GROUP: 0.70, MINI: 0.75, O2O: 0.60}, 0.35)),
        "name": (name, _by_system(system, chance[2], {STORE: 0.60, GROUP: 0.70, MINI: 0.50, O2O: 0.70}, 0.85)),
        "address": (addresses(made, rng),
                    _by_system(system, chance[3], {STORE: 0.20, GROUP: 0.80, MINI: 0.85, O2O: 0.98}, 0.95)),
        "card": (texts("KH", np.arange(len(system)), 9), system == STORE),
        "wechat_openid": (texts("o-demo-", np.arange(len(system)), 9), np.isin(system, [GROUP, MINI])),
        "wechat_unionid": (texts("u-demo-", people.person, 9),
                           ((system == MINI) & (chance[4] < 0.8)) | ((system == STORE) & (chance[4] < 0.25))),
        "alipay_uid": (texts("2088-demo-", people.person, 9), (system == O2O) & (chance[5] < 0.5)),
        "marketplace_id": (joined(named(CHANNEL_CODES, system), texts("-demo-", people.person, 9)), market),
    }  # fmt: skip
    parts = []
    for kind, (value, told) in known_by.items():
        row = np.flatnonzero(told)
        columns = {
            "account": named(people.account, row),
            "kind": pa.repeat(kind, len(row)),
            "value": value.take(pa.array(row)),
            "partner": named(made.net.partner, people.outlet[row]),
        }
        parts.append(from_columns("identifier", columns, len(row)))
    return pa.concat_tables(parts).combine_chunks()


def _by_system(system: np.ndarray, chance: np.ndarray, shares: dict[int, float], others: float) -> np.ndarray:
    table = np.array([shares.get(kind, others) for kind in range(len(CHANNEL_CODES))])
    return np.asarray(chance < table[system])


def addresses(made: Setting, rng: np.random.Generator) -> pa.Array:
    """The household's address as each account has it: invented streets, written in four ways."""
    people = made.people
    homes = int(people.household.max()) + 1
    home = people.household
    district = np.array([str(code) for code in people.district])
    codes = sorted(set(district.tolist()))
    centres = made.where.centres
    of_district = np.searchsorted(np.array(codes), district)
    full = [f"{centres[c[:2] + '0000'].name}{centres[c[:4] + '00'].name}{centres[c].name}" for c in codes]
    short = [f"{centres[c[:4] + '00'].name}{centres[c].name}" for c in codes]
    style = rng.integers(0, 4, len(home))
    start = pc.if_else(pa.array(style % 2 == 0), named(full, of_district), named(short, of_district))
    road = named(ROADS, rng.integers(0, len(ROADS), homes)[home])
    estate = named(ESTATES, rng.integers(0, len(ESTATES), homes)[home])
    number, house, stair, flat = (texts("", rng.integers(1, most, homes)[home], 0) for most in (300, 40, 5, 29))
    room = joined(flat, texts("0", rng.integers(1, 5, homes)[home], 0))
    long = joined(start, road, number, "号", estate, house, "号楼", stair, "单元", room, "室")
    dashed = joined(start, road, number, "号", estate, house, "-", stair, "-", room)
    return pc.if_else(pa.array(style < 2), long, dashed)


def consents(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The consent table: decided on joining, a few taken back later."""
    people, parts = made.people, []
    now = made.calendar.last
    for purpose, share in PURPOSES:
        wechat = np.isin(people.system, [GROUP, MINI, STORE]) | (purpose != "wechat")
        row = np.flatnonzero((rng.random(len(people.account)) < share) & wechat)
        parts.append((row, np.zeros(len(row), bool), people.joined[row] * DAY_SECONDS + 80_000, purpose))
        later = people.joined[row] + rng.integers(20, 500, len(row))
        gone = np.flatnonzero((rng.random(len(row)) < REVOKED) & (later <= now))
        parts.append((row[gone], np.ones(len(gone), bool), later[gone] * DAY_SECONDS + 43_000, purpose))
    row, revoked, second = (np.concatenate([part[i] for part in parts]) for i in range(3))
    purposes = np.concatenate([np.full(len(part[0]), part[3]) for part in parts])
    when = (second + known.origin) * 1_000_000
    columns = {
        "account": named(people.account, row),
        "purpose": pa.array(purposes.tolist(), pa.string()),
        "state": named(["granted", "revoked"], revoked.astype(int)),
        "decided_at": pa.array(when).cast(pa.timestamp("us", tz="UTC")),
        "evidence": named(["入会协议 v2", "会员中心"], revoked.astype(int)),
        "partner": named(made.net.partner, people.outlet[row]),
    }
    return from_columns("consent", columns, len(row))


def subscriptions(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The subscription table: a few members of the mini-program have rice, oil or flour sent at their own rhythm."""
    people, first, last = made.people, made.calendar.first, made.calendar.last
    row = np.flatnonzero(
        (people.system == MINI) & (rng.random(len(people.account)) < 0.12) & (people.joined < last - 40)
    )
    begun = np.maximum(people.joined[row] + rng.integers(1, 30, len(row)), first)
    every = rng.choice([14, 30, 45, 60], len(row), p=(0.1, 0.5, 0.2, 0.2))
    ended = begun + rng.exponential(240, len(row)).astype(int)
    over = ended <= last
    due = begun + every * ((last - begun) // every + 1)
    staples = np.flatnonzero(
        made.goods.stocked & (made.goods.kg >= 2) & (made.goods.launched <= np.datetime64(made.first_day))
    )
    columns = {
        "subscription": texts("ZQ", np.arange(1, len(row) + 1), 6),
        "account": named(people.account, row),
        "sku": named(made.goods.sku, rng.choice(staples, len(row))),
        "quantity": units(rng.integers(1, 3, len(row))),
        "every_days": pa.array(every),
        "started_at": moments(begun * DAY_SECONDS + 50_000, known.origin),
        "next_due": dates(due, known.first, absent=over),
        "ended_at": moments(np.where(over, ended * DAY_SECONDS + 50_000, -1), known.origin),
        "channel": pa.repeat("MINI", len(row)),
        "partner": named(made.net.partner, people.outlet[row]),
    }
    return from_columns("subscription", columns, len(row))
