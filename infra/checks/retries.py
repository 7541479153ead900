"""Retries: only where nothing can have happened twice, spread out, and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from functions.errors import KNOWN_WORDS, MAY_HAVE_RUN, NOTHING_RAN, OF_INTEGRATIONS
from infra.asl import Definition
from infra.asl.references import sdk_action
from infra.asl.states import every_state, machine_of, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import items

SAFE_FOR_ACTS: Final = NOTHING_RAN | {"Transient"}
SAFE_FOR_READS: Final = SAFE_FOR_ACTS | MAY_HAVE_RUN
# StartExecution was refused before anything began; its other errors may stand for a run that has begun.
SAFE_FOR_CHILDREN: Final = frozenset({"StepFunctions.ExecutionLimitExceededException"})
MOST_ATTEMPTS: Final = 10
# Where no function ran, waiting for one costs nothing but time.
MOST_THROTTLED: Final = 20
LONGEST_DELAY: Final = 900


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `retry`, `retry-act` and `throttled`."""
    found: list[Finding] = []
    for scope, name, state in every_state(definition.machine):
        where = scope.at(name)
        retriers = items(state.get("Retry"))

        def tell(rule: str, message: str, where: str = where) -> None:
            found.append(Finding(definition.name, where, rule, message))

        if retriers and state.get("Type") != "Task":
            tell("retry", "a retry here would do again what its states have already done")
            continue
        for retrier in retriers:
            for message in _spread(retrier):
                tell("retry", message)
            for word in retrier.get("ErrorEquals") or []:
                if (problem := _refused(word, state, context)) is not None:
                    tell(*problem)
        task = task_of(state)
        words = {word for retrier in retriers for word in retrier.get("ErrorEquals") or []}
        if task is not None and (missing := NOTHING_RAN - words):
            tell("throttled", f"{', '.join(sorted(missing))} is not retried, though the function did not run")
    return found


def _refused(word: Any, state: Mapping[str, Any], context: Context) -> tuple[str, str] | None:
    """The rule and the message that speak against retrying on the word; None where it may be."""
    if word not in KNOWN_WORDS:
        return None  # told by the rule `word`
    task = task_of(state)
    if task is not None:
        facts = context.tasks.get(task)
        if word not in SAFE_FOR_READS:
            return "retry", f"{word} is never retried"
        if facts is not None and facts.act and not facts.repeatable and word not in SAFE_FOR_ACTS:
            return "retry-act", f"{task} acts, and after {word} it may have acted: reconcile instead"
        return None
    if machine_of(state) is not None:
        if word not in SAFE_FOR_CHILDREN:
            return "retry-act", f"after {word} the child may have run: a retry would run it twice"
        return None
    if sdk_action(state.get("Resource")) and word not in OF_INTEGRATIONS:
        return "retry", f"{word} is no error of a direct integration"
    return None


def _spread(retrier: Mapping[str, Any]) -> list[str]:
    told = []
    if retrier.get("JitterStrategy") != "FULL":
        told.append("JitterStrategy must be FULL: throttled callers that wait alike meet again")
    words = retrier.get("ErrorEquals")
    throttled = isinstance(words, list) and bool(words) and NOTHING_RAN.issuperset(words)
    most = MOST_THROTTLED if throttled else MOST_ATTEMPTS
    if not _between(retrier.get("MaxAttempts"), 1, most):
        told.append(f"MaxAttempts must be a literal from 1 to {most}")
    if not _between(retrier.get("MaxDelaySeconds"), 1, LONGEST_DELAY):
        told.append(f"MaxDelaySeconds must be a literal from 1 to {LONGEST_DELAY}")
    return told


def _between(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
