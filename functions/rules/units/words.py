"""Amounts, money and moments, as the sentences for people have them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

UNKNOWN = "unknown"
# Digits before and behind the point; what has more is no amount and no price, and stands as it is.
MOST = 40


def number(value: Decimal | None) -> str:
    """Without an exponent and without zeros at the end: `0.05`, `60000`."""
    if value is None:
        return UNKNOWN
    return f"{_short(value):f}" if _sound(value) else str(value)[:MOST]


def money(value: Decimal | None, quote: str, *, sign: bool = False) -> str:
    """To the cent where that tells it all, else to eight places; the sum itself is never rounded."""
    if value is None:
        return UNKNOWN
    if not _sound(value):
        return f"{str(value)[:MOST]} {quote}"
    with localcontext() as context:
        context.prec = 80
        shown = value.quantize(Decimal("0.00000001"), rounding=ROUND_HALF_EVEN)
    shown = _short(shown)
    if -int(shown.as_tuple().exponent) < 2:
        shown = shown.quantize(Decimal("0.01"))
    return f"{shown:{'+' if sign and shown else ''}f} {quote}"


def cents(value: Decimal | None, quote: str, *, sign: bool = False) -> str:
    """To the cent, for whoever has a minute; what is smaller is told whole."""
    if value is None or not _sound(value) or not value or abs(value) < Decimal("0.01"):
        return money(value, quote, sign=sign)
    with localcontext() as context:
        context.prec = 80
        return f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_EVEN):{'+' if sign else ''},f} {quote}"


def moment(at: datetime | None) -> str:
    """To the second, UTC."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _sound(value: Decimal) -> bool:
    return value.is_finite() and abs(value.adjusted()) <= MOST


def _short(value: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 80
        short = value.normalize()
        # `1E+2` becomes 100, and -0 becomes 0.
        return short.quantize(Decimal(1)) + 0 if int(short.as_tuple().exponent) > 0 else short + 0
