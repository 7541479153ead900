"""Not enough free margin: stakes, positions, funds - asked for, then looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.ending import actions_of
from functions.errors import Transient
from functions.facts import Result
from functions.orders.model import MOST_LOOKS
from functions.rules.orders.causes import Cause
from functions.stuck import left
from functions.venue import AccountFact
from tests.tasks.remedy_rig import BTC, ETH, INCIDENT, MAIN, RUN, VENUE, A, B, RemedyRig
from tests.tasks.rig import SETTINGS

STAKE = "stake_amount"
CLOSED = "SUCCEEDED"


@pytest.fixture
def rig() -> RemedyRig:
    """The account's leverage is 20, as a small position of somebody else tells: a stake of 500 needs 25."""
    rig = RemedyRig()
    rig.venue.leverage = Decimal(20)
    rig.config("gamma", symbols=[ETH], stake_amount=Decimal(10))
    rig.position("p0", "gamma", ETH, amount="0.01", entry="3000")
    free(rig, "15")
    return rig


def free(rig: RemedyRig, amount: str) -> None:
    account = AccountFact(MAIN, rig.now, can_trade=True, quote="USDT", available=Decimal(amount))
    rig.venue.accounts[MAIN] = account


def group(rig: RemedyRig, **more: Any) -> Any:
    return rig.group(Cause.INSUFFICIENT_BALANCE, codes=("-2019",), **more)


def runs(rig: RemedyRig) -> list[dict[str, Any]]:
    return [dict(one.payload) for one in rig.world.executions.values() if one.payload]


def end_closes(rig: RemedyRig, status: str = CLOSED) -> None:
    for arn, one in rig.world.executions.items():
        if one.payload:
            rig.world.executions[arn] = replace(one, status=status)


def test_the_stakes_of_all_are_reduced_by_the_stated_factor_for_good(rig: RemedyRig) -> None:
    rig.config(B, stake_amount=Decimal("301.5"))
    end = rig.walk(group(rig), "reduce_stake")
    assert (end.ending, end.result, end.decided_by) == ("acted", Result.DONE, ("ana",))
    assert (rig.stands(A)[STAKE], rig.stands(B)[STAKE]) == (250, Decimal("150.75"))
    assert rig.stands(A)[f"change_{STAKE}"]["old"] == 500
    assert rig.ports().strategy_config.overrides() == []
    assert end.follow_ups == (f"runbooks config undo {INCIDENT} --env local",)
    facts = rig.facts()
    assert (facts["Free margin"], facts["Missing"]) == ("15 USDT", "10 USDT")
    assert facts["Needed"] == "25 USDT for the largest stake of 500 at a leverage of 20"
    assert (facts[A], facts[B]) == ("stake_amount 500 to 250 USDT", "stake_amount 301.5 to 150.75 USDT")


def test_a_power_of_the_factor_is_offered_where_the_factor_is_not_enough(rig: RemedyRig) -> None:
    free(rig, "4")
    end = rig.walk(group(rig), "reduce_stake")
    assert rig.stands(A)[STAKE] == Decimal("62.5")
    assert end.result is Result.DONE
    label = next(one.label for one in rig.asked[0].options if one.id == "reduce_stake")
    assert label == "Multiply the stakes of 2 strategies by 0.125"


def test_stakes_that_no_factor_makes_small_enough_are_not_offered(rig: RemedyRig) -> None:
    free(rig, "0")
    rig.walk(group(rig), "decline")
    assert "reduce_stake" not in rig.options()
    assert rig.facts()["Smaller stakes"].startswith("not offered")


def test_a_stake_that_is_no_number_is_named_and_never_written(rig: RemedyRig) -> None:
    rig.config(B, stake_amount="unlimited")
    rig.walk(group(rig), "reduce_stake")
    assert (rig.stands(A)[STAKE], rig.stands(B)[STAKE]) == (250, "unlimited")
    assert rig.facts()["No usable stake_amount"] == B


