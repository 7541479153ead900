"""What must hold before trading comes back, as data: each check with its answer, its source and its time.

A failing check asks nobody and says what to do. An unknown one stands in the question and in what is not proven.
Heartbeats and signals are no checks here: nobody trades yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.facts import (
    AlarmFact,
    Check,
    ChecklistItem,
    OrderFact,
    ProbeFact,
    Reading,
    ServiceFact,
    ServiceRecord,
)
from functions.rules.proposals import names
from functions.rules.resume_venues import Answer, Looked, account, entry_orders, positions

NOT_LOOKED: Final[Answer] = (Check.UNKNOWN, "no venue was asked: look there", "not looked at")
QUESTIONS: Final[Mapping[str, str]] = {
    "stops_over": "Is every emergency stop of this halt over?",
    "all_stopped": "Does nobody trade whom the kill switch stops?",
    "entry_orders": "Does no order work that would open or increase a position?",
    "venues": "Do the exchanges answer?",
    "service": "Can the service be brought back to what it was?",
    "scaling": "Is it known how the service was scaled?",
    "risk_alarms": "Is every alarm quiet that would stop everything again?",
    "cause": "Is the cause of the stop answered?",
    "positions": "Do the positions agree with the exchange?",
    "account": "Do account and margin allow trading?",
}


@dataclass(frozen=True, slots=True)
class ResumeFacts:
    """What was read before anybody is asked; None: it could not be read. `stops` are executions with their
    status, `stops_unseen` so many that nobody looked at, `trading` strategies that trade although they are stopped.
    `records` is the service as each halt found it, by halt: the first is what comes back. `looked`: what the venues
    say; None: nobody asked them."""

    at: datetime
    halt_id: str | None
    stops: Mapping[str, str | None]
    stops_unseen: int
    trading: Sequence[str]
    orders: Sequence[OrderFact] | None
    venues: Mapping[str, ProbeFact | None]
    service: ServiceFact | None
    cluster: str
    records: Mapping[str, ServiceRecord]
    alarms: Sequence[AlarmFact]
    reason: str
    requested_by: str
    orders_table: str
    state_table: str
    guards_table: str
    looked: Looked | None = None

    @property
    def record(self) -> ServiceRecord | None:
        return next(iter(self.records.values()), None)


def checks(facts: ResumeFacts) -> tuple[ChecklistItem, ...]:
    """One item for each of `QUESTIONS`, in their order."""
    looked = facts.looked
    answers = {
        "stops_over": _stops_over(facts),
        "all_stopped": _all_stopped(facts),
        "entry_orders": _entry_orders(facts) if looked is None else entry_orders(looked, _entry_orders(facts)),
        "venues": _venues(facts),
        "service": _service(facts),
        "scaling": _scaling(facts),
        "risk_alarms": _risk_alarms(facts),
        "cause": (Check.PASS, f'"{facts.reason}"', f"said by {facts.requested_by}"),
        "positions": NOT_LOOKED if looked is None else positions(looked),
        "account": NOT_LOOKED if looked is None else account(looked),
    }
    return tuple(
        ChecklistItem(name, question, answers[name][0], answers[name][1], answers[name][2], facts.at)
        for name, question in QUESTIONS.items()
    )


def failing(items: Iterable[ChecklistItem]) -> tuple[str, ...]:
    return tuple(_told(item) for item in items if item.result is Check.FAIL)


def unknown(items: Iterable[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    return tuple(item for item in items if item.result is Check.UNKNOWN)


def _told(item: ChecklistItem) -> str:
    return f"{item.question} No: {item.value}"


def _stops_over(facts: ResumeFacts) -> Answer:
    source = "Step Functions"
    if not facts.stops:
        return Check.SKIPPED, "the kill switch names no emergency stop", source
    running = sorted(arn for arn, status in facts.stops.items() if status == "RUNNING")
    if running:
        return Check.FAIL, f"{names(running, 2)} still runs: wait for its end, then start this again", source
    lost = sorted(arn for arn, status in facts.stops.items() if status is None)
    if lost:
        return Check.UNKNOWN, f"nothing is known of the end of {names(lost, 2)}", source
    if facts.stops_unseen:
        return Check.UNKNOWN, f"{facts.stops_unseen} more were not looked at", source
    return Check.PASS, f"{len(facts.stops)} ended", source


def _all_stopped(facts: ResumeFacts) -> Answer:
    if facts.halt_id is None:
        return Check.SKIPPED, "the kill switch is released already", facts.state_table
    if facts.trading:
        what = f"{names(facts.trading)} trade although the kill switch is engaged: stop everything once more first"
        return Check.FAIL, what, facts.state_table
    return Check.PASS, "nobody trades", facts.state_table


def _entry_orders(facts: ResumeFacts) -> Answer:
    source = f"{facts.orders_table}; no venue was asked"
    if facts.orders is None:
        return Check.UNKNOWN, "the orders could not be read", source
    rest = [order for order in facts.orders if not order.protective and order.reducing is not True]
    entries = sorted(order.order_id for order in rest if order.reducing is False)
    if entries:
        return (
            Check.FAIL,
            f"{names(entries)} work: cancel them at the exchange, set their status to canceled in "
            f"{facts.orders_table}, and start this again",
            source,
        )
    if rest:
        told = names(sorted(order.order_id for order in rest))
        return Check.UNKNOWN, f"{told} work, and nobody can tell whether they reduce", source
    return Check.PASS, "none stands in the table", source


def _venues(facts: ResumeFacts) -> Answer:
    source = "probed now"
    down = [f"{name}: {probe.detail}" for name, probe in _read(facts.venues) if probe.reading is Reading.FAILED]
    if down:
        return Check.FAIL, f"{names(down)}; wait until it answers, then start this again", source
    dark = sorted(name for name, probe in facts.venues.items() if probe is None or probe.reading is Reading.UNKNOWN)
    if dark or not facts.venues:
        return Check.UNKNOWN, f"{names(dark) or 'none'} could not be probed", source
    where = sorted({probe.where for _, probe in _read(facts.venues)})
    return Check.PASS, f"{', '.join(sorted(facts.venues))} answer, {' and '.join(where)}", source


def _read(venues: Mapping[str, ProbeFact | None]) -> Iterator[tuple[str, ProbeFact]]:
    return ((name, probe) for name, probe in sorted(venues.items()) if probe is not None)


def _service(facts: ResumeFacts) -> Answer:
    source = "ECS"
    if facts.service is None:
        return Check.FAIL, f"cluster {facts.cluster}: the service could not be read; look at it first", source
    name = facts.service.service
    if facts.service.status != "ACTIVE":
        return Check.FAIL, f"{name} is {facts.service.status}: it must be created again first", source
    if facts.service.desired > 0:
        return Check.PASS, f"{name} is up: desired count {facts.service.desired}", source
    if facts.record is None:
        command = f"aws ecs update-service --cluster {facts.cluster} --service {name} --desired-count COUNT"
        return (
            Check.FAIL,
            f"no stop recorded the desired count of {name}, which is 0 now. Find out what it was. The watch keeps "
            f"it at 0 while the kill switch is engaged for all, so release that by hand and run `{command}`",
            source,
        )
    if facts.record.desired == 0 and (halt_id := _earlier(facts, lambda record: record.desired > 0)):
        found = f"found {name} at a desired count of 0, and halt {halt_id} before it at {_desired(facts, halt_id)}"
        return Check.FAIL, _wrong(facts, halt_id, found), source
    if facts.record.desired == 0:
        return Check.PASS, f"{name} had a desired count of 0 before the stop and stays so: nothing will run", source
    return Check.PASS, f"{name} comes back to a desired count of {facts.record.desired}", source


def _scaling(facts: ResumeFacts) -> Answer:
    source = "Application Auto Scaling, as the stop found it"
    if facts.record is None:
        return Check.SKIPPED, "the stop did not touch it", source
    if facts.record.scaling_unread is not None:
        why = f"{facts.record.scaling_unread}; it is not put back: look whether it is suspended"
        return Check.UNKNOWN, why, source
    scaling = facts.record.scaling
    if scaling is None:
        return Check.PASS, "the service is not scaled by itself", source
    if scaling.suspended and (halt_id := _earlier(facts, _scales)):
        found = f"found auto-scaling suspended, and halt {halt_id} before it did not"
        return Check.FAIL, _wrong(facts, halt_id, found), source
    return Check.PASS, f"between {scaling.minimum} and {scaling.maximum}; comes back as it was", source


def _scales(record: ServiceRecord) -> bool:
    return record.scaling is not None and not record.scaling.suspended


def _earlier(facts: ResumeFacts, found: Callable[[ServiceRecord], bool]) -> str | None:
    """A halt before the one whose record counts that found it so. What it found may never have come back, and what
    the later one found is then no more than what the earlier one left."""
    first, *others = facts.records.items()
    before = (one for one, record in others if record.recorded_at < first[1].recorded_at and found(record))
    return next(before, None)


def _desired(facts: ResumeFacts, halt_id: str) -> int:
    return facts.records[halt_id].desired


def _wrong(facts: ResumeFacts, halt_id: str, found: str) -> str:
    this = next(iter(facts.records))
    command = f"aws dynamodb delete-item --table-name {facts.guards_table} --key"
    return (
        f"halt {this} {found}: nobody knows which of the two is right. Delete the record that is wrong, "
        f"`{command} '{_key(this)}'` or `{command} '{_key(halt_id)}'`, and start this again"
    )


def _key(halt_id: str) -> str:
    return f'{{"guard_id": {{"S": "halt/{halt_id}/service"}}}}'


def _risk_alarms(facts: ResumeFacts) -> Answer:
    source = "CloudWatch"
    if not facts.alarms:
        return Check.SKIPPED, "the settings name none", source
    up = sorted(alarm.name for alarm in facts.alarms if alarm.state == "ALARM")
    if up:
        return Check.FAIL, f"{names(up)} is in ALARM: wait until it is over, then start this again", source
    dark = sorted(alarm.name for alarm in facts.alarms if alarm.state not in ("OK", "ALARM"))
    if dark:
        return Check.UNKNOWN, f"{names(dark)} could not be read, or has no data", source
    return Check.PASS, f"{len(facts.alarms)} quiet", source
