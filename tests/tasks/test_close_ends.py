"""How closes end: proven flat with everything cleaned up, or not, with what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.exchange import MemoryExchange, said
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.ports.exchange import AttemptState
from functions.tasks import look_at_unit, record_close
from functions.venue import Fill, OrderStatus, Row, Where
from tests.tasks.close_rig import BTC, INPUT, MARK, POSITION, STRATEGY, CloseRig, closes, terms
from tests.tasks.rig import INCIDENT


def status(rig: CloseRig) -> Any:
    return (rig.world.item("trading_state", STRATEGY) or {})["status"]


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("hedged", [True, False])
@pytest.mark.parametrize("option", ["emergency_close", "emergency_close_unbounded"])
def test_a_close_ends_proven_flat_with_nothing_left_over(side: Any, hedged: bool, option: str) -> None:
    rig = CloseRig(side=side, hedged=hedged, option=option)
    rig.stop()
    rig.exit(amount=Decimal("0.01"))
    ended = closes(rig)
    assert ended.error is None
    assert ended.output["outcome"] == "resolved"
    assert (rig.held, rig.working()) == (Decimal(0), [])
    row, result = rig.row(), rig.result()
    assert (row["status"], row["closed_manually"], row["closed_by"]) == ("closed", True, INCIDENT)
    assert row["exit_price"] == result.average
    assert (result.how, result.recorded, result.left_over, result.entries) == ("flat", True, (), "running")
    assert status(rig) == "running"
    assert rig.world.item("guards", f"closing/{STRATEGY}") is None


def test_entries_are_paused_from_before_the_first_order_until_after_the_cycle() -> None:
    rig = CloseRig()
    seen: dict[str, Any] = {}

    def between(state: str) -> None:
        seen[state] = (status(rig), rig.world.item("guards", f"closing/{STRATEGY}") is not None)

    closes(rig, between=between)
    assert seen["PauseEntries"] == ("running", False)
    assert seen["SendAttempt"] == seen["WatchStrategy"] == ("paused", True)
    assert status(rig) == "running"


def test_a_pause_that_cannot_be_had_is_named_and_the_close_goes_on() -> None:
    rig = CloseRig()
    rig.world.trouble["trading_state.pause"] = Transient("the table is down")
    assert closes(rig).error is None
    assert any("the table is down" in value for _, value in rig.evidence())


def test_what_does_not_fill_is_sent_again_inside_the_bound_five_times_at_most() -> None:
    rig = CloseRig()
    rig.stop()
    rig.venue.fills_at_most = Decimal("0.001")
    ended = closes(rig)
    result = rig.result()
    assert (ended.error, result.how, result.attempts) == ("Escalated", "not_closed", 5)
    assert (result.closed, result.left, result.protected) == (Decimal("0.005"), Decimal("0.045"), True)
    assert {order.price for order in rig.venue.created} == {rig.worst}
    assert (rig.row()["status"], rig.working()) == ("open", ["stop-1"])


def test_pieces_that_fill_whole_are_no_rounds() -> None:
    rig = CloseRig()
    rig.venue.markets[BTC] = replace(rig.venue.markets[BTC], limit_most=Decimal("0.007"))
    assert closes(rig).error is None
    assert [order.amount for order in rig.venue.created] == [Decimal("0.007")] * 7 + [Decimal("0.001")]
    assert rig.result().attempts == 8


def test_the_record_takes_the_average_of_every_fill_that_closed_it() -> None:
    rig = CloseRig()
    rig.venue.bids[BTC] = [(MARK - 1, Decimal("0.02")), (MARK - 4, Decimal("0.03"))]
    closes(rig)
    assert rig.row()["exit_price"] == MARK - Decimal("2.8")


def test_a_stop_that_fires_in_between_closes_it_and_the_record_says_by_whom() -> None:
    rig = CloseRig()
    stop = rig.stop()

    def between(state: str) -> None:
        if state == "SendAttempt" and rig.held:
            rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.FILLED, filled=rig.amount))
            rig.venue.trade(rig.unit, rig.closes, rig.amount, MARK - 3_000, rig.now, stop.order_id)

    assert closes(rig, between=between).error is None
    assert (rig.row()["exit_price"], rig.row().get("closed_manually")) == (MARK - 3_000, None)
    assert (rig.venue.created, rig.result().closed) == ([], Decimal(0))


def test_flat_without_fills_is_unknown_and_the_record_stays_open() -> None:
    rig = CloseRig()
    rig.venue.held.clear()
    assert closes(rig).error == "Escalated"
    assert rig.result().how == "unknown"
    assert (rig.row()["status"], status(rig)) == ("open", "paused")


def test_a_record_is_never_closed_without_a_proof() -> None:
    rig = CloseRig()
    job = rig.job()
    look = rig.work(look_at_unit, job=job, before=None, sent=None, slip=None)
    with pytest.raises(Broken, match="by fills alone"):
        rig.work(record_close, job=job, look=look)
    assert rig.row()["status"] == "open"


@pytest.mark.parametrize("own", ["closed", "changed"])
def test_a_record_that_somebody_else_has_written_is_respected(own: str) -> None:
    rig = CloseRig()

    def between(state: str) -> None:
        if state == "RecordClose":
            change = {"status": "closed"} if own == "closed" else {"amount": Decimal("0.01")}
            rig.world.put("positions", {**rig.row(), **change})

    assert closes(rig, between=between).error is None
    assert rig.result().recorded is True
    assert rig.row().get("closed_by") == (None if own == "closed" else INCIDENT)


def test_a_record_that_fails_undoes_nothing_and_is_named() -> None:
    rig = CloseRig()
    rig.stop()
    rig.world.trouble["positions.close"] = Uncertain("no answer")
    ended = closes(rig)
    assert ended.error is None
    assert (rig.held, rig.working(), rig.result().recorded) == (Decimal(0), [], False)
    assert "the position's record does not say closed" in ended.output["not_proven"]


def test_with_several_owners_only_its_share_is_closed_and_only_its_orders_go() -> None:
    rig = CloseRig()
    rig.stop()
    rig.position("pos-2", "bravo", Decimal("0.03"))
    rig.stop("stop-2", "pos-2", amount=Decimal("0.03"))
    rig.exit("exit-2", "pos-2", amount=Decimal("0.01"))
    rig.venue.hold(rig.unit, Decimal("0.08"))
    assert closes(rig).error is None
    assert (rig.held, rig.working()) == (Decimal("0.03"), ["stop-2", "exit-2"])
    assert rig.row("pos-2")["status"] == "open"


def test_what_cannot_be_attributed_is_a_break_without_an_order() -> None:
    rig = CloseRig()
    rig.venue.hold(rig.unit, Decimal("0.07"))
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.result().left, rig.venue.created) == ("break", None, [])
    assert status(rig) == "paused"


def test_below_one_step_it_is_dust() -> None:
    rig = CloseRig(amount="0.0004")
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.venue.created) == ("dust", [])


@pytest.mark.parametrize(
    "moved", [{"quoted_at": timedelta(seconds=-1_000)}, {"account": "second"}, {"amount": Decimal("0.01")}]
)
def test_an_approval_whose_facts_have_moved_is_void(moved: dict[str, Any]) -> None:
    rig = CloseRig()
    more = {k: rig.now + v if isinstance(v, timedelta) else v for k, v in moved.items()}
    rig.approve("apr-2", terms=terms(rig, **more))
    assert closes(rig, {**INPUT, "approval_id": "apr-2"}).error == "Escalated"
    assert (rig.result().how, rig.venue.created, status(rig)) == ("void", [], "running")


def test_paper_is_never_traded() -> None:
    rig = CloseRig()
    rig.world.put("positions", {**rig.row(), "mode": "paper"})
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.venue.created) == ("not_closed", [])


def test_a_strategy_that_opens_again_is_named_and_stays_paused() -> None:
    rig = CloseRig()

    def between(state: str) -> None:
        if state == "WatchStrategy":
            rig.position("pos-9", STRATEGY, Decimal("0.01"), opened_at=rig.now.isoformat())
            rig.venue.hold(rig.unit, Decimal("0.01"))

    assert closes(rig, between=between).error is None
    assert rig.result().trades_against == ("pos-9",)
    assert (status(rig), rig.result().entries.startswith("paused: it opened again")) == ("paused", True)


def test_the_kill_switch_keeps_the_entries_paused() -> None:
    rig = CloseRig()

    def between(state: str) -> None:
        if state == "ResumeEntries":
            rig.engage()

    assert closes(rig, between=between).error is None
    assert (status(rig), "kill switch" in rig.result().entries) == ("paused", True)


def test_a_guard_that_was_lost_ends_it_without_an_order() -> None:
    rig = CloseRig()
    rig.guard("inc-other")
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.venue.created, rig.attempts()) == ("not_closed", [], [])


def test_a_second_approval_of_the_same_incident_goes_on_where_the_first_ended() -> None:
    rig = CloseRig()
    rig.venue.fills_at_most = Decimal("0.001")
    closes(rig)
    rig.venue.fills_at_most = None
    rig.approve("apr-2", terms=terms(rig, amount=Decimal("0.045")))
    assert closes(rig, {**INPUT, "approval_id": "apr-2"}).error is None
    assert (rig.held, rig.result().closed, rig.result().attempts) == (Decimal(0), Decimal("0.045"), 1)
    assert [one.number for one in rig.attempts()] == [1, 2, 3, 4, 5, 6]


def test_an_order_that_may_be_on_its_way_is_unknown_and_keeps_the_mark() -> None:
    rig = CloseRig()
    rig.venue.refusals.append(Uncertain("no answer"))

    def between(state: str) -> None:
        if rig.venue.refusals == [] and state == "SettleAttempt":
            rig.world.trouble["exchange.order"] = Transient("down")
            rig.world.trouble["exchange.position"] = Transient("down")

    assert closes(rig, between=between).error == "Escalated"
    assert rig.result().how == "unknown"
    assert rig.attempts()[0].state is AttemptState.SENT
    assert rig.world.item("guards", f"closing/{STRATEGY}") is not None


def test_a_result_that_cannot_be_stored_is_told_by_the_end() -> None:
    rig = CloseRig()
    rig.world.trouble["closes.conclude"] = Refused("no")
    assert closes(rig).error == "Escalated"


def test_an_order_that_a_late_function_placed_after_flat_is_swept() -> None:
    rig = CloseRig()
    rig.stop()

    def between(state: str) -> None:
        if state == "WatchStrategy":
            rig.stop("late-1", listed=False)

    assert closes(rig, between=between).error is None
    assert (rig.working(), rig.result().left_over) == ([], ())


def test_an_order_that_does_not_go_is_named() -> None:
    rig = CloseRig()
    rig.stop()
    rig.world.trouble["exchange.cancel"] = Transient("down")
    assert closes(rig).error is None
    assert rig.result().left_over == ("stop-1",)


def test_exits_that_hold_the_quantity_go_before_the_first_order() -> None:
    rig = CloseRig()
    rig.exit()
    ended = closes(rig)
    assert (ended.error, rig.result().attempts, rig.working()) == (None, 1, [])
    assert ended.path.index("ClearExits") < ended.path.index("SendAttempt")


def test_an_entry_of_the_position_that_still_works_goes_with_it() -> None:
    rig = CloseRig()
    rig.order("entry-1", POSITION, type="limit", side="buy", reduce_only=False, price=MARK - 1_000)
    assert closes(rig).error is None
    assert (rig.held, rig.working(), rig.result().left_over) == (Decimal(0), [], ())


def test_an_exit_that_would_fill_beside_our_order_takes_nothing_of_another_owner() -> None:
    rig = CloseRig()
    stop, exit_order = rig.stop(), rig.exit()
    rig.position("pos-2", "bravo", rig.amount)
    rig.venue.hold(rig.unit, rig.amount * 2)

    def between(state: str) -> None:
        """Everything of this position fires as soon as its share is closed and a look has seen it."""
        if state != "WaitAWhile" and rig.held == rig.amount and state in ("RecordClose", "CancelLeftOver"):
            for one in rig.venue.working(rig.unit.where, BTC):
                if one.order_id in (stop.order_id, exit_order.order_id):
                    rig.venue.trade(rig.unit, rig.closes, rig.amount, MARK, rig.now, one.order_id)

    assert closes(rig, between=between).error is None
    assert (rig.held, rig.working()) == (rig.amount, [])


def test_a_venue_that_asks_for_patience_gets_it() -> None:
    rig = CloseRig()
    for _ in range(6):
        error = said(Transient, Row.RATE_LIMITED, "DDoSProtection", "-1003", "banned")
        assert error.trouble is not None
        error.trouble = replace(error.trouble, retry_after=60)
        rig.venue.refusals.append(error)
    began = rig.now
    assert closes(rig).error is None
    assert (rig.now - began).total_seconds() > 6 * 60
    assert rig.result().attempts == 7


def test_another_trade_is_no_proof_while_the_list_of_trades_lags_behind_our_own_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = CloseRig()
    rig.position("pos-2", "bravo", rig.amount, status="closed")
    rig.venue.trade(rig.unit, rig.closes, rig.amount, Decimal(70_000), rig.now - timedelta(minutes=30))
    rig.venue.hold(rig.unit, rig.amount)
    began, listed = rig.now, MemoryExchange.fills

    def lagging(self: MemoryExchange, where: Where, symbol: str, since: datetime) -> list[Fill]:
        late = rig.now - began < timedelta(seconds=12)
        return [one for one in listed(self, where, symbol, since) if one.at < began or not late]

    monkeypatch.setattr(MemoryExchange, "fills", lagging)
    assert closes(rig).error is None
    assert rig.row()["exit_price"] == MARK - Decimal("0.1")


def test_a_trade_from_before_the_quote_is_no_proof_of_what_was_there_when_it_was_asked_about() -> None:
    """Its own stop has closed it, and that trade is not listed."""
    rig = CloseRig()
    rig.venue.trade(rig.unit, rig.closes, rig.amount, Decimal(70_000), rig.now - timedelta(minutes=30))
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.row()["status"]) == ("unknown", "open")
