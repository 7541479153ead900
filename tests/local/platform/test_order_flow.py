"""Bots that order regularly, where somebody wants them to: at the venue, in the table, in the log."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.flows import LIVE, at_market, cooldown, passes, scores, silent, symbols
from tests.local.platform.rig import Rig

ORDERS = "tradai-orders-local"


@pytest.fixture
def quiet(rig: Rig) -> Iterator[Rig]:
    """Nothing is ordered and nothing stands at the venue, before and after."""
    rig.call("POST", "/exchange-control/reset", {})
    yield rig
    rig.call("POST", "/platform", {"order_flow": False, "plain_lines": False})
    rig.call("POST", "/exchange-control/reset", {})
    assert rows(rig) == []


@pytest.fixture
def flowing(quiet: Rig) -> Rig:
    assert quiet.call("POST", "/platform", {"order_flow": True}).status == 200
    return quiet


def rows(rig: Rig) -> list[dict[str, Any]]:
    items = rig.client("dynamodb").scan(TableName=ORDERS, ConsistentRead=True)["Items"]
    return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]


def account(rig: Rig, name: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = rig.call("GET", "/exchange-control/state").json["accounts"][name]
    return found


def test_nobody_orders_until_it_is_wanted(quiet: Rig) -> None:
    quiet.holds(lambda: scores(quiet) == {} and rows(quiet) == [])
    assert account(quiet)["orders"] == []


def test_every_strategy_that_trades_live_orders_and_one_on_paper_does_not(flowing: Rig) -> None:
    passes(flowing)
    assert set(scores(flowing)) == set(LIVE)


def test_an_entry_is_a_limit_beyond_the_mark_for_the_stake_and_is_left_at_once(flowing: Rig) -> None:
    passes(flowing, ["momentum-btc"])
    mine = [one for one in account(flowing)["orders"] if one["symbol"] == "BTCUSDT"]
    entry, left = mine[0], mine[1]
    assert (entry["type"], entry["side"], entry["price"], entry["origQty"]) == (
        "LIMIT", "BUY", "60030.00", "0.008",
    )  # fmt: skip
    assert (left["side"], left["reduceOnly"], left["executedQty"]) == ("SELL", True, entry["executedQty"])


def test_nobody_ever_sees_a_position_of_the_flow_nor_what_it_cost(flowing: Rig) -> None:
    before = account(flowing)["wallet"]
    flowing.holds(lambda: flowing.call("GET", "/positions").json == {"table": {}, "venue": []}, 1.0)
    passes(flowing)
    after = account(flowing)
    assert (after["wallet"], after["incomes"]) == (before, [])


def test_the_flow_leaves_a_position_of_the_same_symbol_as_it_was(flowing: Rig) -> None:
    placed = {"symbol": "BTCUSDT", "side": "short", "amount": "0.5"}
    assert flowing.call("POST", "/exchange-control/position", placed).status == 200
    before = account(flowing)["positions"]
    passes(flowing, ["momentum-btc"])
    after = account(flowing)
    assert [(one["positionAmt"], one["entryPrice"]) for one in after["positions"]] == [
        (one["positionAmt"], one["entryPrice"]) for one in before
    ]
    entries = [one for one in after["orders"] if one["clientOrderId"].startswith("flow-") and not one["reduceOnly"]]
    assert {one["side"] for one in entries if one["symbol"] == "BTCUSDT"} >= {"SELL"}, "it opens, as ever"


def test_a_hedged_account_names_the_side_of_its_orders(flowing: Rig) -> None:
    flowing.call("POST", "/exchange-control/mode", {"account": "main", "hedged": True})
    passes(flowing)
    assert {one["positionSide"] for one in account(flowing)["orders"][-8:]} == {"LONG"}


def test_a_row_stands_pending_first_and_then_says_what_became_of_it(flowing: Rig) -> None:
    passes(flowing)
    found = rows(flowing)
    entries = [one for one in found if not one["reduce_only"]]
    assert {one["status"] for one in found} <= {"pending", "filled"}
    done = [one for one in entries if one["status"] == "filled"]
    assert all(Decimal(one["filled"]) == Decimal(one["amount"]) > 0 for one in done)
    needed = {"position_id", "order_id", "client_order_id", "side", "type", "status", "amount", "filled", "price"}
    assert all(one.keys() >= {*needed, "created_at", "strategy_id"} for one in found)


def test_the_table_keeps_a_bounded_number_of_rows(flowing: Rig) -> None:
    eventually(lambda: scores(flowing), lambda now: all(now.get(one, {}).get("sent", 0) > 60 for one in LIVE), 60)
    assert len(rows(flowing)) <= 4 * 40 + 2 * 40
    assert len(account(flowing)["orders"]) <= 3 * 200


def test_a_bot_orders_its_symbols_in_turn_and_at_the_market_where_its_config_says_so(flowing: Rig) -> None:
    symbols(flowing, "momentum-btc", "BTC/USDT:USDT", "XRP/USDT:USDT")
    at_market(flowing, ["momentum-btc"])
    passes(flowing, ["momentum-btc"], least=6)
    mine = [one for one in rows(flowing) if one["strategy_id"] == "momentum-btc" and not one["reduce_only"]]
    assert {one["type"] for one in mine[-4:]} >= {"market"}
    assert "XRPUSDT" in {one["symbol"] for one in account(flowing)["orders"]}


def test_a_bot_is_no_faster_than_its_cooldown(flowing: Rig) -> None:
    cooldown(flowing, 120, ["momentum-btc"])
    flowing.call("DELETE", "/stats")
    eventually(lambda: scores(flowing), lambda now: now.get("momentum-btc", {}).get("sent", 0) >= 4, 30)
    mine = [one for one in rows(flowing) if one["strategy_id"] == "momentum-btc" and not one["reduce_only"]]
    times = sorted(datetime.fromisoformat(one["created_at"]).timestamp() for one in mine)[-4:]
    # 120 platform seconds are 0.6 real ones; a row's time is that of the order but for what a look takes.
    assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(times))


def test_a_strategy_without_symbols_or_config_orders_nothing(flowing: Rig) -> None:
    symbols(flowing, "momentum-btc")
    silent(flowing, "momentum-btc")
    key = {"strategy_id": {"S": "momentum-eth"}}
    flowing.client("dynamodb").delete_item(TableName="tradai-strategy-config-local", Key=key)
    silent(flowing, "momentum-eth")


def test_a_strategy_that_is_stopped_or_trades_elsewhere_orders_nothing(flowing: Rig) -> None:
    flowing.set_status("momentum-btc", "paused")
    flowing.set_config("momentum-eth", "exchange", {"S": "bybit"})
    eventually(lambda: flowing.item("momentum-btc"), lambda item: item.get("acknowledged_status") == "paused")
    silent(flowing, "momentum-btc")
    silent(flowing, "momentum-eth")


def test_a_config_with_fields_missing_or_of_a_wrong_kind_is_read_as_usual(flowing: Rig) -> None:
    flowing.set_config("momentum-btc", "stake_amount", {"S": "much"})
    flowing.set_config("momentum-btc", "limit_offset_bps", {"NULL": True})
    flowing.set_config("momentum-btc", "symbols", {"S": "BTC/USDT:USDT"})
    flowing.set_config("momentum-eth", "order_cooldown_seconds", {"S": "soon"})
    passes(flowing, ["momentum-eth"])
    silent(flowing, "momentum-btc")


def test_each_order_that_passes_is_a_line_in_the_log(flowing: Rig) -> None:
    since = time.time()
    passes(flowing)
    line = json.loads(eventually(lambda: flowing.lines(since, "order_placed"), bool)[0])
    assert (line["level"], line["status"], line["exchange"]) == ("INFO", "filled", "binanceusdm")
    assert line["strategy_id"] in LIVE
    assert line["symbol"].endswith("/USDT:USDT")
    flowing.call("POST", "/platform", {"plain_lines": True})
    plain = eventually(lambda: flowing.lines(since, "placed and filled"), bool)[0]
    assert " - tradai.orders - INFO - " in plain
    with pytest.raises(ValueError, match="Extra data"):
        json.loads(plain)
