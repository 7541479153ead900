"""Tells people how the withdrawal of a test order ended that its run had left: that run has told them that it may
rest, and its incident has ended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Final

from functions import ending
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import Check, Evidence
from functions.ports import Ports
from functions.rules.reporting.own import stored
from functions.rules.test_order.acted import before_of
from functions.rules.test_order.afterwards import answered
from functions.rules.test_order.report import own_of
from functions.settings import Settings
from functions.telling import plain
from functions.test_order.job import Probe, ProbePlan

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
        _write(ports, run, probe, seen, gone=gone, well=result is not Check.FAIL)


def _write(ports: Ports, run: Run, probe: Probe, seen: Evidence, *, gone: bool, well: bool) -> None:
    """Its report has been written: what it tells of the order first, then what the incident does, so that whoever
    writes the report by the new incident finds both new."""
    item = ports.incidents.get(run.incident_id) or {}
    fields = answered(item, probe.client_order_id, seen.value, well=well) if gone else {}
    if key := item.get("sections_key"):
        evidence = [*(item.get("evidence") or ()), asdict(seen)]
        found = own_of(None, {**item, "evidence": evidence}, ending.actions_of(item, run))
        with suppress(RunbookError):
            ports.reports.put(str(key), stored(found), "application/json")
    ports.incidents.note(run.incident_id, [seen], **fields)
    ports.announcements.changed(run.incident_id)
