"""A definition walked in process: the states, retries and catches as they stand in the file, without an engine.

It knows what the project's definitions use of the JSONPath language, and raises on anything else. A walk is a
generator: it yields a `Do` (one task) or a `Rest` (a wait) and is sent what came of it, so that walks can
interleave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from functions.errors import RunbookError

TASK: Final = re.compile(r"\$\{task:(\w+)\}")
NUMBER: Final = re.compile(r"\$\{(\w+)\}")
MOST_STATES: Final = 2_000


@dataclass(frozen=True)
class Do:
    state: str
    task: str
    request: dict[str, Any]


@dataclass(frozen=True)
class Rest:
    state: str
    seconds: float


@dataclass(frozen=True)
class Ended:
    """`error` None: succeeded. `path`: the states, in order."""

    error: str | None
    cause: str
    output: Any
    path: tuple[str, ...]


class Engine(Exception):
    """What the engine itself reports of a function: `word` is its error name."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


Walk = Generator["Do | Rest", Any, Ended]


def walk(machine: Mapping[str, Any], numbers: Mapping[str, int], given: Any, context: Mapping[str, Any]) -> Walk:
    name, data, path = str(machine["StartAt"]), given, list[str]()
    for _ in range(MOST_STATES):
        state = machine["States"][name]
        path.append(name)
        match state["Type"]:
            case "Task":
                after = yield from _task(name, state, data, context)
                if after is None:
                    return Ended(None, "", data, tuple(path))
                data, goes = after
                if goes is None:
                    return Ended(None, "", data, tuple(path))
                name = goes
            case "Choice":
                name = next((str(c["Next"]) for c in state["Choices"] if _holds(c, data)), state["Default"])
            case "Wait":
                yield Rest(name, _seconds(state, data, numbers))
                name = state["Next"]
            case "Fail":
                cause = _at(state["CausePath"], data, context) if "CausePath" in state else state.get("Cause", "")
                return Ended(str(state["Error"]), str(cause), None, tuple(path))
            case "Succeed":
                return Ended(None, "", data, tuple(path))
            case other:
                raise NotImplementedError(other)
    raise AssertionError(f"{MOST_STATES} states and no end: {path[-20:]}")


def _task(
    name: str, state: Mapping[str, Any], data: Any, context: Mapping[str, Any]
) -> Generator[Do | Rest, Any, tuple[Any, str | None] | None]:
    found = TASK.fullmatch(state["Resource"])
    assert found, state["Resource"]
    request = _filled(state["Parameters"], data, context)
    tried = [0] * len(state.get("Retry", ()))
    while True:
        try:
            answer = yield Do(name, found.group(1), request)
        except (RunbookError, Engine) as error:
            word = error.word if isinstance(error, Engine) else type(error).__name__
            again = _again(state, tried, word)
            if again is not None:
                yield Rest(name, again)
                continue
            told = {"Error": word, "Cause": json.dumps({"errorMessage": str(error), "errorType": word})}
            for catcher in state.get("Catch", ()):
                if word in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                    return _put(data, told, catcher.get("ResultPath", "$")), str(catcher["Next"])
            raise
        if "ResultSelector" in state:
            answer = _filled(state["ResultSelector"], answer, context)
        return _put(data, answer, state.get("ResultPath", "$")), state.get("Next")


def _again(state: Mapping[str, Any], tried: list[int], word: str) -> float | None:
    """Seconds until the next try; None: no more."""
    for index, retrier in enumerate(state.get("Retry", ())):
        if word in retrier["ErrorEquals"]:
            if tried[index] >= retrier["MaxAttempts"]:
                return None
            tried[index] += 1
            pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** (tried[index] - 1)
            # Full jitter is half of it on average.
            return float(min(pause, retrier["MaxDelaySeconds"])) / 2
    return None


def _filled(template: Any, data: Any, context: Mapping[str, Any]) -> Any:
    if not isinstance(template, Mapping):
        return template
    return {
        key.removesuffix(".$"): _at(value, data, context) if key.endswith(".$") else _filled(value, data, context)
        for key, value in template.items()
    }


def _at(path: str, data: Any, context: Mapping[str, Any]) -> Any:
    root, steps = (context, path[3:]) if path.startswith("$$.") else (data, path[2:])
    for step in filter(None, steps.split(".")):
        root = root[step]
    return root


def _put(data: Any, answer: Any, path: str | None) -> Any:
    if path is None:
        return data
    if path == "$":
        return answer
    key = path.removeprefix("$.")
    assert "." not in key, path
    return {**data, key: answer}


def _holds(rule: Mapping[str, Any], data: Any) -> bool:
    if "And" in rule:
        return all(_holds(inner, data) for inner in rule["And"])
    value = _at(rule["Variable"], data, {})
    for asked, wanted in rule.items():
        match asked:
            case "Variable" | "Next" | "Comment":
                continue
            case "StringEquals" | "BooleanEquals":
                return bool(value == wanted)
            case "IsNull":
                return bool((value is None) == wanted)
            case other:
                raise NotImplementedError(other)
    raise AssertionError(rule)


def _seconds(state: Mapping[str, Any], data: Any, numbers: Mapping[str, int]) -> float:
    if "SecondsPath" in state:
        return float(_at(state["SecondsPath"], data, {}))
    seconds = state["Seconds"]
    found = NUMBER.fullmatch(seconds) if isinstance(seconds, str) else None
    return float(numbers[found.group(1)] if found else seconds)
