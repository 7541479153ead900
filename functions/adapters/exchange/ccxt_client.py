"""What the adapter uses of a ccxt client. ccxt ships no types: this is the narrow face of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Ccxt(Protocol):
    """A sync client of one venue for one account, or for none (public calls only).

    Its `number` is `Decimal`, so every number of a unified structure (market, order, trade, position, balance) is
    exact; only the order book's are floats: take that from the raw answer. `last_json_response` is the latest body;
    `acts` counts the requests that were no GET.
    """

    id: str
    urls: dict[str, Any]
    options: dict[str, Any]
    exceptions: dict[str, Any]
    headers: Mapping[str, str] | None  # go with every request
    last_response_headers: Mapping[str, str] | None
    last_json_response: Any
    last_http_response: str | None
    acts: int

    def load_markets(self, reload: bool = False) -> Mapping[str, Mapping[str, Any]]: ...

    def market(self, symbol: str) -> Mapping[str, Any]:
        """The unified market; raises ccxt's `BadSymbol`."""
        ...

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """The unified methods, and the venue's own ones by ccxt's names (`fapiPrivateV3GetPositionRisk`)."""
        ...
