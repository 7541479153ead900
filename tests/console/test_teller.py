"""Recorded histories become the steps that a person would name."""

from __future__ import annotations

import pytest

from console.live.steps import Run, Status, Step, What, humanise
from tests.console.recorded import ALL, load, told


def step(run: Run, name: str, label: str | None = None) -> Step:
    found = [one for one in run.every_step() if one.name == name and one.label == label]
    assert len(found) == 1, f"{name} {label}: {len(found)}"
    return found[0]


@pytest.mark.parametrize("name", ALL)
def test_every_recorded_history_is_told_to_its_end_without_a_step_left_running(name: str) -> None:
    run, _ = told(name)
    assert run.ended is not None
    assert [one.name for one in run.every_step() if one.status is Status.RUNNING] == []


def test_puts_the_probes_below_the_parallel_state_that_runs_them() -> None:
    run, _ = told("stale_heartbeat")
    names = [part.name for part in step(run, "Diagnose").parts]
    assert names == [
        "LookAtService", "ReadLogs", "ProbeExchange", "ProbeDatabase", "ProbeNetwork", "WriteDownExposure",
        "ExchangeUnknown",
    ]  # fmt: skip


def test_counts_a_retry_and_forgets_the_error_once_it_went_well() -> None:
    run, moments = told("stale_heartbeat")
    logs = step(run, "ReadLogs")
    assert (logs.retries, logs.status, logs.error) == (1, Status.DONE, None)
    retry = next(moment for moment in moments if moment.what is What.RETRY)
    assert retry.step is not None
    assert (retry.step.name, retry.error) == ("ReadLogs", "Transient")
    assert retry.cause == "ThrottlingException: Rate exceeded", "Lambda's JSON is unwrapped"


def test_tells_a_caught_error_from_a_success() -> None:
    run, _ = told("stale_heartbeat")
    exchange = step(run, "ProbeExchange")
    assert (exchange.status, exchange.error) == (Status.CAUGHT, "States.Timeout")
    assert step(run, "ProbeDatabase").status is Status.DONE


def test_shows_a_loop_as_one_step_that_counts() -> None:
    run, _ = told("redeploy_service")
    assert step(run, "LookAtNewTask").count == 6
    assert step(run, "WaitForNewTask").count == 6
    assert step(run, "PlanRedeploy").count == 1


def test_a_moment_keeps_what_the_step_was_when_it_happened() -> None:
    _, moments = told("redeploy_service")
    looks = [m.step for m in moments if m.what is What.LEFT and m.step and m.step.name == "LookAtNewTask"]
    assert [look.count for look in looks if look] == [1, 2, 3, 4, 5, 6]
    assert looks[0] is not None
    assert looks[0].findings[0].text == "1 task is PENDING"


def test_knows_when_a_wait_ends_from_the_definition() -> None:
    run, _ = told("redeploy_service")
    wait = step(run, "WaitForNewTask")
    assert wait.waits == 15
    assert wait.until is not None
    assert (wait.until - wait.entered).total_seconds() == 15


def test_marks_as_act_only_what_is_never_retried_where_it_may_have_run() -> None:
    run, _ = told("redeploy_service")
    assert [one.name for one in run.every_step() if one.act] == ["Redeploy"]


def test_names_the_child_execution_of_a_state_that_waits_for_one() -> None:
    run, _ = told("stale_heartbeat")
    assert step(run, "Redeploy", "service_crashed").child_arn == load("redeploy_service")["executionArn"]


def test_a_lapsed_callback_is_caught_and_the_run_fails_as_escalated() -> None:
    run, _ = told("callback")
    assert (run.status, run.error) == ("FAILED", "Escalated")
    assert step(run, "AskToClose").error == "States.Timeout"


def test_a_run_stopped_by_hand_ends_aborted_with_its_state_failed() -> None:
    run, _ = told("aborted")
    assert (run.status, run.cause) == ("ABORTED", "wrong environment")
    assert step(run, "OpenVerification").status is Status.FAILED


def test_keeps_two_rounds_of_a_map_apart_without_the_chain_of_events() -> None:
    run, _ = told("embedded")
    assert step(run, "StopStrategy", "grid-eth").status is Status.DONE
    assert step(run, "StopStrategy", "carry-btc").status is Status.CAUGHT
    assert step(run, "StopStrategy", "carry-btc").error == "Refused"
    assert step(run, "StartStrategy", "grid-eth").findings[0].text == "grid-eth: restarted"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LookAtOldTasks", "Look at old tasks"),
        ("WaitAMinute", "Wait a minute"),
        ("stale-heartbeat", "Stale heartbeat"),
        ("AskForDNS", "Ask for DNS"),
    ],
)
def test_says_names_as_words(name: str, words: str) -> None:
    assert humanise(name) == words
