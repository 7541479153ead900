"""What people do about a request that nobody answered: acknowledge it, or start its runbook afresh."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions import announcing, filing, ratifying, rewriting
from functions.approvals import Approval, Standing, Voter
from functions.errors import Refused, Transient
from functions.ids import execution_name
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.rules import glass

NEEDS: Final = (
    *announcing.NEEDS,
    *filing.NEEDS,
    *rewriting.NEEDS,
    "approvals.get",
    "approvals.open",
    "clock.now",
    "executions.start",
    "executions.status",
    "incidents.acknowledge",
    "incidents.get",
)
UNANSWERED: Final = frozenset({Standing.LAPSED, Standing.UNREACHED})


class StillGoesOn(Transient):
    """The run that asked has not ended: what is started beside it finds its guard taken, and does nothing."""


class NotRatified(Refused):
    """Taking it over is no ratification."""


def acknowledge(ports: Ports, incident_id: str, person_id: str) -> bool:
    """Closes an incident that stayed open after nobody answered, and ends the repeats of its requests. False
    where there was nothing left to acknowledge; Refused where there is no such incident, or its run goes on;
    NotRatified, whoever asks, where somebody broke the glass and nobody has ratified that yet."""
    if any(glass.owes(one) for one in ratifying.of_incident(ports, incident_id)):
        raise NotRatified(f"incident {incident_id}: another person has to ratify it first")
    closed = ports.incidents.acknowledge(incident_id, by=person_id, at=ports.clock.now())
    recorded = (ports.incidents.get(incident_id) or {}).get("approvals") or []
    listed = {str(one["approval_id"]) for one in recorded}
    listed |= {one.approval_id for one in ports.approvals.open() if one.incident_id == incident_id}
    marks = [_acknowledge(ports, approval_id, person_id) for approval_id in sorted(listed)]
    done = closed or any(marks)
    if done:
        announcing.announce(ports, incident_id)
    return done


def ask_again(ports: Ports, approval_id: str, voter: Voter) -> str | None:
    """Starts the runbook afresh for a request that nobody answered, once: the ARN of the run, None where
    somebody else started it before or it has ended. Whoever starts it has seen the old request, which is
    repeated no more; its incident stays open until it is acknowledged.

    Raises Refused where there is no such request, or where it did not end without an answer; StillGoesOn where
    the run that asked has not ended yet (nothing is started and nothing acknowledged then).
    """
    approval = ports.approvals.get(approval_id)
    if approval is None or approval.standing not in UNANSWERED or approval.again is None:
        raise Refused(f"{approval_id} was not left without an answer: there is nothing to start again")
    if _goes_on(ports, approval):
        raise StillGoesOn(f"the run that asked {approval_id} has not ended yet: try again in a minute")
    runbook = str(approval.again["runbook"])
    given = {name: value for name, value in approval.again.items() if name != "runbook"}
    payload = {**given, "requested_by": f"{voter.person_id}, again after {approval_id}"}
    name = execution_name(runbook, "again", approval_id)
    started = ports.executions.start(runbook, name, payload)
    _acknowledge(ports, approval_id, voter.person_id)
    return started


def _goes_on(ports: Ports, approval: Approval) -> bool:
    """The execution that waited may be a child of the run's, which gives its guard back before its incident
    ends; whatever ended it, the closer ends an incident that its run left open."""
    incident = ports.incidents.get(approval.incident_id)
    if incident is not None and "ended_at" not in incident and "closed_at" not in incident:
        return True
    arns = {approval.execution_arn, str((incident or {}).get("execution_arn") or approval.execution_arn)}
    return any(ports.executions.status(arn) == "RUNNING" for arn in sorted(arns))


def _acknowledge(ports: Ports, approval_id: str, person_id: str) -> bool:
    def rule(stands: Approval) -> Approval | None:
        if stands.standing not in UNANSWERED or stands.acknowledged_by is not None:
            return None
        return replace(stands, version=stands.version + 1, acknowledged_by=person_id)

    approval = ports.approvals.get(approval_id)
    if approval is None:
        return False
    after, changed = rewrite(ports, approval, rule)
    if changed:
        filing.file(ports, after)
    return changed
