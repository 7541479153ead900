"""Checklist: no error patterns in the service's log since the remedy."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem, LogFact
from functions.ports import Ports
from functions.rules.log_patterns import TROUBLE
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST_ASKED
from functions.verifying import Scope, answer

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256

ERRORS = frozenset(pattern.name for pattern in TROUBLE)


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "logs.read", "trading_state.all"))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, source, scope = ports.clock.now(), settings.platform.log_group, request.scope
    # Every id, so that a line which names another strategy is not laid at this run's door.
    everyone = [state.strategy_id for state in ports.trading_state.all()][:MOST_ASKED]
    asked = list(dict.fromkeys([*(scope.strategy_ids or ()), *everyone]))
    logs = ports.logs.read(scope.since, now, asked)
    found = {name: count for name, count in sorted(logs.counts.items()) if count and name in ERRORS}
    value = f"since {scope.since:%H:%M:%S}: " + (
        ", ".join(f"{count} x {name}" for name, count in found.items()) or "no error pattern"
    )
    if logs.last_line_at is None:
        return answer("log_patterns", Check.UNKNOWN, "no line at all in the window", source, now)
    result = Check.FAIL if found else Check.PASS
    return answer("log_patterns", result, value, source, now, concerns=_concerns(logs, found, scope))


def _concerns(logs: LogFact, found: dict[str, int], scope: Scope) -> str:
    """`others` only where every pattern found is attributed, and to none of the run's strategies."""
    if scope.strategy_ids is None or not found:
        return "run"
    own = {p for s in scope.strategy_ids for p in logs.by_strategy.get(s, [])}
    attributed = {p for patterns in logs.by_strategy.values() for p in patterns}
    return "others" if not own & set(found) and set(found) <= attributed else "run"
