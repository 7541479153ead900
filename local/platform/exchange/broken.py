"""What the client gets from a call that meets a fault."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Final

from local.platform.exchange.desk import Twist
from local.platform.exchange.faults import Fault
from local.platform.http import Answer

PAGE: Final = b"<html><head><title>binance</title></head><body>Please wait ...</body></html>"
STATUS_PATH: Final = "/sapi/v1/system/status"
# HTTP status, code and text of the faults that answer always the same.
SAID: Final = {
    "unavailable": (503, 0, "Service Unavailable."),
    "unavailable-after-accept": (503, 0, "Unknown error, please check your request or try again later."),
    "overloaded": (
        503,
        -1008,
        "Request throttled by system-level protection. Reduce-only/close-position orders are exempt.",
    ),
    "internal-timeout": (
        408,
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    ),
    "disconnected": (400, -1001, "Internal error; unable to process your request. Please try again."),
    "rate-limited": (429, -1003, "Too many requests; current limit is 2400 requests per minute."),
    "banned": (418, -1003, "Way too many requests; IP banned. Please use the websocket for live updates."),
    "too-many-orders": (429, -1015, "Too many new orders; current limit is 1200 orders per MINUTE."),
    "maintenance": (503, -1016, "This service is no longer available."),
    "no-permission": (401, -2015, "Invalid API-key, IP, or permissions for action."),
}
SAID_OF_CODE: Final = {
    -2019: "Margin is insufficient.",
    -2018: "Balance is insufficient.",
    -4014: "Price not increased by tick size.",
    -1111: "Precision is over the maximum defined for this asset.",
    -1013: "Invalid price.",
    -4016: "Limit price can't be higher than the cap.",
    -4024: "Limit price can't be lower than the floor.",
    -4131: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    -4164: "Order's notional must be no smaller than 100 (unless you choose reduce only).",
    -1121: "Invalid symbol.",
    -4140: "Invalid symbol status for opening position.",
    -4141: "Symbol is closed.",
    -4144: "Invalid pair.",
    -2022: "ReduceOnly Order is rejected.",
    -4118: "ReduceOnly Order Failed. Please check your existing position and open orders",
}


def error(code: int, text: str, status: int, headers: dict[str, str] | None = None) -> Answer:
    return Answer.json({"code": code, "msg": text}, status, headers)


async def instead(fault: Fault, path: str) -> Answer:
    """The answer of a call that is not carried out."""
    options = fault.options
    if fault.name == "timeout-before-accept":
        return await silence(fault)
    if fault.name == "connection-drop":
        return Answer(0, dropped=True)
    if fault.name == "maintenance":
        if path == STATUS_PATH:
            return Answer.json({"status": 1, "msg": "system_maintenance"})
        if options["plain"]:
            return Answer(503, b"<html><body>503 Service Temporarily Unavailable</body></html>", "text/html")
    if fault.name == "refused":
        return error(options["code"], options["text"], options["status"])
    if "code" in options:
        code = options["code"]
        return error(code, SAID_OF_CODE.get(code, "An unknown error occurred."), 400)
    status, code, text = SAID[fault.name]
    headers = {"retry-after": str(options["retry_after"])} if "retry_after" in options else None
    return error(code, text, status, headers)


async def afterwards(fault: Fault, answer: Answer) -> Answer:
    """What comes of the answer of a call that was carried out."""
    match fault.name:
        case "timeout-after-accept":
            return await silence(fault)
        case "connection-drop-after-accept":
            return Answer(0, dropped=True)
        case "empty-answer":
            return Answer(200, b"", "application/json")
        case "cut-answer":
            return Answer(200, answer.body[: len(answer.body) // 2], "application/json")
        case "html-answer":
            return Answer(200, PAGE, "text/html")
        case "answer-without-id":
            return Answer(200, b"{}", "application/json")
    status, code, text = SAID[fault.name.removesuffix("-after-accept")]
    if fault.name in SAID:
        status, code, text = SAID[fault.name]
    return error(code, text, status)


async def silence(fault: Fault) -> Answer:
    """Nothing, for longer than anybody waits; then the connection closes."""
    await asyncio.sleep(float(fault.options["seconds"]))
    return Answer(0, dropped=True)


def twist(fault: Fault | None) -> Twist:
    """What it does inside the call."""
    if fault is not None and fault.name == "partial-fill":
        return Twist(share=Decimal(str(fault.options["share"])))
    if fault is not None and fault.name == "query-lag":
        return Twist(lag=int(1000 * float(fault.options["seconds"])))
    return Twist()
