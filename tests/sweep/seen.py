"""What is left to see when a run is over: executions, incidents, mails, guards, and the platform's own word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.e2e.platform import APPROVALS, CONFIG, GUARDS, INCIDENTS, POSITIONS, STATE, Mail, Platform
from tests.sweep.faults import SAID, THROTTLED

Item = Mapping[str, Any]
# Ends of a task's types of events.
LOST = ("Failed", "TimedOut")
FUNCTION = re.compile(r"tradai-local-rb-([a-z-]+)")


def unified(symbol: str) -> str:
    """`BTC/USDT:USDT` of `BTCUSDT`."""
    return f"{symbol.removesuffix('USDT')}/USDT:USDT"


@dataclass(frozen=True)
class Execution:
    """`machine`: the folder's name. `child`: another execution started it and waits for it. `hits`: mocked errors
    of the sweep in its history. `throttled`: tasks whose function Lambda itself refused to run."""

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


@dataclass(frozen=True)
class Seen:
    """Everything at one moment. `main`: the ARN of what the scenario started. `sent`: client order ids that came
    over HTTP; `closed`: base units that our orders bought or sold, and `held`: the net position, both by symbol and
    at the venue's main account."""

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

    @property
    def tops(self) -> list[Execution]:
        """Runs of their own: the scenario's, and those that it started without waiting for them. The withdrawal of
        a test order has no incident of its own: it tells by a message under that of its run."""
        return [one for one in self.executions if not one.child and one.machine != "test-order"]

    def incident(self, arn: str) -> Item:
        """{} where that execution has none."""
        return next((one for one in self.incidents if one.get("execution_arn") == arn), {})

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
    )


def _summed(amounts: Iterable[tuple[str, str]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for symbol, amount in amounts:
        found[symbol] = found.get(symbol, Decimal(0)) + Decimal(amount)
    return found


def _execution(platform: Platform, machine: str, arn: str, events: list[dict[str, Any]], child: bool) -> Execution:
    found = platform.describe(arn)
    entered = [event.get("stateEnteredEventDetails") for event in events]
    given = json.loads(found["input"])
    started_by = isinstance(given, dict) and "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID" in given
    return Execution(
        machine=machine,
        arn=arn,
        status=found["status"],
        error=found.get("error"),
        cause=found.get("cause") or "",
        output=_mapping(found.get("output")),
        states=tuple(detail["name"] for detail in entered if detail),
        child=child or started_by,
        hits=sum(SAID in json.dumps(event, default=str) for event in events if event["type"].endswith(LOST)),
        throttled=frozenset(_throttled(events)),
    )


def _throttled(events: list[dict[str, Any]]) -> Iterator[str]:
    """Its cause names the function."""
    for event in events:
        text = json.dumps(event, default=str)
        if event["type"].endswith(LOST) and THROTTLED in text:
            yield from FUNCTION.findall(text)


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
