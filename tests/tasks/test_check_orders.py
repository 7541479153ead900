"""The checklist's third line, over the twins: recent fills and an order that is validated and not placed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Refused, Transient
from functions.facts import Check, ChecklistItem
from functions.rules.test_order.client_ids import probe_id
from functions.tasks import check_orders
from functions.venue import AccountFact, Row, Trouble, Validation
from functions.verifying import Scope
from tests.tasks.rig import Rig
from tests.tasks.venues import BTC, LONG, WHERE, rests, trades

ASKED_VENUE = ("exchange.account", "exchange.validate", "exchange.book", "exchange.fills", "exchange.market")


def check(rig: Rig, *strategy_ids: str) -> ChecklistItem:
    since = rig.now - timedelta(seconds=600)
    scope = Scope(child=True, strategy_ids=strategy_ids or ("s1",), since=since)
    item: ChecklistItem = rig.work(check_orders, run=rig.run(), scope=scope)
    assert (item.id, item.at) == ("orders", rig.now)
    assert item.query
    return item


def live(rig: Rig, strategy_id: str = "s1", **more: Any) -> None:
    rig.strategy(strategy_id, age=5)
    trades(rig, strategy_id, **{"symbols": [BTC], **more})


def refusing(row: Row, code: str) -> Refused:
    trouble = Trouble(row, "InvalidOrder", code, "no")
    return Refused(trouble.told()).of(trouble)


def test_a_validated_order_passes_and_none_is_placed(rig: Rig) -> None:
    live(rig)
    item = check(rig)
    assert (item.result, item.concerns) == (Check.PASS, "run")
    assert "would take buy 0.001 at 58199.9, post-only (validated, not placed)" in item.value
    assert not rig.world.venue.created
    assert not rig.world.venue.orders


def test_fills_since_the_cure_are_told_and_older_ones_are_not(rig: Rig) -> None:
    live(rig)
    rig.world.venue.trade(LONG, "buy", Decimal("0.5"), Decimal(60_000), rig.now - timedelta(seconds=900))
    assert "fill" not in check(rig).value
    fill = rig.world.venue.trade(LONG, "buy", Decimal("0.4"), Decimal(60_000), rig.now - timedelta(seconds=5))
    assert f"fill {fill.fill_id} of 0.4 at 60000" in check(rig).value


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row.INSUFFICIENT_BALANCE, "-2019"),
        (Row.INVALID_PRICE, "-4014"),
        (Row.KEY, "-2015"),
        (Row.INVALID_SYMBOL, "-1121"),
        (Row.FROZEN, "-4400"),
    ],
)
def test_a_venue_that_refuses_the_order_fails_with_its_code(rig: Rig, row: Row, code: str) -> None:
    live(rig)
    rig.world.venue.refusals.append(refusing(row, code))
    item = check(rig)
    assert item.result is Check.FAIL
    assert code in item.value
    assert item.about == ("binanceusdm/main",)


def test_a_venue_that_cannot_say_is_unknown(rig: Rig) -> None:
    live(rig)
    rig.world.venue.refusals.append(Transient("429"))
    assert check(rig).result is Check.UNKNOWN


def test_a_venue_that_is_down_is_unknown(rig: Rig) -> None:
    live(rig)
    rig.world.venue.down = Trouble(Row.MAINTENANCE, "BadRequest", "-1016", "closed")
    item = check(rig)
    assert item.result is Check.UNKNOWN
    assert "-1016" in item.value


def test_a_venue_without_validation_is_skipped_unless_something_was_filled(rig: Rig) -> None:
    live(rig)
    rig.world.venue.validation = Validation.NOT_OFFERED
    assert check(rig).result is Check.SKIPPED
    fill = rig.world.venue.trade(LONG, "buy", Decimal("0.4"), Decimal(60_000), rig.now)
    assert check(rig).result is Check.PASS
    # A liquidation is the venue's own order.
    rig.world.venue.fills[-1] = (WHERE, BTC, replace(fill, forced=True))
    assert check(rig).result is Check.SKIPPED


def test_an_account_that_may_not_trade_fails_though_the_order_is_validated(rig: Rig) -> None:
    live(rig)
    well = AccountFact(WHERE, rig.now, can_trade=True, frozen=False, hedged=False, available=Decimal(10))
    rig.world.venue.accounts[WHERE] = replace(well, can_trade=False)
    assert check(rig).result is Check.FAIL


def test_a_position_mode_that_is_not_known_is_unknown(rig: Rig) -> None:
    live(rig)
    rig.world.venue.accounts[WHERE] = AccountFact(WHERE, rig.now)
    assert check(rig).result is Check.UNKNOWN


def test_a_venue_that_is_away_says_why_the_position_mode_is_not_known(rig: Rig) -> None:
    live(rig)
    told = ("-1000: system is under maintenance", "-1001: disconnected", "a third word")
    rig.world.venue.accounts[WHERE] = AccountFact(WHERE, rig.now, unread=told)
    item = check(rig)
    assert item.result is Check.UNKNOWN
    for said in ("its position mode is not known", *told[:2]):
        assert said in item.value
    assert told[2] not in item.value


@pytest.mark.parametrize(
    ("config", "result"),
    [
        ({"mode": "paper"}, Check.SKIPPED),
        ({"mode": "dunno"}, Check.UNKNOWN),
        ({"mode": "live", "account": ""}, Check.UNKNOWN),
    ],
)
def test_only_accounts_that_are_proven_live_are_spoken_to(rig: Rig, config: dict[str, str], result: Check) -> None:
    live(rig, **config)
    assert check(rig).result is result
    assert not rig.called(*ASKED_VENUE)


def test_without_a_symbol_nothing_can_be_asked(rig: Rig) -> None:
    live(rig, symbols=[])
    item = check(rig)
    assert item.result is Check.UNKNOWN
    assert "no symbol" in item.value


def test_no_book_no_order(rig: Rig) -> None:
    live(rig)
    rig.world.venue.asks[BTC] = []
    assert check(rig).result is Check.UNKNOWN


def test_while_the_kill_switch_is_engaged_nobody_is_asked(rig: Rig) -> None:
    live(rig)
    rig.engage()
    item = check(rig)
    assert item.result is Check.SKIPPED
    assert item.value.startswith("the kill switch is engaged")
    assert not rig.called(*ASKED_VENUE)


def test_where_nobody_of_the_run_trades_nobody_is_asked(rig: Rig) -> None:
    live(rig)
    rig.strategy("s1", status="stopped")
    assert check(rig).result is Check.SKIPPED
    assert not rig.called(*ASKED_VENUE)


def test_only_strategies_of_the_run_are_asked_about(rig: Rig) -> None:
    live(rig)
    live(rig, "s2", mode="dunno")
    assert check(rig).result is Check.PASS
    assert check(rig, "s1", "s2").result is Check.UNKNOWN


def test_a_config_that_cannot_be_read_is_unknown(rig: Rig) -> None:
    live(rig)
    rig.world.trouble["strategy_config.get"] = Transient("slow")
    assert check(rig).result is Check.UNKNOWN


@pytest.mark.parametrize("symbol", [BTC, "ETH/USDT:USDT"])
def test_a_test_order_that_rests_on_any_symbol_of_the_account_fails_and_is_named(rig: Rig, symbol: str) -> None:
    live(rig)
    name = probe_id("an earlier run", WHERE.venue, WHERE.account, symbol)
    rests(rig, name, symbol=symbol)
    item = check(rig)
    assert item.result is Check.FAIL
    assert f"{name} on {symbol}" in item.value
    assert item.about == ("binanceusdm/main",)


def test_orders_that_are_no_test_orders_do_not_matter(rig: Rig) -> None:
    live(rig)
    rests(rig, "c-entry")
    assert check(rig).result is Check.PASS


def test_working_orders_that_cannot_be_listed_are_unknown(rig: Rig) -> None:
    live(rig)
    rig.world.trouble["exchange.orders"] = Transient("429")
    item = check(rig)
    assert item.result is Check.UNKNOWN
    assert "its working orders: 429" in item.value


def test_an_account_that_is_read_in_part_is_no_pass(rig: Rig) -> None:
    live(rig)
    part = AccountFact(WHERE, rig.now, can_trade=True, frozen=False, hedged=False, unread=("balance: 429",))
    rig.world.venue.accounts[WHERE] = part
    item = check(rig)
    assert item.result is Check.UNKNOWN
    assert "the account: balance: 429" in item.value


def test_what_a_venue_never_says_or_nobody_judges_keeps_nothing_open(rig: Rig) -> None:
    live(rig)
    rig.world.venue.accounts[WHERE] = AccountFact(WHERE, rig.now, hedged=False)
    assert check(rig).result is Check.PASS
    well = AccountFact(WHERE, rig.now, can_trade=True, frozen=False, hedged=False, available=Decimal(10))
    rig.world.venue.accounts[WHERE] = replace(well, unread=("restrictions: 429",))
    assert check(rig).result is Check.PASS
