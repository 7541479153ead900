"""A Mermaid flowchart of a definition, for people: the same text for the same definition, always."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.asl import Definition, with_defaults
from infra.asl.references import sdk_action
from infra.asl.states import LAMBDA_CALLBACK, Scope, inner_scopes, machine_of, scopes, task_of
from infra.checks.context import TaskFacts
from infra.checks.graph import items
from infra.conditions import condition

# Drawn once as "an error in any other step" where at least this many states share their last catcher's target.
MANY: Final = 3
QUESTIONS: Final = frozenset(
    {"Is", "Are", "Do", "Does", "Did", "Has", "Have", "Was", "Were", "Which", "How", "What"}
)
RESERVED: Final = frozenset({"end", "default", "style", "class", "click", "graph", "subgraph", "flowchart"})
# Longer conditions are wrapped, in characters.
WIDTH: Final = 30
STYLES: Final = (
    "classDef act fill:#fde3c8,stroke:#b35900,color:#222",
    "classDef look fill:#e8eef7,stroke:#4a6fa5,color:#222",
    "classDef child fill:#e9e2f5,stroke:#6b4fa0,color:#222",
    "classDef quiet fill:#f4f4f4,stroke:#888,color:#222",
    "classDef choice fill:#fff8d6,stroke:#a08a00,color:#222",
    "classDef good fill:#d7f0d7,stroke:#2e7d32,color:#222",
    "classDef bad fill:#f8d7d7,stroke:#b71c1c,color:#222",
)
_SHAPES: Final = {
    "look": ('["', '"]'),
    "act": ('["', '"]'),
    "child": ('[["', '"]]'),
    "choice": ('{"', '"}'),
    "quiet": ('("', '")'),
    "good": ('(["', '"])'),
    "bad": ('(["', '"])'),
}


def flowchart(definition: Definition, tasks: Mapping[str, TaskFacts]) -> str:
    """The flowchart; of `tasks` it shows which change something and which tell people."""
    chart = _Chart(definition, tasks)
    top = next(iter(scopes(with_defaults(definition))))
    lines = ["flowchart TD", '    start(("start"))', *chart.scope(top, 1)]
    lines.append(f"    start --> {node_id(top, str(top.start))}")
    lines += [*chart.edges(top), *chart.shared_catches(top)]
    if any(state.get("End") is True for state in top.states.values()):
        lines.insert(2, '    done(["done"]):::good')
    return "\n".join([*lines, *(f"    {style}" for style in STYLES)]) + "\n"


def words(name: str) -> str:
    """`IsThereARemedy` as `Is there a remedy`."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).split()
    return " ".join([parts[0], *(part if part.isupper() and len(part) > 1 else part.lower() for part in parts[1:])])


def node_id(scope: Scope, name: str) -> str:
    """An id that Mermaid takes, unique in the machine."""
    path = scope.at(name)
    made = re.sub(r"\W+", "_", path)
    return f"{made}_" if made.lower() in RESERVED | {"start", "done", "errors"} else made


