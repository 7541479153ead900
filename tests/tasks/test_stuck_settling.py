"""settle-position, task by task over a venue in memory: what is asked, what is done, and what never is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.errors import Refused, Transient
from functions.ports.exchange import CloseResult
from functions.rules.closing.client_ids import attempt_id
from functions.rules.stuck.end import How
from functions.stuck.model import Look
from functions.tasks import correct_record, prove_gone, read_close
from functions.venue import AccountFact, Row, Trouble, Unit, Where
from tests.tasks.rig import INCIDENT, SETTINGS
from tests.tasks.stuck_rig import BTC, POSITION, STRATEGY, StuckRig, as_look, text

WHERE = Where("binanceusdm", "main")


@pytest.fixture
def stuck() -> StuckRig:
    return StuckRig()


def options(look: Look) -> list[str]:
    assert look.question is not None
    return [option.id for option in look.question.options]


def fact(look: Look, name: str) -> str:
    assert look.question is not None
    return next(line.value for line in look.question.facts if line.name == name)


def result(rig: StuckRig, how: Any, **more: Any) -> Callable[[Look], None]:
    """The child: stores what it came to, a moment after the decision."""

    def close(look: Look) -> None:
        assert look.approval_id == "apr-1"
        given: dict[str, Any] = {
            "closed": Decimal("0.5"),
            "left": Decimal(0),
            "average": Decimal(59_990),
            "attempts": 1,
            "why": "flat at two reads",
            "recorded": True,
            "left_over": (),
            "protected": None,
            "entries": "running",
            "trades_against": (),
            **more,
        }
        rig.world.advance(seconds=20)
        twins(rig.world).closes.conclude(POSITION, INCIDENT, CloseResult(how=how, at=rig.now, **given))

    return close


def venue_calls(rig: StuckRig) -> set[str]:
    changing = {"exchange.create", "exchange.cancel", "exchange.place_again"}
    return changing & set(rig.world.calls)


# --- the question


def test_a_person_is_asked_with_the_table_and_the_venue_side_by_side(stuck: StuckRig) -> None:
    look = stuck.look()
    assert look.verdict == "ask"
    assert look.question is not None
    assert options(look) == [
        "wait_next_cycle",
        "manual_close",
        "emergency_close",
        "emergency_close_unbounded",
        "leave_open",
    ]
    assert (look.question.target, look.question.kind) == ("BTCUSDT", "close")
    assert (look.question.cause, look.question.venue) == ("stuck_never_submitted", "binanceusdm")
    assert look.question.again == {"position_id": POSITION}
    terms = look.question.close
    assert terms is not None
    assert (terms.amount, terms.worst_price, terms.side) == (Decimal("0.5"), Decimal(59_700), "long")
    assert terms.average == Decimal("59999.9")
    assert "no exit order was ever sent" in fact(look, "Why it is stuck")
    assert fact(look, "Table and venue").startswith("table 0.5, venue 0.5")
    assert fact(look, "Profit or loss").startswith("+500.00 USDT at the mark")
    assert fact(look, "Protection at the venue") == "stop_market at 57000"
    assert stuck.item()["cause"].startswith("never_submitted")
    assert venue_calls(stuck) == set()


def test_a_large_position_asks_for_a_second_person_and_one_near_liquidation_does_not() -> None:
    small = SETTINGS.model_copy(
        update={"positions": SETTINGS.positions.model_copy(update={"two_people_from": Decimal(20_000)})}
    )
    rig = StuckRig(small)
    needed = {option.id: option.needed for option in _question(rig.look()).options}
    assert (needed["emergency_close"], needed["emergency_close_unbounded"]) == (2, 2)
    rig.venue.held[rig.unit].liquidation_price = Decimal(58_500)
    look = rig.look()
    assert {option.needed for option in _question(look).options} == {1}
    assert "second person is not waited for" in fact(look, "One person is enough")


def test_the_expected_price_is_of_the_whole_amount_and_a_thin_book_says_so(stuck: StuckRig) -> None:
    stuck.venue.bids[BTC] = [(Decimal(59_990), Decimal("0.25")), (Decimal(59_980), Decimal("0.25"))]
    assert fact(stuck.look(), "Expected price").startswith("59985 USDT on average")
    stuck.venue.bids[BTC] = [(Decimal(59_990), Decimal("0.25"))]
    assert "too thin" in fact(stuck.look(), "Expected price")


@pytest.mark.parametrize(
    ("ill", "why"),
    [
        (lambda rig: rig.strategy(STRATEGY, age=600), "heartbeat"),
        (lambda rig: rig.strategy(STRATEGY, age=10, status="stopped"), "manages no exit"),
        (lambda rig: rig.venue.marks.update({BTC: Decimal(58_000)}), "bps are lost"),
        (lambda rig: setattr(rig.venue.held[rig.unit], "liquidation_price", Decimal(57_000)), "liquidation is"),
        (lambda rig: rig.venue.asks.update({BTC: [(Decimal(60_500), Decimal(1))]}), "the spread is"),
    ],
)
def test_waiting_is_offered_only_within_limits(stuck: StuckRig, ill: Callable[[StuckRig], None], why: str) -> None:
    ill(stuck)
    look = stuck.look()
    assert "wait_next_cycle" not in options(look)
    assert why in fact(look, "Waiting for the next cycle")


def test_no_close_is_offered_by_a_key_that_may_not_trade(stuck: StuckRig) -> None:
    stuck.venue.accounts[WHERE] = AccountFact(WHERE, stuck.now, can_trade=False)
    look = stuck.look()
    assert options(look) == ["wait_next_cycle", "manual_close", "leave_open"]
    assert fact(look, "Closing by the runbook") == "not offered: the key may not trade"


def test_a_price_of_no_bound_is_a_sentence_of_its_own(stuck: StuckRig) -> None:
    statements = {option.id: option.statement for option in _question(stuck.look()).options}
    assert statements.pop("emergency_close_unbounded") is not None
    assert set(statements.values()) == {None}


# --- the answers


def test_a_close_that_is_proven_flat_ends_closed(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=result(stuck, "flat"))
    assert look.end is not None
    assert (look.end.how, look.end.not_done) == (How.CLOSED, ())
    assert "proven flat" in look.end.told


def test_what_is_left_over_after_a_close_is_named(stuck: StuckRig) -> None:
    close = result(stuck, "flat", left_over=("exit-9",), trades_against=("entry-3",), recorded=False)
    look = stuck.settle("emergency_close", close=close)
    assert look.end is not None
    assert [
        line for line in look.end.not_done if "exit-9" in line or "entry-3" in line or "record" in line
    ] == list(look.end.not_done)
    assert len(look.end.not_done) == 3


def test_after_two_void_closes_a_wider_bound_is_offered(stuck: StuckRig) -> None:
    asked: list[Decimal] = []

    def close(look: Look) -> None:
        result(stuck, "void", closed=Decimal(0), left=Decimal("0.5"), why="nothing is offered inside the bound")(
            look
        )

    look = stuck.look()
    for _ in range(3):
        terms = _question(look).close
        assert terms is not None
        asked.append(terms.worst_price)
        look = stuck.said(look, "emergency_close")
        close(look)
        look = stuck.look(_read(stuck, look))
    assert asked == [Decimal(59_700), Decimal(59_700), Decimal(59_100)]
    assert "beyond what was approved" in fact(look, "The close before")


def test_it_is_asked_a_bounded_number_of_times(stuck: StuckRig) -> None:
    void = result(stuck, "void", closed=Decimal(0), left=Decimal("0.5"), why="moved")
    look = stuck.settle(*["emergency_close"] * 20, close=void)
    assert look.end is not None
    assert look.end.how is How.ESCALATE
    assert look.memo.questions == SETTINGS.positions.questions_a_run


@pytest.mark.parametrize("how", ["break", "dust", "unknown"])
def test_a_close_that_is_not_proven_is_for_a_person(stuck: StuckRig, how: str) -> None:
    look = stuck.settle("emergency_close", close=result(stuck, how, left=None))
    assert look.end is not None
    assert look.end.how is How.ESCALATE


def test_an_unprotected_position_is_not_asked_about_but_escalated(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=result(stuck, "not_closed", protected=False, left=Decimal("0.5")))
    assert look.end is not None
    assert (look.end.how, "without its protection" in look.end.told) == (How.ESCALATE, True)


def test_the_result_of_an_earlier_close_is_not_taken_for_this_one(stuck: StuckRig) -> None:
    result(stuck, "flat")(stuck.said(stuck.look(), "emergency_close"))
    stuck.world.advance(minutes=1)
    look = stuck.settle("emergency_close")
    assert look.end is not None
    assert (look.end.how, "no order was sent" in look.end.told) == (How.ESCALATE, True)


def test_nobody_who_answers_leaves_it_open_and_undecided(stuck: StuckRig) -> None:
    look = stuck.settle("lapsed")
    assert look.end is not None
    assert look.end.how is How.UNANSWERED
    assert stuck.record()["status"] == "open"


def test_leaving_it_marks_it_until_the_stated_time(stuck: StuckRig) -> None:
    look = stuck.settle(("leave_open", {"minutes": 120}))
    assert look.end is not None
    assert (look.end.how, look.end.until) == (How.LEFT_OPEN, stuck.now + timedelta(hours=2))
    assert stuck.world.item("guards", f"left/position/{POSITION}") is not None


def test_waiting_for_the_next_cycle_looks_again_and_counts_what_was_waited(stuck: StuckRig) -> None:
    waits: list[int] = []
    look = stuck.settle(("wait_next_cycle", {"minutes": 10}), "lapsed", waits=waits.append)
    assert waits == [600]
    assert look.memo.waited_minutes == 10


def test_what_the_strategy_exits_by_itself_meanwhile_is_corrected(stuck: StuckRig) -> None:
    stuck.order("o9", "open")

    def exits(_: int) -> None:
        stuck.gone(by="o9", price="60050", minutes=0)

    look = stuck.settle(("wait_next_cycle", {"minutes": 10}), waits=exits)
    assert look.end is not None
    assert look.end.how is How.CORRECTED
    assert (stuck.record()["exit_price"], stuck.record().get("closed_manually", False)) == (Decimal(60_050), False)


def test_a_close_by_hand_is_verified_at_the_venue_and_recorded_as_one(stuck: StuckRig) -> None:
    look = stuck.said(stuck.look(), "manual_close")
    look = stuck.look(look)
    assert (look.verdict, options(look)) == ("ask", ["closed", "not_closed"])
    assert all(option.note_required for option in _question(look).options if option.id == "closed")
    stuck.gone(price="59950", minutes=0)
    look = stuck.said(look, "closed", note="59950, order 77")
    look = stuck.look(look)
    assert look.verdict == "second_read"
    stuck.world.advance(seconds=5)
    look = as_look(stuck.work(prove_gone, look=look))
    look = as_look(stuck.work(correct_record, look=look))
    record = stuck.record()
    assert (record["status"], record["closed_manually"], record["exit_price"]) == ("closed", True, Decimal(59_950))
    assert venue_calls(stuck) == set()


def test_a_word_that_it_was_closed_by_hand_is_not_believed_against_the_venue(stuck: StuckRig) -> None:
    look = stuck.look(stuck.said(stuck.look(), "manual_close"))
    look = stuck.look(stuck.said(look, "closed", note="done"))
    assert look.verdict == "ask"
    assert "the venue still holds 0.5" in fact(look, "The close before")
    assert "emergency_close" in options(look)
    assert stuck.record()["status"] == "open"


# --- flat at the venue


@pytest.mark.parametrize(
    ("order", "by"), [("c-o1", "its own exit order"), (None, "an order that stands nowhere in the records")]
)
def test_flat_is_believed_after_two_reads_and_a_fill(stuck: StuckRig, order: str | None, by: str) -> None:
    stuck.order("o1", "open")
    stuck.gone(by="o1" if order else None, price="59900")
    look = stuck.settle()
    record = stuck.record()
    assert look.end is not None
    assert (look.end.how, by in look.end.told) == (How.CORRECTED, True)
    assert (record["status"], record["exit_price"]) == ("closed", Decimal(59_900))
    assert record["closed_at"] == text(stuck.now - timedelta(seconds=5, minutes=30))
    assert record.get("closed_manually", False) is False
    assert venue_calls(stuck) == {"exchange.cancel"}


def test_the_order_of_a_close_that_was_stopped_is_known_as_this_projects(stuck: StuckRig) -> None:
    ours, at = attempt_id(POSITION, "inc-that-was-stopped", 1), stuck.now - timedelta(minutes=30)
    stuck.venue.trade(stuck.unit, "sell", Decimal("0.5"), Decimal(60_000), at, client_order_id=ours)
    look = stuck.settle()
    assert look.end is not None
    assert "an order of an earlier close by this project" in look.end.told
    assert stuck.record()["closed_manually"] is True


def test_what_is_left_of_it_at_the_venue_is_cancelled_and_nobody_elses_is(stuck: StuckRig) -> None:
    stuck.gone()
    stuck.settle()
    assert stuck.venue.working(WHERE, BTC) == []
    other = StuckRig()
    other.config("beta")
    other.position("pos-2", "beta", amount=Decimal("0.3"), exit_signal_at=None)
    other.gone()
    other.venue.hold(other.unit, "0.3")
    look = other.settle()
    assert look.end is not None
    assert look.end.how is How.CORRECTED
    assert [order.client_order_id for order in other.venue.working(WHERE, BTC)] == ["stop-1"]


def test_an_order_that_cannot_be_cancelled_is_named(stuck: StuckRig) -> None:
    stuck.gone()
    stuck.world.trouble["exchange.cancel"] = Transient("slow")
    look = stuck.settle()
    assert look.end is not None
    assert look.end.not_done == ("still works at the venue, cancel it by hand: stop-1",)


def test_gone_without_a_fill_is_confirmed_by_a_person(stuck: StuckRig) -> None:
    stuck.venue.held.clear()
    look = stuck.settle(("closed", {"note": "liquidated in the web page"}))
    assert look.end is not None
    assert (look.end.how, look.end.not_proven) == (How.CORRECTED, ("exit price",))
    assert (stuck.record()["closed_manually"], "exit_price" in stuck.record()) == (True, False)


def test_without_a_fill_nothing_is_written_unless_a_person_says_so(stuck: StuckRig) -> None:
    stuck.venue.held.clear()
    look = stuck.settle("lapsed")
    assert look.end is not None
    assert look.end.how is How.UNANSWERED
    assert stuck.record()["status"] == "open"


def test_what_is_there_again_at_the_second_read_is_asked_about(stuck: StuckRig) -> None:
    held = dict(stuck.venue.held)
    stuck.venue.held.clear()
    look = stuck.look()
    stuck.venue.held.update(held)
    look = as_look(stuck.work(prove_gone, look=look))
    assert (look.verdict, stuck.look(look).verdict) == ("look", "ask")


def test_a_record_that_somebody_has_changed_is_not_written_over(stuck: StuckRig) -> None:
    stuck.gone()
    look = as_look(stuck.work(prove_gone, look=stuck.look()))
    stuck.position(POSITION, STRATEGY, amount=Decimal("0.4"))
    with pytest.raises(Refused, match="changed meanwhile"):
        stuck.work(correct_record, look=look)
    assert stuck.record()["status"] == "open"


# --- what is never guessed


def test_a_position_break_is_escalated_with_owners_and_amounts(stuck: StuckRig) -> None:
    stuck.venue.hold(stuck.unit, "0.8")
    look = stuck.settle()
    assert look.end is not None
    assert (look.end.how, "position break" in look.end.told) == (How.ESCALATE, True)
    assert any("alpha: long 0.5" in line for line in look.end.known)
    assert venue_calls(stuck) == set()


def test_another_owners_share_is_not_offered_to_be_closed(stuck: StuckRig) -> None:
    stuck.config("beta")
    stuck.position("pos-2", "beta", amount=Decimal("0.3"), exit_signal_at=None)
    stuck.venue.hold(stuck.unit, "0.8")
    look = stuck.look()
    terms = _question(look).close
    assert terms is not None
    assert terms.amount == Decimal("0.5")
    assert "0.3 stays at the venue" in fact(look, "Others in it")


@pytest.mark.parametrize("mode", ["paper", None])
def test_paper_and_unknown_modes_get_no_order_and_no_correction(stuck: StuckRig, mode: str | None) -> None:
    stuck.position(POSITION, STRATEGY, mode=mode)
    stuck.world.put("strategy_config", {"strategy_id": STRATEGY, "exchange": "binanceusdm", "account": "main"})
    stuck.venue.held.clear()
    look = stuck.settle()
    assert look.end is not None
    assert (look.end.how, stuck.record()["status"]) == (How.ESCALATE, "open")
    assert venue_calls(stuck) == set()


def test_a_venue_that_does_not_answer_is_waited_for_and_then_escalated(stuck: StuckRig) -> None:
    stuck.venue.down = Trouble(Row.UNREACHABLE, "NetworkError", None, "connection refused")
    waits: list[int] = []
    look = stuck.settle(waits=waits.append)
    assert look.end is not None
    assert look.end.how is How.ESCALATE
    assert 0 < sum(waits) <= SETTINGS.limits.exchange_wait
    assert "what the venue holds" in look.end.unknown


def test_a_venue_that_comes_back_is_asked_about(stuck: StuckRig) -> None:
    stuck.venue.down = Trouble(Row.MAINTENANCE, "OnMaintenance", "-1016", "down")
    waits: list[int] = []

    def back(seconds: int) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            stuck.venue.down = None

    look = stuck.settle("lapsed", waits=back)
    assert look.end is not None
    assert look.end.how is How.UNANSWERED


def test_what_nobody_can_name_is_looked_at_a_few_times(stuck: StuckRig) -> None:
    stuck.world.trouble["positions.each_open"] = Transient("throttled")
    waits: list[int] = []
    look = stuck.settle(waits=waits.append)
    assert look.end is not None
    assert (look.end.how, waits) == (How.ESCALATE, [30] * 4)
    waits.clear()

    def back(_: int) -> None:
        stuck.world.trouble.clear()

    again = stuck.settle("lapsed", waits=back)
    assert again.end is not None
    assert again.end.how is How.UNANSWERED


def test_a_key_that_is_refused_is_not_waited_for(stuck: StuckRig) -> None:
    stuck.venue.down = Trouble(Row.KEY, "AuthenticationError", "-2015", "Invalid API-key")
    look = stuck.look()
    assert look.verdict == "end"
    assert look.end is not None
    assert look.end.how is How.ESCALATE


def test_a_dry_run_asks_nobody(stuck: StuckRig) -> None:
    run = stuck.the_run.model_copy(update={"dry_run": True})
    look = stuck.look(run=run)
    assert look.end is not None
    assert (look.end.how, "would ask" in look.end.told) == (How.DRY_RUN, True)


def test_what_is_not_stuck_is_left_alone_unless_a_person_says_why(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    look = stuck.look()
    assert look.end is not None
    assert look.end.how is How.NOTHING
    asked = stuck.look(reason="the setup is void")
    assert asked.verdict == "ask"
    assert "the setup is void" in fact(asked, "Stuck")


def test_an_unreadable_order_book_is_said_and_stops_nobody(stuck: StuckRig) -> None:
    stuck.world.trouble["exchange.book"] = Transient("slow")
    look = stuck.look()
    assert "could not be read" in fact(look, "Expected price")
    assert "wait_next_cycle" not in options(look)


def _question(look: Look) -> Any:
    assert look.question is not None
    return look.question


def _read(rig: StuckRig, look: Look) -> Look:
    return as_look(rig.work(read_close, look=look, error=None))


def test_a_unit_of_another_side_is_another_lock() -> None:
    long, short = (Unit("binanceusdm", "main", BTC, side) for side in ("long", "short"))
    assert long.guard_id != short.guard_id
