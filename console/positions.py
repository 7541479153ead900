"""`local open-position`: a position at the stand-in venue and in the tables, and what stands there."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from console.errors import ConsoleError, ExitCode
from console.local_api import LocalApi


def open_position(
    api: LocalApi, *, strategy: str | None, symbol: str, side: str, amount: str, stuck: str | None
) -> dict[str, Any]:
    """The item of the position that was opened. Raises `ConsoleError` with the venue's words where it refuses."""
    wish = {"strategy": strategy, "symbol": symbol, "side": side, "amount": _amount(amount), "stuck": stuck}
    return api.open_position({name: value for name, value in wish.items() if value is not None})


def told(positions: dict[str, Any]) -> str:
    """One line: what the tables say, and what the accounts hold at the venue."""
    counts, venue = positions.get("table", {}), positions.get("venue", [])
    table = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "none"
    held = ", ".join(f"{one['account']} {one['symbol']} {one['amount']}" for one in venue) or "flat"
    return f"{table}; at the venue: {held}"


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise ConsoleError(ExitCode.USAGE, f"--amount must be a number above 0, is {text!r}", "try 0.010")
    return text
