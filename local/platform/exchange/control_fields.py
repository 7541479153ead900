"""The fields of a control call. What makes no sense raises BadRequest, naming the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from local.platform.exchange.book import Level
from local.platform.exchange.market import CONTRACTS, symbol_id
from local.platform.http import BadRequest

Fields = Mapping[str, Any]


def text(given: Fields, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name}: must be text")
    return value


def symbol(given: Fields) -> str:
    found = symbol_id(text(given, "symbol"))
    if found not in CONTRACTS:
        raise BadRequest(f"symbol: one of {', '.join(CONTRACTS)}")
    return found


def number(given: Fields, name: str) -> Decimal | None:
    """None where it was not given."""
    value = given.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        found = Decimal(str(value))
    except InvalidOperation:
        raise BadRequest(f"{name}: must be a number") from None
    if not found.is_finite():
        raise BadRequest(f"{name}: must be a number")
    return found


def needed(given: Fields, name: str) -> Decimal:
    found = number(given, name)
    if found is None:
        raise BadRequest(f"{name}: must be given")
    return found


def whole(given: Fields, name: str) -> int:
    value = given.get(name)
    if isinstance(value, str) and value.isdigit():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequest(f"{name}: must be a whole number")
    return value


def moment(given: Fields, name: str) -> int | None:
    """Epoch milliseconds; None where it was not given."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdigit():
        return int(value)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadRequest(f"{name}: must be milliseconds or ISO 8601") from None
    if found.tzinfo is None:
        raise BadRequest(f"{name}: needs an offset")
    return int(found.timestamp() * 1000)


def levels(given: Fields, name: str) -> list[Level]:
    """[[price, amount]], an empty side where it was not given."""
    listed = given.get(name, [])
    try:
        return [(Decimal(str(price)), Decimal(str(amount))) for price, amount in listed]
    except (TypeError, ValueError, InvalidOperation):
        raise BadRequest(f"{name}: must be [[price, amount]]") from None


def plain_text(value: Any) -> str:
    """As a client would send it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
