"""What the venues' own codes mean for an order that fails, and for its remedy.

Sources: developers.binance.com, USD-M futures, "Error Code"; bybit-exchange.github.io/docs/v5/error;
okx.com/docs-v5, "Error Code"; docs.kraken.com, Futures REST, "Send order" and "Errors". The adapters' tables
(functions/adapters/exchange/venues/*_codes.py) say what a code means for the request itself; here a code belongs to
a row only where the row's remedy is the right one. So lot sizes, least notionals, precision of an amount, trigger
prices and reduce-only rules are `UNKNOWN`: neither a wider offset nor a smaller stake is their remedy.
tests/rules/orders/test_codes.py holds both tables together. Codes that are in neither table are `UNKNOWN` too,
unless the text says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.rules.orders.causes import Cause

BINANCE: Final = "binanceusdm"
BYBIT: Final = "bybit"
OKX: Final = "okx"
KRAKEN: Final = "krakenfutures"

_BINANCE: Final[Mapping[Cause, str]] = {
    Cause.INSUFFICIENT_BALANCE: "-2018 -2019",
    # -4014 tick, -4002 and -4013 the symbol's own bounds, -4016 and -4024 bounds by the mark, -4131 PERCENT_PRICE,
    # -4183 and -4184 a limit price too far from its trigger.
    Cause.INVALID_PRICE: "-4002 -4013 -4014 -4016 -4024 -4131 -4183 -4184",
    Cause.RATE_LIMITED: "-1003 -1015",
    Cause.MAINTENANCE: "-1016",
    Cause.INVALID_SYMBOL: "-1121 -1122 -4108 -4140 -4141 -4144",
    Cause.ACCOUNT_FROZEN: "-4087 -4088 -4192 -4400 -4401 -4402",
    Cause.PERMISSION: "-1002 -1005 -1011 -1022 -1099 -1109 -2014 -2015 -2017",
    Cause.CLOCK_SKEW: "-1021 -5028",
    # -1111 precision (of what, it does not say), -4005 -4003 -4004 -4023 quantities, -4164 notional, -2022 -4118
    # reduce-only, -4116 the id, -2027 -2028 leverage, -2021 -4210 -4211 triggers, -5021 -5022 time in force, -4061
    # position mode, -1000 -1001 -1004 -1006 -1007 -1008 the venue's own trouble, -2011 -2013 no such order.
    Cause.UNKNOWN: (
        "-1000 -1001 -1004 -1006 -1007 -1008 -1010 -1014 -1020 -1100 -1101 -1102 -1103 -1104 -1105 -1106 -1108 "
        "-1111 -1112 -1114 -1115 -1116 -1117 -1118 -1119 -1120 -1130 -1136 -2011 -2013 -2016 -2020 -2021 -2022 "
        "-2023 -2024 -2025 -2026 -2027 -2028 -4001 -4003 -4004 -4005 -4006 -4007 -4015 -4023 -4025 -4028 -4029 "
        "-4030 -4045 -4046 -4055 -4059 -4061 -4062 -4116 -4117 -4118 -4120 -4136 -4164 -4202 -4210 -4211 -4403 "
        "-5021 -5022 -5024 -5037 -5038 -5041"
    ),
}
_BYBIT: Final[Mapping[Cause, str]] = {
    Cause.INSUFFICIENT_BALANCE: (
        "110004 110006 110007 110012 110014 110044 110045 110051 110052 110053 170033 170131"
    ),
    Cause.INVALID_PRICE: "110003 170132 170133 170193 170194 170371 170372",
    Cause.RATE_LIMITED: "10006 10018 10429 20003 170005 170222",
    Cause.MAINTENANCE: "10019 110066",
    Cause.INVALID_SYMBOL: "10029 110074 170121 170151 170157",
    Cause.ACCOUNT_FROZEN: "10008 10024 10027 170201",
    Cause.PERMISSION: "10003 10004 10005 10007 10009 10010 10028 33004",
    Cause.CLOCK_SKEW: "10002",
    Cause.UNKNOWN: (
        "10000 10014 10016 10017 20006 110001 110005 110008 110009 110010 110011 110013 110015 110016 110017 "
        "110018 110019 110020 110021 110022 110023 110024 110025 110026 110028 110030 110032 110034 110040 110043 "
        "110063 110072 110090 110092 110093 110094 170124 170134 170135 170136 170137 170140 170213 170218"
    ),
}
_OKX: Final[Mapping[Cause, str]] = {
    Cause.INSUFFICIENT_BALANCE: "51008 51119 51127 51131 51502",
    Cause.INVALID_PRICE: "51006 51116 51122 51135 51136 51137 51138",
    Cause.RATE_LIMITED: "50011 50061 51113",
    Cause.MAINTENANCE: "50001 50005 50013",
    Cause.INVALID_SYMBOL: "51001 51002 51014 51015 51021 51022 51027 51028 51087 54072",
    Cause.ACCOUNT_FROZEN: "50007 50009 50019 50020 50022 50027 50100 51009 51024 51155",
    Cause.PERMISSION: ("50030 50035 50101 50103 50104 50105 50106 50107 50110 50111 50113 50114 50119 50120"),
    Cause.CLOCK_SKEW: "50102 50112",
    Cause.UNKNOWN: (
        "50002 50004 50014 50016 50026 51003 51004 51005 51007 51010 51011 51016 51017 51019 51020 51023 "
        "51025 51029 "
        "51030 51046 51047 51101 51102 51103 51104 51105 51106 51108 51112 51115 51117 51118 51120 51121 "
        "51169 51170 "
        "51174 51201 51202 51203 51205 51277 51278 51279 51280 51400 51401 51402 51405 51410 51503 51603"
    ),
}
# Words, not numbers; they are told apart from prose by how they are written.
_KRAKEN: Final[Mapping[Cause, str]] = {
    Cause.INSUFFICIENT_BALANCE: (
        "insufficientAvailableFunds insufficientFunds INSUFFICIENT_MARGIN wouldCauseLiquidation"
    ),
    Cause.INVALID_PRICE: "invalidPrice outsidePriceCollar",
    Cause.RATE_LIMITED: "apiLimitExceeded",
    Cause.MAINTENANCE: "unavailable",
    # A market that is not open: its venue is, so that nothing is to be waited for there.
    Cause.INVALID_SYMBOL: "marketInactive marketSuspended marketUnavailable contractNotFound",
    Cause.ACCOUNT_FROZEN: "accountInactive",
    Cause.PERMISSION: "authenticationError",
    Cause.CLOCK_SKEW: "nonceBelowThreshold nonceDuplicate wouldProcessAfterSpecifiedTime",
    Cause.UNKNOWN: (
        "invalidSize invalidSide invalidOrderType invalidUnit invalidArgument invalidAmount invalidAccount "
        "requiredArgumentMissing marketIsPostOnly maxPositionViolation wouldIncreasePriceDislocation "
        "wouldNotReducePosition iocWouldNotExecute postWouldExecute selfFill tooManySmallOrders "
        "tooManyOrders fixedLeverageTooHigh "
        "clientOrderIdAlreadyExist clientOrderIdTooLong clientOrderIdTooBig clientOrderIdInvalid unknownError "
        "orderForEditNotFound orderForEditNotAStop"
    ),
}


def _by_code(table: Mapping[Cause, str]) -> dict[str, Cause]:
    return {code: cause for cause, codes in table.items() for code in codes.split()}


BY_VENUE: Final[Mapping[str, Mapping[str, Cause]]] = {
    BINANCE: _by_code(_BINANCE),
    BYBIT: _by_code(_BYBIT),
    OKX: _by_code(_OKX),
    KRAKEN: {code.lower(): cause for code, cause in _by_code(_KRAKEN).items()},
}
# No code of one venue is another's, so where nobody says whose a code is, its form does.
OF_ANY: Final[Mapping[str, Cause]] = {code: cause for table in BY_VENUE.values() for code, cause in table.items()}
# These say what is wrong only by their text: -1013 names a filter, -2010 a reason, 10001 and 51000 a parameter.
# Where the text says nothing either, -2010 is what it is at the spot market: the balance.
BY_TEXT: Final = frozenset({"-1013", "-2010", "10001", "51000", "51012", "-1000"})
WITHOUT_TEXT: Final[Mapping[str, Cause]] = {"-2010": Cause.INSUFFICIENT_BALANCE}
# Envelopes, and codes of success: what is wrong stands elsewhere.
NO_CODES: Final = frozenset({"0", "1", "2", "200", "00000", "20000"})
# The venue says that it counts orders, not requests.
COUNTS_ORDERS: Final = frozenset({"-1015", "170005", "50061"})
COUNTS_REQUESTS: Final = frozenset({"-1003", "10018", "10429", "50011"})


def cause_of(code: str, venue: str | None) -> Cause | None:
    """None: the code is in no table of the venue (of any, where the venue is not known)."""
    table = BY_VENUE.get(venue or "", OF_ANY)
    return table.get(code) or table.get(code.lower())


def codes_of(cause: Cause, venue: str) -> tuple[str, ...]:
    """As the venue writes them."""
    written = {BINANCE: _BINANCE, BYBIT: _BYBIT, OKX: _OKX, KRAKEN: _KRAKEN}[venue]
    return tuple(written[cause].split())
