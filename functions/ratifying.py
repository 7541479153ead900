"""Another person stands by what somebody decided alone, and its incident is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions import announcing, filing, rewriting
from functions.approvals import Approval, Glass, Voter
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.rules import glass
from functions.rules.asking.policy import Policy
from functions.rules.glass import Kind, Verdict
from functions.runtime import logger
from functions.settings import Settings

# What closing needs, and what whoever ratifies.
NEEDS_CLOSE: Final = (
    *announcing.NEEDS,
    *rewriting.NEEDS,
    "clock.now",
    "incidents.acknowledge",
    "incidents.get",
    "incidents.note",
)
NEEDS: Final = (*NEEDS_CLOSE, *filing.NEEDS, "approvals.get", "approvals.open")


def of_incident(ports: Ports, incident_id: str) -> tuple[Approval, ...]:
    """Every request of the incident for which somebody broke the glass, whatever has become of it, the oldest
    first."""
    recorded = (ports.incidents.get(incident_id) or {}).get("approvals") or []
    listed = {str(one["approval_id"]) for one in recorded if one.get("glass") is not None}
    listed |= {one.approval_id for one in ports.approvals.open() if one.incident_id == incident_id}
    found = [ports.approvals.get(approval_id) for approval_id in listed]
    broken = [one for one in found if one is not None and one.glass is not None]
    return tuple(sorted(broken, key=lambda one: (one.asked_at, one.approval_id)))


def ratify(ports: Ports, settings: Settings, incident_id: str, voter: Voter, note: str | None) -> Verdict:
    """Ratifies what the incident's one request owes, or all of them. `Verdict.approval` is the request as it
    stands afterwards. Raises Refused where there is no such incident, and what the ports raise."""
    if ports.incidents.get(incident_id) is None:
        raise Refused(f"there is no incident {incident_id}")
    broken = of_incident(ports, incident_id)
    owing = [one for one in broken if glass.owes(one)]
    verdicts = [ratify_one(ports, settings, one, voter, note) for one in owing or broken[-1:]]
    refused = [one for one in verdicts if one.kind is not Kind.RATIFIED]
    return [*verdicts, *refused][-1] if verdicts else Verdict(Kind.NOTHING, None, glass.NOTHING)


def ratify_one(ports: Ports, settings: Settings, approval: Approval, voter: Voter, note: str | None) -> Verdict:
    """Ratifies one request; its incident is told and closed at once where that can be done (`close`)."""
    policy = Policy.of(settings)
    verdicts: list[Verdict] = []

    def rule(stands: Approval) -> Approval | None:
        verdicts.append(glass.ratify(stands, voter, note, ports.clock.now(), policy))
        return verdicts[-1].approval

    after, changed = rewrite(ports, approval, rule)
    if changed:
        after = filing.file(ports, _close_now(ports, after))
        # Once more than `close` does: now the record tells it too.
        announcing.announce(ports, after.incident_id)
    return replace(verdicts[-1], approval=after)


def close(ports: Ports, approval: Approval) -> Approval:
    """Writes the ratification into the incident and closes it, where its run has ended; before that the request
    stays as it is, and the sweeper comes back. Raises what the ports raise."""
    mark = approval.glass
    if mark is None or glass.closed(approval) is None:
        return approval
    item = ports.incidents.get(approval.incident_id)
    if item is not None:
        _note(ports, approval, mark, item.get("ratified_at"))
        if "ended_at" not in item and "closed_at" not in item:
            return approval
        ports.incidents.acknowledge(approval.incident_id, by=mark.ratified_by or "", at=ports.clock.now())
        announcing.announce(ports, approval.incident_id)
    return rewrite(ports, approval, glass.closed)[0]


def _note(ports: Ports, approval: Approval, mark: Glass, stands: object) -> None:
    if stands is None:
        fields = {"ratified_by": mark.ratified_by, "ratified_at": mark.ratified_at, "ratified_note": mark.note}
        ports.incidents.note(approval.incident_id, [], **fields)


def _close_now(ports: Ports, approval: Approval) -> Approval:
    """The ratification stands already: whatever fails from here on, the sweeper does."""
    try:
        return close(ports, approval)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.warning("the incident is left to the sweeper", approval_id=approval.approval_id, cause=cause)
        return approval
