"""The control routes, as the command line and tests use them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.platform.exchange.server import CONTROL, Served, serve
from local.platform.exchange.venue import Venue
from local.platform.pace import Pace
from tests.exchange.conftest import order, stop


def ask(served: Served, method: str, path: str, **fields: Any) -> Any:
    """Status and JSON."""
    body = json.dumps(fields).encode() if fields else None
    asked = urllib.request.Request(f"{served.url}{CONTROL}{path}", body, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_position_is_opened_at_the_book_s_price(served: Served) -> None:
    ask(served, "POST", "/depth", symbol="BTCUSDT", bids=[[59990, 1]], asks=[["60010.5", "1"]])
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    status, opened = ask(
        served,
        "POST",
        "/position",
        symbol="BTC/USDT:USDT",
        side="long",
        amount="0.05",
        client_id="entry",
        at=hour_ago.isoformat(),
    )
    assert status == 200
    assert (opened["entry_price"], opened["amount"], opened["client_order_id"]) == (
        "60010.50000000",
        "0.050",
        "entry",
    )
    assert opened["fills"][0]["time"] == int(hour_ago.timestamp() * 1000)
    main = ask(served, "GET", "/state")[1]["accounts"]["main"]
    assert [(one["symbol"], one["positionAmt"]) for one in main["positions"]] == [("BTCUSDT", "0.050")]
    assert "secret" not in main


def test_orders_are_placed_as_a_strategy_would_and_taken_back(served: Served) -> None:
    ask(served, "POST", "/position", symbol="BTCUSDT", side="long", amount=0.05)
    status, resting = ask(
        served, "POST", "/order", params=order("SELL", "0.05", "62000", newClientOrderId="exit", reduceOnly="true")
    )
    assert (status, resting["status"], resting["clientOrderId"]) == (200, "NEW", "exit")
    filled = ask(served, "POST", "/fill", order_id=resting["orderId"], amount="0.02")[1]
    assert (filled["status"], filled["executedQty"]) == ("PARTIALLY_FILLED", "0.020")
    assert ask(served, "POST", "/cancel", order_id=resting["orderId"])[1]["status"] == "CANCELED"
    _, waiting = ask(served, "POST", "/order", params=stop("SELL", "58000", clientAlgoId="s"), trigger=True)
    assert (waiting["algoStatus"], waiting["closePosition"]) == ("NEW", True)
    assert ask(served, "POST", "/cancel", algo_id=waiting["algoId"])[1]["algoStatus"] == "CANCELED"
    _, part = ask(served, "POST", "/order", params=order("SELL", "0.03", "59000", timeInForce="IOC"), share="0.5")
    assert (part["status"], part["executedQty"]) == ("EXPIRED", "0.015")


def test_what_the_venue_refuses_and_what_makes_no_sense_are_told_apart(served: Served) -> None:
    status, said = ask(served, "POST", "/order", params=order("SELL", "0.05", reduceOnly="true"))
    assert (status, said["code"]) == (400, -2022)
    assert ask(served, "POST", "/covered", code=-4118)[1] == {"code": -4118}
    for path, fields in (
        ("/price", {"symbol": "DOGEUSDT", "price": 1}),
        ("/price", {"symbol": "BTCUSDT", "price": "much"}),
        ("/position", {"symbol": "BTCUSDT", "side": "up", "amount": 1}),
        ("/position", {"symbol": "BTCUSDT", "side": "long", "amount": 1, "account": "nobody"}),
        ("/position", {"symbol": "BTCUSDT", "side": "long", "amount": 1, "at": "2026-01-01T00:00:00"}),
        ("/faults", {"name": "typhoon"}),
        ("/mode", {"hedged": "yes"}),
        ("/covered", {"code": -1}),
        ("/depth", {"symbol": "BTCUSDT", "bids": [1, 2]}),
        ("/accounts", {"name": "a", "key": "b", "secret": "c", "colour": True}),
    ):
        assert ask(served, "POST", path, **fields)[0] == 422, path
    assert ask(served, "GET", "/nothing")[0] == 404


def test_prices_modes_funding_and_liquidation(served: Served) -> None:
    assert ask(served, "POST", "/price", symbol="BTCUSDT", price="61000", mark="61001")[1]["BTCUSDT"] == {
        "last": "61000.00",
        "mark": "61001.00",
    }
    assert ask(served, "POST", "/price", symbol="BTCUSDT", price=50, at=1000)[1]["BTCUSDT"]["last"] == "61000.00"
    assert ask(served, "POST", "/mode", hedged=True)[1] == {"hedged": True}
    ask(served, "POST", "/position", symbol="BTCUSDT", side="short", amount="0.05")
    accounts = ask(served, "POST", "/funding", symbol="BTCUSDT", rate="0.0001")[1]
    assert accounts["main"]["incomes"][-1]["incomeType"] == "FUNDING_FEE"
    done = ask(served, "POST", "/liquidate", symbol="BTCUSDT", position_side="SHORT")[1]
    assert (done["status"], done["side"], done["clientOrderId"][:10]) == ("FILLED", "BUY", "autoclose-")
    assert ask(served, "POST", "/status", symbol="BTCUSDT", status="CLOSE")[1]["BTCUSDT"] == "CLOSE"


def test_faults_are_set_listed_and_cleared_and_calls_listed(served: Served, usdm: Any) -> None:
    _, fault = ask(served, "POST", "/faults", name="rate-limited", count=2, options={"retry_after": 5})
    assert (fault["name"], fault["left"], fault["options"]) == ("rate-limited", 2, {"retry_after": 5})
    listed = ask(served, "GET", "/faults")[1]
    assert [one["name"] for one in listed["active"]] == ["rate-limited"]
    assert "partial-fill" in listed["faults"]
    assert ask(served, "DELETE", "/faults")[1]["active"] == []
    usdm.fetch_time()
    calls = ask(served, "GET", "/calls?path=/fapi/v1/time")[1]
    assert [(one["method"], one["status"]) for one in calls] == [("GET", 200)]
    assert ask(served, "GET", "/calls?since=9999999999999")[1] == []


def test_a_reset_keeps_accounts_that_were_added(served: Served) -> None:
    status, made = ask(
        served,
        "POST",
        "/accounts",
        name="third",
        key="k3",
        secret="s3",
        wallet="500",
        hedged=True,
        fees_in_bnb=True,
    )
    try:
        assert (status, made["wallet"], made["hedged"]) == (200, "500.00000000", True)
        ask(served, "POST", "/price", symbol="BTCUSDT", price=61000)
        state = ask(served, "POST", "/reset")[1]
        assert state["accounts"]["third"]["rights"]["fees_in_bnb"] is True
        assert state["prices"]["BTCUSDT"]["last"] == "60000.00"
    finally:
        served.exchange.remove_account("third")


def test_a_walk_moves_the_price_for_those_who_ask(served: Served) -> None:
    ask(served, "POST", "/walk", symbol="BTCUSDT", bps=20)
    served.exchange.prices._walked_at -= 10_000
    assert ask(served, "GET", "/state")[1]["prices"]["BTCUSDT"]["last"] != "60000.00"


def test_a_venue_that_is_given_keeps_its_own_accounts() -> None:
    venue = Venue(Pace())
    venue.exchange.add_account("desk", "k", "s")
    with serve(venue) as one, serve() as other:
        assert one.url != other.url
        assert list(one.keys) == ["desk"]
        assert sorted(other.keys) == ["main", "second"]
        assert other.keys["main"].secret not in repr(other)
        assert ask(one, "GET", "/state")[0] == ask(other, "GET", "/state")[0] == 200
    with pytest.raises(urllib.error.URLError):
        ask(one, "GET", "/state")
