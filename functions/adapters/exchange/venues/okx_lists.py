"""How OKX's lists are asked for and paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.adapters.exchange.venues.answers import Rowlike, pages, rows

SWAP: Final = {"instType": "SWAP"}
PAGE: Final = 100


def listed(method: Any, asked: Mapping[str, Any], key: str) -> list[Rowlike]:
    """`after` asks for what is older than the row of that id; a short page is the last one."""

    def read(cursor: str | None) -> tuple[Sequence[Rowlike], str | None]:
        found = rows(method({**asked, **({"after": cursor} if cursor else {})}), "data")
        return found, str(found[-1][key]) if len(found) >= PAGE else None

    return pages(read)
