"""What the real ccxt raises on an answer: its own fetch, with a session that gives the answer back. No network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import ccxt
from requests import Response
from requests.structures import CaseInsensitiveDict

# The address of an order on each venue: ccxt chooses Binance's table of codes by it.
ORDER: Final = {
    "binanceusdm": "https://fapi.binance.com/fapi/v1/order",
    "bybit": "https://api.bybit.com/v5/order/create",
    "okx": "https://www.okx.com/api/v5/trade/order",
    "krakenfutures": "https://futures.kraken.com/derivatives/api/v3/sendorder",
}


class _Session:
    """Stands in for requests' session: whatever is asked, this is the answer."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def request(self, *_args: object, **_kwargs: object) -> Response:
        return self.answer

    def close(self) -> None:
        """ccxt closes its session when it goes."""


def raised(venue: str, http_status: int, headers: Mapping[str, str], body: str) -> tuple[str, str]:
    """`(class, message)` of the exception; `("", "")` where ccxt takes the answer for a good one."""
    client: Any = getattr(ccxt, venue)()
    client.session = _Session(_response(http_status, headers, body))
    try:
        answer = client.fetch(ORDER[venue], "POST")
        if venue == "krakenfutures":
            # Kraken refuses inside a successful answer; this is what create_order asks next.
            client.verify_order_action_success(answer["sendStatus"]["status"], "createOrder", ["filled"])
    except ccxt.BaseError as error:
        return type(error).__name__, str(error)
    return "", ""


def code_of(venue: str, body: str) -> str | None:
    """The venue's own code: OKX's of the order before that of the request; Kraken's is a word."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    if venue == "okx":
        orders = told.get("data") or [{}]
        return str(orders[0].get("sCode") or told["code"])
    if venue == "krakenfutures":
        return str(told["error"] if "error" in told else told["sendStatus"]["status"])
    return str(told["retCode" if venue == "bybit" else "code"])


def _response(status: int, headers: Mapping[str, str], body: str) -> Response:
    response = Response()
    response.status_code = status
    response.reason = "I'm a teapot" if status == 418 else HTTPStatus(status).phrase
    response.headers = CaseInsensitiveDict(headers)
    response._content = body.encode()
    return response
