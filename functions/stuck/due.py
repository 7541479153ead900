"""What the market's price was when an exit was due: the one reference for what the delay costs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from functions.errors import RunbookError
from functions.ports import Ports
from functions.venue import Unit


def price_when_due(ports: Ports, unit: Unit, quote: str, due: datetime, unreadable: list[str]) -> Decimal | None:
    """Of the base asset, in the minute of `due`. None: not known; `unreadable` names a reading that failed."""
    return rate(ports, unit, unit.symbol.partition("/")[0], quote, due, unreadable)


def rate(ports: Ports, unit: Unit, asset: str, quote: str, at: datetime, unreadable: list[str]) -> Decimal | None:
    try:
        return ports.exchange.rate(unit.where, asset, quote, at)
    except RunbookError as error:
        unreadable.append(f"what {asset} cost in {quote}: {error}")
        return None
