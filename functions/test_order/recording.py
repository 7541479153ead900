"""A test order as an act of its incident: its intent before it is sent, what came of it, and each moment as seen.

What is written after the order keeps nobody from withdrawing it: where such a write fails, the act stands as
unknown, and is told as one that may rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from functions.contracts import Run
from functions.errors import Refused, RunbookError
from functions.facts import Evidence, Result
from functions.ports import Intent, Ports
from functions.rules.closing.settled import SENDER_LIVES
from functions.rules.left_behind import TEST_ORDER
from functions.rules.test_order.acted import act_id, before_of
from functions.test_order.job import Probe

INTEND_NEEDS: Final = ("clock.now", "incidents.intend")
NEEDS: Final = ("clock.now", "incidents.note", "incidents.settle")


def intend(ports: Ports, run: Run, probe: Probe, guard_id: str) -> None:
    """`Refused` where the unit's guard is not this run's, or the run's end is written: nothing may be sent then."""
    now = ports.clock.now()
    name = probe.client_order_id
    intent = Intent(act_id(name), TEST_ORDER, name, before_of(probe.order, probe.where), run.execution_arn, now)
    until = now + timedelta(seconds=SENDER_LIVES)
    if ports.incidents.intend(run.incident_id, intent, guard_id=guard_id, act_until=until) == "lost":
        raise Refused(f"the guard {guard_id} is not this run's any more, or the run has ended: nothing was sent")


def settle(ports: Ports, run: Run, probe: Probe, result: Result, after: str) -> None:
    """Said again after every step; the last word stands."""
    with suppress(RunbookError):
        name = act_id(probe.client_order_id)
        ports.incidents.settle(run.incident_id, name, result, after, ports.clock.now())


def seen(probe: Probe, what: str, value: str, at: datetime) -> Evidence:
    """`value` is told beside the client order id."""
    named = value if probe.client_order_id in value else f"{probe.client_order_id}: {value}"
    return Evidence(what, f"{probe.venue}/{probe.account} {probe.symbol}", named, at)


def note(ports: Ports, run: Run, moments: Sequence[Evidence]) -> None:
    if moments:
        with suppress(RunbookError):
            ports.incidents.note(run.incident_id, moments)
