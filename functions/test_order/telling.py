"""Tells people how the withdrawal of a test order ended that its run had left: that run has told them that it may
rest, and its incident has ended."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from functions import ending
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import Check, Evidence
from functions.ports import Ports
from functions.rules.reporting.own import stored
from functions.rules.test_order.acted import before_of
from functions.rules.test_order.report import own_of
from functions.settings import Settings
from functions.telling import plain
from functions.test_order.job import ProbePlan

NEEDS: Final = ("announcements.changed", "incidents.get", "incidents.note", "notifier.publish", "reports.put")


def left(ports: Ports, settings: Settings, plan: ProbePlan, seen: Evidence, result: Check, *, gone: bool) -> None:
    """Raises where nobody could be told: it is tried again, and then the machine breaks, which the closer tells.
    `gone`: nothing of it rests (any more); with `FAIL` it has been filled."""
    probe, run = plan.probe, plan.run
    if probe is None:
        return
    how = "MAY REST, cancel it by hand" if not gone else "NEEDS A PERSON" if result is Check.FAIL else "is gone"
    subject = f"[tradai {settings.env}] TEST ORDER {how}: {probe.client_order_id}"
    lines = [
        plain(seen.value),
        "",
        f"Client order id: {probe.client_order_id}",
        f"Order: {before_of(probe.order, probe.where).partition(';')[0]}",
        f"Its run ended before it was seen gone: {run.execution_arn}",
        f"Incident: {run.incident_id}",
    ]
    ports.notifier.publish(subject, "\n".join(lines))
    with suppress(RunbookError):
        ports.incidents.note(run.incident_id, [seen])
    with suppress(RunbookError):
        _report(ports, run)


def _report(ports: Ports, run: Run) -> None:
    """The incident's report has been written: what it tells of the order is written anew, and then the report."""
    item = ports.incidents.get(run.incident_id) or {}
    if key := item.get("sections_key"):
        found = own_of(None, item, ending.actions_of(item, run))
        ports.reports.put(str(key), stored(found), "application/json")
    ports.announcements.changed(run.incident_id)
