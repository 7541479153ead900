"""Opens a verification: a run's own child joins its incident, any other opens one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions import opening, remedied
from functions.contracts import Frozen, Run
from functions.errors import Refused
from functions.inputs import VerifyTradingInput, read_input
from functions.ports import Ports
from functions.rules.remedied import took_effect
from functions.rules.reporting.moments import moment
from functions.runtime import task
from functions.settings import Settings
from functions.test_order.job import RealOrder
from functions.verifying import Scope

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
STARTED_BY: Final = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


class Request(Frozen):
    execution_arn: str
    started_at: datetime
    input: Any


class Response(Frozen):
    """`tested`: what a real test order came to; null: none was asked for."""

    run: Run
    scope: Scope
    tested: RealOrder | None = None


@task(Request, needs=(*opening.NEEDS, *remedied.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    given: VerifyTradingInput = read_input("verify-trading", _as_given(request.input))
    child = given.incident_id is not None and given.started_by_execution is not None
    if not child and given.strategy_ids is not None and not given.strategy_ids:
        raise Refused("strategy_ids: the list is empty and names nobody: leave it out to verify every strategy")
    # A strategy that was deleted while its run went on must not end that run at this door.
    for place, strategy_id in enumerate(() if child else given.strategy_ids or ()):
        opening.known_strategy(ports, strategy_id, field=f"strategy_ids.{place}")
    run = opening.run_of("verify-trading", request.execution_arn, request.started_at, given, settings)
    ids = None if given.strategy_ids is None else tuple(given.strategy_ids)
    since, what = request.started_at - timedelta(seconds=settings.limits.log_window), None
    if given.incident_id is not None:
        item = ports.incidents.get(given.incident_id)
        if item is None:
            raise Refused(f"incident_id: no incident {given.incident_id!r}")
        since, what = _since(given.incident_id, item, request)
        if child:
            rehearsed = run.dry_run or bool(item.get("dry_run"))
            run = run.model_copy(update={"incident_id": given.incident_id, "dry_run": rehearsed})
            if not rehearsed:
                # A run that says nobody is about those that its incident names, and not about all that there are.
                whose = ids if ids is not None else _listed(item, "strategy_ids")
                remedied.remember(ports, whose, given.incident_id, request.started_at)
            more = {"test_order": given.allow_test_order, "since_what": what}
            return Response(run=run, scope=_on_behalf_of(item, ids, since).model_copy(update=more))
    elif (last := remedied.last(ports, settings, ids, since, request.started_at)) is not None:
        since, what = last.at, f"the remedy of {last.incident_id}"
    # A person's verification has an incident of its own: its end must not be the end of another run.
    opening.write(ports, run, comment=given.comment)
    scope = Scope(child=False, strategy_ids=ids, since=since, since_what=what, test_order=given.allow_test_order)
    return Response(run=run, scope=scope)


def _as_given(given: Any) -> Any:
    """A parent's definition cannot leave a field out where it means every strategy: it hands on its own null."""
    if isinstance(given, dict) and STARTED_BY in given and given.get("strategy_ids", "") is None:
        return {name: value for name, value in given.items() if name != "strategy_ids"}
    return given


def _on_behalf_of(item: Mapping[str, Any], ids: tuple[str, ...] | None, since: datetime) -> Scope:
    return Scope(
        child=True,
        strategy_ids=ids,
        since=since,
        runbook=str(item.get("runbook") or "verify-trading"),
        opened_at=moment(item.get("opened_at")),
        alarm_name=None if item.get("alarm_name") is None else str(item["alarm_name"]),
        position_ids=_listed(item, "position_ids"),
    )


def _listed(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = item.get(name)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def _since(incident_id: str, item: Mapping[str, Any], request: Request) -> tuple[datetime, str | None]:
    """When the remedy took effect; where nothing was remedied, when the incident was opened."""
    at = took_effect(item)
    if at is None:
        return request.started_at, None
    return at, f"the remedy of {incident_id}" if item.get("cured_at") else f"the beginning of {incident_id}"
