"""What AWS is asked about single states: each as some case came to it, with the answer that the case mocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.aws.visits import Visit, states, visits
from tests.paths.errors import first, leading_to, throws

Status = Literal["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]
COMPOSITE = ("Parallel", "Map")


@dataclass(frozen=True)
class Thrown:
    """A mocked error, and how often the retrier that takes it has tried again."""

    error: str
    cause: str
    retried: int = 0


@dataclass(frozen=True)
class StateCase:
    """One question to TestState and what the embedded engine did.

    Attributes:
        machine, state: folder and state's name.
        given: input, as JSON text.
        returned: a mocked result, as JSON text.
        thrown: a mocked error.
        status, after, output, error: what is expected; `output` as JSON text, None where it is not compared.
    """

    machine: str
    state: str
    given: str
    returned: str | None
    thrown: Thrown | None
    status: Status
    after: str | None
    output: str | None = None
    error: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Questions with the same key would be answered in the same way."""
        return self.machine, self.state, self.thrown, self.status, self.after


def of_run(
    machine: str,
    definition: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]],
    history: Sequence[Mapping[str, Any]],
) -> Iterator[StateCase]:
    """Of one run with mocked `answers` (state -> attempts -> Return or Throw)."""
    known, attempts = dict(states(definition)), dict.fromkeys(answers, 0)
    for visit in visits(definition, history):
        state = known[visit.state]
        kind = state["Type"]
        if kind == "Task":
            yield from _task(machine, state, visit, answers.get(visit.state, {}), attempts)
        elif kind in COMPOSITE:
            yield from _composite(machine, state, visit)
        elif kind == "Fail":
            yield StateCase(machine, visit.state, visit.given, None, None, "FAILED", None, error=state.get("Error"))
        elif visit.output is not None:
            yield StateCase(
                machine, visit.state, visit.given, None, None, "SUCCEEDED", _after(state, visit), visit.output
            )


def distinct(cases: Iterable[StateCase]) -> list[StateCase]:
    """The first of each key."""
    found: dict[tuple[object, ...], StateCase] = {}
    for case in cases:
        found.setdefault(case.key, case)
    return list(found.values())


def unaskable(state: Mapping[str, Any]) -> str | None:
    """Why TestState cannot be asked about a state; None where it can.

    Source: Step Functions API reference, TestState: `context` may only be given together with a mock, and a mock
    only for Task, Map and Parallel.
    """
    own = {name: one for name, one in state.items() if name not in ("Branches", "ItemProcessor", "Iterator")}
    if state["Type"] not in ("Task", *COMPOSITE) and "$$." in json.dumps(own):
        return "it reads the context object, and TestState takes one only with a mock"
    return None


def answer_of(answers: Mapping[str, Any], attempt: int) -> Mapping[str, Any] | None:
    """Keys are attempts: "0", or "1-3"."""
    for key, answer in answers.items():
        begin, _, end = key.partition("-")
        if int(begin) <= attempt <= int(end or begin):
            found: Mapping[str, Any] = answer
            return found
    return None


def _after(state: Mapping[str, Any], visit: Visit) -> str | None:
    return visit.after if state["Type"] == "Choice" else state.get("Next")


def _task(
    machine: str, state: Mapping[str, Any], visit: Visit, answers: Mapping[str, Any], attempts: dict[str, int]
) -> Iterator[StateCase]:
    retried: dict[int | None, int] = {}
    while (answer := answer_of(answers, attempts.get(visit.state, 0))) is not None:
        attempts[visit.state] += 1
        if "Throw" not in answer:
            returned = json.dumps(answer.get("Return", {}))
            yield StateCase(
                machine, visit.state, visit.given, returned, None, "SUCCEEDED", state.get("Next"), visit.output
            )
            return
        error, cause = answer["Throw"]["Error"], answer["Throw"].get("Cause", "")
        index = first(state.get("Retry", []), error)
        thrown = Thrown(error, cause, retried.get(index, 0))
        if retried.get(index, 0) + 1 < throws(state.get("Retry", []), error):
            retried[index] = thrown.retried + 1
            yield StateCase(machine, visit.state, visit.given, None, thrown, "RETRIABLE", None, error=error)
            continue
        yield _failed(machine, state, visit.state, visit.given, thrown, visit.output)
        return


def _composite(machine: str, state: Mapping[str, Any], visit: Visit) -> Iterator[StateCase]:
    if visit.results is not None and visit.output is not None:
        returned = f"[{','.join(visit.results)}]"
        yield StateCase(
            machine, visit.state, visit.given, returned, None, "SUCCEEDED", state.get("Next"), visit.output
        )
    for index, _ in enumerate(state.get("Catch", ())):
        error = next(leading_to(state["Catch"], index), None)
        if error is not None:
            yield _failed(machine, state, visit.state, visit.given, Thrown(error, "mocked"), None)


def _failed(
    machine: str, state: Mapping[str, Any], name: str, given: str, thrown: Thrown, output: str | None
) -> StateCase:
    """No retrier takes it any more."""
    index = first(state.get("Catch", []), thrown.error)
    if index is None:
        return StateCase(machine, name, given, None, thrown, "FAILED", None, error=thrown.error)
    after = state["Catch"][index]["Next"]
    return StateCase(machine, name, given, None, thrown, "CAUGHT_ERROR", after, output, thrown.error)
