"""Kraken Futures' error words.

Source: docs.kraken.com, Futures REST (send order, cancel order, errors); ccxt 4.5.90, krakenfutures.py (exceptions
and verify_order_action_success).
"""

from __future__ import annotations

from typing import Any, Final

from functions.adapters.exchange.codes import Codes
from functions.venue import Row

# What `sendStatus` says of an order that it took.
TAKEN: Final = frozenset({"placed", "partiallyFilled", "filled"})


def code_of(body: Any) -> str | None:
    """An `error` of the whole answer (what stands behind a colon is only told), or the status in `sendStatus` or
    `cancelStatus`: with those the answer is a 200 and its `result` is "success" although nothing was done."""
    if not isinstance(body, dict):
        return None
    if isinstance(body.get("error"), str):
        return str(body["error"]).partition(":")[0].strip()
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict) and errors[0].get("message"):
        return str(errors[0]["message"])
    for key, good in (("sendStatus", TAKEN), ("cancelStatus", {"cancelled"})):
        said = body.get(key)
        if isinstance(said, dict) and isinstance(said.get("status"), str) and said["status"] not in good:
            return str(said["status"])
    return None


ROWS: Final = {
    "insufficientAvailableFunds": Row.INSUFFICIENT_BALANCE,
    "insufficientFunds": Row.INSUFFICIENT_BALANCE,
    "INSUFFICIENT_MARGIN": Row.INSUFFICIENT_BALANCE,
    "wouldCauseLiquidation": Row.INSUFFICIENT_BALANCE,
    "invalidPrice": Row.INVALID_PRICE,
    "invalidSize": Row.INVALID_PRICE,
    "outsidePriceCollar": Row.INVALID_PRICE,
    "maxPositionViolation": Row.INVALID_PRICE,
    "apiLimitExceeded": Row.RATE_LIMITED,
    "unavailable": Row.MAINTENANCE,
    "Unavailable": Row.MAINTENANCE,
    "marketUnavailable": Row.MAINTENANCE,
    "marketSuspended": Row.MAINTENANCE,
    "marketIsPostOnly": Row.MAINTENANCE,
    "wouldIncreasePriceDislocation": Row.INVALID_PRICE,
    "marketInactive": Row.INVALID_SYMBOL,
    "contractNotFound": Row.INVALID_SYMBOL,
    "authenticationError": Row.KEY,
    "accountInactive": Row.FROZEN,
    "nonceBelowThreshold": Row.CLOCK,
    "nonceDuplicate": Row.CLOCK,
    # `processBefore` had passed when the order came to its turn.
    "wouldProcessAfterSpecifiedTime": Row.CLOCK,
    "wouldNotReducePosition": Row.NOTHING_TO_REDUCE,
    "clientOrderIdAlreadyExist": Row.DUPLICATE_ID,
    "notFound": Row.NO_SUCH_ORDER,
    "filled": Row.NO_SUCH_ORDER,
}

LATER: Final = frozenset(
    {
        "apiLimitExceeded",
        "marketIsPostOnly",
        "marketSuspended",
        "marketUnavailable",
        "nonceBelowThreshold",
        "nonceDuplicate",
        "wouldProcessAfterSpecifiedTime",
    }
)

CODES: Final = Codes(
    code_of=code_of,
    rows=ROWS,
    # Each is documented as "the order was not placed because". Not here: `unavailable`, `Server Error`,
    # `unknownError` (the venue's own trouble), `attempted`, and all that is new.
    refusals=frozenset(
        {
            "insufficientAvailableFunds",
            "insufficientFunds",
            "INSUFFICIENT_MARGIN",
            "wouldCauseLiquidation",
            "invalidPrice",
            "invalidSize",
            "invalidSide",
            "invalidOrderType",
            "invalidUnit",
            "outsidePriceCollar",
            "maxPositionViolation",
            "marketInactive",
            "contractNotFound",
            "authenticationError",
            "accountInactive",
            "wouldNotReducePosition",
            "iocWouldNotExecute",
            "postWouldExecute",
            "selfFill",
            "tooManySmallOrders",
            "clientOrderIdTooLong",
            "clientOrderIdTooBig",
            "clientOrderIdInvalid",
            "tooManyOrders",
            "fixedLeverageTooHigh",
            "wouldIncreasePriceDislocation",
            "requiredArgumentMissing",
            "invalidArgument",
        }
    ),
    later=LATER,
    missing=frozenset({"notFound", "filled"}),
)
