"""Every method of every port, over an AWS that answers what nobody means.

The arguments are those of tests/adapters/test_grants_calls.py, which has a use of every method there is. What
speaks HTTP to somebody else has its own tests here: exchanges, bots, the status page, the probes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.wiring import ADAPTERS, Parts, Unwired
from functions.errors import RunbookError
from functions.ports import Ports, Stop
from functions.runtime import restrict
from tests.adapters.rigs import BUCKET, MACHINES, SETTINGS, SetClock
from tests.adapters.test_grants_calls import NOW, USES, methods
from tests.fuzz.aws import OURS, HostileAws
from tests.fuzz.lawful import fuzzed, lawfully

# Whoever writes these tables is not us, or not us alone: what reads them has words of its own for what it finds.
OF_TABLES: Final = (
    "approvals",
    "closes",
    "guards",
    "halts",
    "incidents",
    "orders",
    "positions",
    "strategy_config",
    "trading_state",
)
# What AWS itself says has a shape that botocore keeps; a member that is missing in spite of that is named by the
# runtime, in one place for all (functions/runtime.py).
OF_AWS: Final = (
    "alarms",
    "announcements",
    "callbacks",
    "executions",
    "histories",
    "log_queries",
    "logs",
    "mailer",
    "measures",
    "notifier",
    "registry",
    "reports",
    "scaling",
    "service",
    "task_definitions",
)
# Answered by somebody else's HTTP: tests/fuzz/test_venues.py, test_freqtrade.py, test_http_answers.py.
BY_HTTP: Final = ("exchange", "probes", "status_page", "strategy_api")
# Nothing is read from outside.
BY_NOBODY: Final = ("clock", "pictures")

# Of the uses those that look at more than the answer.
OWN_USES: Final[dict[str, Callable[[Any], object]]] = {
    "trading_state.stop_many": lambda port: port.stop_many(
        [Stop("s1", "running"), Stop("s2", "running")], stopped_by="inc-1", until=NOW
    ),
    "histories.of": lambda port: port.of(f"{MACHINES.replace('stateMachine', 'execution')}stale-heartbeat:gone"),
    "log_queries.fetch": lambda port: port.fetch(["q-1"]),
}


def port_of(name: str, rng: Random) -> Any:
    """The real adapter; nothing of it sleeps."""
    parts = Parts(SETTINGS, {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}, SetClock(NOW))
    parts.__dict__["aws"] = HostileAws(rng, SETTINGS)
    port: Any = ADAPTERS[name](parts)
    for waiting in ("_batches", "_insights"):
        if hasattr(port, waiting):
            getattr(port, waiting)._sleep = lambda _: None
    return port


def used(need: str, port: Any) -> None:
    """A use may find that its answer is not the one that it was made for: that is no trouble of the adapter's."""
    with suppress(AssertionError, pytest.fail.Exception):
        lawfully(lambda: OWN_USES.get(need, USES[need])(port), secrets=OURS)


def of(ports: tuple[str, ...]) -> list[str]:
    return sorted(need for need in methods() if need.partition(".")[0] in ports)


def test_every_port_is_under_one_of_these() -> None:
    ports = {need.partition(".")[0] for need in methods()}
    assert sorted([*OF_TABLES, *OF_AWS, *BY_HTTP, *BY_NOBODY]) == sorted(ports)


@pytest.mark.parametrize("need", of(OF_TABLES))
@fuzzed(30)
@given(rng=st.randoms(use_true_random=False))
def test_what_stands_in_a_table_is_answered_or_named_by_one_of_the_four_words(need: str, rng: Random) -> None:
    used(need, port_of(need.partition(".")[0], rng))


@pytest.mark.parametrize("need", of(OF_AWS))
@fuzzed(30)
@given(rng=st.randoms(use_true_random=False))
def test_what_aws_says_is_answered_or_named_by_one_of_the_four_words(need: str, rng: Random) -> None:
    name = need.partition(".")[0]
    parts = {port: Unwired(port) for port in ADAPTERS} | {name: port_of(name, rng)}
    used(need, getattr(restrict(Ports(**cast(Any, parts)), (need,)), name))


# --- what the search has found, as it was found


class Says:
    """An AWS with one answer to everything."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def client(self, *_: Any) -> Any:
        return self

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda **_: self._answer


def saying(name: str, answer: Any) -> Any:
    parts = Parts(SETTINGS, {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}, SetClock(NOW))
    parts.__dict__["aws"] = Says(answer)
    return ADAPTERS[name](parts)


@pytest.mark.parametrize("strategy_id", [{"M": {}}, {"L": []}, {"SS": ["s1"]}, {"NULL": True}, {"N": "1"}])
def test_a_position_of_nobody_hides_no_position_of_ours_where_they_are_too_many_for_a_filter(
    strategy_id: Any,
) -> None:
    """The strategy is looked at here, not by DynamoDB, where more than a hundred are asked for."""
    poison = {"position_id": {"S": "p0"}, "strategy_id": strategy_id, "amount": {"N": "1"}}
    ours = {"position_id": {"S": "p1"}, "strategy_id": {"S": "s7"}, "amount": {"N": "1"}}
    port = saying("positions", {"Items": [poison, ours]})
    assert [one.position_id for one in port.open_of([f"s{n}" for n in range(101)])] == ["p1"]


@pytest.mark.parametrize(
    ("need", "answer"),
    [
        ("service.redeploy", {}),
        ("service.redeploy", {"service": {"deployments": [{"status": "PRIMARY"}]}}),
        ("mailer.send", {}),
    ],
)
def test_an_act_whose_answer_lacks_what_it_must_have_may_have_happened(need: str, answer: Any) -> None:
    port = saying(need.partition(".")[0], answer)
    with pytest.raises(RunbookError) as told:
        USES[need](port)
    assert type(told.value).__name__ == "Uncertain"


def test_what_is_missing_in_an_answer_is_broken_whoever_asks_and_says_where() -> None:
    parts = {port: Unwired(port) for port in ADAPTERS} | {"executions": saying("executions", {})}
    ports = restrict(Ports(**cast(Any, parts)), ("executions.status",))
    with pytest.raises(RunbookError, match=r"executions\.status: the answer cannot be read: KeyError at functions"):
        ports.executions.status("arn")


@pytest.mark.parametrize("size", ["1 vCPU", "", "0", "-1", "1e9", "²", "9" * 20])
def test_a_size_that_is_no_whole_number_is_not_known(size: str) -> None:
    definition = {"taskDefinitionArn": "arn", "family": "f", "revision": 1, "cpu": size, "memory": size}
    port = saying("task_definitions", {"taskDefinition": definition})
    fact = port.describe("f")
    assert (fact.cpu, fact.memory_mb) == (None, None)


def test_a_file_of_the_bucket_that_is_no_text_is_refused() -> None:
    class Body:
        def read(self) -> bytes:
            return b"\xff\xfe\x00"

    with pytest.raises(RunbookError, match="no text of ours"):
        saying("reports", {"Body": Body()}).get("key")
