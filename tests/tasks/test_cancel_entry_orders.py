"""Entry orders at the venues: cancelled until none is listed, and nothing else is touched."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest

from functions import stop_orders
from functions.adapters.memory.exchange import said
from functions.errors import Refused, Transient
from functions.facts import Result
from functions.halting import MOST_NAMED
from functions.tasks import cancel_entry_orders
from functions.tasks.cancel_entry_orders import Response
from functions.venue import Row, Trouble, Where
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, engaged
from tests.tasks.venues import WHERE, holds, protects, rests, trades, working

SECOND = Where("binanceusdm", "second")
DOWN = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_orders, "PAUSE", 0.0)


def cancelled(rig: Rig, *, after: bool = False, **given: Any) -> Response:
    answer: Response = rig.work(cancel_entry_orders, job=engaged(rig, **given), after=after)
    return answer


def test_what_opens_or_increases_goes_and_what_protects_or_reduces_stays(rig: Rig) -> None:
    trades(rig)
    holds(rig)
    for name in ("more", "again"):
        rests(rig, name)
    rests(rig, "stop-entry", trigger=True, type="stop_market", symbol="ETH/USDT:USDT")
    rests(rig, "exit", side="sell", reduce_only=True)
    protects(rig)
    part = cancelled(rig)
    assert working(rig) == ["exit", "stop"]
    assert (part.result, part.pages) == (Result.DONE, False)
    assert part.why == (
        "3 entry orders cancelled at binanceusdm/main, which lists none any more; "
        "2 protective or reducing orders stay"
    )
    assert sum("cancelled" in item for item in part.items) == 3


def test_what_cannot_be_told_apart_stays_and_is_named(rig: Rig) -> None:
    trades(rig)
    holds(rig)
    odd = rests(rig, "odd", side="sell")
    part = cancelled(rig)
    assert working(rig) == ["odd"]
    assert (part.result, part.pages) == (Result.UNKNOWN, False)
    assert part.items == (
        f"binanceusdm/main lists {odd.order_id} (odd): sell 1 BTC/USDT:USDT limit at 59000: nobody can tell "
        "whether it only reduces; it stays",
    )


def test_an_order_that_comes_while_it_is_looked_is_cancelled_too(rig: Rig) -> None:
    trades(rig)
    rests(rig, "first")

    def comes() -> None:
        rests(rig, "second")

    rig.world.meanwhile["exchange.cancel"] = comes
    part = cancelled(rig, after=True)
    assert working(rig) == []
    assert part.why.startswith("2 entry orders cancelled at binanceusdm/main, which lists none any more")


def test_one_that_the_venue_does_not_cancel_is_not_done_and_keeps_no_other(rig: Rig) -> None:
    trades(rig)
    trades(rig, "s2", account="second")
    rests(rig, "other", SECOND)
    rests(rig, "stuck")
    job = engaged(rig)
    refused = said(Refused, Row.KEY, "PermissionDenied", "-2015", "no permission to cancel")
    rig.world.trouble["exchange.cancel"] = refused
    part = rig.work(cancel_entry_orders, job=job)
    assert (part.result, part.pages) == (Result.NOT_DONE, True)
    assert "at binanceusdm/main none cancelled, 1 is still listed" in part.why
    assert "at binanceusdm/second none cancelled, 1 is still listed" in part.why
    assert any("not cancelled: Refused" in item for item in part.items)


def test_an_order_that_went_by_itself_is_no_trouble(rig: Rig) -> None:
    trades(rig)
    one = rests(rig, "gone")

    def fills() -> None:
        rig.world.venue.orders.clear()

    rig.world.meanwhile["exchange.cancel"] = fills
    part = cancelled(rig)
    assert one.client_order_id not in working(rig)
    assert (part.result, part.why) == (Result.DONE, "binanceusdm/main lists no entry order")


def test_a_venue_that_does_not_answer_is_unknown_and_wakes_somebody(rig: Rig) -> None:
    trades(rig)
    rig.world.venue.down = DOWN
    part = cancelled(rig)
    assert (part.result, part.pages) == (Result.UNKNOWN, True)
    assert part.why.startswith(
        "binanceusdm/main could not be read: orders: Transient: unreachable (RequestTimeout)"
    )
    assert "What works there is unknown" in part.why


def test_a_venue_that_answers_at_the_second_look_is_cleared(rig: Rig) -> None:
    trades(rig)
    rests(rig, "entry")
    job = engaged(rig)
    rig.world.trouble["exchange.orders"] = Transient("busy")
    rig.world.meanwhile["exchange.positions"] = rig.world.trouble.clear
    part = rig.work(cancel_entry_orders, job=job)
    assert (part.result, working(rig)) == (Result.DONE, [])


def test_positions_that_cannot_be_read_leave_what_only_they_could_tell(rig: Rig) -> None:
    trades(rig)
    rests(rig, "hedged", position_side="long")
    rests(rig, "plain")
    job = engaged(rig)
    rig.world.trouble["exchange.positions"] = Transient("busy")
    part = rig.work(cancel_entry_orders, job=job)
    assert working(rig) == ["plain"]
    assert (part.result, part.pages) == (Result.UNKNOWN, True)


def test_a_venue_that_hangs_is_left_in_time(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel_entry_orders, "AT_ONCE", 0.1)
    trades(rig)
    over = Event()

    def hangs() -> None:
        over.wait(5)

    rig.world.meanwhile["exchange.orders"] = hangs
    part = cancelled(rig)
    over.set()
    assert (part.result, part.pages) == (Result.UNKNOWN, True)
    assert "no answer within" in part.why


@pytest.mark.parametrize("mode", ["paper", "demo"])
def test_nothing_is_touched_where_it_is_not_proven_real_money(rig: Rig, mode: str) -> None:
    trades(rig, mode=mode)
    rests(rig, "entry")
    part = cancelled(rig)
    assert working(rig) == ["entry"]
    assert rig.called("exchange.cancel", "exchange.orders", "exchange.positions") == []
    assert part.pages is False
    assert part.result is (Result.DONE if mode == "paper" else Result.UNKNOWN)
    assert ("nobody trades real money" if mode == "paper" else "s1 trade") in part.why


def test_where_nobody_says_who_trades_nothing_is_called_done(rig: Rig) -> None:
    part = cancelled(rig)
    assert (part.result, part.pages) == (Result.UNKNOWN, False)
    assert part.why == "nobody says which account trades real money, so no venue was asked"


@pytest.mark.parametrize("table", ["strategy_config.traded", "positions.each_open"])
def test_a_table_that_cannot_be_read_may_hide_accounts_and_the_others_are_cleared(rig: Rig, table: str) -> None:
    trades(rig)
    rig.world.put(
        "positions",
        {"position_id": "p1", "strategy_id": "s1", "exchange": "binanceusdm", "account": "main", "mode": "live",
         "symbol": "BTC/USDT:USDT", "side": "long", "amount": 1, "status": "open"},
    )  # fmt: skip
    rests(rig, "entry")
    job = engaged(rig)
    rig.world.trouble[table] = Refused("AccessDenied")
    part = rig.work(cancel_entry_orders, job=job)
    assert working(rig) == []
    assert (part.result, part.pages) == (Result.UNKNOWN, True)
    assert "could not be read: Refused: AccessDenied" in part.why


def test_a_position_whose_amount_cannot_be_read_still_tells_its_account(rig: Rig) -> None:
    rig.world.put(
        "positions",
        {"position_id": "p1", "strategy_id": "s1", "exchange": "binanceusdm", "account": "main", "mode": "live",
         "symbol": "BTC/USDT:USDT", "side": "long", "amount": "much", "status": "open"},
    )  # fmt: skip
    rests(rig, "entry")
    part = cancelled(rig)
    assert working(rig) == []
    assert part.result is Result.DONE, part.why


def test_told_not_to_it_asks_no_venue(rig: Rig) -> None:
    trades(rig)
    rests(rig, "entry")
    part = cancelled(rig, cancel_entry_orders=False)
    assert (part.result, part.why, working(rig)) == (Result.DONE, "told not to cancel them", ["entry"])
    assert rig.called("exchange.orders") == []


def test_a_rehearsal_lists_and_cancels_nothing(rig: Rig) -> None:
    trades(rig)
    rests(rig, "entry")
    part = cancelled(rig, dry_run=True)
    assert working(rig) == ["entry"]
    assert (part.result, part.pages) == (Result.NOT_DONE, False)
    assert part.why == "dry run: 1 entry order at binanceusdm/main would be cancelled"


def order(rig: Rig, order_id: str, client_order_id: str, **more: object) -> None:
    said = {"position_id": "p9", "order_id": order_id, "client_order_id": client_order_id, "status": "open", **more}
    rig.world.put("orders", {"side": "buy", "type": "limit", "reduce_only": False, **said})


def test_in_a_stop_by_name_only_theirs_go_and_what_is_nobodys_is_named(rig: Rig) -> None:
    trades(rig, "s1")
    trades(rig, "s2")
    order(rig, "1", "mine", strategy_id="s1")
    order(rig, "2", "other", strategy_id="s2")
    for name in ("mine", "other", "nobodys"):
        rests(rig, name)
    part = cancelled(rig, strategy_ids=["s1"])
    assert working(rig) == ["nobodys", "other"]
    assert (part.result, part.pages) == (Result.UNKNOWN, False)
    (named,) = [item for item in part.items if "it stays" in item]
    assert "nobody can tell whose it is" in named


def test_in_a_stop_by_name_all_of_an_account_go_that_nobody_else_trades(rig: Rig) -> None:
    trades(rig, "s1")
    trades(rig, "s2", account="second")
    rests(rig, "mine")
    rests(rig, "theirs", SECOND)
    part = cancelled(rig, strategy_ids=["s1"])
    assert (working(rig), working(rig, SECOND)) == ([], ["theirs"])
    assert part.result is Result.DONE


def test_orders_that_only_the_table_has_are_counted(rig: Rig) -> None:
    trades(rig)
    order(rig, "1", "gone", strategy_id="s1")
    part = cancelled(rig)
    assert part.result is Result.DONE
    assert part.why.endswith("working orders in the table that no venue which was asked lists: 1")


def test_a_long_list_is_cut_in_the_state_and_whole_in_the_bucket(rig: Rig) -> None:
    trades(rig)
    for number in range(60):
        rests(rig, f"o{number:03}")
    part = cancelled(rig)
    assert (len(part.items), part.items[-1]) == (MOST_NAMED, "and 41 more")
    assert part.details_key == f"incidents/{INCIDENT}/entry-orders.jsonl"
    rows = [json.loads(line) for line in rig.world.objects[part.details_key][0].splitlines()]
    assert [row["what"] for row in rows] == ["cancelled"] * 60
    assert {row["account"] for row in rows} == {f"{WHERE.venue}/{WHERE.account}"}


def test_a_list_that_cannot_be_stored_is_told(rig: Rig) -> None:
    trades(rig)
    rests(rig, "entry")
    job = engaged(rig)
    rig.world.trouble["reports.put"] = Transient("down")
    part = rig.work(cancel_entry_orders, job=job, after=True)
    assert part.details_key is None
    assert part.items[0] == "the whole list is not stored: Transient: down"
    assert working(rig) == []
