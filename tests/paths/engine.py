"""The embedded engine with the project's definitions and nothing behind them: every task is mocked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.asl import Definition, placeholders, render
from infra.config import load_settings
from infra.names import Names
from local.engine.process import Engine
from tests.local.engine.lab import Lab, eventually
from tests.paths.cases import Case, mock_file
from tests.paths.unknowns import FROM_THE_ENGINE

NAMES: Final = Names(load_settings("local"))
# Runs side by side: most of a run is the engine's own threads taking turns.
AT_ONCE: Final = 8
PREFIX: Final = "arn:aws:lambda:eu-central-1:000000000000:function:"


@dataclass(frozen=True)
class Walked:
    """What a run did: `entered` in order, those inside Parallel and Map among them; `inputs`: with what, as JSON;
    `asked`: what its tasks were given, attempt by attempt."""

    entered: tuple[str, ...]
    inputs: tuple[str, ...]
    asked: tuple[Any, ...]
    output: Any
    error: str | None
    cause: str | None

    def told(self) -> str:
        return f"{' '.join(self.entered)} -> {self.error or 'succeeded'} ({self.cause})"


def rendered(definition: Definition) -> dict[str, Any]:
    """As it is deployed, with made-up ARNs."""
    numbers = definition.runbook.numbers
    values = {name: f"{PREFIX}{name.replace(':', '-')}" for name in placeholders(definition) if name not in numbers}
    whole: dict[str, Any] = json.loads(render(definition, values))
    return whole


@contextmanager
def engine(meter: Path | None = None) -> Iterator[Lab]:
    with Engine.start(time_scale=0.0001, platform=False, meter=meter) as started:
        yield Lab(started)


def deploy(lab: Lab, machines: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """ARNs by the name that each is given."""
    states = lab.client("stepfunctions")
    return {
        name: str(
            states.create_state_machine(name=name, definition=json.dumps(machine), roleArn=lab.role)[
                "stateMachineArn"
            ]
        )
        for name, machine in machines.items()
    }


def mock(lab: Lab, cases: Iterable[Case], name_of: Mapping[str, str]) -> None:
    """The answers of these cases from now on; no wait takes any time."""
    lab.configure(_sfn_mock_config=mock_file(cases, name_of), _SFN_WAIT_SCALE=0)


def walk(lab: Lab, arn: str, case: Case, seconds: float = 15.0) -> Walked:
    """Raises AssertionError where it does not end in time."""
    run = begin(lab, arn, case)
    try:
        end = ended(lab, run, seconds)
    except AssertionError:
        stop(lab, run)
        raise
    return walked(lab, run, end)


def begin(lab: Lab, arn: str, case: Case) -> str:
    """The execution's ARN."""
    return lab.start(f"{arn}#{case.name}", case.given)


def ended(lab: Lab, run: str, seconds: float) -> dict[str, Any]:
    """The execution as it is described at its end. Raises AssertionError where it does not end in time."""
    return eventually(lambda: lab.execution(run), lambda found: found["status"] != "RUNNING", seconds)


def stop(lab: Lab, run: str) -> None:
    """Does nothing where it has ended meanwhile."""
    states = lab.client("stepfunctions")
    try:
        states.stop_execution(executionArn=run)
    except states.exceptions.ClientError:
        if lab.execution(run)["status"] == "RUNNING":
            raise


def walked(lab: Lab, run: str, end: Mapping[str, Any]) -> Walked:
    """What a run did that has ended."""
    history = lab.history(run)
    entered = [one["stateEnteredEventDetails"] for one in history if one["type"].endswith("StateEntered")]
    names, inputs = tuple(one["name"] for one in entered), tuple(one["input"] for one in entered)
    error = end.get("error") if end["status"] != "SUCCEEDED" else None
    output = json.loads(end["output"]) if error is None else None
    return Walked(names, inputs, tuple(_asked(history)), output, error, end.get("cause"))


def _asked(history: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for event in history:
        if event["type"] == "LambdaFunctionScheduled":
            yield json.loads(event["lambdaFunctionScheduledEventDetails"]["input"])
        elif event["type"] == "TaskScheduled":
            yield json.loads(event["taskScheduledEventDetails"]["parameters"])


def walk_all(lab: Lab, arns: Mapping[str, str], cases: Iterable[Case]) -> Iterator[tuple[Case, Walked]]:
    """`arns` by folder."""
    given = list(cases)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(given, pool.map(lambda case: walk(lab, arns[case.machine], case), given), strict=True)


def difference(case: Case, definition: Mapping[str, Any], walked: Walked) -> str | None:
    """How the run differs from what the case expects; None where it does not."""
    outer = tuple(name for name in walked.entered if name in definition["States"])
    inner = tuple(sorted(name for name in walked.entered if name not in definition["States"]))
    if outer != case.outer:
        return f"went {' '.join(outer)}, not {' '.join(case.outer)}"
    if case.inner is not None and inner != case.inner:
        return f"inside it went {' '.join(inner)}, not {' '.join(case.inner)}"
    if walked.error != case.error:
        return f"ended with {walked.error}, not {case.error}"
    if case.asked is not None and not _alike(case.asked, walked.asked, in_order=not case.inner):
        return f"its tasks were given {walked.asked}, not {case.asked}"
    if case.carried is not None:
        last = max(at for at, name in enumerate(walked.entered) if name in definition["States"])
        if not like(case.carried, carried := json.loads(walked.inputs[last])):
            return f"came to its last state with {carried}, not {case.carried}"
    if case.error is None and not like(case.output, walked.output):
        return f"handed on {walked.output}, not {case.output}"
    return None


def _alike(expected: Iterable[Any], actual: Iterable[Any], *, in_order: bool) -> bool:
    if in_order:
        return like(list(expected), list(actual))
    left = list(actual)
    for one in expected:
        index = next((at for at, other in enumerate(left) if like(one, other)), None)
        if index is None:
            return False
        del left[index]
    return not left


def like(expected: Any, actual: Any) -> bool:
    """The same, but for what only the engine knows."""
    if expected == FROM_THE_ENGINE:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(like(one, actual[name]) for name, one in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(like, expected, actual))
    return type(expected) is type(actual) and bool(expected == actual)
