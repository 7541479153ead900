"""The door: what a run accepts, what it refuses by name, in which mode it goes on, and how a refusal is told."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.errors import Refused, Transient
from functions.inputs import INPUTS, read_input
from functions.settings import Env, RunbookMode
from functions.tasks import open_incident, refuse_input
from tests.tasks.rig import ALARM, EXECUTION, INCIDENT, SETTINGS, Rig

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["alarm_name", "alarm_at", "strategy_id", "strategy_ids", "requested_by", "dry_run", "incident_id", "x"]


def started(rig: Rig, given: Any, **more: Any) -> open_incident.Response:
    answer: open_incident.Response = rig.work(
        open_incident,
        **{"runbook": "stale-heartbeat", "execution_arn": EXECUTION, "started_at": rig.now, "input": given, **more},
    )
    return answer


@pytest.mark.parametrize("runbook", sorted(INPUTS))
@given(value=JSON | st.dictionaries(st.sampled_from(FIELDS), JSON))
@settings(max_examples=150)
def test_any_json_is_accepted_or_refused_and_nothing_else(runbook: str, value: Any) -> None:
    with suppress(Refused):
        assert isinstance(read_input(runbook, value), INPUTS[runbook])


@given(name=st.sampled_from(FIELDS), value=JSON.filter(lambda value: not isinstance(value, str | bool | None)))
@settings(max_examples=60)
def test_a_refusal_names_the_field(name: str, value: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read_input("stale-heartbeat", {name: value})
    assert str(refusal.value).startswith(name)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "input: must be a JSON object, is []"),
        (None, "input: must be a JSON object, is None"),
        ("{}", "input: must be a JSON object, is '{}'"),
        ({"strategyid": "a"}, "strategyid: unknown field; allowed are AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"),
        ({"dry_run": "true"}, "dry_run: Input should be a valid boolean, is 'true'"),
        ({"dry_run": 1}, "dry_run: "),
        ({"dry_run": None}, "dry_run: "),
        ({"strategy_id": ""}, "strategy_id: "),
        ({"strategy_id": "a\tb"}, "strategy_id: "),
        ({"strategy_id": "a\n"}, "strategy_id: "),
        ({"strategy_id": "a" * 256}, "strategy_id: "),
        ({"strategy_id": ["a"]}, "strategy_id: "),
        ({"alarm_name": ""}, "alarm_name: "),
        ({"requested_by": "x" * 257}, "requested_by: "),
        ({"requested_by": 7}, "requested_by: "),
        ({"started_by_execution": "x"}, "started_by_execution: unknown field"),
        (
            {"alarm_at": "yesterday"},
            "alarm_at: must be an ISO 8601 time such as 2026-01-31T03:00:00Z",
        ),
        ({"alarm_at": "2026-01-31T03:00:00"}, "alarm_at: must carry a UTC offset or Z"),
        ({"alarm_at": "2026-01-31"}, "alarm_at: must carry a UTC offset or Z"),
        ({"alarm_at": 1769828400}, "alarm_at: "),
    ],
)
def test_bad_input_is_refused_by_name_and_writes_nothing(rig: Rig, given: Any, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        started(rig, given)
    assert str(refusal.value).startswith(told)
    assert not rig.world.calls


def test_a_refusal_names_three_problems_at_most_and_shows_long_values_cut() -> None:
    with pytest.raises(Refused) as refusal:
        read_input("stale-heartbeat", {"a": 1, "b": 2, "c": 3, "d": 4, "alarm_at": "x" * 300})
    told = str(refusal.value)
    assert told.count("; ") == 2 + told.count("unknown field; allowed")
    assert "'" + "x" * 56 + "..." in told


@pytest.mark.parametrize(
    "at", ["2026-01-31T03:00:00Z", "2026-01-31T03:00:00.123+00:00", "2026-01-31T04:00:00+01:00", "20260131T030000Z"]
)
def test_an_alarm_time_with_an_offset_is_kept_as_it_was_given(rig: Rig, at: str) -> None:
    assert started(rig, {"alarm_at": at}).alarm_at == at


@pytest.mark.parametrize("field", ["alarm_at", "alarm_name", "strategy_id", "requested_by", "dry_run", "Comment"])
def test_a_null_is_no_missing_field_so_that_an_empty_variable_never_means_every_strategy(field: str) -> None:
    with pytest.raises(Refused, match=f"^{field}: must not be null; leave the field out instead"):
        read_input("stale-heartbeat", {field: None})


def test_verify_trading_takes_a_list_of_strategies() -> None:
    read = read_input("verify-trading", {"strategy_ids": ["a", "b"], "allow_test_order": False})
    assert read.strategy_ids == ["a", "b"]
    with pytest.raises(Refused, match=r"strategy_ids\.1: "):
        read_input("verify-trading", {"strategy_ids": ["a", ""]})
    with pytest.raises(Refused, match="strategy_ids: "):
        read_input("verify-trading", {"strategy_ids": ["a"] * 201})


def test_a_run_fills_in_every_field_and_opens_its_incident(rig: Rig) -> None:
    rig.strategy("s1")
    run = started(rig, {"strategy_id": "s1", "requested_by": "ana", "Comment": "drill"})
    assert run.model_dump() == {
        "incident_id": INCIDENT,
        "runbook": "stale-heartbeat",
        "execution_arn": EXECUTION,
        "opened_at": rig.now,
        "dry_run": False,
        "mode": "act",
        "strategy_id": "s1",
        "alarm_name": None,
        "alarm_at": None,
        "requested_by": "ana",
        "proceed": True,
        "why_not": None,
    }
    item = rig.item()
    assert (item["strategy_ids"], item["requested_by"], "closed_at" in item) == (["s1"], "ana", False)


def test_a_retry_of_the_first_state_finds_its_own_incident(rig: Rig) -> None:
    first = started(rig, {})
    rig.world.advance(seconds=10)
    assert started(rig, {}, started_at=first.opened_at) == first
    assert len(rig.world.tables["incidents"]) == 1


def test_an_unknown_strategy_is_refused_by_name_and_opens_nothing(rig: Rig) -> None:
    with pytest.raises(Refused, match="strategy_id: no strategy 'ghost' in the trading state table"):
        started(rig, {"strategy_id": "ghost"})
    assert not rig.world.tables["incidents"]


def test_a_strategy_may_be_called_whatever_the_table_holds(rig: Rig) -> None:
    rig.strategy("Ana's grid (BTC/USDT) é")
    assert started(rig, {"strategy_id": "Ana's grid (BTC/USDT) é"}).strategy_id == "Ana's grid (BTC/USDT) é"


def test_a_trading_state_that_cannot_be_read_is_no_unknown_strategy(rig: Rig) -> None:
    rig.world.trouble["trading_state.get"] = Transient("throttled")
    with pytest.raises(Transient):
        started(rig, {"strategy_id": "s1"})


@pytest.mark.parametrize(
    ("mode", "given", "dry", "goes_on"),
    [
        ("act", {}, False, True),
        ("act", {"alarm_name": ALARM}, False, True),
        ("act", {"dry_run": True}, True, True),
        ("observe", {}, False, True),
        ("observe", {"alarm_name": ALARM}, True, True),
        ("observe", {"alarm_name": ALARM, "dry_run": False}, True, True),
        ("off", {}, False, False),
        ("off", {"alarm_name": ALARM, "dry_run": True}, True, False),
    ],
)
def test_the_mode_says_what_becomes_of_a_run(rig: Rig, mode: str, given: Any, dry: bool, goes_on: bool) -> None:
    rig.settings = SETTINGS.model_copy(update={"modes": {"stale-heartbeat": RunbookMode(mode)}})
    run = started(rig, given)
    assert (run.mode, run.dry_run, run.proceed) == (mode, dry, goes_on)
    assert run.why_not == (None if goes_on else "the runbook stale-heartbeat is switched off in the settings")


def test_prod_starts_in_observe_and_emergency_stop_always_acts() -> None:
    prod = SETTINGS.model_copy(update={"env": Env.PROD})
    assert prod.mode_of("stale-heartbeat") is RunbookMode.OBSERVE
    assert prod.mode_of("emergency-stop") is RunbookMode.ACT


# --- what was refused is recorded and told


def refused(rig: Rig, refusal: str) -> refuse_input.Response:
    answer: refuse_input.Response = rig.work(
        refuse_input, runbook="stale-heartbeat", execution_arn=EXECUTION, started_at=rig.now, refusal=refusal
    )
    return answer


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (json.dumps({"errorMessage": "dry_run: no boolean", "errorType": "Refused"}), "dry_run: no boolean"),
        (json.dumps({"errorType": "Refused"}), '{"errorType": "Refused"}'),
        ("plain words", "plain words"),
        ("[1]", "[1]"),
    ],
)
def test_a_refusal_leaves_an_incident_and_a_notification_in_its_own_words(rig: Rig, cause: str, told: str) -> None:
    answer = refused(rig, cause)
    assert (answer.incident_id, answer.cause) == (INCIDENT, told)
    item = rig.item()
    assert (item["outcome"], item["severity"]) == ("invalid_input", "low")
    [(subject, message)] = rig.world.sent
    assert subject == "[tradai local] INVALID INPUT stale-heartbeat"
    assert f"nothing was changed: {told}" in message


def test_a_refusal_touches_nothing_of_the_platform(rig: Rig) -> None:
    refused(rig, "no")
    touched = {call.partition(".")[0] for call in rig.world.calls}
    assert touched <= {"clock", "incidents", "notifier", "reports", "measures"}


def test_a_refusal_that_is_tried_again_is_told_once(rig: Rig) -> None:
    refused(rig, "no")
    refused(rig, "no")
    assert len(rig.world.sent) == 1


def test_the_time_of_a_run_is_the_executions_own(rig: Rig) -> None:
    at = datetime(2026, 3, 1, 2, 59, 58, tzinfo=UTC)
    assert started(rig, {}, started_at=at).opened_at == at
