"""What the adapter uses of a ccxt client. ccxt ships no types: this is the narrow face of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

# Seconds that the readings right before an order may take, the markets of a new client among them. The mark that it
# is sent stands already, and from then on it is waited only so long before "not found" counts as not accepted
# (SETTLES_WITHIN).
READ_AHEAD: Final = 2.0


class Ccxt(Protocol):
    """A sync client of one venue for one account, or for none (public calls only).

    Its `number` is `Decimal`, so every number of a unified structure (market, order, trade, position, balance) is
    exact; only the order book's are floats: take that from the raw answer. `last_json_response` is the latest body;
    `acts` counts the requests that were no GET. `leaves_by`: when such a request may leave at the latest, by
    `time.monotonic()`; None: whenever.
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
    leaves_by: float | None

    def load_markets(self, reload: bool = False) -> Mapping[str, Mapping[str, Any]]: ...

    def market(self, symbol: str) -> Mapping[str, Any]:
        """The unified market; raises ccxt's `BadSymbol`."""
        ...

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """The unified methods, and the venue's own ones by ccxt's names (`fapiPrivateV3GetPositionRisk`)."""
        ...
