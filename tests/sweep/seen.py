"""What is left to see when a run is over: executions, incidents, mails, guards, and the platform's own word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from infra.asl import references
from tests.definitions import machines
from tests.e2e.platform import APPROVALS, CONFIG, GUARDS, INCIDENTS, POSITIONS, STATE, Mail, Platform
from tests.sweep.faults import SAID, THROTTLED

Item = Mapping[str, Any]
# Ends of a task's types of events.
LOST = ("Failed", "TimedOut")
PREFIX = "tradai-local-"
# They work in the incident of the run that started them, if it was one.
FOR_OTHERS = ("verify-trading", "test-order")
TOKEN = re.compile(r'"task_token": ?"([^"]+)"')
FUNCTION = re.compile(r"tradai-local-rb-([a-z-]+)")


def unified(symbol: str) -> str:
    """`BTC/USDT:USDT` of `BTCUSDT`."""
    return f"{symbol.removesuffix('USDT')}/USDT:USDT"


@dataclass(frozen=True)
class Execution:
    """`machine`: the folder's name. `parent`: the ARN of who started it, "" for a run of its own; `child`: who
    started it waits for it. `hits`: mocked errors of the sweep in its history. `throttled`: tasks whose function
    Lambda itself refused to run."""

    machine: str
    arn: str
    status: str
    error: str | None
    cause: str
    output: Item
    states: tuple[str, ...]
    child: bool
    hits: int
    throttled: frozenset[str] = frozenset()
    parent: str = ""


@dataclass(frozen=True)
class Seen:
    """Everything at one moment. `main`: the ARN of what the scenario started. `sent`: client order ids that came
    over HTTP, each as often as it came; `closed`: base units that our orders bought or sold, `held`: the net
    position, and `stops`: base units of working reduce-only triggers, each by symbol and at the venue's main
    account. `tokens`: of every task that waited for one."""

    main: str
    now: datetime
    executions: tuple[Execution, ...]
    incidents: tuple[Item, ...]
    mails: tuple[Mail, ...]
    guards: tuple[Item, ...]
    approvals: tuple[Item, ...]
    statuses: Mapping[str, str]
    configs: Mapping[str, Item]
    positions: tuple[Item, ...]
    stale: tuple[str, ...]
    desired: int
    copies_started: int
    two_copies: int
    harm: tuple[str, ...]
    interruptions: Mapping[str, int]
    sent: tuple[str, ...]
    closed: Mapping[str, Decimal]
    held: Mapping[str, Decimal]
    stops: Mapping[str, Decimal] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()

    @property
    def tops(self) -> list[Execution]:
        """Runs with an incident of their own: the scenario's, and those that it started and that answer for
        themselves."""
        return [one for one in self.executions if not one.child and one not in self.beside]

    @property
    def beside(self) -> list[Execution]:
        """Started by another run that does not wait for them, and at work in its incident: the verification after a
        stop, the withdrawal of a test order."""
        return [one for one in self.executions if one.machine in FOR_OTHERS and one.parent and not one.child]

    def incidents_of(self, arn: str) -> list[Item]:
        """That execution's own; what it has seen of others has one too, `seen_by` its own."""
        return [one for one in self.incidents if one.get("execution_arn") == arn and "seen_by" not in one]

    def incident(self, arn: str) -> Item:
        """{} where that execution has none."""
        return next(iter(self.incidents_of(arn)), {})

    def told(self, arn: str) -> list[Mail]:
        """Mails that name the execution's incident, or itself."""
        named = self.incident(arn).get("incident_id")
        return [
            mail
            for mail in self.mails
            if (named and f"Incident: {named}\n" in mail.text)
            or arn in mail.text
            or arn.rpartition(":")[2] in mail.text
        ]

    def acts(self) -> list[Item]:
        """Of every incident."""
        return [act for one in self.incidents for act in one.get("actions") or ()]

    @property
    def switch(self) -> Item:
        return next((one for one in self.guards if one["guard_id"] == "kill-switch"), {})