def test_a_stake_that_somebody_changed_meanwhile_is_left_and_it_is_looked_whether_it_is_enough(
    rig: RemedyRig,
) -> None:
    end = rig.walk(
        group(rig), "reduce_stake", "decline", asked=lambda _: rig.someone_sets(A, stake_amount=Decimal(400))
    )
    assert (end.ending, rig.stands(A)[STAKE], rig.stands(B)[STAKE]) == ("declined", 400, 250)
    assert "somebody else changed it" in rig.facts()["The answer before"]


def test_margin_that_is_there_by_now_needs_nobody(rig: RemedyRig) -> None:
    free(rig, "25")
    end = rig.walk(group(rig))
    assert (end.ending, end.result, rig.asked, rig.writes()) == ("over", Result.DONE, [], [])
    assert end.why == "free margin 25 USDT, the largest stake is 500, which needs 25 of margin"


def test_added_funds_are_looked_at_and_asked_about_again_until_they_suffice(rig: RemedyRig) -> None:
    amounts = iter(("15", "20", "30"))
    end = rig.walk(
        group(rig), "funds_added", "funds_added", "funds_added", asked=lambda _: free(rig, next(amounts))
    )
    assert (end.ending, end.result, len(rig.asked), rig.writes()) == ("over", Result.DONE, 3, [])
    assert rig.facts(1)["The answer before"].endswith("it is not enough yet")
    assert rig.facts(2)["Free margin"] == "20 USDT"


def test_after_the_last_question_a_person_is_told_that_it_is_not_enough(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), *["funds_added"] * 3)
    assert (end.ending, len(rig.asked)) == ("gave_up", rig.settings.orders.questions_a_remedy)
    assert "after 3 questions it is not enough: free margin 15 USDT" in end.why


def test_a_declined_or_lapsed_question_leaves_everything(rig: RemedyRig) -> None:
    assert rig.walk(group(rig), "decline").ending == "declined"
    assert rig.walk(group(rig), ("leave_open", {"minutes": 60})).until == rig.now + timedelta(hours=1)
    assert rig.walk(group(rig), "lapsed").ending == "unanswered"
    assert rig.writes() == []


def test_a_death_between_the_write_and_its_settling_reduces_once(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(group(rig, strategy_ids=(A,))))
    current = rig.decide(current, rig.answer("reduce_stake"))
    rig.world.trouble["incidents.settle"] = Transient("the function died")
    with pytest.raises(Transient):
        rig.apply(current)
    del rig.world.trouble["incidents.settle"]
    end = rig.decide(rig.apply(current)).end
    assert end is not None
    assert (end.result, rig.stands()[STAKE], rig.stands()[f"change_{STAKE}"]["old"]) == (Result.DONE, 250, 500)


# --- closing positions


def test_the_best_positions_are_offered_with_what_they_free_and_cost(rig: RemedyRig) -> None:
    rig.config("delta", symbols=["SOL/USDT:USDT"])
    rig.position("p1", A, BTC, amount="0.1", entry="60500")
    for number, (strategy_id, amount) in enumerate((("gamma", "0.2"), (B, "0.3"), (B, "0.05")), 2):
        rig.position(f"p{number}", strategy_id, ETH, amount=amount, entry="3000")
    rig.walk(group(rig), "decline")
    labels = [one.label for one in rig.asked[0].options if one.id.startswith("close_position_")]
    # p1 frees 300 for a loss of 50, p3 45, p2 30, p4 7.50, p0 1.50, all three of them without a loss.
    assert labels == [
        "Close long 0.3 ETH/USDT:USDT of beta",
        "Close long 0.2 ETH/USDT:USDT of gamma",
        "Close long 0.1 BTC/USDT:USDT of alpha",
    ]
    told = [one.consequence for one in rig.asked[0].options if one.id == "close_position_3"]
    assert told[0].startswith("Frees about 300 USDT; its profit or loss now is -50.00 USDT.")


