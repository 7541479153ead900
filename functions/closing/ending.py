"""Ends a close: its result is stored for the run that asked for it, and told as the machine's output."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from functions.attempt_acts import acts_of
from functions.closing.job import Cleared, CloseJob, Error, Look, Recorded, Restored, Resumed, Watched, message
from functions.contracts import RunOutput
from functions.errors import Refused, RunbookError
from functions.facts import Evidence, Outcome
from functions.ports import Ports
from functions.ports.exchange import Attempt, CloseResult
from functions.rules.closing.ended import ended, how_ended, not_proven, summary
from functions.rules.closing.next_step import Step

NEEDS: Final = ("clock.now", "closes.attempts", "closes.conclude", "incidents.note")
MOST_ACTIONS: Final = 20


def end(
    ports: Ports,
    job: CloseJob,
    look: Look | None,
    recorded: Recorded | None,
    cleared: Cleared | None,
    watched: Watched | None,
    restored: Restored | None,
    resumed: Resumed | None,
    error: Error | None,
) -> RunOutput:
    """`Refused` with the summary where it is not proven flat; its result is stored then as well. `Transient` where
    the result cannot be stored: without it the parent counts the close as unknown."""
    every = ports.closes.attempts(job.position_id, job.incident_id)
    attempts = every[job.attempts_before :]
    flat = look is not None and look.verdict is Step.FLAT
    how = how_ended(flat=flat, how=look.how if look else None, attempts=attempts, broke=error is not None)
    result = ended(
        how,
        _why(look, error, None if flat else restored),
        attempts,
        left=look.left if look else None,
        proven=look.proof.average if look and look.proof else None,
        recorded=_recorded(recorded, flat=flat),
        left_over=_left_over(cleared, watched, flat=flat),
        protected=_protected(restored, flat=flat),
        entries=resumed.entries if resumed else "not known",
        pause_stands=resumed.pause_stands if resumed else None,
        trades_against=watched.trades_against if watched else (),
        at=ports.clock.now(),
        waited=look.seen.waited.seconds if look else 0,
    )
    ports.closes.conclude(job.position_id, job.incident_id, result)
    output = _output(ports, job, attempts, result)
    if result.how != "flat":
        raise Refused(output.summary)
    return output


def _output(ports: Ports, job: CloseJob, attempts: Sequence[Attempt], result: CloseResult) -> RunOutput:
    told, sent = summary(result, job.unit.symbol), acts_of(attempts, job.run.execution_arn)
    with suppress(RunbookError):
        ports.incidents.note(job.incident_id, [Evidence(f"close: {result.how}", job.position_id, told, result.at)])
    return RunOutput(
        outcome=Outcome.RESOLVED if result.how == "flat" else Outcome.ESCALATED,
        incident_id=job.incident_id,
        summary=told,
        actions=sent[:MOST_ACTIONS],
        actions_total=len(sent),
        not_proven=not_proven(result),
        report_url=None,
    )


def _recorded(recorded: Recorded | None, *, flat: bool) -> bool | None:
    if not flat:
        return None
    return recorded is not None and recorded.recorded


def _left_over(cleared: Cleared | None, watched: Watched | None, *, flat: bool) -> tuple[str, ...]:
    if not flat:
        return ()
    if watched is not None and watched.left is not None:
        return watched.left
    return cleared.left if cleared is not None else ("not known: they could not be cancelled",)


def _protected(restored: Restored | None, *, flat: bool) -> bool | None:
    """What could not be looked at is not protected."""
    if flat:
        return None
    return restored.protected if restored is not None else False


def _why(look: Look | None, error: Error | None, restored: Restored | None) -> str:
    told = look.why if look else "it ended before the unit was looked at"
    if restored is not None and restored.protected is False:
        told = f"{told}; {restored.why}"
    if error is None:
        return told
    return f"{told}; {error.get('Error', 'an error')}: {message(str(error.get('Cause', '')))}"
