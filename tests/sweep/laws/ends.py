"""How a run ends: with an outcome, an incident, and a notification that says which (CONTRACT.md, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.sweep.seen import Execution, Seen

SUCCEEDED: Final = frozenset(
    {"resolved", "nothing_to_do", "duplicate", "declined", "left_open", "delegated", "dry_run"}
)
# An execution's error, and what its incident says then.
FAILED: Final = {"Escalated": "escalated", "InvalidInput": "invalid_input"}
BY_THE_CLOSER: Final = frozenset({"aborted", "failed"})
LAST_WORD: Final = "LastWord"
# Where a run writes its own end: one that is stopped there, or whose answer is lost, may have written it.
OWN_ENDS: Final = frozenset({"Conclude", "RefuseInput", "RefuseStop", "JudgeChecklist"})
MOST_ACTIONS: Final = 20
# A task that has published and whose answer was lost publishes once more, and the closer has its word after both.
MOST_MESSAGES: Final = 3


def every_execution_has_ended(seen: Seen) -> Iterator[str]:
    """A run ends by itself; stopping a parent stops its children."""
    for one in seen.executions:
        if one.status == "RUNNING":
            yield f"{one.machine} still runs: {one.arn}"


def every_run_ends_in_an_outcome(seen: Seen) -> Iterator[str]:
    """SUCCEEDED with one of the outcomes; FAILED with `Escalated` or `InvalidInput`; and what no state could catch
    is recorded by the closer as `aborted` or `failed`."""
    for run in seen.tops:
        said = str(seen.incident(run.arn).get("outcome"))
        if run.status == "SUCCEEDED":
            outcome = str(run.output.get("outcome"))
            if outcome not in SUCCEEDED:
                yield f"{run.machine} succeeded as {outcome!r}"
            elif said != outcome:
                yield f"{run.machine} succeeded as {outcome}, and its incident says {said}"
        elif run.status == "FAILED" and run.error in FAILED:
            # Where its own end failed, the closer has recorded that; or it was written, and its answer was lost.
            own = {FAILED[str(run.error)], *(_without_an_end(run) if LAST_WORD in run.states else ())}
            if said not in own:
                yield f"{run.machine} failed as {run.error}, and its incident says {said}"
        elif said not in _without_an_end(run):
            yield f"{run.machine} {run.status} ({run.error}), and its incident says {said}"


def _without_an_end(run: Execution) -> frozenset[str]:
    """The closer's word; or the run's own, where it came to write one before it was stopped or before it broke."""
    own = frozenset(FAILED.values()) | SUCCEEDED if OWN_ENDS & set(run.states) else frozenset()
    return own | ({"aborted"} if run.status == "ABORTED" else {"failed"})


def every_output_is_whole(seen: Seen) -> Iterator[str]:
    """Every field of the contract, and as many acts as the incident has."""
    for run in seen.tops:
        if run.status != "SUCCEEDED":
            continue
        incident, output = seen.incident(run.arn), run.output
        missing = {"incident_id", "summary", "actions", "actions_total", "not_proven", "report_url"} - set(output)
        if missing:
            yield f"{run.machine}'s output has no {', '.join(sorted(missing))}"
            continue
        acts = incident.get("actions") or ()
        if output["incident_id"] != incident.get("incident_id"):
            yield f"{run.machine}'s output names {output['incident_id']}, and its incident is another"
        if not output["summary"]:
            yield f"{run.machine}'s output has no summary"
        if output["actions_total"] != len(acts) or len(output["actions"]) != min(len(acts), MOST_ACTIONS):
            yield f"{run.machine}'s output has {output['actions_total']} acts, its incident {len(acts)}"
        if "X-Amz-" in str(output["report_url"]):
            yield f"{run.machine}'s report has a presigned address"


def every_run_leaves_an_incident_and_a_notification(seen: Seen) -> Iterator[str]:
    """No run ends in silence: a message says the outcome itself, by its name, not only that something is asked."""
    for run in seen.tops:
        own = seen.incidents_of(run.arn)
        if not own:
            yield f"{run.machine} {run.status}: no incident"
            continue
        if len(own) > 1:
            yield f"{run.machine} {run.status}: {len(own)} incidents"
        if not own[0].get("notified_at"):
            yield f"{run.machine} {run.status}: its incident was never told"
        messages = list(_said(seen, run, str(own[0].get("outcome"))))
        if not messages:
            yield f"{run.machine} {run.status}: no message says that it ended as {own[0].get('outcome')}"
        elif len(messages) > MOST_MESSAGES:
            yield f"{run.machine} {run.status}: {len(messages)} messages say how it ended"


def _said(seen: Seen, run: Execution, outcome: str) -> Iterator[str]:
    head = f"[tradai local] {outcome.upper().replace('_', ' ')} {run.machine}"
    yield from (mail.subject for mail in seen.told(run.arn) if mail.subject.startswith(head))


def what_runs_beside_is_not_lost(seen: Seen) -> Iterator[str]:
    """What nobody waits for ends well, or a message names it."""
    for run in seen.beside:
        named = (run.arn, run.arn.rpartition(":")[2])
        if run.status != "SUCCEEDED" and not any(one in mail.text for mail in seen.mails for one in named):
            yield f"{run.machine} {run.status} beside another run, and no message names it"


def a_closed_run_has_closed_its_incident(seen: Seen) -> Iterator[str]:
    """Open stays only what waits for a person: an escalation until somebody acknowledges it, what was left open."""
    for run in seen.tops:
        incident = seen.incident(run.arn)
        open_by_design = incident.get("outcome") in ("escalated", "left_open")
        if incident and not incident.get("closed_at") and not open_by_design:
            yield f"{run.machine} {run.status} as {incident.get('outcome')}: its incident is open"
