"""Checks over every definition: what engines accept and cfn-lint does not see (docs/definition-checks.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from infra.asl import Definition
from infra.checks import (
    branches,
    callbacks,
    catches,
    history,
    loops,
    paths,
    placeholders,
    retries,
    runbook,
    structure,
    targets,
    timeouts,
    words,
)
from infra.checks.context import Context, TaskFacts
from infra.checks.finding import Finding

Check = Callable[[Definition, Context], list[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    structure.check,
    targets.check,
    timeouts.check,
    callbacks.check,
    retries.check,
    words.check,
    catches.check,
    branches.check,
    loops.check,
    placeholders.check,
    paths.check,
    history.check,
    runbook.check,
)

RULES: Final = {
    "fields": "every field belongs to its state's type in the JSONPath language",
    "resource": "a task runs a known task file, a known machine or a direct integration",
    "target": "every target is a state of the same scope",
    "end": "a state has either a Next or an End",
    "unreachable": "every state can be reached",
    "dead-end": "from every state an end can be reached",
    "name": "names are unique in the machine and have at most 80 characters",
    "size": "more than 20 states are better split (warning)",
    "timeout": "every task has a literal TimeoutSeconds, 5 s above its function's own at least",
    "callback": "every callback has a literal timeout too",
    "question": "a callback's task declares its Answer, and its state outlasts the question",
    "machine-timeout": "the machine has no timeout of its own",
    "wait": "every wait has a known longest time",
    "retry": "retries have full jitter, bounded attempts and delays, and only retriable errors",
    "retry-act": "an act that is not repeatable is retried only after errors that say that nothing happened",
    "throttled": "every task retries when Lambda throttles it",
    "word": "error names are known, States.ALL stands alone and last, a run fails with a contract's name",
    "catch": "States.ALL and States.DataLimitExceeded are caught wherever something can fail",
    "loud": "whatever is caught ends where people are told, whichever way the run goes",
    "silent-end": "no runbook ends before a state that tells people",
    "branch-fail": "no Fail inside a Parallel or Map",
    "choice-default": "every Choice has a Default",
    "map": "every Map is inline, has a MaxConcurrency and a declared bound",
    "loop": "every loop goes through a declared counting task and a Choice that obeys it",
    "placeholder": "every placeholder is well-formed, has a value and is used",
    "number": "every declared number is a settings field with the same default",
    "first-state": "the first state hands $ whole to a task",
    "path": "every path surely resolves",
    "request": "what a task or child is given is what it requests",
    "choice": "every comparison can hold",
    "result-path": "a result can surely be put where ResultPath says",
    "intrinsic": "intrinsic functions exist and have the right arguments",
    "token": "the task token is passed as Payload.task_token by every callback, and stands nowhere else",
    "history": "the worst case leaves at most 5,000 history events",
    "harm": "the tests that can_harm names exist",
    "child": "no machine starts itself",
}

__all__ = ["CHECKS", "RULES", "Context", "Finding", "TaskFacts", "run"]


def run(definitions: Iterable[Definition], context: Context) -> list[Finding]:
    """Every finding of every check, sorted by machine and state."""
    found = list(definitions)
    whole = replace(context, definitions={**context.definitions, **{d.name: d for d in found}})
    return sorted({finding for d in found for check in CHECKS for finding in check(d, whole)})
