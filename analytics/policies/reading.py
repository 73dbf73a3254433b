"""Values of policies as text: as people type them, and as the store keeps them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from analytics.core.errors import DomainError
from analytics.policies.policy import WHOLE, Measure, Policy, Value

LONGEST = 30
"""Digits of a number that somebody may mean."""

_ON = frozenset({"on", "true", "yes", "1"})
_OFF = frozenset({"off", "false", "no", "0"})


def read_value(policy: Policy, typed: str) -> Value:
    """What somebody typed, checked: ``5%`` and ``0.05`` are the same share, commas and full-width digits are fine.

    Raises DomainError ``policy_value_invalid`` or ``policy_value_outside``.

    >>> read_value(Policy("a.b", Measure.SHARE, Decimal("0.1"), Decimal(0), Decimal(1)), "５ %")
    Decimal('0.05')
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if policy.measure is Measure.CHOICE:
        return policy.checked(text)
    if policy.measure is Measure.SWITCH:
        return policy.checked(_switch(text))
    number = _number(text, share=policy.measure is Measure.SHARE)
    if number is None or (policy.measure in WHOLE and number != number.to_integral_value()):
        raise DomainError("policy_value_invalid", name=policy.name, value=typed, choices=policy.allowed)
    return policy.checked(int(number) if policy.measure in WHOLE else number)


def written(value: Value) -> str:
    """``value`` as the store keeps it; :func:`read_value` reads it back.

    >>> written(Decimal("0.050")), written(True), written(Decimal("1E+3"))
    ('0.05', 'on', '1000')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _switch(text: str) -> Value:
    word = text.casefold()
    return True if word in _ON else False if word in _OFF else text


def _number(text: str, *, share: bool) -> Decimal | None:
    plain = text.replace(",", "").replace("¥", "").strip()
    hundredth = share and plain.endswith("%")
    try:
        number = Decimal(plain.rstrip("%").strip() if hundredth else plain)
    except InvalidOperation:
        return None
    # A number of a billion digits is easily typed as 1e999999999 and never worked out.
    if not number.is_finite() or len(plain) > LONGEST or abs(number.adjusted()) > LONGEST:
        return None
    return number / 100 if hundredth else number
