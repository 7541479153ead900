"""The stand-in venue as an outside test sees and moves it: control routes, and nothing of this project's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

CONTROL = "/_local/exchange-control"


@dataclass(frozen=True)
class Venue:
    """`http`: method, path, body; raises urllib's HTTPError."""

    http: Callable[..., Any]

    def open(self, strategy_id: str, **wish: Any) -> dict[str, Any]:
        """A position there and in the tables: `symbol`, `side`, `amount` (text), `stuck`, `protected`. Its item."""
        return dict(self.http("POST", "/_local/positions", {"strategy": strategy_id, **wish}))

    def account(self, name: str = "main") -> dict[str, Any]:
        """`positions`, `orders`, `triggers`, `fills`, `incomes`, `rights` ..., in Binance's words."""
        return dict(self.http("GET", f"{CONTROL}/state")["accounts"][name])

    def held(self, symbol: str = "BTCUSDT", account: str = "main") -> Decimal:
        """The net position; below 0 short, 0 flat."""
        found = [one for one in self.account(account)["positions"] if one["symbol"] == symbol]
        return sum((Decimal(one["positionAmt"]) for one in found), Decimal(0))

    def working(self, account: str = "main") -> dict[str, dict[str, Any]]:
        """Open orders and those that wait for a price, by client id."""
        said = self.account(account)
        plain = {
            one["clientOrderId"]: one for one in said["orders"] if one["status"] in ("NEW", "PARTIALLY_FILLED")
        }
        return plain | {one["clientAlgoId"]: one for one in said["triggers"] if one["algoStatus"] == "NEW"}

    def fills(self, account: str = "main") -> list[dict[str, Any]]:
        return list(self.account(account)["fills"])

    def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """What came in over HTTP, the oldest first; `path`, `method`, `client_id`, `since`."""
        return list(self.http("GET", f"{CONTROL}/calls?{urlencode(wanted)}"))

    def orders_sent(self) -> list[dict[str, Any]]:
        """Every call that places an order."""
        return [
            one for path in ("order", "algoOrder") for one in self.calls(method="POST", path=f"/fapi/v1/{path}")
        ]

    def act(self, what: str, **fields: Any) -> Any:
        """`price`, `depth`, `walk`, `order`, `fill`, `cancel`, `liquidate`, `mode`, `funding`, `faults` ..."""
        return self.http("POST", f"{CONTROL}/{what}", fields)

    def price(self, price: str, symbol: str = "BTCUSDT") -> None:
        """The book stands around it; what it reaches is filled."""
        self.act("price", symbol=symbol, price=price)

    def break_with(self, name: str, count: int | None = None, **options: Any) -> None:
        """The next calls fail so, over HTTP only; `options` may narrow it to `path`, `method`, `symbol`."""
        wish: dict[str, Any] = {"name": name, "options": options}
        self.act("faults", **wish if count is None else {**wish, "count": count})

    def reset(self) -> None:
        """Mended, flat and empty; the accounts keep their keys."""
        self.act("reset")
