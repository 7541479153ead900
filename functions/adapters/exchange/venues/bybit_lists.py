"""How Bybit's lists are asked for and paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import Rowlike, linear, pages, rows

# Every linear contract is settled in one of them; without a symbol the lists want to know which.
SETTLES: Final = ("USDT", "USDC")


def scope_of(client: Ccxt, symbol: str) -> dict[str, Any]:
    return {"category": "linear", "symbol": linear(client, symbol)["id"]}


def listed(method: Any, asked: Mapping[str, Any]) -> list[Rowlike]:
    def read(cursor: str | None) -> tuple[Sequence[Rowlike], str | None]:
        answer = method({**asked, **({"cursor": cursor} if cursor else {})})
        found = rows(answer, "result", "list")
        # The last page of some lists repeats its cursor, and its next page is empty.
        return found, (answer["result"].get("nextPageCursor") or None) if found else None

    return pages(read)
