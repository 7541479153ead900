"""Checklist: no error patterns in the service's log since the remedy."""

from __future__ import annotations

from datetime import timedelta

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem, LogFact
from functions.ports import Ports
from functions.rules.checklist import HALTED
from functions.rules.log_levels import CHECKED, ERROR_LEVEL
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST_ASKED
from functions.verifying import HALT_NEEDS, Scope, answer, halted

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 256

ERRORS = frozenset(pattern.name for pattern in CHECKED)
MOST_TOLD = 1_000


class Request(Frozen):
    run: Run
    scope: Scope


Response = ChecklistItem


@task(Request, needs=("clock.now", "logs.read", "trading_state.all", *HALT_NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, source, scope = ports.clock.now(), settings.platform.log_group, request.scope
    # Every id, so that a line which names another strategy is not laid at this run's door.
    states = ports.trading_state.all()
    everyone = [state.strategy_id for state in states][:MOST_ASKED]
    asked = list(dict.fromkeys([*(scope.strategy_ids or ()), *everyone]))
    # However long ago the remedy was: what a query reads is paid for.
    since = max(scope.since, now - timedelta(seconds=settings.limits.log_looked_back))
    query = f"Logs Insights, {since:%Y-%m-%d %H:%M:%S} to {now:%H:%M:%S} UTC: {', '.join(sorted(ERRORS))}"
    logs = ports.logs.read(since, now, asked, CHECKED)
    found = {name: count for name, count in sorted(logs.counts.items()) if count and name in ERRORS}
    began = f"{scope.since_what} at " if scope.since_what and since == scope.since else ""
    value = f"since {began}{since:%H:%M:%S}: {_told(logs, found)}"[:MOST_TOLD]
    if logs.last_line_at is None:
        if halted(ports, scope, states):
            told = f"{HALTED}, and the service writes no line"
            return answer("log_patterns", Check.SKIPPED, told, source, now, query=query)
        return answer("log_patterns", Check.UNKNOWN, "no line at all in the window", source, now, query=query)
    result = Check.FAIL if found else Check.PASS
    concerns = _concerns(logs, found, scope)
    # Whose trouble it is stays the same while the words for it change.
    about = sorted(logs.by_strategy) if concerns == "others" else found
    return answer("log_patterns", result, value, source, now, concerns=concerns, query=query, about=about)


def _told(logs: LogFact, found: dict[str, int]) -> str:
    told = [f"{count} x {name}" for name, count in found.items()]
    if found.get(ERROR_LEVEL.name):
        # No pattern says what they are about, so they speak for themselves.
        said = "; ".join(f"{count} x {message!r}" for message, count in logs.frequent)
        told[list(found).index(ERROR_LEVEL.name)] += f" (most often: {said})" if said else ""
    return ", ".join(told) or "no error pattern"


def _concerns(logs: LogFact, found: dict[str, int], scope: Scope) -> str:
    """`others` only where every pattern found is attributed, and to none of the run's strategies."""
    if scope.strategy_ids is None or not found:
        return "run"
    own = {p for s in scope.strategy_ids for p in logs.by_strategy.get(s, [])}
    attributed = {p for patterns in logs.by_strategy.values() for p in patterns}
    return "others" if not own & set(found) and set(found) <= attributed else "run"
