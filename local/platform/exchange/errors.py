"""What the venue says when it refuses, in Binance's own codes and words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class No:
    """The venue's no: its code, its text and the HTTP status that carries it."""

    code: int
    text: str
    status: int = 400


class Refused(Exception):
    """Raised by the engine; the routes turn it into the venue's answer."""

    def __init__(self, no: No) -> None:
        super().__init__(f"{no.code} {no.text}")
        self.no = no


def mandatory(name: str) -> No:
    return No(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def not_required(name: str) -> No:
    return No(-1106, f"Parameter '{name}' sent when not required.")


BAD_COMBINATION = No(-1128, "Combination of optional parameters invalid.")
OUTSIDE_WINDOW = No(-1021, "Timestamp for this request is outside of the recvWindow.")
AHEAD = No(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
LONG_WINDOW = No(-1131, "recvWindow must be less than 60000")
BAD_SIGNATURE = No(-1022, "Signature for this request is not valid.")
NO_KEY = No(-2014, "API-key format invalid.", 401)
BAD_KEY = No(-2015, "Invalid API-key, IP, or permissions for action.", 401)

BAD_TIME_IN_FORCE = No(-1115, "Invalid timeInForce.")
BAD_TYPE = No(-1116, "Invalid orderType.")
BAD_SIDE = No(-1117, "Invalid side.")
BAD_SYMBOL = No(-1121, "Invalid symbol.")
BAD_INTERVAL = No(-1120, "Invalid interval.")
ILLEGAL_CLIENT_ID = No(-1100, "Illegal characters found in parameter 'newClientOrderId'.")
LONG_INTERVAL = No(-1127, "Lookup interval is too big. More than 168 hours between startTime and endTime.")

PRECISION = No(-1111, "Precision is over the maximum defined for this asset.")
PRICE_BELOW_ZERO = No(-4001, "Price less than 0.")
AMOUNT_ZERO = No(-4003, "Quantity less than or equal to zero.")
AMOUNT_TOO_SMALL = No(-4004, "Quantity less than min quantity.")
AMOUNT_TOO_LARGE = No(-4005, "Quantity greater than max quantity.")
OFF_TICK = No(-4014, "Price not increased by tick size.")
PERCENT_PRICE = No(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.")

FROZEN = No(-2010, "This action is disabled on this account.")
NO_SUCH_ORDER_TO_CANCEL = No(-2011, "Unknown order sent.")
NO_SUCH_ORDER = No(-2013, "Order does not exist.")
NO_MARGIN = No(-2019, "Margin is insufficient.")
TRIGGERS_AT_ONCE = No(-2021, "Order would immediately trigger.")
NOTHING_TO_REDUCE = No(-2022, "ReduceOnly Order is rejected.")
COVERED = No(-4118, "ReduceOnly Order Failed. Please check your existing position and open orders")
LONG_CLIENT_ID = No(-4015, "Client order id length should not be more than 36 chars.")
NO_CHANGE_OF_MODE = No(-4059, "No need to change position side.")
WRONG_POSITION_SIDE = No(-4061, "Order's position side does not match user's setting.")
MODE_WITH_ORDERS = No(-4067, "Position side cannot be changed if there exists open orders.")
MODE_WITH_POSITION = No(-4068, "Position side cannot be changed if there exists position.")
DUPLICATE_ID = No(-4116, "ClientOrderId is duplicated.")
USE_ALGO = No(-4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.")
ONE_CLOSES_ALREADY = No(
    -4130, "An open stop or take profit order with GTE and closePosition in the direction is existing."
)
NO_AMOUNT_WITH_CLOSE = No(-4137, "Quantity must be zero with closePosition equals true")
NOT_OPENING_NOW = No(-4140, "Invalid symbol status for opening position.")
NEEDS_A_POSITION = No(
    -4509,
    "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.",
)
CLOSED_SYMBOL = No(-4141, "Symbol is closed.")
NOT_FILLED_WHOLE = No(-5021, "Due to the order could not be filled immediately, the FOK order has been rejected.")
NOT_A_MAKER = No(-5022, "Due to the order could not be executed as maker, the Post Only order will be rejected.")


def too_high(cap: str) -> No:
    return No(-4016, f"Limit price can't be higher than {cap}.")


def too_low(floor: str) -> No:
    return No(-4024, f"Limit price can't be lower than {floor}.")


def too_little_money(least: str) -> No:
    return No(-4164, f"Order's notional must be no smaller than {least} (unless you choose reduce only).")
