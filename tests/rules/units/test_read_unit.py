"""Reading a unit: what is read, what is named as unread, and what then follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from functions import units
from functions.adapters.memory import World, twins
from functions.errors import Refused, RunbookError, Transient
from functions.ports import Ports
from functions.rules.units.attribution import Standing
from functions.runtime import restrict
from functions.settings import Account, Env, Platform, Settings
from functions.units import UnitFacts, attributed
from functions.venue import OrderStatus, Row, Trouble, Unit, VenueOrder
from tests.rules.units.makers import BTC, LONG, NOW, OPENED, SHORT, VENUE, ago, d

SETTINGS = Settings(env=Env.LOCAL, account_id="000000000000", region="eu-central-1")


class Desk:
    """A long of 1 BTC in the table and at the venue."""

    def __init__(self) -> None:
        self.world = World(now=NOW)
        self.settings = SETTINGS
        self.put("p1")
        self.hold("1")

    @property
    def ports(self) -> Ports:
        return restrict(twins(self.world), units.NEEDS)

    def put(self, position_id: str, amount: str = "1", **more: Any) -> None:
        item: dict[str, Any] = {
            "position_id": position_id,
            "strategy_id": f"s-{position_id}",
            "symbol": BTC,
            "side": "long",
            "amount": d(amount),
            "status": "open",
            "exchange": VENUE,
            "account": "main",
            "mode": "live",
            "opened_at": OPENED.isoformat(),
            **more,
        }
        self.world.put("positions", {name: value for name, value in item.items() if value is not None})

    def order(self, position_id: str, order_id: str, **more: Any) -> None:
        item: dict[str, Any] = {
            "position_id": position_id,
            "order_id": order_id,
            "side": "sell",
            "type": "limit",
            "status": "open",
            "amount": d(1),
            "filled": d(0),
            "created_at": ago(10).isoformat(),
            **more,
        }
        self.world.put("orders", item)

    def hold(self, amount: str, unit: Unit = LONG) -> None:
        self.world.venue.hold(unit, amount)

    def read(self, position_id: str = "p1", **more: Any) -> UnitFacts:
        return units.read_unit(self.ports, self.settings, position_id, **more)

    def standing(self, position_id: str = "p1", closed: str = "0", **more: Any) -> Standing | None:
        found = attributed(self.read(position_id, **more), d(closed))
        return None if found is None else found.standing


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_everything_is_read_and_nothing_is_missing(desk: Desk) -> None:
    desk.order("p1", "o1")
    found = desk.read(account=True, fills=True)
    assert (found.whole, found.unreadable, found.trouble) == (True, (), None)
    assert found.unit == LONG
    assert [order.order_id for order in found.orders] == ["o1"]
    assert [name.name for name in fields(found) if getattr(found, name.name) is None] == ["trouble"]
    assert attributed(found) is not None


def test_what_was_not_asked_for_is_not_read(desk: Desk) -> None:
    found = desk.read(book=False)
    assert (found.book, found.account, found.fills) == (None, None, None)
    assert not {"exchange.book", "exchange.account", "exchange.fills"} & set(desk.world.calls)
    assert found.whole


def test_a_position_that_is_not_in_the_table_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="p9 is not in the table"):
        desk.read("p9")


def test_a_table_that_cannot_be_read_is_tried_again_by_the_caller(desk: Desk) -> None:
    desk.world.trouble["positions.by_id"] = Transient("throttled")
    with pytest.raises(Transient):
        desk.read()


@pytest.mark.parametrize(
    ("what", "needed"),
    [
        ("orders.of", True),
        ("positions.each_open", True),
        ("exchange.position", True),
        ("exchange.market", True),
        ("exchange.orders", False),
        ("exchange.book", False),
        ("exchange.account", False),
        ("exchange.fills", False),
    ],
)
def test_one_reading_that_fails_is_named_and_stops_no_other(desk: Desk, what: str, needed: bool) -> None:
    desk.world.trouble[what] = Refused("no such thing")
    found = desk.read(account=True, fills=True)
    assert len(found.unreadable) == 1
    assert "no such thing" in found.unreadable[0]
    assert found.whole is not needed
    assert (attributed(found) is None) is needed


@pytest.mark.parametrize(
    ("symbol", "whole"), [(BTC, False), ("BTCUSDT", False), ("", False), ("ETH/USDT:USDT", True)]
)
def test_an_amount_that_cannot_be_read_matters_only_where_it_may_be_in_the_unit(
    desk: Desk, symbol: str, whole: bool
) -> None:
    broken = {"position_id": "broken", "strategy_id": "s9", "symbol": symbol, "amount": "much", "status": "open"}
    desk.world.put("positions", broken)
    found = desk.read()
    assert found.whole is whole
    assert any("'much'" in one for one in found.unreadable) is not whole


def test_what_the_venue_said_is_kept(desk: Desk) -> None:
    desk.world.venue.down = Trouble(Row.MAINTENANCE, "OnMaintenance", "-1016", "back soon")
    found = desk.read(account=True)
    assert found.trouble is not None
    assert found.trouble.row is Row.MAINTENANCE
    assert not found.whole


def test_a_venue_that_does_not_answer_is_asked_once_and_the_rest_is_named(desk: Desk) -> None:
    desk.world.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    found = desk.read(account=True, fills=True)
    assert sum(call.startswith("exchange.") for call in desk.world.calls) == 1
    assert len([line for line in found.unreadable if "not asked, the venue said unreachable" in line]) == 5


def test_a_symbol_that_the_venue_does_not_know_keeps_nobody_from_asking_for_the_account(desk: Desk) -> None:
    del desk.world.venue.markets[BTC]
    found = desk.read(account=True)
    assert found.market is None
    assert found.account is not None


def test_a_unit_that_is_not_known_is_never_asked_for(desk: Desk) -> None:
    desk.put("p1", account=None)
    found = desk.read()
    assert found.unit is None
    assert found.unreadable == ("the unit: account not known",)
    assert not [call for call in desk.world.calls if call.startswith("exchange.")]
    desk.put("p1", side="sideways")
    assert desk.read().unreadable == ("the unit: side or symbol not known",)


def test_a_paper_position_is_never_asked_for_at_the_venue(desk: Desk) -> None:
    desk.put("p1", mode="paper")
    found = desk.read()
    assert found.owner.paper
    assert not found.whole
    assert not [call for call in desk.world.calls if call.startswith("exchange.")]


def test_what_the_item_leaves_out_its_config_says(desk: Desk) -> None:
    desk.put("p1", account=None, mode=None, exchange=None)
    desk.world.put("strategy_config", {"strategy_id": "s-p1", "exchange": VENUE, "account": "main", "mode": "live"})
    found = desk.read()
    assert (found.owner.account, found.owner.mode, found.unit) == ("main", "live", LONG)


def test_a_config_that_cannot_be_read_leaves_unknown_what_it_would_say_and_keeps_the_desk(desk: Desk) -> None:
    account = Account(account="main", mode="live", desk="rates", owner="ana")
    desk.settings = SETTINGS.model_copy(update={"platform": Platform(accounts={"s-p1": account})})
    desk.put("p1", account=None)
    assert desk.read().unit == LONG
    desk.world.trouble["strategy_config.get"] = Transient("throttled")
    found = desk.read()
    assert found.unit is None
    assert (found.owner.account, found.owner.venue, found.owner.desk) == (None, VENUE, "rates")
    assert any("config of s-p1" in line for line in found.unreadable)


def test_the_others_of_the_symbol_on_that_account_are_siblings_with_their_own_exits(desk: Desk) -> None:
    desk.put("p2", "2")
    desk.order("p2", "x2", filled=d("0.5"))
    desk.put("p3", "3", side="short")
    desk.put("p4", "4", account="second")
    desk.put("p5", "5", symbol="ETH/USDT:USDT")
    desk.put("p6", "6", mode="paper")
    desk.put("p7", "7", status="closed")
    desk.put("p8", "8", exchange="okx")
    found = desk.read()
    assert [(one.position_id, one.side, one.amount, one.doubt) for one in found.siblings] == [
        ("p2", "long", d("1.5"), None),
        ("p3", "short", d(3), None),
    ]
    assert [order.order_id for order in found.other_orders] == ["x2"]


def test_several_owners_are_attributed_from_what_was_read(desk: Desk) -> None:
    desk.put("p2", "2")
    desk.hold("3")
    found = attributed(desk.read())
    assert found is not None
    assert (found.standing, found.amount, found.rest) == (Standing.AGREED, d(1), d(2))


def test_one_that_may_be_on_that_account_makes_it_a_break(desk: Desk) -> None:
    desk.put("p2", "2", account=None)
    found = attributed(desk.read())
    assert found is not None
    assert found.standing is Standing.BREAK
    assert "its account not known" in found.told


def test_orders_of_another_owner_that_cannot_be_read_leave_nothing_to_attribute(desk: Desk) -> None:
    desk.put("p2", "2")
    desk.hold("3")
    desk.world.item_trouble["orders.of", "p2"] = Transient("throttled")
    found = desk.read()
    assert not found.whole
    assert any("orders of p2" in line for line in found.unreadable)
    assert attributed(found) is None


def test_a_config_is_read_once_for_all_positions_of_a_strategy(desk: Desk) -> None:
    for number in range(2, 6):
        desk.put(f"p{number}", "1", strategy_id="same", account=None)
    desk.read()
    assert desk.world.calls.count("strategy_config.get") == 1


def test_trades_tell_two_owners_of_equal_amounts_apart(desk: Desk) -> None:
    desk.put("p2", "1")
    desk.hold("2")
    desk.order("p1", "stop-1", type="stop_market")
    assert desk.standing() is Standing.AGREED
    desk.world.venue.trade(LONG, "sell", Decimal(1), Decimal(59_000), ago(2), "stop-1")
    assert desk.standing() is Standing.BREAK
    assert desk.standing(fills=True) is Standing.FLAT
    assert desk.standing("p2", fills=True) is Standing.BREAK


def test_what_attempts_have_filled_is_taken_off(desk: Desk) -> None:
    desk.hold("0.6")
    assert desk.standing() is Standing.BREAK
    assert desk.standing(closed="0.4") is Standing.AGREED


def test_protection_that_was_placed_again_counts_by_its_new_id(desk: Desk) -> None:
    desk.put("p2", "1")
    desk.hold("2")
    desk.world.venue.trade(LONG, "sell", Decimal(1), Decimal(59_000), ago(2), "again")
    facts = desk.read(fills=True)
    plain, known = attributed(facts), attributed(facts, also=["again"])
    assert plain is not None
    assert known is not None
    assert (plain.standing, known.standing) == (Standing.BREAK, Standing.FLAT)


def test_trades_of_a_position_whose_opening_nobody_knows_are_those_of_the_last_days(desk: Desk) -> None:
    desk.put("p1", opened_at=None)
    desk.world.venue.trade(LONG, "sell", Decimal(1), Decimal(59_000), ago(60 * 24 * 6))
    desk.world.venue.trade(LONG, "sell", Decimal(1), Decimal(59_000), ago(60 * 24 * 8))
    found = desk.read(fills=True)
    assert found.fills is not None
    assert [fill.at for fill in found.fills] == [ago(60 * 24 * 6)]


def test_trades_are_read_from_a_moment_before_the_record_says_that_it_opened(desk: Desk) -> None:
    for minutes in (62, 60.5, 5):
        desk.world.venue.trade(LONG, "buy", Decimal("0.1"), Decimal(60_000), ago(minutes))
    found = desk.read(fills=True)
    assert found.fills is not None
    assert [fill.at for fill in found.fills] == [ago(60.5), ago(5)]


def test_a_short_is_read_by_its_own_side(desk: Desk) -> None:
    desk.world.venue.held.clear()
    desk.put("p1", side="short")
    desk.hold("1", SHORT)
    found = attributed(desk.read())
    assert found is not None
    assert (found.standing, found.amount) == (Standing.AGREED, d(1))


def test_the_working_orders_are_those_of_the_symbol(desk: Desk) -> None:
    for symbol in (BTC, "ETH/USDT:USDT"):
        order = VenueOrder("", "c", symbol, "sell", "limit", OrderStatus.OPEN, d(1), d(0))
        desk.world.venue.rest(LONG.where, order)
    found = desk.read()
    assert found.venue_orders is not None
    assert [order.symbol for order in found.venue_orders] == [BTC]


@pytest.mark.parametrize("error", [Refused, Transient])
def test_no_word_of_a_venue_is_the_end_of_a_reading(desk: Desk, error: Callable[[str], RunbookError]) -> None:
    for need in units.NEEDS:
        if need.startswith("exchange."):
            desk.world.trouble[need] = error("no")
    found = desk.read(account=True, fills=True)
    # Position, orders, market, book, account and trades, each by its name.
    assert len(found.unreadable) == 6
