"""What is looked at at the venues before trading may come back, over a world in memory."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.resuming import ResumePlan
from functions.venue import AccountFact, Row, Trouble
from tests.tasks.resumes import ResumeDesk
from tests.tasks.venues import LONG, WHERE, holds, protects, rests, trades


@pytest.fixture
def desk() -> ResumeDesk:
    """Two strategies of one live account were stopped; one has a position under its stop order."""
    made = ResumeDesk()
    made.platform("s1", "s2")
    made.stop()
    for strategy_id in ("s1", "s2"):
        trades(made, strategy_id)
    held(made)
    holds(made)
    protects(made)
    return made


def held(desk: ResumeDesk, **more: Any) -> None:
    said = {"symbol": LONG.symbol, "side": "long", "amount": Decimal(1), "status": "open", **more}
    desk.world.put("positions", {"position_id": "p1", "strategy_id": "s1", **said})


def planned(desk: ResumeDesk, **order: Any) -> ResumePlan:
    plan: ResumePlan = desk.planned(desk.opened_resume(**order))
    return plan


def test_asks_where_venue_and_table_agree_and_names_nothing_as_unproven(desk: ResumeDesk) -> None:
    plan = planned(desk)
    assert (plan.verdict, plan.failing) == ("ask", ())
    assert not {"positions", "entry_orders", "account"} & set(plan.not_proven)


def test_a_position_that_the_venue_does_not_hold_asks_nobody(desk: ResumeDesk) -> None:
    holds(desk, amount="0.4")
    plan = planned(desk)
    assert plan.verdict == "escalate"
    assert any(
        "Do the positions agree" in one and "BTC/USDT:USDT on binanceusdm/main" in one for one in plan.failing
    )


def test_a_working_entry_order_asks_nobody_and_is_not_cancelled(desk: ResumeDesk) -> None:
    rests(desk, "entry")
    plan = planned(desk)
    assert plan.verdict == "escalate"
    assert any("(entry): buy 1 BTC/USDT:USDT" in one and "cancel them there" in one for one in plan.failing)
    assert desk.called("exchange.cancel") == []


def test_an_account_that_may_not_trade_asks_nobody(desk: ResumeDesk) -> None:
    frozen = AccountFact(WHERE, desk.now, can_trade=True, frozen=True, available=Decimal(1), frozen_why="the venue")
    desk.world.venue.accounts[WHERE] = frozen
    assert any("binanceusdm/main is frozen" in one for one in planned(desk).failing)
    desk.world.venue.accounts[WHERE] = replace(frozen, frozen=False, can_trade=False)
    assert any("binanceusdm/main may not trade" in one for one in planned(desk).failing)


def test_a_venue_that_cannot_be_read_is_unknown_and_stands_in_the_question(desk: ResumeDesk) -> None:
    desk.world.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    plan = planned(desk)
    assert plan.verdict == "ask"
    assert {"positions", "entry_orders", "account"} <= set(plan.not_proven)


def test_a_late_exit_of_a_stopped_strategy_does_not_keep_it_stopped(desk: ResumeDesk) -> None:
    held(desk, exit_signal_at="2026-01-01T00:00:00Z", status="closing")
    assert planned(desk).verdict == "ask"


def test_an_order_that_only_the_table_still_has_does_not_keep_trading_stopped(desk: ResumeDesk) -> None:
    desk.world.put(
        "orders",
        {"position_id": "p9", "order_id": "o9", "strategy_id": "s1", "side": "buy", "type": "limit",
         "status": "open", "reduce_only": False},
    )  # fmt: skip
    assert planned(desk).verdict == "ask"
