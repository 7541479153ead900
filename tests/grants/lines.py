"""What every role may do, one action on one resource a line, as the settings of the embedded AWS have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.asl import discover as definitions
from infra.asl import references
from infra.config import load_settings
from infra.names import Names
from infra.paths import ROOT
from infra.policies import Statement, granted, machine_statements, start_statement, task_statements
from infra.resources import targets
from infra.tasks import TaskFile, discover

ENV: Final = "local"
BUCKET: Final = "arn:aws:s3:::REPORTS"
SWAPS: Final = (
    (re.compile(r"(?<=arn:aws:s3:::)[^/]+"), "{reports}"),
    (re.compile(r"\b000000000000\b"), "{account}"),
    (re.compile(r"\beu-central-1\b"), "{region}"),
    (re.compile(rf"(?<=[-/]){ENV}\b"), "{env}"),
)


@dataclass(frozen=True, order=True)
class Line:
    """`holder`: `function NAME`, `machine NAME` or `rule NAME`. `where`: operator, key and value of its condition,
    or nothing. Account, region, environment and bucket stand as words in braces."""

    holder: str
    action: str
    on: str
    where: str = ""

    @classmethod
    def of(cls, holder: str, action: str, on: str, conditions: Mapping[str, Any]) -> Line:
        """From a policy as it is deployed."""
        where = "; ".join(
            f"{operator} {key} {' '.join([value] if isinstance(value, str) else map(str, value))}"
            for operator, pairs in sorted(conditions.items())
            for key, value in sorted(pairs.items())
        )
        return cls(holder, action, plain(on), plain(where))


def plain(text: str) -> str:
    """Without anybody's account, region, environment and bucket."""
    for form, word in SWAPS:
        text = form.sub(word, text)
    return text


def names() -> Names:
    return Names(load_settings(ENV))


def tasks() -> tuple[TaskFile, ...]:
    return discover(ROOT / "functions" / "tasks")


def every() -> list[Line]:
    """Of every function, machine and rule, in that order."""
    own = names()
    found: list[Line] = []
    for task in tasks():
        found += _lines(f"function {task.name}", task_statements(task, own, BUCKET))
    machines = definitions(ROOT / "statemachines")
    for one in machines:
        found += _lines(f"machine {one.name}", machine_statements(references(one), own, targets(own)))
    for one in machines:
        if one.runbook.trigger is not None:
            found += _lines(f"rule {one.name}", [start_statement(own, one.name)])
    return found


def needs() -> dict[Line, list[str]]:
    """The port methods that need each line of a function."""
    own = names()
    found: dict[Line, list[str]] = {}
    for task in tasks():
        for need in task.needs:
            for line in _lines(f"function {task.name}", granted(replace(task, needs=(need,)), own, BUCKET)):
                found.setdefault(line, []).append(need)
    return found


def _lines(holder: str, statements: Iterable[Statement]) -> Iterator[Line]:
    for one in statements:
        operator, key, value = one.condition or ("", "", "")
        conditions = {operator: {key: value}} if one.condition else {}
        for action in one.actions:
            for resource in one.resources:
                yield Line.of(holder, action, resource, conditions)
