"""Says which strategies must beat again, and since when: the moment their remedy took effect."""

from __future__ import annotations

from collections.abc import Iterator

from functions.contracts import Frozen, Run
from functions.facts import Result
from functions.ports import Ports
from functions.proving import Beats, Monitor, ProofPlan, Wanted
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Remedied

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Job(Frozen):
    run: Run
    remedies: tuple[Remedied, ...]
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Request(Frozen):
    job: Job


class Response(ProofPlan):
    pass


@task(Request, needs=("incidents.note",))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, limits = request.job, settings.limits
    wanted = tuple(w for remedied in job.remedies for w in _wanted(remedied))
    monitor = Monitor(
        again=True,
        looks_done=0,
        looks_left=limits.monitor_looks,
        worst=0,
        own_failed=(),
        others_failed=(),
    )
    missing = tuple(w.strategy_id for w in wanted)
    if wanted:
        # verify-trading counts log errors from here on: those before belong to the trouble.
        ports.incidents.note(job.run.incident_id, [], cured_at=max(w.since for w in wanted))
    return Response(
        run=job.run,
        proceed=bool(wanted) and not job.run.dry_run,
        wanted=wanted,
        beats=Beats(all_back=False, again=True, looks_left=limits.heartbeat_looks, missing=missing),
        monitor=monitor,
    )


def _wanted(remedied: Remedied) -> Iterator[Wanted]:
    outcome = remedied.outcome
    if outcome is None:
        return
    if outcome.result is Result.DONE and outcome.at is not None:
        for strategy_id in remedied.group.strategy_ids:
            yield Wanted(strategy_id=strategy_id, since=outcome.at)
    for effect in outcome.strategies:
        if effect.result is Result.DONE and effect.at is not None:
            yield Wanted(strategy_id=effect.strategy_id, since=effect.at)
