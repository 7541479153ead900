"""OKX's error codes (v5). Source: okx.com/docs-v5, "Error Code"; ccxt 4.5.90, okx.py `exceptions`."""

from __future__ import annotations

from typing import Any, Final

from functions.adapters.exchange.codes import Codes
from functions.venue import Row


def code_of(body: Any) -> str | None:
    """The order's own `sCode` inside `data` goes before the `code` of the whole answer, which is only 1 ("all
    failed") or 2 ("some failed") then. ccxt lets a `code` of 0 and of 2 through as a success."""
    if not isinstance(body, dict):
        return None
    data = body.get("data")
    for one in data if isinstance(data, list) else []:
        said = one.get("sCode") if isinstance(one, dict) else None
        if said not in (None, "", "0"):
            return str(said)
    code = body.get("code")
    return None if code is None or str(code) == "0" else str(code)


ROWS: Final = {
    "50001": Row.MAINTENANCE,  # the matching engine is being upgraded
    "50005": Row.MAINTENANCE,  # the API is offline
    "50007": Row.FROZEN,  # the account is blocked
    "50009": Row.FROZEN,  # suspended because of a liquidation
    "50011": Row.RATE_LIMITED,
    "50013": Row.MAINTENANCE,  # the system is busy
    "50019": Row.FROZEN,  # frozen because of auto-deleveraging
    "50020": Row.FROZEN,  # the position is frozen because of a liquidation
    "50022": Row.FROZEN,  # the account is frozen because of a liquidation
    "50026": Row.MAINTENANCE,  # system error
    "50027": Row.FROZEN,  # the account may not trade
    "50061": Row.RATE_LIMITED,  # orders of this account
    "50100": Row.FROZEN,  # the API is frozen
    "50101": Row.KEY,  # the key is of the other environment
    "50102": Row.CLOCK,  # the request is older than 30 s
    "50105": Row.KEY,  # the passphrase is wrong
    "50110": Row.KEY,  # the address is not on the key's list
    "50111": Row.KEY,
    "50112": Row.CLOCK,  # the timestamp is no valid one
    "50113": Row.KEY,
    "50114": Row.KEY,
    "50119": Row.KEY,  # the key does not exist
    "50120": Row.KEY,  # the key lacks the permission
    "51001": Row.INVALID_SYMBOL,
    "51004": Row.INVALID_PRICE,  # the amount is over the tier
    "51005": Row.INVALID_PRICE,  # the amount is over the limit
    "51006": Row.INVALID_PRICE,  # the price is over the limit
    "51008": Row.INSUFFICIENT_BALANCE,
    "51009": Row.FROZEN,  # orders are blocked by the platform
    "51015": Row.INVALID_SYMBOL,
    "51016": Row.DUPLICATE_ID,
    "51020": Row.INVALID_PRICE,  # below the least amount
    "51021": Row.INVALID_SYMBOL,  # to be listed
    "51022": Row.INVALID_SYMBOL,  # suspended
    "51023": Row.NOTHING_TO_REDUCE,  # no such position
    "51024": Row.FROZEN,
    "51027": Row.INVALID_SYMBOL,  # expired
    "51028": Row.INVALID_SYMBOL,  # under delivery
    "51029": Row.MAINTENANCE,  # being settled
    "51030": Row.MAINTENANCE,  # funding is being settled
    "51101": Row.INVALID_PRICE,
    "51112": Row.NOTHING_TO_REDUCE,  # more than what is left to close: resting orders may hold it
    "51116": Row.INVALID_PRICE,
    "51119": Row.INSUFFICIENT_BALANCE,
    "51120": Row.INVALID_PRICE,
    "51121": Row.INVALID_PRICE,  # no multiple of the lot
    "51127": Row.INSUFFICIENT_BALANCE,
    "51131": Row.INSUFFICIENT_BALANCE,
    "51135": Row.INVALID_PRICE,  # a close outside the price limits
    "51136": Row.INVALID_PRICE,
    "51137": Row.INVALID_PRICE,
    "51138": Row.INVALID_PRICE,
    "51155": Row.FROZEN,  # compliance
    "51169": Row.NOTHING_TO_REDUCE,  # no position in this direction
    "51170": Row.NOTHING_TO_REDUCE,  # reduce-only in the position's own direction
    "51202": Row.INVALID_PRICE,  # over the largest market order
    "51205": Row.NOTHING_TO_REDUCE,  # reduce-only is not available
    "51277": Row.INVALID_PRICE,  # a trigger on the wrong side of the last price
    "51278": Row.INVALID_PRICE,
    "51279": Row.INVALID_PRICE,
    "51280": Row.INVALID_PRICE,
    "51400": Row.NO_SUCH_ORDER,
    "51401": Row.NO_SUCH_ORDER,  # cancelled already
    "51402": Row.NO_SUCH_ORDER,  # completed already
    "51405": Row.NO_SUCH_ORDER,  # nothing pending
    "51503": Row.NO_SUCH_ORDER,
    "51603": Row.NO_SUCH_ORDER,
}

# Said by the checks in front of the matching engine. Not here: 50004 and 51149, which say themselves that the order
# may stand; 50026, 1, 2 and all that is new; 51016, whose order stands.
REFUSALS: Final = frozenset(
    {
        "50000",
        "50002",
        "50007",
        "50009",
        "50014",
        "50027",
        "50100",
        "50101",
        "50103",
        "50104",
        "50105",
        "50106",
        "50110",
        "50111",
        "50113",
        "50114",
        "50119",
        "50120",
        "51000",
        "51001",
        "51004",
        "51005",
        "51006",
        "51008",
        "51009",
        "51010",
        "51015",
        "51020",
        "51021",
        "51022",
        "51023",
        "51024",
        "51027",
        "51028",
        "51101",
        "51102",
        "51112",
        "51116",
        "51119",
        "51120",
        "51121",
        "51127",
        "51131",
        "51135",
        "51136",
        "51137",
        "51138",
        "51155",
        "51169",
        "51170",
        "51202",
        "51205",
        "51277",
        "51278",
        "51279",
        "51280",
    }
)

CODES: Final = Codes(
    code_of=code_of,
    rows=ROWS,
    refusals=REFUSALS,
    # 50013: the documentation asks to try again; it is not said that nothing was taken in, so it is not here.
    later=frozenset({"50001", "50005", "50011", "50061", "50102", "50112", "51029", "51030"}),
    missing=frozenset({"51400", "51401", "51402", "51405", "51503", "51603"}),
)
