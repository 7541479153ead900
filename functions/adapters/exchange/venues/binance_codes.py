"""What Binance USD-M's codes mean.

Source: developers.binance.com, USD-M futures, "Error Code" and "General Info / HTTP Return Codes"; which of them
ccxt sorts elsewhere: EXCHANGE.md, "Errors". Nothing is accepted where the request itself is refused: its form
(-11xx), its key, its price, its quantity, the account. A code that may come after the order went on to the matching
engine (-1000, -1001, -1006, -1007, -1008) is in no list.
"""

from __future__ import annotations

from typing import Any, Final

from functions.adapters.exchange.codes import Codes
from functions.venue import Row

# By row; each is a known refusal of a new order unless it is in LATER.
ROWS: Final[dict[Row, str]] = {
    Row.INSUFFICIENT_BALANCE: "-2010 -2018 -2019",
    Row.INVALID_PRICE: (
        "-1013 -1111 -4001 -4002 -4003 -4004 -4005 -4013 -4014 -4016 -4023 -4024 -4029 -4030 -4131 -4164 -4183 "
        "-4184 -4210 -4211"
    ),
    Row.RATE_LIMITED: "-1003 -1015",
    Row.MAINTENANCE: "-1016",
    Row.INVALID_SYMBOL: "-1121 -1122 -4140 -4141 -4144",
    Row.KEY: "-1002 -1005 -1011 -1022 -1099 -1109 -2014 -2015 -2017",
    Row.FROZEN: "-4087 -4088 -4192 -4400 -4401 -4402",
    Row.CLOCK: "-1021 -5028",
    Row.NOTHING_TO_REDUCE: "-2022 -2024 -4118",
}
# Refused as well, without a row of its own: a parameter's form, open-order and position limits, a trigger price
# that would trigger at once, another position mode than was read.
OTHERS: Final = (
    "-1100 -1101 -1102 -1103 -1104 -1105 -1106 -1114 -1115 -1116 -1117 -1118 -1119 -1120 -1130 -1136 -2021 -2025 "
    "-2026 -2027 -2028 -4015 -4061 -4062 -4120 -4136 -5021 -5022 -5041"
)
LATER: Final = frozenset({"-1003", "-1015", "-1016", "-1021", "-5028"})
# -2013: asked for; -2011: cancelled.
MISSING: Final = frozenset({"-2013", "-2011"})
# An order of this id is open: whose it is, is looked up.
DUPLICATE: Final = "-4116"


def code_of(body: Any) -> str | None:
    """`{"code": -2019, "msg": "..."}`; a cancel of several answers with a list."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, bool) or not isinstance(code, int | str):
        return None
    return str(code) if str(code).startswith("-") else None


_BY_CODE: Final = {code: row for row, codes in ROWS.items() for code in codes.split()}

CODES: Final = Codes(
    code_of=code_of,
    rows={**_BY_CODE, DUPLICATE: Row.DUPLICATE_ID, **dict.fromkeys(MISSING, Row.NO_SUCH_ORDER)},
    refusals=frozenset({*_BY_CODE, *OTHERS.split()}) - LATER,
    later=LATER,
    missing=MISSING,
    texts={
        # -2010 covers these too, and ccxt says InvalidOrder.
        "this action is disabled on this account": Row.FROZEN,
        "account has been frozen": Row.FROZEN,
        "account is frozen": Row.FROZEN,
    },
)