class _Chart:
    def __init__(self, definition: Definition, tasks: Mapping[str, TaskFacts]) -> None:
        self._runbook = definition.runbook
        self._tasks = tasks

    def scope(self, scope: Scope, depth: int) -> Iterator[str]:
        """The nodes of a scope, the containers as subgraphs with their own edges inside."""
        pad = "    " * depth
        for name, state in scope.states.items():
            inner = inner_scopes(scope, name)
            if not inner:
                yield f"{pad}{self._node(scope, name, state)}"
                continue
            yield f'{pad}subgraph {node_id(scope, name)}["{_escaped(self._container(name, state))}"]'
            for branch in inner:
                yield from self.scope(branch, depth + 1)
                yield from (f"{pad}{line}" for line in self.edges(branch))
            yield f"{pad}end"

    def edges(self, scope: Scope) -> Iterator[str]:
        """Where the states of a scope lead; catches dotted."""
        shared = _shared(scope)
        for name, state in scope.states.items():
            here = node_id(scope, name)
            yield from self._onward(scope, state, here)
            for target, errors in _catches(state).items():
                general = "any error" in errors
                if general and target == shared:
                    errors = [error for error in errors if error != "any error"]
                if errors and target in scope.states:
                    yield f'    {here} -. "{_escaped(", ".join(errors))}" .-> {node_id(scope, target)}'

    def shared_catches(self, scope: Scope) -> Iterator[str]:
        """One dotted line for the catch that most states share."""
        if (target := _shared(scope)) is not None:
            yield '    errors{{"an error in any other step"}}:::bad'
            yield f"    errors -.-> {node_id(scope, target)}"

    def _onward(self, scope: Scope, state: Mapping[str, Any], here: str) -> Iterator[str]:
        for rule in items(state.get("Choices")):
            yield f'    {here} -- "{_wrapped(condition(rule))}" --> {node_id(scope, rule["Next"])}'
        if "Default" in state:
            yield f'    {here} -- "otherwise" --> {node_id(scope, state["Default"])}'
        if "Next" in state:
            yield f"    {here} --> {node_id(scope, state['Next'])}"
        if state.get("End") is True and not scope.path:
            yield f"    {here} --> done"

    def _node(self, scope: Scope, name: str, state: Mapping[str, Any]) -> str:
        look, lines = self._look(name, state)
        if name in self._runbook.loops:
            lines.append(f"at most {self._runbook.loops[name]} times")
        opened, closed = _SHAPES[look]
        label = "<br/>".join(_escaped(line) for line in lines)
        return f"{node_id(scope, name)}{opened}{label}{closed}:::{look}"

    def _look(self, name: str, state: Mapping[str, Any]) -> tuple[str, list[str]]:
        kind = state.get("Type")
        if kind == "Task":
            return self._task(name, state)
        if kind == "Choice":
            return "choice", [words(name) + "?" * (words(name).split()[0] in QUESTIONS)]
        if kind == "Wait":
            return "quiet", [words(name), f"wait {_seconds(state)}"]
        if kind == "Succeed":
            return "good", [words(name)]
        return ("bad" if kind == "Fail" else "quiet"), [words(name)]

    def _task(self, name: str, state: Mapping[str, Any]) -> tuple[str, list[str]]:
        if (machine := machine_of(state)) is not None:
            return "child", [words(name), f"runs {machine}"]
        if (action := sdk_action(state.get("Resource"))) is not None:
            return "look", [words(name), action]
        facts = self._tasks.get(task_of(state) or "")
        lines = [words(name)]
        if state.get("Resource") == LAMBDA_CALLBACK:
            lines.append(f"waits for an answer, at most {_span(state['TimeoutSeconds'])}")
        if facts is not None and facts.notifies:
            lines.append("tells people")
        return ("act" if facts is not None and facts.act else "look"), lines

    def _container(self, name: str, state: Mapping[str, Any]) -> str:
        if state["Type"] == "Parallel":
            return f"{words(name)}: all at once"
        each = str(state.get("ItemsPath", "$")).rsplit(".", 1)[-1].replace("_", " ")
        at_once = state.get("MaxConcurrency")
        return f"{words(name)}: for each of {each}, {'one by one' if at_once == 1 else f'{at_once} at once'}"


def _catches(state: Mapping[str, Any]) -> dict[str, list[str]]:
    """By target: the errors caught, the two last resorts as one."""
    found: dict[str, list[str]] = {}
    for catcher in items(state.get("Catch")):
        for word in catcher["ErrorEquals"]:
            if word != "States.DataLimitExceeded":
                found.setdefault(catcher["Next"], []).append("any error" if word == "States.ALL" else word)
    return found


def _shared(scope: Scope) -> str | None:
    if scope.path:
        return None
    last = Counter(
        target
        for state in scope.states.values()
        for target, errors in _catches(state).items()
        if "any error" in errors
    )
    target, count = last.most_common(1)[0] if last else (None, 0)
    return target if count >= MANY else None


def _seconds(state: Mapping[str, Any]) -> str:
    if "Seconds" in state:
        return _span(state["Seconds"])
    return str(state["SecondsPath"]).rsplit(".", 1)[-1].replace("_", " ")


def _span(seconds: int) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _wrapped(text: str) -> str:
    return "<br/>".join(_escaped(line) for line in textwrap.wrap(text, WIDTH, break_long_words=False))


def _escaped(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
