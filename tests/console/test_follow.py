"""A run and its children are followed as they grow, on AWS and on the embedded engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.live.follow import Follower
from console.live.steps import Moment, What
from tests.console.recorded import PlayedBack, load

WHOLE = ("stale_heartbeat", "redeploy_service", "prove_recovery")


def follow(client: PlayedBack, **options: Any) -> tuple[Follower, list[Moment]]:
    follower = Follower(client, load(WHOLE[0])["executionArn"], prefix="tradai-dev-", **options)
    moments = follower.look()
    while client.advance():
        moments += follower.look()
    return follower, moments


def test_follows_the_children_that_the_history_names() -> None:
    follower, moments = follow(PlayedBack(*WHOLE))
    machines = [(m.run.machine, m.run.depth) for m in moments if m.what is What.RUN_STARTED]
    assert machines == [("stale-heartbeat", 0), ("redeploy-service", 1), ("prove-recovery", 1)]
    assert follower.run.status == "SUCCEEDED"


def test_tells_what_happens_while_it_happens_not_at_the_end() -> None:
    client = PlayedBack(*WHOLE)
    follower = Follower(client, load(WHOLE[0])["executionArn"])
    seen = [len(follower.look())]
    while client.advance():
        seen.append(len(follower.look()))
    assert max(seen) <= 3


def test_tells_every_moment_once() -> None:
    _, moments = follow(PlayedBack(*WHOLE))
    left = [(m.run.arn, m.step.name, m.step.label, m.step.count) for m in moments if m.what is What.LEFT and m.step]
    assert len(left) == len(set(left))


def test_never_lists_executions_where_the_history_names_the_children() -> None:
    client = PlayedBack(*WHOLE)
    follow(client)
    assert "list_executions" not in client.calls


def without_the_names_of_children(client: PlayedBack) -> None:
    """As the embedded engine: no TaskStarted, no TaskSubmitted, and no chain."""
    for run in client._runs.values():
        kept = [e for e in run["events"] if e["type"] not in ("TaskStarted", "TaskSubmitted")]
        run["events"] = [
            {k: v for k, v in {**event, "id": number}.items() if k != "previousEventId"}
            for number, event in enumerate(kept, 1)
        ]


def test_finds_a_running_child_by_its_input_where_the_history_does_not_name_it() -> None:
    client = PlayedBack(*WHOLE)
    without_the_names_of_children(client)
    _, moments = follow(client, list_children=True)
    looks = [n for n, m in enumerate(moments) if m.step and m.step.name == "LookAtNewTask"]
    end = max(n for n, m in enumerate(moments) if m.step and m.step.name == "Redeploy" and m.run.depth == 0)
    assert looks
    assert looks[0] < end, "the child is followed while it runs"


def test_takes_no_child_that_somebody_else_has_started() -> None:
    client = PlayedBack(*WHOLE)
    without_the_names_of_children(client)
    child = client._runs[load("redeploy_service")["executionArn"]]
    given = json.loads(child["events"][0]["executionStartedEventDetails"]["input"])
    given["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"] = "arn:aws:states:somebody:else"
    child["events"][0]["executionStartedEventDetails"]["input"] = json.dumps(given)
    follower = Follower(client, load(WHOLE[0])["executionArn"], list_children=True)
    while client.advance() and client.now < child["events"][-1]["timestamp"]:
        assert {moment.run.depth for moment in follower.look()} <= {0}
    assert client.calls.count("describe_execution") == 1, "it was looked at, once, and left alone"


def test_goes_on_where_a_child_may_not_be_read() -> None:
    follower, moments = follow(PlayedBack("stale_heartbeat"))
    assert follower.run.status == "SUCCEEDED"
    assert {m.run.depth for m in moments} == {0}


def test_says_that_an_execution_does_not_exist() -> None:
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        Follower(PlayedBack("aborted"), "arn:aws:states:eu-central-1:111111111111:execution:m:nothing").look()


def test_ends_with_the_run_and_ticks_meanwhile() -> None:
    ticks: list[int] = []
    client = PlayedBack("aborted")
    while client.advance():
        pass
    follower = Follower(client, load("aborted")["executionArn"])
    moments = list(follower.moments(every=0, tick=lambda: ticks.append(1)))
    assert moments[-1].what is What.RUN_ENDED
    assert ticks


def test_tells_a_run_that_was_over_already_in_the_order_of_its_happening() -> None:
    client = PlayedBack(*WHOLE)
    while client.advance():
        pass
    moments = Follower(client, load(WHOLE[0])["executionArn"]).look()
    assert [m.at for m in moments] == sorted(m.at for m in moments)
    assert {m.run.depth for m in moments} == {0, 1}


def test_a_child_s_end_comes_before_the_state_that_waited_for_it_where_the_clock_shows_no_difference() -> None:
    client = PlayedBack("stale_heartbeat", "redeploy_service")
    parent, child = client._runs.values()
    exits = next(e for e in parent["events"] if e.get("stateExitedEventDetails", {}).get("name") == "Redeploy")
    child["events"][-1]["timestamp"] = exits["timestamp"]
    while client.advance():
        pass
    told = [
        (m.what, m.run.depth)
        for m in Follower(client, parent["executionArn"]).look()
        if m.at == exits["timestamp"] and (m.what is What.RUN_ENDED or (m.step and m.step.name == "Redeploy"))
    ]
    assert told == [(What.RUN_ENDED, 1), (What.LEFT, 0)]


def test_a_run_s_own_end_stays_behind_its_last_state_where_the_clock_shows_no_difference() -> None:
    client = PlayedBack("aborted", "redeploy_service")
    (events,) = [run["events"] for arn, run in client._runs.items() if "redeploy" in arn]
    for event in events:
        event["timestamp"] = client.now
    moments = Follower(client, load("redeploy_service")["executionArn"]).look()
    assert moments[-1].what is What.RUN_ENDED
    assert moments[0].what is What.RUN_STARTED
