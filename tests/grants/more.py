"""End-to-end tests whose runs use grants that no scenario of the sweep uses: other answers, venues and ends.

A test may fail by what a refused call left behind (a mail more, an evidence less); then it runs again, with less
that is refused, until it passes. It must pass where nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from tests.e2e.platform import APPROVALS, Platform

ADDRESSES: Final = "/_local/addresses"
TESTS: Final = (
    "a mail that comes back",
    "strategies that are named",
    "test_switch_exchange.test_switches_to_the_fallback_when_a_person_says_so_and_keeps_the_way_back",
    "test_switch_exchange.test_a_strategy_with_an_open_position_is_not_switched_and_is_named",
    "test_no_blind_restart.test_a_deadlock_with_a_position_is_restarted_and_its_protection_accounted_for",
    "test_no_blind_restart.test_another_image_in_the_registry_needs_a_person",
    "test_stale_heartbeat.test_redeploys_once_where_no_task_runs",
    "test_mixtures.test_gives_each_of_two_venues_its_own_remedy",
    "test_mixtures.test_a_service_that_crashes_again_while_it_is_watched_is_not_called_resolved",
    "test_duplicates.test_a_run_that_was_stopped_by_hand_is_recorded_and_its_guard_taken_over",
    "test_order_failures.test_stuck_records_say_what_the_venue_says_and_their_exit_is_settled_by_a_run_of_its_own",
    "test_order_failures.test_a_record_of_an_entry_that_was_filled_is_settled_and_verified",
    "test_order_failures.test_left_as_it_is_it_rests_until_the_time_that_was_given",
    "test_order_failures.test_a_position_in_a_delisted_symbol_is_escalated_and_nothing_is_changed",
    "test_order_failures.test_a_chosen_position_is_closed_by_its_own_approval_and_frees_the_margin",
    "test_emergency_stop.test_an_empty_input_stops_everything",
    "test_emergency_stop.test_entry_orders_are_cancelled_at_the_venue_and_the_open_positions_are_told_with_what_"
    "protects_them_there",
    "test_emergency_stop.test_the_watch_stops_again_what_comes_back_by_hand_and_tells_once",
    "test_emergency_stop.test_nothing_restarts_a_strategy_or_the_service_while_the_kill_switch_is_engaged",
    "test_stop_troubles.test_those_that_flip_back_are_stopped_again_and_told",
    "test_stop_troubles.test_a_bot_that_ignores_its_status_is_unknown_when_only_it_is_stopped_and_ends_with_its_task",
    "test_stop_troubles.test_hundreds_are_stopped_through_a_table_that_throttles_and_writes_that_fail",
    "test_resume_trading.test_two_people_by_their_links_bring_everything_back_as_it_was",
    "test_resume_trading.test_one_person_is_not_enough_and_the_lapse_leaves_everything_stopped_until_somebody_asks_"
    "again",
    "test_resume_trading.test_one_person_breaks_the_glass_after_its_time_and_another_one_ratifies_it",
    "test_resume_trading.test_too_many_that_do_not_beat_halt_everything_again",
    "test_resume_trading.test_a_strategy_that_does_not_beat_is_stopped_by_itself_and_named",
    "test_stuck_position.test_a_price_that_runs_away_is_asked_about_again",
    "test_stuck_position.test_a_venue_in_maintenance_is_waited_for",
    "test_stuck_position.test_a_run_that_is_stopped_in_its_close_tells_the_order_and_the_pause",
    "test_stuck_position.test_nobody_answers_and_the_incident_stays_open",
    "test_stuck_position.test_paper_gets_no_order_and_no_correction",
    "test_stuck_position.test_the_alarm_starts_a_run_for_each_stuck_position",
    "test_bots.test_an_exit_that_only_the_bot_signalled_is_found_stuck_and_closed",
    "test_bots.test_preflight_asks_every_bot_whether_it_lets_us_in",
    "test_bots.test_signals_pass_fail_and_are_unknown_by_the_bots_alone",
    "test_test_order.test_a_run_that_is_stopped_between_placing_and_cancelling_tells_it_and_has_it_withdrawn",
    "test_test_order.test_one_that_cannot_be_withdrawn_either_is_told_with_its_id_and_fails_the_next_checklist",
    "test_verify_trading.test_every_line_fails_where_its_trouble_is_and_what_concerns_others_is_an_incident_once",
    "test_reports.test_what_a_person_notes_afterwards_stands_in_the_report",
    # What no reset takes away.
    "test_raise_memory.test_a_yes_gives_the_task_the_next_size_and_cures_it",
)


def mail_comes_back(platform: Platform) -> None:
    """The first who is asked cannot be reached; the next one is asked at once."""
    platform.silence_the_detector()
    platform.http("POST", ADDRESSES, {"address": "alice@tradai.example", "becomes": "bounce"})
    try:
        opened = platform.venue.open("momentum-btc", stuck="never-submitted")
        platform.start("stuck-position", {"position_id": str(opened["position_id"]), "requested_by": "alice"})
        platform.until(lambda: _mails(platform).count("not_reached"), "the mail came back", 60)
        platform.until(lambda: len(_mails(platform)) > 1, "the next one is asked", 60)
    finally:
        platform.http("DELETE", ADDRESSES)


def _mails(platform: Platform) -> list[str]:
    """What became of each mail of the request."""
    return [str(asked["mail"]) for one in platform.items(APPROVALS) for asked in one["asked"]]


def strategies_that_are_named(platform: Platform) -> None:
    """Runs that are started for one strategy look whether there is such a one."""
    one = {"strategy_id": "momentum-btc", "requested_by": "dana"}
    some = {"strategy_ids": ["momentum-btc"], "requested_by": "dana"}
    runs = [
        platform.run("stale-heartbeat", one),
        platform.run("order-failures", one),
        platform.run("verify-trading", some),
        platform.run("resume-trading", {**some, "reason": "it is well again"}),
    ]
    assert [run.status for run in runs] == ["SUCCEEDED"] * 4, [run.told() for run in runs]


# What no end-to-end test does.
OWN: Final[Mapping[str, Callable[[Platform], None]]] = {
    "a mail that comes back": mail_comes_back,
    "strategies that are named": strategies_that_are_named,
}


def run(platform: Platform, name: str) -> None:
    """On a healthy platform. Raises AssertionError where the test fails."""
    platform.reset()
    if name in OWN:
        OWN[name](platform)
        return
    module, _, function = name.partition(".")
    found = import_module(f"tests.e2e.{module}")
    test: Callable[[Platform], None] = getattr(found, function)
    platform.detect("rb-watcher")
    if hasattr(found, "alone"):
        # As its fixture of that name.
        platform.silence_the_detector()
    test(platform)