def look(platform: Platform, main: str) -> Seen:
    arns = {machine: platform.new_runs(machine) for machine in platform.state_machines}
    histories = {arn: platform.history(arn) for found in arns.values() for arn in found}
    children = {child for arn in histories for child in _children(histories[arn])}
    executions = tuple(
        _execution(platform, machine, arn, histories[arn], arn in children)
        for machine, found in arns.items()
        for arn in found
    )
    stats = platform.stats()
    account = platform.venue.account()
    # Bots' orders are put there from behind.
    sent = tuple(str(one["client_id"]) for one in platform.venue.orders_sent())
    return Seen(
        main=main,
        now=datetime.now(UTC),
        executions=executions,
        incidents=tuple(one for one in platform.items(INCIDENTS) if one.get("execution_arn") in histories),
        mails=tuple(platform.mails()),
        guards=tuple(platform.items(GUARDS)),
        approvals=tuple(platform.items(APPROVALS)),
        statuses={str(one["strategy_id"]): str(one["status"]) for one in platform.items(STATE)},
        configs={str(one["strategy_id"]): one for one in platform.items(CONFIG)},
        positions=tuple(platform.items(POSITIONS)),
        stale=tuple(platform.stale()),
        desired=int(platform.service()["desiredCount"]),
        copies_started=int(stats["service"]["copies_started"]),
        two_copies=int(stats["moments_with_two_copies"]),
        harm=tuple(platform.harm()),
        interruptions=platform.interruptions(),
        sent=sent,
        closed=_summed(
            (one["symbol"], one["executedQty"]) for one in account["orders"] if one["clientOrderId"] in sent
        ),
        held=_summed((one["symbol"], one["positionAmt"]) for one in account["positions"]),
        stops=_summed(
            (one["symbol"], one["quantity"]) for one in account["triggers"] if one["algoStatus"] == "NEW"
        ),
        tokens=tuple(sorted({token for events in histories.values() for token in _tokens(events)})),
    )


def _summed(amounts: Iterable[tuple[str, str]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for symbol, amount in amounts:
        found[symbol] = found.get(symbol, Decimal(0)) + Decimal(amount)
    return found


def _execution(platform: Platform, machine: str, arn: str, events: list[dict[str, Any]], child: bool) -> Execution:
    found = platform.describe(arn)
    entered = [event.get("stateEnteredEventDetails") for event in events]
    parent = str(_mapping(found["input"]).get("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID", ""))
    return Execution(
        machine=machine,
        arn=arn,
        status=found["status"],
        error=found.get("error"),
        cause=found.get("cause") or "",
        output=_mapping(found.get("output")),
        states=tuple(detail["name"] for detail in entered if detail),
        # Of a child whose start was answered by a made-up error its parent's history knows nothing.
        child=child or (bool(parent) and machine in waited_for(machine_of(parent))),
        hits=sum(SAID in json.dumps(event, default=str) for event in events if event["type"].endswith(LOST)),
        throttled=frozenset(_throttled(events)),
        parent=parent,
    )


def _throttled(events: list[dict[str, Any]]) -> Iterator[str]:
    """Its cause names the function."""
    for event in events:
        text = json.dumps(event, default=str)
        if event["type"].endswith(LOST) and THROTTLED in text:
            yield from FUNCTION.findall(text)


def _tokens(events: list[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        detail = event.get("taskScheduledEventDetails") or {}
        yield from TOKEN.findall(detail.get("parameters", ""))


def machine_of(arn: str) -> str:
    """The folder's name, of an execution's ARN."""
    return arn.split(":")[6].removeprefix(PREFIX)


@cache
def waited_for(machine: str) -> frozenset[str]:
    """Machines that this one starts and waits for."""
    every = {one.name: one for one in machines()}
    return references(every[machine]).awaited if machine in every else frozenset()


def _mapping(text: str | None) -> Item:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def _children(events: list[dict[str, Any]]) -> set[str]:
    """Executions that were started and waited for."""
    found = set()
    for event in events:
        detail = event.get("taskSubmittedEventDetails") or event.get("taskSucceededEventDetails") or {}
        if detail.get("resource", "").startswith("startExecution"):
            found.add(str(_mapping(detail.get("output")).get("ExecutionArn")))
    return found
