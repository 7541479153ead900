"""Bybit's error codes (v5). Source: bybit-exchange.github.io/docs/v5/error; ccxt 4.5.90, bybit.py `exceptions`."""

from __future__ import annotations

from typing import Any, Final

from functions.adapters.exchange.codes import Codes
from functions.venue import Row


def code_of(body: Any) -> str | None:
    """`retCode`, which is 0 in a success; both stand inside HTTP 200."""
    code = body.get("retCode") if isinstance(body, dict) else None
    return None if code is None or str(code) == "0" else str(code)


ROWS: Final = {
    "10002": Row.CLOCK,  # the request is older than recv_window, or from the future
    "10003": Row.KEY,  # the key is not valid
    "10004": Row.KEY,  # the signature is wrong
    "10005": Row.KEY,  # the key lacks the permission
    "10006": Row.RATE_LIMITED,  # too many requests of this account
    "10007": Row.KEY,  # no key in the request
    "10008": Row.FROZEN,  # the user is banned
    "10009": Row.KEY,  # the address is banned
    "10010": Row.KEY,  # the key is bound to other addresses
    "10018": Row.RATE_LIMITED,  # too many requests of this address
    "10024": Row.FROZEN,  # compliance rules
    "10027": Row.FROZEN,  # trading is banned
    "10028": Row.KEY,  # only for unified accounts
    "10029": Row.INVALID_SYMBOL,  # not on the key's list of symbols
    "110001": Row.NO_SUCH_ORDER,  # not there, or too late to cancel
    "110003": Row.INVALID_PRICE,  # outside the permitted range
    "110004": Row.INSUFFICIENT_BALANCE,
    "110006": Row.INSUFFICIENT_BALANCE,
    "110007": Row.INSUFFICIENT_BALANCE,
    "110008": Row.NO_SUCH_ORDER,  # finished or cancelled
    "110010": Row.NO_SUCH_ORDER,  # cancelled already
    "110012": Row.INSUFFICIENT_BALANCE,
    "110014": Row.INSUFFICIENT_BALANCE,
    "110017": Row.NOTHING_TO_REDUCE,  # the reduce-only rule
    "110034": Row.NOTHING_TO_REDUCE,  # no net position
    "110044": Row.INSUFFICIENT_BALANCE,
    "110045": Row.INSUFFICIENT_BALANCE,
    "110051": Row.INSUFFICIENT_BALANCE,
    "110052": Row.INSUFFICIENT_BALANCE,
    "110053": Row.INSUFFICIENT_BALANCE,
    "110063": Row.MAINTENANCE,  # settlement in progress
    "110066": Row.MAINTENANCE,  # no trading at this time
    "110072": Row.DUPLICATE_ID,  # orderLinkId
    "110092": Row.INVALID_PRICE,  # a trigger on the wrong side of the price
    "110093": Row.INVALID_PRICE,
    "110094": Row.INVALID_PRICE,  # below the least notional
    "170121": Row.INVALID_SYMBOL,  # of spot, for rates
    "170213": Row.NO_SUCH_ORDER,
}

# Checked before the order reaches the matching engine. Not here: 10000, 10016, 10019, 5004 and all that is new
# (the venue's own trouble, after which an order may stand), 10014 and 110072 (the request or the id was seen).
REFUSALS: Final = frozenset(
    {
        "10001",
        "10003",
        "10004",
        "10005",
        "10007",
        "10008",
        "10009",
        "10010",
        "10024",
        "10027",
        "10028",
        "10029",
        "110003",
        "110004",
        "110005",
        "110006",
        "110007",
        "110009",
        "110011",
        "110012",
        "110014",
        "110016",
        "110017",
        "110020",
        "110021",
        "110023",
        "110032",
        "110034",
        "110044",
        "110045",
        "110051",
        "110052",
        "110053",
        "110092",
        "110093",
        "110094",
    }
)

CODES: Final = Codes(
    code_of=code_of,
    rows=ROWS,
    refusals=REFUSALS,
    later=frozenset({"10002", "10006", "10018", "110063", "110066"}),
    missing=frozenset({"110001", "110008", "110010", "170213"}),
)
