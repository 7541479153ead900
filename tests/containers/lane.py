"""Every case on both engines, and what they do not have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.containers.known import Known, excuse
from tests.containers.plain import plain
from tests.containers.runs import Job, Ran, Runner
from tests.containers.walks import differences, walk_of
from tests.definitions import machines
from tests.paths.cases import Case, cases_of, mock_file
from tests.paths.engine import NAMES, rendered


@dataclass(frozen=True)
class Cases:
    """`machines`: the definitions as both engines get them, by folder."""

    machines: Mapping[str, Mapping[str, Any]]
    cases: Sequence[Case]

    @property
    def mock_file(self) -> dict[str, Any]:
        """In the format of Step Functions Local."""
        return mock_file(self.cases, {folder: NAMES.machine(folder) for folder in self.machines})


@dataclass(frozen=True)
class Difference:
    """A line of what differs: `embedded | second`; `known`: why it is let pass."""

    machine: str
    case: str
    goal: str
    line: str
    known: Known | None


def load(folders: Sequence[str] | None = None) -> Cases:
    """The cases of these folders in statemachines/; of all without."""
    found = {one.name: plain(rendered(one)) for one in machines() if folders is None or one.name in folders}
    return Cases(found, [case for name, machine in found.items() for case in cases_of(name, machine)[0]])


def job_of(case: Case) -> Job:
    return Job(NAMES.machine(case.machine), case.name, json.dumps(case.given))


def run(runner: Runner, given: Cases) -> dict[Job, Ran]:
    """Every case on one engine."""
    runner.make({NAMES.machine(folder): machine for folder, machine in given.machines.items()})
    return runner.run(job_of(case) for case in given.cases)


def compare(
    given: Cases, embedded: Mapping[Job, Ran], second: Mapping[Job, Ran], known: Sequence[Known] = ()
) -> list[Difference]:
    """In the order of the cases."""
    found = []
    for case in given.cases:
        definition, job = given.machines[case.machine], job_of(case)
        here, there = (walk_of(definition, ran.status, ran.history) for ran in (embedded[job], second[job]))
        found += [
            Difference(case.machine, case.name, case.goal, line, excuse(case, known))
            for line in differences(here, there, torn=case.inner is None)
        ]
    return found


def unexpected(given: Cases, ran: Mapping[Job, Ran]) -> list[str]:
    """Runs of one engine that did not go the way for which their case was made."""
    found = []
    for case in given.cases:
        definition = given.machines[case.machine]
        walk = walk_of(definition, ran[job_of(case)].status, ran[job_of(case)].history)
        if (walk.outer, walk.error) != (case.outer, case.error):
            went = f"{' '.join(walk.outer)} -> {walk.status} {walk.error}"
            wanted = f"{' '.join(case.outer)} -> {case.error}"
            found.append(f"{case.machine} {case.name} ({case.goal}): went {went}, not {wanted}")
    return found
