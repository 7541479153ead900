"""The venue's HTTP face: Binance's paths below `/_local/exchange`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from local.platform.exchange import account_endpoints, broken, errors, order_endpoints, public_endpoints, signing
from local.platform.exchange.asked import Asked, Endpoint
from local.platform.exchange.calls import Call, client_id_of
from local.platform.exchange.errors import No, Refused
from local.platform.exchange.faults import ORDER_PATHS, Fault
from local.platform.exchange.venue import Venue
from local.platform.http import Answer, Request

# Longer than any probe waits; the task ends when the client hangs up.
HANGS: Final = 60.0
NOT_SENT: Final = ("signature",)
ENDPOINTS: Final[dict[tuple[str, str], Endpoint]] = {
    **public_endpoints.ENDPOINTS,
    **order_endpoints.ENDPOINTS,
    **account_endpoints.ENDPOINTS,
}


class ExchangeRoutes:
    """Answers a path below the exchange's address, in the venue's present condition."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: Request, path: str) -> Answer:
        """`path`: as Binance has it, `/fapi/v1/...`."""
        params = _params(request)
        call = self._noted(request, path, params)
        answer = await self._refused(request.method, path)
        if answer is None:
            answer = await self._in_condition(request, path, params, call)
        call.status = 0 if answer.dropped else answer.status
        return answer

    def _noted(self, request: Request, path: str, params: Mapping[str, str]) -> Call:
        said = {name: value for name, value in params.items() if name not in NOT_SENT}
        account = self._venue.exchange.by_key(request.headers.get("x-mbx-apikey", ""))
        call = Call(self._venue.exchange.clock(), request.method, path, said)
        call.account, call.client_id = account.name if account else None, client_id_of(params)
        self._venue.calls.append(call)
        return call

    async def _refused(self, method: str, path: str) -> Answer | None:
        """Down or banned, as a whole; or too many orders came, and this is one more."""
        refusal = self._venue.refusal()
        if refusal is None and method == "POST" and path in ORDER_PATHS:
            refusal = self._venue.order_refusal()
        if refusal is None or (self._venue.down and path.startswith("/sapi/")):
            return None
        if self._venue.down and self._venue.how == "timeout":
            await asyncio.sleep(HANGS)
        headers = {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}
        return Answer.json({"code": refusal.code, "msg": refusal.text}, refusal.status, headers)

    async def _in_condition(self, request: Request, path: str, params: Mapping[str, str], call: Call) -> Answer:
        fault = self._venue.faults.take(request.method, path, call.account, params.get("symbol"))
        if fault is not None:
            call.fault = fault.name
            if fault.kind.when == "instead":
                return await broken.instead(fault, path)
        answer = self._carried_out(request, path, params, call, fault)
        if fault is not None and fault.kind.when == "after" and answer.status < 400:
            return await broken.afterwards(fault, answer)
        return answer

    def _carried_out(
        self, request: Request, path: str, params: Mapping[str, str], call: Call, fault: Fault | None
    ) -> Answer:
        endpoint = ENDPOINTS.get((request.method, path))
        if endpoint is None:
            return broken.error(-5000, f"Path {path}, Method {request.method} is invalid", 404)
        exchange, faults = self._venue.exchange, self._venue.faults
        try:
            with exchange.lock:
                exchange.tick()
                asked = Asked(exchange, params, exchange.clock() + faults.clock_skew(), twist=broken.twist(fault))
                if endpoint.signed:
                    asked = self._signed(endpoint, asked, request)
                return Answer.json(endpoint.handle(asked))
        except Refused as refused:
            call.code = refused.no.code
            return _said(refused.no)

    def _signed(self, endpoint: Endpoint, asked: Asked, request: Request) -> Asked:
        sent = request.query_string + request.body.decode("latin-1")
        key = request.headers.get("x-mbx-apikey")
        account = signing.check(asked.exchange, key, sent, asked.params, asked.now)
        self._venue.faults.count_standing(account.name)
        if not account.rights.reading or (endpoint.trading and not account.rights.futures):
            raise Refused(errors.BAD_KEY)
        return Asked(asked.exchange, asked.params, asked.now, account, asked.twist)


def _params(request: Request) -> dict[str, str]:
    """Query and form together, as Binance takes them."""
    return {**request.query, **dict(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True))}


def _said(no: No) -> Answer:
    return broken.error(no.code, no.text, no.status)
