"""What the definition of the emergency stop holds against a platform that throttles, hangs or is given too much."""

from __future__ import annotations

from typing import Any, Final

import pytest

from infra.asl import references
from infra.asl.states import every_state
from infra.config import load_settings
from infra.constructs.machine import rendered
from infra.names import Names
from infra.policies import machine_statements
from infra.resources import targets
from tests.definitions import machine

NAMES = Names(load_settings("dev"))
DEFINITION = machine("emergency-stop")
STATES: Final[dict[str, Any]] = {name: state for _, name, state in every_state(DEFINITION.machine)}
THROTTLED = "Lambda.TooManyRequestsException"
# What must wait for a free function; the first act goes another way instead.
WAITING = ["Latch", "StopSegment", "StopService", "LookAtStop", "TellExposure", "Conclude"]


def mean_wait(retrier: dict[str, Any]) -> float:
    """Seconds, with full jitter: half of each delay."""
    delays = [retrier["IntervalSeconds"] * retrier["BackoffRate"] ** turn for turn in range(retrier["MaxAttempts"])]
    return float(sum(min(delay, retrier["MaxDelaySeconds"]) for delay in delays)) / 2


@pytest.mark.parametrize("name", WAITING)
def test_twenty_seconds_without_a_free_function_end_no_part_of_the_stop(name: str) -> None:
    (retrier,) = (one for one in STATES[name]["Retry"] if THROTTLED in one["ErrorEquals"])
    assert retrier["ErrorEquals"] == [THROTTLED]
    assert mean_wait(retrier) >= 30


@pytest.mark.parametrize(("name", "seconds"), [("Announce", 20), ("CancelEntryOrders", 35), ("TellStatusPage", 20)])
def test_what_stops_nothing_holds_up_the_proof_for_two_short_tries_only(name: str, seconds: int) -> None:
    state = STATES[name]
    again = sum(one["MaxAttempts"] for one in state["Retry"] if THROTTLED not in one["ErrorEquals"])
    assert (again, state["TimeoutSeconds"]) == (1, seconds)


def test_entry_orders_are_cancelled_again_once_the_looks_are_over_whatever_became_of_them() -> None:
    again = "CancelEntryOrdersAgain"
    assert STATES["IsItProven"]["Default"] == again
    for look in ("LookAtStop", "LookAgain"):
        assert {one["Next"] for one in STATES[look]["Catch"]} == {again}
    assert (STATES["CancelEntryOrders"]["Parameters"]["after"], STATES[again]["Parameters"]["after"]) == (
        False,
        True,
    )
    assert {STATES[again]["Next"], STATES["OrdersUnknown"]["Next"]} == {"TellExposure"}


def test_where_no_function_can_engage_it_step_functions_engages_it_itself() -> None:
    taken = [one["Next"] for one in STATES["Engage"]["Catch"] if "States.ALL" in one["ErrorEquals"]]
    assert taken == ["IsItForAll"]
    assert STATES["IsItForAll"]["Default"] == "EngageDirectly"
    directly = STATES["EngageDirectly"]
    assert {directly["Next"], *(one["Next"] for one in directly["Catch"])} == {"NotEngaged"}
    assert f'"TableName":"{NAMES.guards_table}"' in rendered(DEFINITION, NAMES).replace('": "', '":"')


def test_a_rehearsal_or_a_part_is_never_engaged_for_all_by_step_functions_itself() -> None:
    (rule,) = STATES["IsItForAll"]["Choices"]
    assert [one["Variable"] for one in rule["Or"]] == [
        "$$.Execution.Input.dry_run",
        "$$.Execution.Input.strategy_ids",
    ]
    assert rule["Next"] == "NotEngaged"


def test_the_machine_may_write_to_the_guards_table_and_to_no_other() -> None:
    statements = machine_statements(references(DEFINITION), NAMES, targets(NAMES))
    written = [one for one in statements if any(action.startswith("dynamodb:") for action in one.actions)]
    assert [(one.actions, one.resources) for one in written] == [
        (("dynamodb:UpdateItem",), (NAMES.table_arn(NAMES.guards_table),))
    ]


def test_an_input_that_is_too_large_is_refused_only_where_it_may_be_a_rehearsal() -> None:
    no_rehearsal, perhaps = STATES["IsItARehearsal"]["Choices"]
    assert no_rehearsal["And"][1] == {"Variable": "$.dry_run", "BooleanEquals": False}
    assert (no_rehearsal["Next"], perhaps["Next"]) == ("TooLarge", "TooLargeToRehearse")
    assert STATES["IsItARehearsal"]["Default"] == "TooLarge"
