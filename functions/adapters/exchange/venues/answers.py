"""Reads raw answers. What must be there and is not is an error, never a default that looks healthy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from importlib import import_module
from ipaddress import ip_network
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import READ_AHEAD, Ccxt
from functions.errors import Broken, Refused, Transient
from functions.venue import OrderStatus, Row, Trouble, VenueOrder

Rowlike = Mapping[str, Any]

# What all venues take as a client order id (EXCHANGE.md).
CLIENT_ID: Final = re.compile(r"[A-Za-z0-9]{1,32}")
# No account has more pages than this of anything that a runbook reads; a venue that repeats itself has.
PAGES: Final = 200


def number(value: object) -> Decimal | None:
    """None where the venue says nothing (`None` or an empty text). A float of JSON gives its shortest digits."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"not a number: {str(value)[:40]!r}") from None
    if not found.is_finite():
        raise ValueError(f"not a number: {str(value)[:40]!r}")
    return found


def must(row: Rowlike, key: str) -> Decimal:
    found = number(row[key])
    if found is None:
        raise ValueError(f"{key} is empty")
    return found


def must_text(row: Rowlike, key: str) -> str:
    found = row[key]
    if not isinstance(found, str) or not found:
        raise ValueError(f"{key} is no text")
    return found


def above_zero(value: object) -> Decimal | None:
    """For prices, which venues give as "0" or "" where there is none."""
    found = number(value)
    return found if found is not None and found > 0 else None


def of_ms(value: object) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(str(value)))


def of_iso(value: object) -> datetime:
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError(f"a time without its zone: {str(value)[:40]!r}")
    return found.astimezone(UTC)


def in_ms(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def in_iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Decimal) -> str:
    """Digits without an exponent and without zeros at the end, as the venues take them."""
    return f"{value.normalize():f}"


def rows(answer: Any, *path: str) -> Sequence[Rowlike]:
    """The list at the path. An answer without it is none: a missing list is not an empty one."""
    for key in path:
        if not isinstance(answer, Mapping) or key not in answer:
            raise LookupError(f"no {'.'.join(path)} in the answer")
        answer = answer[key]
    if not isinstance(answer, list):
        raise LookupError(f"{'.'.join(path)} is no list")
    return answer


def about(found: Sequence[Rowlike], key: str, venue_id: object) -> Sequence[Rowlike]:
    """The rows, all of them of the one symbol that was asked for: others would be taken for it."""
    if others := [row.get(key) for row in found if row.get(key) != venue_id]:
        raise LookupError(f"asked about {venue_id}, and the answer is about {str(others[0])[:40]!r}")
    return found


def first(found: Sequence[Rowlike]) -> Rowlike:
    if not found:
        raise LookupError("the answer is empty")
    return found[0]


def bound_to(addresses: Any) -> bool | None:
    """Whether a key is bound to these addresses: not where there are none or `*`, unknown where one is none."""
    if not isinstance(addresses, list) or not all(isinstance(one, str) for one in addresses):
        raise LookupError("the key's addresses are no list")
    if not addresses or "*" in addresses:
        return False
    try:
        return bool([ip_network(one.strip(), strict=False) for one in addresses])
    except ValueError:
        return None


def holds(given: Any, right: str, known: frozenset[str]) -> bool | None:
    """Whether a right is among those given: unknown where one of them is none that is known, for it may be that one
    by another name."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise LookupError("the key's rights are no list")
    return True if right in given else False if known.issuperset(given) else None


def refused(row: Row, why: str) -> Refused:
    """Decided here, before anything was sent."""
    return Refused(why).of(Trouble(row, "Adapter", None, why))


def linear(client: Ccxt, symbol: str) -> Rowlike:
    """The market of a perpetual that is settled in its quote currency: only of those are base units sure."""
    market = client.market(symbol)
    if market.get("swap") is True and market.get("linear") is True:
        return market
    raise refused(Row.INVALID_SYMBOL, f"{client.id}: {symbol} is no linear perpetual, and only those are supported")


def symbol_of(client: Ccxt, venue_id: str) -> str:
    """The unified symbol. An id that stands for no linear perpetual cannot be told in base units."""
    for market in client.load_markets().values():
        if str(market.get("id")).upper() == venue_id.upper() and market.get("swap") and market.get("linear"):
            return str(market["symbol"])
    raise Broken(
        f"{client.id}: the account has {venue_id}, which is no linear perpetual: its amounts are not known"
    )


def checked_id(client_order_id: str) -> str:
    if CLIENT_ID.fullmatch(client_order_id) is None:
        raise Broken(f"not a client order id that every venue takes: {client_order_id[:60]!r}")
    return client_order_id


def not_late(client: Ccxt, started_ms: int) -> None:
    """Called after the last reading before an order; `started_ms` by `client.milliseconds()`."""
    took = (int(client.milliseconds()) - started_ms) / 1_000
    if took > READ_AHEAD:
        raise Transient(f"{client.id}: not sent: the readings before the order took {took:.1f} s")


def spoken(kind: str, text: str) -> Exception:
    """ccxt's own exception, for what a venue says inside an answer that ccxt takes for a success."""
    made: Exception = getattr(import_module("ccxt.base.errors"), kind)(text)
    return made


def pages(read: Callable[[str | None], tuple[Sequence[Rowlike], str | None]]) -> list[Rowlike]:
    """Every row over all pages. `read` takes the cursor and gives rows and the next cursor (None: no more)."""
    found: list[Rowlike] = []
    cursor: str | None = None
    for _ in range(PAGES):
        some, following = read(cursor)
        found += some
        if following is None or following == cursor:
            return found
        cursor = following
    raise LookupError(f"more than {PAGES} pages")


def levels(found: Sequence[Any], size: Decimal = Decimal(1)) -> list[tuple[Decimal, Decimal]]:
    """Price and amount of a book's side; `size`: base units of one contract."""
    return [(Decimal(str(one[0])), Decimal(str(one[1])) * size) for one in found]


def placed(order: VenueOrder, order_id: str, client_order_id: str) -> VenueOrder:
    """What was left of the order, under its new ids; what became of it is not known yet."""
    return replace(
        order,
        order_id=order_id,
        client_order_id=client_order_id,
        status=OrderStatus.UNKNOWN,
        amount=order.left,
        filled=Decimal(0),
        average=None,
        created_at=None,
    )
