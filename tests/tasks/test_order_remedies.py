"""Remedies for failing orders that change a field for a while, or only wait: prices, rate limits, maintenance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Broken, Transient, Uncertain
from functions.facts import Reading, Result
from functions.orders.model import MOST_LOOKS, Round
from functions.rules.orders.causes import Cause
from functions.venue import Row, Trouble, VenueStatus
from tests.tasks.remedy_rig import BTC, INCIDENT, RUN, VENUE, A, B, RemedyRig
from tests.tasks.rig import SETTINGS

OFFSET, TYPE, COOLDOWN = "limit_offset_bps", "order_type", "order_cooldown_seconds"
LATER = timedelta(hours=4)


@pytest.fixture
def rig() -> RemedyRig:
    return RemedyRig()


def price(rig: RemedyRig, **more: Any) -> Any:
    return rig.group(Cause.INVALID_PRICE, **more)


def limited(rig: RemedyRig, **more: Any) -> Any:
    return rig.group(Cause.RATE_LIMITED, **{"retry_after_seconds": 80, "counts_orders": True, **more})


def away(rig: RemedyRig, **more: Any) -> None:
    trouble = Trouble(Row.MAINTENANCE, "OnMaintenance", "-1016", "it is in maintenance")
    rig.venue.statuses[VENUE] = VenueStatus(VENUE, Reading.FAILED, "in maintenance", rig.now, trouble, **more)


def back(rig: RemedyRig) -> None:
    rig.venue.statuses[VENUE] = VenueStatus(VENUE, Reading.OK, "it answers", rig.now)


def overridden(rig: RemedyRig, field: str, old: int, value: int, earlier: dict[str, str] | None) -> None:
    """`value` stands there for a while by an incident with these fields; None: there is no such incident."""
    if earlier is not None:
        rig.world.put("incidents", {"incident_id": "inc-0", "revision": 0, **earlier})
    config = rig.ports().strategy_config
    assert config.override(A, field, expected=old, value=value, incident_id="inc-0", expires_at=rig.now + LATER)


# --- prices


def test_offsets_are_doubled_unasked_for_a_while_and_the_old_ones_kept(rig: RemedyRig) -> None:
    rig.config(B, limit_offset_bps=Decimal(15))
    end = rig.walk(price(rig))
    assert (end.ending, end.result, rig.asked) == ("acted", Result.DONE, [])
    assert (rig.stands(A)[OFFSET], rig.stands(B)[OFFSET]) == (10, 20)
    record = rig.stands(A)[f"override_{OFFSET}"]
    assert (record["old"], record["incident_id"]) == (5, INCIDENT)
    (one, other) = rig.ports().strategy_config.overrides()
    assert one["expires_at"] == other["expires_at"] == rig.now + LATER
    assert end.follow_ups == (f"runbooks config undo {INCIDENT} --env local",)
    assert any("limit_offset_bps 5 to 10, until" in told for told in end.known)
    assert end.at == rig.now


def test_without_a_second_kind_of_evidence_a_person_is_asked_before_anything_is_widened(rig: RemedyRig) -> None:
    end = rig.walk(price(rig, confirmed=False), "decline")
    assert (end.ending, end.result, rig.writes()) == ("declined", None, [])
    assert "nothing else confirms it" in rig.facts()["What fails"]


@pytest.mark.parametrize(
    ("stands", "wider"),
    [(None, 20), ("wide", 20), (True, 20), (Decimal(0), 20), (Decimal(20), 40), (Decimal(70), 100)],
)
def test_beyond_the_small_cap_or_without_a_number_a_person_is_asked(
    rig: RemedyRig, stands: Any, wider: int
) -> None:
    rig.config(A, limit_offset_bps=stands)
    end = rig.walk(price(rig, strategy_ids=(A,)), "widen")
    assert (end.ending, end.decided_by) == ("acted", ("ana",))
    assert rig.stands()[OFFSET] == wider
    assert rig.stands()[f"override_{OFFSET}"]["old"] == stands
    cost = f"at most {wider * 5 / 100:g} worse than the mark for an order of 500"
    assert f"wider: {wider} bps, {cost}" in rig.facts()[A]


def test_at_the_large_cap_only_market_orders_are_left(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(100))
    end = rig.walk(price(rig, strategy_ids=(A,)), "market_orders")
    assert rig.options() == ["market_orders", "leave_open", "decline"]
    assert (end.ending, rig.stands()[TYPE], rig.stands()[f"override_{TYPE}"]["old"]) == ("acted", "market", "limit")
    assert rig.stands()[OFFSET] == 100


def test_those_that_may_be_widened_unasked_do_not_wait_for_the_others(rig: RemedyRig) -> None:
    rig.config(B, limit_offset_bps=Decimal(20))
    stood: list[Any] = []
    end = rig.walk(price(rig), "widen", asked=lambda _: stood.append(rig.stands(A)[OFFSET]))
    assert (rig.steps, stood) == (["act", "ask", "act", "end"], [10])
    assert (rig.stands(A)[OFFSET], rig.stands(B)[OFFSET], end.result) == (10, 40, Result.DONE)


def test_what_a_person_has_put_back_in_the_same_incident_is_not_made_again_and_not_told_as_made(
    rig: RemedyRig,
) -> None:
    group = price(rig, strategy_ids=(A,))
    assert rig.walk(group).result is Result.DONE
    assert rig.ports().strategy_config.put_back(A, OFFSET, incident_id=INCIDENT)
    end = rig.walk(group)
    assert (end.result, rig.stands()[OFFSET]) == (Result.NOT_DONE, 5)
    assert any("has been put back since" in told for told in end.known)


def test_a_further_round_of_the_same_incident_widens_further_and_keeps_the_first_value(rig: RemedyRig) -> None:
    group = price(rig, strategy_ids=(A,))
    for wanted in (10, 20):
        assert rig.walk(group).result is Result.DONE
        assert rig.stands()[OFFSET] == wanted
    assert rig.walk(group, "widen").result is Result.DONE
    assert (rig.stands()[OFFSET], rig.stands()[f"override_{OFFSET}"]["old"]) == (40, 5)


def test_who_sends_market_orders_already_has_no_offset_to_widen(rig: RemedyRig) -> None:
    rig.config(A, order_type="market")
    end = rig.walk(price(rig, strategy_ids=(A,)))
    assert (end.ending, end.result, rig.writes()) == ("gave_up", None, [])
    assert f"{A} sends market orders already" in end.known


def test_a_config_that_cannot_be_read_is_named_and_left(rig: RemedyRig) -> None:
    rig.world.trouble["strategy_config.get"] = Transient("throttled")
    end = rig.walk(price(rig))
    assert (end.ending, rig.writes()) == ("gave_up", [])
    assert any(f"{A}: its config could not be read: throttled" in told for told in end.known)


@pytest.mark.parametrize(("decision", "ending"), [("decline", "declined"), ("leave_open", "left_open")])
def test_a_no_changes_nothing(rig: RemedyRig, decision: str, ending: str) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    end = rig.walk(price(rig, strategy_ids=(A,)), (decision, {"minutes": 30}))
    assert (end.ending, end.result, rig.writes(), end.follow_ups) == (ending, None, [], ())
    assert end.until == (rig.now + timedelta(minutes=30) if ending == "left_open" else None)


@pytest.mark.parametrize("decision", ["lapsed", "unreached", "revoked"])
def test_no_answer_is_no_yes(rig: RemedyRig, decision: str) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    end = rig.walk(price(rig, strategy_ids=(A,)), decision)
    assert (end.ending, end.result, end.decided_by, rig.writes()) == ("unanswered", None, (), [])


def test_a_question_that_the_engine_lost_is_unanswered(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    asked = rig.decide(rig.begin(price(rig, strategy_ids=(A,))))
    end = rig.decide(asked, error={"Error": "States.Timeout", "Cause": ""}).end
    assert end is not None
    assert (end.ending, end.result, rig.writes()) == ("unanswered", None, [])


def test_an_answer_that_is_none_of_the_options_changes_nothing(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    end = rig.walk(price(rig, strategy_ids=(A,)), "something_else")
    assert (end.ending, end.result, rig.writes()) == ("unanswered", None, [])


def test_what_somebody_changed_while_the_question_stood_is_not_written_over(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    rig.config(B, limit_offset_bps=Decimal(20))
    end = rig.walk(price(rig), "widen", asked=lambda _: rig.someone_sets(A, limit_offset_bps=Decimal(30)))
    assert (end.result, rig.stands(A)[OFFSET], rig.stands(B)[OFFSET]) == (Result.NOT_DONE, 30, 40)
    assert any("not changed: alpha" in told and "somebody else changed it" in told for told in end.known)


@pytest.mark.parametrize("earlier", [{}, None])
def test_the_override_of_an_incident_that_is_at_work_or_unknown_is_left_alone(
    rig: RemedyRig, earlier: dict[str, str] | None
) -> None:
    overridden(rig, OFFSET, 5, 6, earlier)
    end = rig.walk(price(rig, strategy_ids=(A,)))
    assert (end.result, rig.stands()[OFFSET]) == (Result.NOT_DONE, 6)
    assert any("incident inc-0 has changed it for a while already" in told for told in end.known)


@pytest.mark.parametrize("over", ["ended_at", "closed_at"])
def test_what_an_incident_that_is_over_has_widened_is_widened_further_and_put_back_whole(
    rig: RemedyRig, over: str
) -> None:
    overridden(rig, OFFSET, 5, 6, {over: "2026-01-31T02:00:00Z"})
    end = rig.walk(price(rig, strategy_ids=(A,)))
    assert (end.result, rig.stands()[OFFSET]) == (Result.DONE, 12)
    (stands,) = rig.ports().strategy_config.overrides()
    assert (stands["old"], stands["incident_id"]) == (5, INCIDENT)


def test_an_earlier_incident_that_cannot_be_read_is_not_over(rig: RemedyRig) -> None:
    overridden(rig, OFFSET, 5, 6, {"ended_at": "2026-01-31T02:00:00Z"})
    rig.world.trouble["incidents.get"] = Transient("throttled")
    rig.walk(price(rig, strategy_ids=(A,)))
    assert rig.stands()[OFFSET] == 6


# --- the kill switch


def test_nothing_is_changed_for_whom_the_kill_switch_is_engaged(rig: RemedyRig) -> None:
    rig.engage(strategy_ids={A})
    end = rig.walk(price(rig))
    assert (rig.stands(A)[OFFSET], rig.stands(B)[OFFSET], end.ending) == (5, 10, "acted")
    assert any("kill switch" in told and A in told for told in end.known)


def test_engaged_while_the_question_stood_it_stops_the_change(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    end = rig.walk(price(rig, strategy_ids=(A,)), "widen", asked=lambda _: rig.engage())
    assert (end.ending, end.result, rig.stands()[OFFSET], rig.writes()) == ("refused", None, 20, [])
    assert "kill switch is engaged" in end.why


def test_engaged_in_the_last_moment_it_stops_the_write(rig: RemedyRig) -> None:
    end = rig.walk(price(rig), acts=lambda _: rig.engage())
    assert (end.ending, rig.writes()) == ("refused", [])
    assert (rig.stands(A)[OFFSET], rig.stands(B)[OFFSET]) == (5, 5)


def test_one_that_cannot_be_read_counts_as_engaged(rig: RemedyRig) -> None:
    rig.world.trouble["guards.kill_switch"] = Transient("throttled")
    end = rig.walk(price(rig))
    assert (end.ending, rig.writes()) == ("refused", [])


# --- once


def test_a_death_between_the_write_and_its_settling_writes_once(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(price(rig, strategy_ids=(A,))))
    rig.world.trouble["incidents.settle"] = Transient("the function died")
    with pytest.raises(Transient):
        rig.apply(current)
    assert rig.stands()[OFFSET] == 10
    del rig.world.trouble["incidents.settle"]
    end = rig.decide(rig.apply(current)).end
    assert end is not None
    assert (end.result, rig.stands()[OFFSET], rig.stands()[f"override_{OFFSET}"]["old"]) == (Result.DONE, 10, 5)
    item = rig.world.item("incidents", INCIDENT) or {}
    (intent,) = item["intents"].values()
    assert intent["result"] == "done"


def test_a_retry_after_somebody_put_it_back_by_hand_does_not_claim_that_it_stands(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(price(rig, strategy_ids=(A,))))
    rig.world.trouble["incidents.settle"] = Transient("the function died")
    with pytest.raises(Transient):
        rig.apply(current)
    del rig.world.trouble["incidents.settle"]
    rig.someone_sets(A, limit_offset_bps=Decimal(7))
    end = rig.decide(rig.apply(current)).end
    assert end is not None
    assert (end.result, rig.stands()[OFFSET]) == (Result.NOT_DONE, 7)


def test_a_write_of_which_nobody_knows_whether_it_happened_is_said_to_be_unknown(rig: RemedyRig) -> None:
    rig.world.trouble["strategy_config.override"] = Uncertain("no answer")
    end = rig.walk(price(rig, strategy_ids=(A,)))
    assert (end.ending, end.result) == ("acted", Result.UNKNOWN)
    assert any("it is not known whether it was changed: alpha" in told for told in end.known)
    assert end.follow_ups


def test_a_run_that_lost_its_guard_changes_nothing(rig: RemedyRig) -> None:
    def lose(_: Round) -> None:
        for item in rig.world.items("guards"):
            rig.world.put("guards", {**item, "owner": "arn:another", "incident_id": "inc-2"})

    end = rig.walk(price(rig), acts=lose)
    assert (end.result, rig.writes()) == (Result.NOT_DONE, [])
    assert any("no longer owns the guard" in told for told in end.known)


def test_a_write_that_the_engine_lost_ends_as_unknown(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(price(rig)))
    end = rig.decide(current, error={"Error": "Sandbox.Timedout", "Cause": "60 s"}).end
    assert end is not None
    assert (end.ending, end.result) == ("gave_up", Result.UNKNOWN)
    assert end.follow_ups


# --- dry runs


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_dry_run_says_what_it_would_do_and_does_nothing(rig: RemedyRig, confirmed: bool) -> None:
    end = rig.walk(price(rig, confirmed=confirmed), dry_run=True)
    assert (end.ending, end.result, rig.writes(), rig.asked) == ("dry_run", None, [], [])
    assert ("would change" if confirmed else "would ask") in end.why
    if confirmed:
        assert "limit_offset_bps 5 to 10" in end.why


def test_a_dry_run_waits_out_no_venue(rig: RemedyRig) -> None:
    away(rig)
    for group in (limited(rig, counts_orders=False), rig.group(Cause.MAINTENANCE)):
        end = rig.walk(group, dry_run=True)
        assert (end.ending, end.result, rig.waited) == ("dry_run", None, [])
        assert "would wait" in end.why


# --- rate limits


def test_the_cooldown_is_raised_and_the_retry_after_waited_out_before_the_venue_is_asked(rig: RemedyRig) -> None:
    rig.config(B, order_cooldown_seconds=Decimal(45))
    before: list[list[str]] = []
    end = rig.walk(limited(rig), waits=lambda _: before.append(list(rig.world.calls)))
    assert (rig.stands(A)[COOLDOWN], rig.stands(B)[COOLDOWN]) == (60, 90)
    assert rig.stands(A)[f"override_{COOLDOWN}"]["old"] == 20
    assert rig.waited == [60], "20 of the 80 s have passed since the newest failure"
    assert not any(call.startswith("exchange.") for call in before[0])
    assert (end.ending, end.result, end.at) == ("acted", Result.DONE, rig.now)


@pytest.mark.parametrize("counts", [False, None])
def test_where_requests_are_counted_or_nobody_knows_it_is_only_waited(rig: RemedyRig, counts: bool | None) -> None:
    end = rig.walk(limited(rig, counts_orders=counts))
    assert (end.ending, end.result, rig.writes(), rig.waited) == ("over", Result.DONE, [], [60])
    assert any("no cooldown is changed" in told for told in end.known)


def test_a_strategy_of_which_an_exit_is_due_keeps_its_cooldown_and_is_named(rig: RemedyRig) -> None:
    rig.position("p1", A, exit_signal_at=rig.now.isoformat())
    end = rig.walk(limited(rig))
    assert (rig.stands(A)[COOLDOWN], rig.stands(B)[COOLDOWN]) == (20, 60)
    assert any("an exit of theirs is due: alpha" in told for told in end.known)


def test_no_cooldown_is_raised_while_nobody_knows_whether_an_exit_is_due(rig: RemedyRig) -> None:
    rig.world.trouble["positions.open_of"] = Transient("throttled")
    end = rig.walk(limited(rig))
    assert (end.ending, rig.writes()) == ("over", [])
    assert any("an exit may be due" in told for told in end.known)


def test_by_the_log_alone_a_person_is_asked_before_entries_are_slowed_down(rig: RemedyRig) -> None:
    end = rig.walk(limited(rig, confirmed=False), "slow_down")
    assert (end.ending, rig.stands(A)[COOLDOWN], rig.steps[0]) == ("acted", 60, "ask")
    assert rig.facts()[A] == "order_cooldown_seconds 20 to 60"


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_single_refusal_is_waited_out_and_slows_nobody_down(rig: RemedyRig, confirmed: bool) -> None:
    end = rig.walk(limited(rig, count=2, confirmed=confirmed))
    assert (end.ending, rig.writes(), rig.asked) == ("over", [], [])
    assert any("too few to slow anybody down" in told for told in end.known)
    assert rig.waited


def test_only_who_orders_by_the_account_that_is_counted_is_slowed_down(rig: RemedyRig) -> None:
    rig.config(B, account="other")
    end = rig.walk(limited(rig, counted=("other",)))
    assert (end.ending, rig.stands(A)[COOLDOWN], rig.stands(B)[COOLDOWN]) == ("acted", 20, 60)


def test_a_cooldown_at_its_cap_is_not_raised(rig: RemedyRig) -> None:
    rig.config(A, order_cooldown_seconds=Decimal(600))
    end = rig.walk(limited(rig, strategy_ids=(A,)))
    assert (end.ending, rig.writes()) == ("over", [])
    assert any("at its cap already: alpha" in told for told in end.known)


def test_a_venue_that_still_refuses_is_waited_for_again_and_at_last_given_up(rig: RemedyRig) -> None:
    trouble = Trouble(Row.RATE_LIMITED, "DDoSProtection", "418", "banned", retry_after=1_500)
    rig.venue.statuses[VENUE] = VenueStatus(VENUE, Reading.FAILED, "418", rig.now, trouble)
    end = rig.walk(limited(rig, counts_orders=False))
    assert (rig.waited, end.ending) == ([60, 1_500, 1_500], "gave_up")
    assert "still refuses after 3060 s" in end.why


def test_a_ban_of_hours_is_left_to_a_person_at_once(rig: RemedyRig) -> None:
    end = rig.walk(limited(rig, retry_after_seconds=7_200, counts_orders=False))
    assert (end.ending, rig.waited, end.until) == ("gave_up", [], rig.now + timedelta(seconds=7_180))
    assert "exchange.status" not in rig.world.calls


def test_who_is_slowed_down_by_another_incident_is_not_slowed_down_once_more(rig: RemedyRig) -> None:
    overridden(rig, COOLDOWN, 20, 60, {})
    end = rig.walk(limited(rig))
    assert (rig.stands(A)[COOLDOWN], rig.stands(B)[COOLDOWN], end.result) == (60, 60, Result.DONE)
    assert any("by another incident already: alpha" in told for told in end.known)


def test_who_was_slowed_down_by_an_incident_that_is_over_is_slowed_down_further(rig: RemedyRig) -> None:
    overridden(rig, COOLDOWN, 20, 60, {"ended_at": "2026-01-31T02:00:00Z"})
    end = rig.walk(limited(rig))
    assert (rig.stands(A)[COOLDOWN], rig.stands(B)[COOLDOWN], end.result) == (120, 60, Result.DONE)


# --- maintenance


def test_maintenance_is_waited_for_and_its_end_believed_after_two_looks(rig: RemedyRig) -> None:
    away(rig)
    end = rig.walk(rig.group(Cause.MAINTENANCE), waits=lambda _: back(rig) if len(rig.waited) == 3 else None)
    assert (end.ending, end.result, end.at) == ("over", Result.DONE, rig.now)
    assert rig.waited == [144, 144, 144, 30]


def test_one_good_look_between_two_bad_ones_is_no_end(rig: RemedyRig) -> None:
    away(rig)

    def flap(_: int) -> None:
        (back if len(rig.waited) in (1, 3) else away)(rig)
        if len(rig.waited) > 5:
            back(rig)

    end = rig.walk(rig.group(Cause.MAINTENANCE), waits=flap)
    assert end.ending == "over"
    assert rig.waited == [144, 30, 144, 30, 144, 144, 30]


def test_a_planned_end_is_waited_for_in_one_piece(rig: RemedyRig) -> None:
    away(rig, until=rig.now + timedelta(minutes=20))
    end = rig.walk(rig.group(Cause.MAINTENANCE), waits=lambda _: back(rig))
    assert (rig.waited, end.ending) == ([1_205, 30], "over")


def test_one_that_is_planned_for_longer_than_is_waited_for_is_told_at_once(rig: RemedyRig) -> None:
    away(rig, until=rig.now + timedelta(hours=9))
    end = rig.walk(rig.group(Cause.MAINTENANCE))
    assert (rig.waited, end.ending, end.result) == ([], "gave_up", Result.NOT_DONE)
    assert end.until == rig.now + timedelta(hours=9)


def test_the_wait_for_a_venue_is_bounded(rig: RemedyRig) -> None:
    away(rig)
    end = rig.walk(rig.group(Cause.MAINTENANCE))
    assert (end.ending, end.result) == ("gave_up", Result.NOT_DONE)
    assert sum(rig.waited) == rig.settings.limits.maintenance_wait
    assert len(rig.steps) <= MOST_LOOKS


def test_a_venue_that_flaps_forever_ends_in_a_word_and_not_in_the_middle(rig: RemedyRig) -> None:
    away(rig)
    end = rig.walk(rig.group(Cause.MAINTENANCE), waits=lambda _: (back if len(rig.waited) % 2 else away)(rig))
    assert end.ending == "gave_up"
    assert len(rig.steps) <= MOST_LOOKS


def test_the_wait_asks_no_account_and_writes_nothing(rig: RemedyRig) -> None:
    away(rig)
    rig.walk(rig.group(Cause.MAINTENANCE), waits=lambda _: back(rig))
    assert {call for call in rig.world.calls if call.startswith("exchange.")} == {"exchange.status"}
    assert rig.writes() == []


# --- the pace of an environment


def test_waits_go_at_the_pace_of_the_environment() -> None:
    """The engine shortens waits; what was waited for is over after as many looks as at full pace."""
    rig = RemedyRig(SETTINGS.with_time_scale("0.1"))
    rig.walk(limited(rig, counts_orders=False, last_at=rig.now))
    assert rig.waited == [80]
    rig.waited.clear()
    away(rig, until=rig.now + timedelta(seconds=120))
    rig.walk(rig.group(Cause.MAINTENANCE), waits=lambda _: back(rig))
    assert rig.waited == [1_205, 30]


# --- many


@pytest.mark.parametrize("unasked", [True, False])
def test_a_hundred_strategies_are_changed_and_asked_about_in_one_step(rig: RemedyRig, unasked: bool) -> None:
    """The rig measures what each state hands on."""
    ids = tuple(f"strategy-{number:03}" for number in range(100))
    for one in ids:
        rig.config(one, limit_offset_bps=Decimal(5 if unasked else 20))
    end = rig.walk(price(rig, strategy_ids=ids), *([] if unasked else ["widen"]))
    assert (end.ending, end.result, end.why) == ("acted", Result.DONE, "100 configs were changed for a while")
    assert {rig.stands(one)[OFFSET] for one in ids} == {10 if unasked else 40}
    if not unasked:
        assert rig.facts()["Others"] == "75 more strategies, by the same rule"


# --- beyond


def test_a_cause_that_only_a_person_can_cure_is_handed_over_with_its_fix(rig: RemedyRig) -> None:
    end = rig.walk(rig.group(Cause.PERMISSION, fix="give the key the right to trade"))
    assert (end.ending, end.result, end.why) == ("gave_up", None, "give the key the right to trade")


def test_the_incident_is_told_what_was_asked_and_done(rig: RemedyRig) -> None:
    rig.config(A, limit_offset_bps=Decimal(20))
    rig.walk(price(rig, strategy_ids=(A,)), "widen")
    notes = [one["what"] for one in rig.item(INCIDENT)["evidence"]]
    assert notes == ["remedy: ask", "remedy: act", "remedy: end"]
    (act,) = rig.item(INCIDENT)["intents"].values()
    assert (act["target"], act["before"], act["by"]) == (A, "limit_offset_bps 20", RUN)
    assert act["after"].startswith("limit_offset_bps 40, until 2026-")
    assert BTC not in act["action"]


@pytest.mark.parametrize("cause", [Cause.RATE_LIMITED, Cause.MAINTENANCE])
def test_a_venue_that_nobody_names_is_not_asked(rig: RemedyRig, cause: Cause) -> None:
    end = rig.walk(rig.group(cause, venue=None, account=None))
    assert end.ending == ("over" if cause is Cause.RATE_LIMITED else "gave_up")
    assert not any(call.startswith("exchange.") for call in rig.world.calls)


def test_a_kill_switch_that_cannot_be_read_in_the_last_moment_forbids_the_write(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(price(rig)))
    rig.world.trouble["guards.kill_switch"] = Transient("throttled")
    after = rig.apply(current)
    assert (rig.writes(), rig.stands(A)[OFFSET]) == ([], 5)
    assert all("the kill switch could not be read" in one for one in after.memo.refused)
    assert len(after.memo.refused) == 2


def test_a_kill_switch_that_is_engaged_for_one_in_the_last_moment_forbids_his_write_alone(rig: RemedyRig) -> None:
    current = rig.decide(rig.begin(price(rig)))
    rig.world.put("guards", {"guard_id": "kill-switch", "engaged": True, "strategy_ids": {A}})
    after = rig.apply(current)
    assert rig.stands(A)[OFFSET] == 5
    assert len(rig.writes()) == 1
    (refused,) = after.memo.refused
    assert refused.startswith(A)
    assert "the kill switch is engaged" in refused


def test_nothing_to_change_is_our_own_fault_and_not_a_cure(rig: RemedyRig) -> None:
    with pytest.raises(Broken, match="nothing to change"):
        rig.apply(rig.begin(price(rig)))
