"""The checklist's first line: what was not compared is never a pass, and is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.venue import a_market
from functions.errors import Transient
from functions.facts import Check, ChecklistItem
from functions.tasks import check_positions
from functions.venue import AccountFact, Unit
from functions.verifying import Scope
from tests.tasks.stuck_rig import BTC, POSITION, STRATEGY, StuckRig

ETH = "ETH/USDT:USDT"


@pytest.fixture
def held() -> StuckRig:
    """The position is where it should be, and nothing is wrong."""
    rig = StuckRig()
    rig.venue.markets[ETH] = a_market(ETH)
    rig.position(POSITION, STRATEGY, exit_signal_at=None)
    return rig


def checked(rig: StuckRig, *strategy_ids: str) -> ChecklistItem:
    scope = Scope(child=True, strategy_ids=strategy_ids or None, since=rig.now)
    item: ChecklistItem = rig.work(check_positions, run=rig.the_run, scope=scope)
    return item


def test_what_agrees_passes(held: StuckRig) -> None:
    assert checked(held).result is Check.PASS
    assert checked(held, STRATEGY).result is Check.PASS


@pytest.mark.parametrize("status", ["wibble", "OPEN", "Closed", "stuck"])
@pytest.mark.parametrize("at_venue", [True, False])
def test_a_status_that_nobody_knows_is_unknown_by_id_and_word(held: StuckRig, status: str, at_venue: bool) -> None:
    held.position(POSITION, STRATEGY, exit_signal_at=None, status=status)
    if not at_venue:
        held.venue.held.clear()
    item = checked(held, STRATEGY)
    assert (item.result, item.concerns) == (Check.UNKNOWN, "run"), item
    assert f"{POSITION}: its status is {status!r}" in item.value


@pytest.mark.parametrize("status", ["open", "closing", None])
def test_a_status_that_is_known_or_missing_is_an_open_position(held: StuckRig, status: str | None) -> None:
    held.position(POSITION, STRATEGY, exit_signal_at=None, status=status)
    assert checked(held, STRATEGY).result is Check.PASS


def test_a_position_on_paper_is_skipped_by_name_whatever_its_status(held: StuckRig) -> None:
    held.position("p-paper", STRATEGY, mode="paper", status="wibble")
    item = checked(held, STRATEGY)
    assert (item.result, "p-paper, on paper" in item.value) == (Check.PASS, True)


@pytest.mark.parametrize(
    ("position", "lacking"),
    [
        ({"mode": "demo"}, "mode demo"),
        ({"symbol": " "}, "symbol ' '"),
        ({"side": "up"}, "side 'up'"),
    ],
)
def test_a_position_that_cannot_be_placed_is_unknown_and_makes_no_break(
    held: StuckRig, position: dict[str, Any], lacking: str
) -> None:
    held.position(POSITION, STRATEGY, exit_signal_at=None, **position)
    item = checked(held, STRATEGY)
    assert (item.result, item.concerns) == (Check.UNKNOWN, "run"), item
    assert f"{POSITION}: whose it is, is not known" in item.value
    assert lacking in item.value


def test_a_position_of_an_account_that_nobody_names_is_unknown(held: StuckRig) -> None:
    held.config(STRATEGY, account=None, mode=None)
    held.position(POSITION, STRATEGY, exit_signal_at=None, account=None, mode=None)
    item = checked(held, STRATEGY)
    assert (item.result, item.concerns) == (Check.UNKNOWN, "run"), item
    assert f"{POSITION}: whose it is, is not known (account, mode)" in item.value


def test_one_that_cannot_be_read_in_time_is_unknown_and_makes_no_break(
    held: StuckRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_positions, "READS_FOR", timedelta(0))
    item = checked(held, STRATEGY)
    assert item.result is Check.UNKNOWN
    assert f"{POSITION}: no time was left to read it" in item.value


@pytest.mark.parametrize("port", ["orders.of", "strategy_config.get", "closes.incidents"])
def test_what_of_it_cannot_be_read_makes_it_unknown_and_no_break(held: StuckRig, port: str) -> None:
    held.world.trouble[port] = Transient("slow")
    assert checked(held, STRATEGY).result is Check.UNKNOWN


# --- strategies without a position in the table


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"mode": "live", "account": None}, "account"),
        ({"mode": None, "account": "second"}, "mode"),
        ({"mode": "demo", "account": "second"}, "mode demo"),
    ],
)
def test_an_account_that_is_half_known_is_unknown(held: StuckRig, config: dict[str, str | None], told: str) -> None:
    held.strategy("beta", age=5)
    held.config("beta", **config)
    item = checked(held, "beta")
    assert (item.result, item.concerns) == (Check.UNKNOWN, "run"), item
    assert f"what beta holds: on which account is not known ({told})" in item.value
    assert checked(held).result is Check.UNKNOWN
    assert checked(held, STRATEGY).result is Check.PASS


def test_one_of_which_nobody_says_that_it_trades_money_is_named_and_makes_nothing_unknown(held: StuckRig) -> None:
    held.strategy("beta", age=5)
    item = checked(held)
    assert item.result is Check.PASS
    assert "not compared: what beta may hold, of which nobody says on which account it trades" in item.value


def test_an_account_on_paper_is_not_asked(held: StuckRig) -> None:
    held.config("beta", mode="paper", account="second")
    held.venue.hold(Unit("binanceusdm", "second", BTC, "long"), "1")
    assert checked(held, "beta").result is Check.PASS


def test_a_strategy_that_was_switched_is_looked_for_at_its_new_venue(held: StuckRig) -> None:
    switched = {"exchange": "binanceusdm", "incident_id": "inc-1"}
    held.config("beta", exchange="okx", account="second", switched_exchange=switched, symbols=[ETH])
    item = checked(held, "beta")
    assert item.result is Check.PASS
    assert "not compared: what beta may hold at the venue that it was switched away from" in item.value
    held.venue.hold(Unit("okx", "second", ETH, "long"), "3")
    failed = checked(held, "beta")
    assert (failed.result, failed.concerns) == (Check.FAIL, "run")
    assert "ETH/USDT:USDT on okx/second" in failed.value


def test_symbols_in_another_notation_hide_nothing_of_the_strategys_own(held: StuckRig) -> None:
    held.config("beta", account="second", symbols=["ETHUSDT"])
    held.venue.hold(Unit("binanceusdm", "second", ETH, "long"), "3")
    item = checked(held, "beta")
    assert (item.result, item.concerns) == (Check.FAIL, "run")


# --- two directions against nothing


@pytest.mark.parametrize(("hedged", "result"), [(False, Check.PASS), (True, Check.FAIL), (None, Check.UNKNOWN)])
def test_long_and_short_against_nothing_agree_only_as_one_net_position(
    held: StuckRig, hedged: bool | None, result: Check
) -> None:
    held.position("p2", STRATEGY, side="short", exit_signal_at=None)
    held.venue.held.clear()
    held.venue.accounts[held.unit.where] = AccountFact(held.unit.where, held.now, hedged=hedged)
    assert checked(held, STRATEGY).result is result
    held.world.trouble["exchange.account"] = Transient("slow")
    assert checked(held, STRATEGY).result is Check.UNKNOWN


def test_what_nobody_trades_is_the_business_of_whoever_asks_about_everybody(held: StuckRig) -> None:
    held.config(STRATEGY, symbols=[BTC])
    (unit,) = held.venue.held
    held.venue.held[replace(unit, symbol=ETH)] = held.venue.held[unit]
    whole, one = checked(held), checked(held, STRATEGY)
    assert (whole.result, whole.concerns) == (Check.FAIL, "run"), whole
    assert (one.result, one.concerns) == (Check.FAIL, "others"), one


def test_a_symbol_that_is_listed_no_more_is_unknown_by_name_and_the_others_are_still_compared(
    held: StuckRig,
) -> None:
    held.config("beta", symbols=["BNB/USDT:USDT"])
    held.position("p-bnb", "beta", symbol="BNB/USDT:USDT", amount=Decimal(5), exit_signal_at=None)
    held.venue.hold(replace(held.unit, symbol="BNB/USDT:USDT"), "5", "600")
    theirs, whole = checked(held, STRATEGY), checked(held)
    assert (theirs.result, theirs.concerns) == (Check.UNKNOWN, "others"), "of this strategy everything agrees"
    assert (whole.result, whole.concerns) == (Check.UNKNOWN, "run")
    assert "BNB/USDT:USDT on binanceusdm/main: its amounts could not be compared" in whole.value
    held.venue.hold(held.unit, "0.7", "59000")
    assert checked(held, STRATEGY).result is Check.FAIL, "the account is not blind to a difference"
