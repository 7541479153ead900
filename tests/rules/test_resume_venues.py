"""What the venues answer to the checks before trading comes back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import Check
from functions.rules.entry_sweep import Sweep, Swept
from functions.rules.resume_checks import QUESTIONS, checks
from functions.rules.resume_venues import Looked, account, entry_orders, positions
from functions.rules.stuck.accounted import Verdict
from functions.venue import AccountFact, Where
from tests.rules.facts import NOW
from tests.rules.test_resume_checks import facts

WHERE = Where("binanceusdm", "main")
CLEAR = Swept(WHERE)
WELL = AccountFact(WHERE, NOW, can_trade=True, frozen=False, quote="USDT", available=Decimal(900))
AGREE = Verdict(Check.PASS, "2 open positions, table and venue agree", "run")
TABLE = (Check.PASS, "none stands in the table", "orders")
LOOKED = Looked(AGREE, "", Sweep((CLEAR,)), (WELL,))
NOBODY = replace(LOOKED, entries=Sweep((), unknown=("s1",)), accounts=())
PAPER = replace(LOOKED, entries=Sweep((), paper=True), accounts=())


def test_all_three_pass_where_the_venues_say_so() -> None:
    answers = {item.id: item for item in checks(facts(looked=LOOKED))}
    assert list(answers) == list(QUESTIONS)
    for name in ("positions", "entry_orders", "account"):
        assert (answers[name].result, answers[name].source) == (Check.PASS, "binanceusdm/main, asked now")
    assert answers["account"].value == "binanceusdm/main may trade, 900.00 USDT available"


@pytest.mark.parametrize(
    ("agreement", "result", "says"),
    [
        (AGREE, Check.PASS, "agree"),
        (Verdict(Check.FAIL, "BTC differs", "run"), Check.FAIL, "BTC differs: mend the table or the venue first"),
        (Verdict(Check.UNKNOWN, "BTC is dark", "run"), Check.UNKNOWN, "BTC is dark"),
        (Verdict(Check.FAIL, "ETH differs", "others"), Check.PASS, "theirs agree; of others: ETH differs"),
        (None, Check.UNKNOWN, "could not be compared: throttled"),
    ],
)
def test_positions_that_differ_hold_trading_back(agreement: Verdict | None, result: Check, says: str) -> None:
    found = positions(replace(LOOKED, agreement=agreement, why="throttled"))
    assert found[0] is result
    assert says in found[1]


def test_positions_that_agree_are_not_all_where_some_are_of_nobody_known() -> None:
    found = positions(replace(LOOKED, entries=Sweep((CLEAR,), unknown=("s1",))))
    assert found[0] is Check.UNKNOWN
    assert "of s1 nobody says where they trade" in found[1]


@pytest.mark.parametrize(
    ("sweep", "result", "says"),
    [
        (Sweep((CLEAR,)), Check.PASS, "none works at the venues"),
        (Sweep((replace(CLEAR, standing=("7: buy",)),)), Check.FAIL, "binanceusdm/main 7: buy work: cancel them"),
        (Sweep((replace(CLEAR, unclear=("8: sell",)),)), Check.UNKNOWN, "8: sell"),
        (Sweep((replace(CLEAR, unread="timeout"),)), Check.UNKNOWN, "binanceusdm/main: timeout"),
        (Sweep((replace(CLEAR, unread="timeout", standing=("7: buy",)),)), Check.FAIL, "7: buy"),
        (Sweep((CLEAR,), trouble=("the strategy configs could not be read",)), Check.UNKNOWN, "configs"),
        (Sweep((), trouble=("the strategy configs could not be read",)), Check.UNKNOWN, "configs"),
        (Sweep((CLEAR,), unknown=("s1",)), Check.UNKNOWN, "of s1 nobody says"),
    ],
)
def test_entry_orders_at_the_venue_hold_trading_back(sweep: Sweep, result: Check, says: str) -> None:
    found = entry_orders(replace(LOOKED, entries=sweep), TABLE)
    assert found[0] is result
    assert says in found[1]


def test_an_order_that_only_the_table_still_has_holds_nobody_back() -> None:
    stale = (Check.FAIL, "o1 work", "orders")
    assert entry_orders(LOOKED, stale)[0] is Check.PASS
    assert entry_orders(NOBODY, stale) == stale
    dark = replace(LOOKED, entries=Sweep((replace(CLEAR, unread="timeout"),)))
    assert entry_orders(dark, stale) == stale


@pytest.mark.parametrize(
    ("accounts", "result", "says"),
    [
        ((replace(WELL, can_trade=False),), Check.FAIL, "may not trade: clear it at the exchange"),
        ((replace(WELL, frozen=True, frozen_why="apiTradingStatus"),), Check.FAIL, "is frozen (apiTradingStatus)"),
        ((replace(WELL, available=Decimal(0)),), Check.FAIL, "has no margin left"),
        ((WELL, replace(WELL, can_trade=False)), Check.FAIL, "may not trade"),
        ((replace(WELL, can_trade=None, unread=("keys: timeout",)),), Check.UNKNOWN, "keys: timeout"),
        ((replace(WELL, available=None),), Check.UNKNOWN, "the venue does not say"),
        (("binanceusdm/main: no answer within 7 s",), Check.UNKNOWN, "no answer"),
        ((WELL, "x: no answer"), Check.UNKNOWN, "x: no answer"),
        ((), Check.UNKNOWN, "no account was read"),
    ],
)
def test_an_account_that_may_not_trade_holds_trading_back(accounts: Any, result: Check, says: str) -> None:
    found = account(replace(LOOKED, accounts=accounts))
    assert found[0] is result
    assert says in found[1]


def test_where_nobody_trades_real_money_there_is_nothing_to_ask() -> None:
    assert [ask(PAPER)[0] for ask in (positions, account)] == [Check.SKIPPED] * 2
    assert [ask(NOBODY)[0] for ask in (positions, account)] == [Check.UNKNOWN] * 2
