"""Batches of statements over a DynamoDB that throttles, loses answers and refuses some of them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.batches import A_CALL, Batches, insert
from functions.adapters.halts import DynamoHalts
from functions.adapters.trading_state import DynamoTradingState
from functions.errors import Broken, Transient
from functions.facts import Result, StoppedRecord
from functions.ports import Engage, Stop, Stopped
from tests.adapters.aws_rig import AwsRig

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=10)
HALT = "inc-1"
DRILL = Engage(HALT, "arn:1", "drill", "ana", NOW)


class Ticking:
    """A clock that only a wait moves on."""

    def __init__(self) -> None:
        self.at = NOW
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


class Stubbed:
    """DynamoDB as `answer(statements, call number)` says; each answer is one Error, None, or a whole exception."""

    def __init__(
        self, answer: Callable[[list[dict[str, Any]], int], Any], items: dict[str, Any] | None = None
    ) -> None:
        self.answer, self.items = answer, items
        self.calls: list[list[str]] = []
        self._lock = Lock()

    def client(self, service: str, saying: object) -> Any:
        return self

    def batch_execute_statement(self, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        with self._lock:
            self.calls.append([each["Parameters"][-2]["S"] for each in Statements])
            number = len(self.calls)
        errors = self.answer(Statements, number)
        if isinstance(errors, Exception):
            raise errors
        return {"Responses": [{"Error": each} if each else {"TableName": "t"} for each in errors]}

    def batch_get_item(self, RequestItems: Any) -> Any:
        if self.items is None:
            raise ReadTimeoutError(endpoint_url="https://x")
        return {"Responses": {"states": list(self.items.values())}}


def coded(code: str, item: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Code": code, "Message": "why", **({"Item": item} if item else {})}


def refused(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "BatchExecuteStatement")


def silence() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://x")


def stop_many(stub: Stubbed, clock: Ticking, names: list[str], until: datetime = UNTIL) -> dict[str, Stopped]:
    aws: Any = stub
    state = DynamoTradingState(aws, "states", guards_table="g", acknowledged_attribute="a", clock=clock)
    state._batches = Batches(
        aws, "dynamodb:PartiQLUpdate states", clock, sleep=clock.sleep, jitter=lambda _, most: most
    )
    said = state.stop_many([Stop(name, "running") for name in names], stopped_by=HALT, until=until)
    return {each.strategy_id: each for each in said}


def named(count: int) -> list[str]:
    return [f"s{number}" for number in range(count)]


def item(status: str, stopped_by: str) -> dict[str, Any]:
    return {"strategy_id": {"S": "s0"}, "status": {"S": status}, "stopped_by": {"S": stopped_by}}


THROTTLED = [
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingError",
    "TransactionConflict",
    "InternalServerError",
]


@pytest.mark.parametrize("code", THROTTLED)
def test_what_was_throttled_inside_an_answer_is_said_again_and_only_that(code: str) -> None:
    answers: list[list[dict[str, Any] | None]] = [[None, coded(code), None], [coded(code)], [None]]
    stub = Stubbed(lambda told, call: answers[call - 1])
    clock = Ticking()
    said = stop_many(stub, clock, named(3))
    assert {each.result for each in said.values()} == {Result.DONE}
    assert stub.calls == [["s0", "s1", "s2"], ["s1"], ["s1"]]
    assert clock.waits == [0.05, 0.1]


def test_throttled_until_the_time_is_up_is_not_done_and_says_why() -> None:
    stub = Stubbed(lambda told, call: [coded("ThrottlingError")] * len(told))
    clock = Ticking()
    said = stop_many(stub, clock, named(1), NOW + timedelta(seconds=30))
    assert (said["s0"].result, said["s0"].changed) == (Result.NOT_DONE, False)
    assert "ThrottlingError: why" in (said["s0"].why or "")
    assert clock.at < NOW + timedelta(seconds=30)
    assert max(clock.waits) == 2.0
    assert 15 < len(stub.calls) < 25


def test_each_statement_has_an_answer_of_its_own() -> None:
    errors = {
        "s0": None,
        "s1": coded("AccessDenied"),
        "s2": coded("ValidationError"),
        "s3": coded("ConditionalCheckFailed", item("paused", "inc-2")),
        "s4": coded("ConditionalCheckFailed", item("stopped", HALT)),
        "s5": coded("ConditionalCheckFailed"),
        "s6": coded("ResourceNotFound"),
    }
    stub = Stubbed(lambda told, _: [errors[each["Parameters"][-2]["S"]] for each in told])
    said = stop_many(stub, Ticking(), list(errors))
    assert {name: (each.result, each.changed) for name, each in said.items()} == {
        "s0": (Result.DONE, False),
        "s1": (Result.NOT_DONE, False),
        "s2": (Result.NOT_DONE, False),
        "s3": (Result.NOT_DONE, True),
        "s4": (Result.DONE, False),
        "s5": (Result.NOT_DONE, True),
        "s6": (Result.NOT_DONE, False),
    }
    assert "AccessDenied" in (said["s1"].why or "")


def test_one_call_that_is_refused_leaves_the_others_alone() -> None:
    denied = refused("AccessDeniedException")
    stub = Stubbed(lambda told, _: denied if len(told) < A_CALL else [None] * len(told))
    said = stop_many(stub, Ticking(), named(60))
    not_done = {name for name, each in said.items() if each.result is Result.NOT_DONE}
    assert not_done == set(named(60)[50:])
    assert {each.result for each in said.values()} == {Result.DONE, Result.NOT_DONE}
    assert "AccessDenied" in (said["s59"].why or "")


@pytest.mark.parametrize("lost", [silence(), refused("InternalServerError", 500)])
def test_a_lost_answer_is_asked_for_again_and_finds_its_own_mark(lost: Exception) -> None:
    ours = coded("ConditionalCheckFailed", item("stopped", HALT))
    stub = Stubbed(lambda told, call: lost if call == 1 else [ours])
    assert stop_many(stub, Ticking(), named(1))["s0"].result is Result.DONE


@pytest.mark.parametrize(
    ("items", "result"),
    [
        ({"s0": item("stopped", HALT)}, Result.DONE),
        ({"s0": item("stopped", "inc-2")}, Result.UNKNOWN),
        ({}, Result.UNKNOWN),
        (None, Result.UNKNOWN),
    ],
)
def test_what_nobody_answered_for_is_unknown_unless_our_mark_stands_there(
    items: dict[str, Any] | None, result: Result
) -> None:
    stub = Stubbed(lambda told, call: silence() if call == 1 else [coded("ThrottlingError")], items)
    said = stop_many(stub, Ticking(), named(1), NOW + timedelta(seconds=1))
    assert said["s0"].result is result
    assert len(stub.calls) > 1


def test_a_refusal_does_not_say_what_became_of_the_try_before_it() -> None:
    stub = Stubbed(lambda told, call: silence() if call == 1 else [coded("AccessDenied")], {})
    assert stop_many(stub, Ticking(), named(1))["s0"].result is Result.UNKNOWN


def test_an_answer_to_fewer_statements_than_were_said_is_no_answer() -> None:
    stub = Stubbed(lambda told, call: [None] if call == 1 else [None] * len(told))
    assert {each.result for each in stop_many(stub, Ticking(), named(2)).values()} == {Result.DONE}
    stub = Stubbed(lambda told, _: [], {})
    said = stop_many(stub, Ticking(), named(2), NOW)
    assert {each.result for each in said.values()} == {Result.UNKNOWN}


@pytest.mark.parametrize(
    ("error", "word"),
    [(EndpointConnectionError(endpoint_url="https://x"), Transient), (NoCredentialsError(), Broken)],
)
def test_it_raises_only_where_not_one_statement_left(error: BotoCoreError, word: type[Exception]) -> None:
    stub = Stubbed(lambda told, _: error)
    with pytest.raises(word):
        stop_many(stub, Ticking(), named(60), NOW)
    stub = Stubbed(lambda told, _: error if len(told) < A_CALL else [None] * len(told))
    said = stop_many(stub, Ticking(), named(60), NOW)
    assert {each.result for each in said.values()} == {Result.DONE, Result.NOT_DONE}


def test_a_connection_that_comes_back_in_time_is_used() -> None:
    gone = EndpointConnectionError(endpoint_url="https://x")
    stub = Stubbed(lambda told, call: gone if call < 4 else [None] * len(told))
    assert stop_many(stub, Ticking(), named(1))["s0"].result is Result.DONE


def test_calls_are_said_side_by_side() -> None:
    together = Barrier(3, timeout=10)

    def answer(told: list[dict[str, Any]], _: int) -> Any:
        together.wait()
        return [None] * len(told)

    assert len(stop_many(Stubbed(answer), Ticking(), named(3 * A_CALL))) == 75


def test_a_record_that_stands_already_is_no_failure_and_others_are_named() -> None:
    errors = {
        "s0": None,
        "s1": coded("DuplicateItem"),
        "s2": coded("AccessDenied"),
        "s3": coded("InternalServerError"),
    }
    told: list[str] = []

    class Inserting:
        def client(self, service: str, saying: object) -> Any:
            return self

        def batch_execute_statement(self, Statements: list[dict[str, Any]]) -> Any:
            told.extend(each["Statement"] for each in Statements)
            keys = [each["Parameters"][2]["S"] for each in Statements]
            return {"Responses": [{"Error": errors[key]} if errors[key] else {} for key in keys]}

    aws: Any = Inserting()
    records = [StoppedRecord(name, "running", None, NOW) for name in errors]
    failed = DynamoHalts(aws, "guards", Ticking()).record(HALT, records, until=NOW)
    assert set(failed) == {"s2", "s3"}
    assert "AccessDenied" in failed["s2"]
    assert "may have been written" in failed["s3"]
    assert told[0].startswith("INSERT INTO \"guards\" VALUE {'guard_id': ?, ")


def test_the_real_wait_is_anything_up_to_the_bound() -> None:
    """Full jitter: the default draws it, the bound doubles."""
    stub = Stubbed(lambda told, call: [coded("ThrottlingError") if call < 5 else None])
    clock, aws = Ticking(), stub
    batches = Batches(aws, "x", clock, sleep=clock.sleep)  # type: ignore[arg-type]  # a stub in its place
    statement = insert("t", "k", {"k": "a", "v": "b"})
    assert batches.run([statement], until=UNTIL)["a"].code is None
    for wait, most in zip(clock.waits, (0.05, 0.1, 0.2, 0.4), strict=True):
        assert 0 <= wait <= most


def test_a_batch_races_with_a_way_back_and_nobody_trades_after_it(aws_rig: AwsRig) -> None:
    """Whoever came back before the kill switch was engaged is stopped, and nobody comes back afterwards."""
    aws_rig.reset(NOW)
    names = named(40)
    for name in names:
        aws_rig.put("trading_state", {"strategy_id": name, "status": "stopped", "stopped_by": HALT})
    state = aws_rig.ports.trading_state

    def come_back(name: str) -> bool:
        return state.bring_back(name, halt_id=HALT, expected=["stopped"], status="warmup", managing=False)

    with ThreadPoolExecutor(4) as pool:
        first = [pool.submit(come_back, name) for name in names]
        first[3].result()
        aws_rig.ports.halts.engage(DRILL)
        again = [state.stop_many([Stop(name, "warmup") for name in names], stopped_by=HALT, until=UNTIL)]
    again.append(state.stop_many([Stop(name, "warmup") for name in names], stopped_by=HALT, until=UNTIL))
    came_back = sum(future.result() for future in first)
    assert 4 <= came_back <= 40
    assert {each.result for said in again for each in said} <= {Result.DONE, Result.NOT_DONE}
    assert not any(come_back(name) for name in names)
    assert {one.status for one in state.all()} == {"stopped"}


def test_engaging_gives_up_after_one_short_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a DynamoDB that takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        aws = Aws("eu-central-1")
        with pytest.raises(Transient, match="ReadTimeout"):
            DynamoHalts(aws, "guards", Ticking()).engage(DRILL)
    config = aws.client("dynamodb", Saying.AT_ONCE).meta.config
    assert config.retries["total_max_attempts"] == 1
    # A switch that is engaged already takes two writes.
    assert 2 * (config.connect_timeout + config.read_timeout) <= 2.4
