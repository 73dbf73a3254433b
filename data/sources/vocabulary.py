"""Words that files use for numbers, days, answers and totals: data to be read, nothing that is said to anybody."""

from __future__ import annotations

YES, NO = ("true", "t", "yes", "y", "1", "是"), ("false", "f", "no", "n", "0", "否")

CURRENCY_MARKS: dict[str, tuple[str, ...]] = {
    "CNY": ("人民币", "CNY", "RMB", "¥", "元"),
    "USD": ("US$", "USD", "$"),
    "EUR": ("EUR", "€"),
    "GBP": ("GBP", "£"),
    "JPY": ("JPY", "¥", "円"),
    "HKD": ("HK$", "HKD", "$"),
}
"""Currency → how amounts in it are marked. A mark of another currency is no part of a number."""

LARGE = {"万": 4, "萬": 4, "亿": 8, "億": 8}
"""Word behind a number → the power of ten that it stands for."""

WRITTEN_MOMENT = (
    r"(?P<year>[0-9]{4})(?:[-/.年])(?P<month>[0-9]{1,2})(?:[-/.月])(?P<day>[0-9]{1,2})[日号]?"
    r"(?:[T ]*(?P<before>上午|下午|[AP]M)? *(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{1,2})?分?"
    r"(?::?(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]{1,9}))?秒?)? *(?P<after>[AP]M)?"
    r" *(?P<offset>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?)?"
)
"""A day, year first, and perhaps a time of it."""
AFTERNOON, MORNING = frozenset({"下午", "PM"}), frozenset({"上午", "AM"})

TOTALS = frozenset(
    {"合计", "总计", "小计", "共计", "总和", "累计", "本页合计", "本页小计", "汇总"}
    | {"total", "totals", "subtotal", "sub total", "sub-total", "grand total", "grandtotal", "sum"}
)
"""What the first cell of a totals row says, in lower case."""