def test_a_chosen_position_is_closed_by_a_run_of_its_own_that_is_waited_for(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    states: list[str] = []

    def closing(_: int) -> None:
        states.append(runs(rig)[0]["position_id"])
        if len(rig.waited) == 3:
            end_closes(rig)
            free(rig, "315")
            stands = rig.world.item("positions", "p1") or {}
            rig.world.put("positions", {**stands, "status": "closed", "exit_price": Decimal(60_500)})

    end = rig.walk(group(rig), "close_position_1", waits=closing)
    assert (end.ending, end.result) == ("acted", Result.DONE)
    (payload,) = runs(rig)
    assert payload["position_id"] == "p1"
    assert payload["requested_by"] == f"order-failures {INCIDENT}"
    assert payload["reason"].startswith("to free margin: ana: close_position_1")
    assert states == ["p1"] * 3
    assert rig.waited[0] == 15
    assert any("stuck-position is at work on p1: stuck-position-" in told for told in end.known)
    assert end.follow_ups == ()
    assert end.why.endswith("; closed: p1 (long 0.1 BTC/USDT:USDT of alpha) at 60500")
    item = rig.ports().incidents.get(INCIDENT) or {}
    (act,) = actions_of(item, rig.the_run)
    assert (act.action, act.target, act.result) == ("hand the position to stuck-position", "p1", Result.DONE)
    assert item["position_ids"] == ["p1"]


def test_the_run_that_is_waited_for_is_the_one_that_was_started(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    current = rig.decide(rig.begin(group(rig)))
    current = rig.close(rig.decide(current, rig.answer("close_position_1")))
    (arn,) = current.memo.started
    assert arn in rig.world.executions
    assert arn.rpartition(":")[0] == RUN.replace("order-failures", "stuck-position").rpartition(":")[0]


def test_a_retry_of_the_start_starts_nothing_again_and_a_later_question_does(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    current = rig.decide(rig.decide(rig.begin(group(rig))), rig.answer("close_position_1"))
    rig.close(current)
    after = rig.close(current)
    assert len(runs(rig)) == 1
    end_closes(rig)
    again = rig.decide(after)
    assert again.step == "ask"
    rig.close(rig.decide(again, rig.answer("close_position_1")))
    assert len(runs(rig)) == 2


def test_a_close_that_was_declined_is_asked_about_again(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    end = rig.walk(group(rig), "close_position_1", "decline", waits=lambda _: end_closes(rig))
    assert (end.ending, len(rig.asked)) == ("declined", 2)


def test_closes_that_never_end_are_not_waited_for_forever(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    end = rig.walk(group(rig), *["close_position_1"] * 3)
    assert end.ending == "gave_up"
    assert sum(rig.waited) == 3 * rig.settings.orders.closes_within
    assert len(rig.steps) <= MOST_LOOKS


def test_closes_are_waited_for_at_the_pace_of_the_environment() -> None:
    rig = RemedyRig(SETTINGS.with_time_scale("0.05"))
    rig.venue.leverage = Decimal(20)
    rig.position("p1", A, BTC, amount="0.1")
    free(rig, "15")
    rig.walk(group(rig), "close_position_1", "decline")
    assert sum(rig.waited) == rig.settings.orders.closes_within


def test_a_close_that_cannot_be_looked_at_counts_as_at_work(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, amount="0.1")
    current = rig.close(rig.decide(rig.decide(rig.begin(group(rig))), rig.answer("close_position_1")))
    rig.world.trouble["executions.status"] = Transient("throttled")
    assert rig.decide(current).step == "wait"


def test_nobody_is_offered_a_paper_position_or_one_that_is_being_closed(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC, status="closing")
    rig.position("p2", A, BTC, mode="paper")
    rig.walk(group(rig), "decline")
    text = " ".join(one.consequence for one in rig.asked[0].options)
    assert "p1)" not in text
    assert "p2)" not in text
    assert "(p0)" in text


# --- what cannot be read


def test_without_a_position_nobody_reckons_what_a_leverage_makes_of_a_stake(rig: RemedyRig) -> None:
    rig.venue.held.clear()
    rig.walk(group(rig), "decline")
    assert "leverage is not known" in rig.facts()["Needed"]
    assert [one for one in rig.options() if one.startswith("close")] == []
    assert rig.facts()[A] == "stake_amount 500 to 250 USDT"


def test_then_more_free_margin_than_before_counts_as_added_and_less_does_not(rig: RemedyRig) -> None:
    rig.venue.held.clear()
    assert rig.walk(group(rig), "funds_added", "decline").ending == "declined"
    end = rig.walk(group(rig), "funds_added", asked=lambda _: free(rig, "40"))
    assert (end.ending, end.result) == ("over", Result.DONE)


def test_an_account_that_cannot_be_read_is_said_so_and_the_stakes_are_still_offered(rig: RemedyRig) -> None:
    rig.world.trouble["exchange.account"] = Transient("no answer")
    end = rig.walk(group(rig), "reduce_stake")
    assert "no answer" in rig.facts()["Not readable"]
    assert (end.ending, end.result, rig.stands(A)[STAKE]) == ("acted", Result.DONE, 250)


def test_for_paper_no_account_is_asked_and_the_config_may_be_changed(rig: RemedyRig) -> None:
    for strategy_id in (A, B):
        rig.config(strategy_id, mode="paper")
    rig.world.calls.clear()
    end = rig.walk(group(rig), "reduce_stake")
    assert (end.ending, rig.stands(A)[STAKE]) == ("acted", 250)
    assert not any(call.startswith("exchange.") for call in rig.world.calls)
    assert f"nobody is proven to trade {VENUE}/main live" in rig.facts()["Not readable"]


def test_a_dry_run_starts_and_changes_nothing(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), dry_run=True)
    assert (end.ending, rig.writes(), runs(rig), rig.asked) == ("dry_run", [], [], [])
    assert "would ask: Not enough free margin" in end.why


def test_the_kill_switch_engaged_meanwhile_stops_the_stakes(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), "reduce_stake", asked=lambda _: rig.engage())
    assert (end.ending, rig.stands(A)[STAKE], rig.writes()) == ("refused", 500, [])


# --- closes that are not begun


def close_one(rig: RemedyRig) -> Any:
    """As far as the start of the close of p1, which a person has chosen."""
    rig.position("p1", A, BTC, amount="0.1")
    return rig.decide(rig.decide(rig.begin(group(rig))), rig.answer("close_position_1"))


def test_a_position_that_is_closed_by_then_is_not_closed_again(rig: RemedyRig) -> None:
    current = close_one(rig)
    rig.world.put("positions", {**(rig.world.item("positions", "p1") or {}), "status": "closed"})
    after = rig.close(current)
    assert (runs(rig), after.memo.started) == ([], ())
    assert "p1 is not open any more" in after.memo.known


def test_a_close_that_cannot_be_started_is_named_and_asked_about_again(rig: RemedyRig) -> None:
    current = close_one(rig)
    rig.world.trouble["executions.start"] = Transient("throttled")
    after = rig.close(current)
    del rig.world.trouble["executions.start"]
    assert any("the close of p1 could not be started: throttled" in told for told in after.memo.known)
    assert rig.decide(after).step == "ask"


def test_a_position_that_a_person_leaves_open_for_now_is_not_closed_behind_his_back(rig: RemedyRig) -> None:
    current = close_one(rig)
    left.mark(rig.ports(), rig.the_run, "p1", rig.now + timedelta(hours=1))
    after = rig.close(current)
    assert runs(rig) == []
    assert any("left open for now by a person" in told for told in after.memo.known)


@pytest.mark.parametrize("port", ["exchange.positions", "positions.each_open"])
def test_positions_that_cannot_be_read_are_not_offered(rig: RemedyRig, port: str) -> None:
    rig.world.trouble[port] = Transient("no answer")
    rig.walk(group(rig), "decline")
    assert not any(one.startswith("close") for one in rig.options())
    assert rig.facts()["Closing a position"].startswith("not offered")


def test_free_margin_that_the_venue_does_not_tell_is_not_taken_for_none(rig: RemedyRig) -> None:
    rig.venue.accounts[MAIN] = AccountFact(MAIN, rig.now, quote="USDT", unread=("balance: no answer",))
    rig.walk(group(rig), "decline")
    assert rig.facts()["Free margin"] == "not known USDT"
    assert "balance: no answer" in rig.facts()["Not readable"]


def test_without_any_usable_stake_nobody_reckons_what_is_needed(rig: RemedyRig) -> None:
    for strategy_id in (A, B):
        rig.config(strategy_id, stake_amount=None)
    rig.walk(group(rig), "decline")
    assert rig.facts()["Needed"] == "not known: no strategy has a usable stake_amount"
    assert "reduce_stake" not in rig.options()
