"""ccxt's exceptions to the four words, by class *and* the venue's code, in one place.

ccxt is not imported here: its classes are known by name. A code counts only where it stands in the answer to this
very request; ccxt's text alone proves nothing. After a new order only what is on the venue's allow-list means that
nothing was accepted: a bare `ExchangeError`, a 5xx, a lost answer, an answer without an order and every foreign
exception are `Uncertain`. Source: EXCHANGE.md, "Errors"; ccxt 4.5.90, base/errors.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.codes import Codes
from functions.adapters.exchange.redacting import redacted
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.venue import Row, Trouble


class Doing(Enum):
    """`ORDER`: an order is placed. A cancel is said again without harm, and so counts as a reading."""

    READ = "read"
    ORDER = "order"


# Where the venue gave no code that is known; the nearest class of the exception decides.
BY_CLASS: Final = {
    "InsufficientFunds": Row.INSUFFICIENT_BALANCE,
    "RateLimitExceeded": Row.RATE_LIMITED,
    "DDoSProtection": Row.RATE_LIMITED,
    "OnMaintenance": Row.MAINTENANCE,
    "RequestTimeout": Row.UNREACHABLE,
    "InvalidNonce": Row.CLOCK,
    "ExchangeNotAvailable": Row.MAINTENANCE,
    "NetworkError": Row.UNREACHABLE,
    "BadSymbol": Row.INVALID_SYMBOL,
    "MarketClosed": Row.INVALID_SYMBOL,
    "ContractUnavailable": Row.INVALID_SYMBOL,
    "AccountSuspended": Row.FROZEN,
    "AuthenticationError": Row.KEY,
    "DuplicateOrderId": Row.DUPLICATE_ID,
}
OURS: Final = frozenset({"ArgumentsRequired", "NotSupported", "InvalidProxySettings"})
LATER: Final = frozenset({Row.RATE_LIMITED, Row.MAINTENANCE, Row.UNREACHABLE, Row.CLOCK})
TURNED_AWAY: Final = frozenset({418, 429})
# More digits than that are no number of seconds, and `int` refuses what has thousands of them.
SECONDS: Final = re.compile(r"[0-9]{1,9}")


def word_for(error: Exception, doing: Doing, client: Ccxt, codes: Codes, what: str) -> RunbookError:
    """The word for a failure of `what` (`create binanceusdm/main`), with its trouble. What a
    venue's file says itself stands, unless an order had been sent by then."""
    if isinstance(error, RunbookError) and doing is Doing.READ:
        return error
    trouble = trouble_of(error, client, codes)
    text = f"{what}: {trouble.told()}"
    word = _of_an_order if doing is Doing.ORDER else _of_a_reading
    return word(error, trouble, codes, text).of(trouble)


def trouble_of(error: Exception, client: Ccxt, codes: Codes) -> Trouble:
    """What the venue said: its code from the answer to the request that failed, never from an earlier one."""
    code = codes.code_of(client.last_json_response)
    said = redacted(str(error), secrets_of(client))
    row = _row(error, code, codes, str(client.last_http_response or "").lower())
    return Trouble(row, type(error).__name__, code, said, _retry_after(client))


def is_missing(error: Exception, client: Ccxt, codes: Codes) -> bool:
    """Whether it is the venue's documented answer about an order that it does not know."""
    status = status_of(error)
    code = codes.code_of(client.last_json_response)
    return code in codes.missing and (status is None or status < 500)


def is_refusal(error: Exception, client: Ccxt, codes: Codes) -> bool:
    """Whether the venue has answered this very request, by a code, and would say the same to it later."""
    status, code = status_of(error), codes.code_of(client.last_json_response)
    if code is None or code in codes.later or (status is not None and status >= 500):
        return False
    return status not in TURNED_AWAY and trouble_of(error, client, codes).row not in (Row.KEY, *LATER)


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an answer that was an error; None where there was none, or it was a 200."""
    for one in _chain(error):
        status = getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
    return None


def secrets_of(client: Ccxt) -> list[str]:
    said: list[Any] = [getattr(client, name, None) for name in ("apiKey", "secret", "password", "uid", "token")]
    return [one for one in said if isinstance(one, str) and one]


def _row(error: Exception, code: str | None, codes: Codes, answer: str) -> Row:
    status = status_of(error)
    if status in TURNED_AWAY:
        return Row.RATE_LIMITED
    for text, row in codes.texts.items():
        if text in answer:
            return row
    if code is not None and code in codes.rows:
        return codes.rows[code]
    names = _classes(error)
    if status is None and _unanswered(error):
        return Row.UNREACHABLE
    if "ExchangeNotAvailable" in names and status is not None and status < 500:
        # ccxt says so of every 400, 403 and 404 without a code.
        return Row.OTHER
    return next((BY_CLASS[name] for name in names if name in BY_CLASS), Row.OTHER)


def _of_a_reading(error: Exception, trouble: Trouble, codes: Codes, text: str) -> RunbookError:
    del codes
    names, status = _classes(error), status_of(error)
    if OURS.intersection(names):
        return Broken(text)
    if trouble.row in LATER or "OperationFailed" in names or (status is not None and status >= 500):
        return Transient(text)
    if "ExchangeError" in names and (trouble.code is not None or trouble.row is not Row.OTHER):
        return Refused(text)
    # An empty or cut answer, an HTML page, a field that is not there: nothing happened, and nothing is known.
    return Transient(text)


def _of_an_order(error: Exception, trouble: Trouble, codes: Codes, text: str) -> RunbookError:
    status = status_of(error)
    if "BaseError" in _classes(error) and (status is None or status < 500):
        if status in TURNED_AWAY or trouble.code in codes.later:
            return Transient(f"{text} (not accepted)")
        if trouble.code in codes.refusals:
            return Refused(text)
    return Uncertain(f"{text} (it may have been accepted)")


def _classes(error: Exception) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _unanswered(error: Exception) -> bool:
    """requests gave up below HTTP (TLS is a bare `ExchangeError` in ccxt)."""
    return any(
        kind.__name__ == "RequestException" for one in _chain(error) for kind in type(one).__mro__
    ) and not any("JSON" in type(one).__name__ for one in _chain(error))


def _chain(error: BaseException) -> Iterable[BaseException]:
    seen: BaseException | None = error
    for _ in range(6):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _retry_after(client: Ccxt) -> int | None:
    """In seconds, as the venues give it."""
    said = (client.last_response_headers or {}).get("Retry-After")
    return int(said) if isinstance(said, str) and SECONDS.fullmatch(said.strip()) else None
