"""A small invented runbook's tasks, and its definitions read from `good/` and `broken/`.

Each file holds `machine` and `runbook` as the two files of a folder in statemachines/ do. A broken one names
a good one (`of`) and the one change that breaks it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from infra.asl import Definition
from infra.asl.runbook import read_runbook
from infra.asl.strict_yaml import read
from infra.checks import Context, TaskFacts

HERE = Path(__file__).parent


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Frozen):
    id: str
    dry_run: bool
    note: str | None


class Item(Frozen):
    name: str
    age: int | None


class BeginRequest(Frozen):
    input: Any
    execution: str


class BeginResponse(Frozen):
    run: Run


class OfRun(Frozen):
    run: Run


class FindResponse(Frozen):
    verdict: Literal["act", "leave"]
    stale: tuple[Item, ...]
    worst: Item | None
    note: str | None
    wait_seconds: int = Field(ge=1, le=900)
    anything: dict[str, Any]


class ActRequest(Frozen):
    run: Run
    target: str
    how: Literal["gently", "hard"] = "gently"
    tries: int = Field(default=1, ge=1, le=5)


class Turn(Frozen):
    looks_left: int
    again: bool


class LookRequest(Frozen):
    run: Run
    looks_left: int


class AskRequest(Frozen):
    run: Run
    task_token: str


class Answer(Frozen):
    decision: Literal["approve", "reject"]


class TellRequest(Frozen):
    state: dict[str, Any]


class TellResponse(Frozen):
    escalated: bool
    cause: str
    output: dict[str, str]


class RefuseRequest(Frozen):
    refusal: str


def _facts(name: str, request: type, response: type, **more: Any) -> TaskFacts:
    return TaskFacts(name, request, response, **{"act": False, "timeout_seconds": 15, **more})


TASKS = {
    facts.name: facts
    for facts in (
        _facts("begin", BeginRequest, BeginResponse),
        _facts("find", OfRun, FindResponse),
        _facts("act", ActRequest, Turn, act=True),
        _facts("stop", ActRequest, Turn, act=True, repeatable=True),
        _facts("look", LookRequest, Turn),
        _facts("ask", AskRequest, Frozen, answer=Answer),
        _facts("tell", TellRequest, TellResponse, notifies=True),
        _facts("refuse", RefuseRequest, TellResponse, notifies=True),
    )
}


class Limits(Frozen):
    look_every: int = 15
    approval_lapses_change: int = 450

    @property
    def approval_backstop_change(self) -> int:
        return self.approval_lapses_change + 150


class Settings(Frozen):
    limits: Limits = Limits()


def definition(name: str, data: dict[str, Any]) -> Definition:
    return Definition(name, HERE / name, data["machine"], read_runbook(data["runbook"]))


def good(name: str) -> Definition:
    return definition(name, read(HERE / "good" / f"{name}.yaml"))


GOOD = {path.stem: good(path.stem) for path in sorted((HERE / "good").glob("*.yaml"))}
BROKEN = {path.stem: read(path) for path in sorted((HERE / "broken").glob("*.yaml"))}


def context() -> Context:
    root = HERE.parents[2]
    return Context(tasks=TASKS, definitions=GOOD, names=frozenset({"alerts_topic"}), settings=Settings, root=root)


def broken(case: dict[str, Any]) -> Definition:
    """The good definition `of` with each of `changes`: `{at: [steps], to: value}`, `gone` or `add` for `to`."""
    data = copy.deepcopy(read(HERE / "good" / f"{case['of']}.yaml"))
    for change in case["changes"]:
        *steps, last = change["at"]
        place = data
        for step in steps:
            place = place[step]
        if change.get("gone"):
            del place[last]
        elif "add" in change:
            place[last].append(change["add"])
        elif isinstance(place, list):
            place.insert(last, change["to"])
        else:
            place[last] = change["to"]
    return definition(case["of"], data)
