"""Runs of runbooks as generators, so that the steps of several runs can interleave as they do on the engine.

A generator yields a `Step` (one task) or `Parallel` branches and is sent what the engine would hand on; a task that
fails is tried again where the engine may, else its word is thrown into the generator, as a Catch would take it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, Final

from functions.errors import RunbookError, Transient

TRIES: Final = 3


class Lost(RunbookError):
    """What the engine says where a function may have run: a timeout, a process that died."""


@dataclass(frozen=True)
class Step:
    """One task with its request."""

    task: ModuleType
    request: dict[str, Any]

    @property
    def name(self) -> str:
        return self.task.__name__.rpartition(".")[2]


@dataclass(frozen=True)
class Parallel:
    """Branches that catch whatever happens in them; the answer is the list of theirs."""

    branches: Sequence[Plan]


Plan = Generator["Step | Parallel", Any, Any]


def step(task: ModuleType, **request: Any) -> Step:
    return Step(task, request)


class Thread:
    """One generator on its way. `pending` is the task that comes next, None in front of branches and at the end."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._inner, self._tries = plan, list[Thread](), 0
        self.pending: Step | None = None
        self.over, self.result = False, None
        self.failed: RunbookError | None = None
        self._go(lambda: next(plan))

    def step(self, do: Callable[[Step], Any], pick: int) -> None:
        """The next task of one of its branches; `pick` says of which."""
        if self._inner:
            alive = [one for one in self._inner if not one.over]
            alive[pick % len(alive)].step(do, pick)
            if all(one.over for one in self._inner):
                results = [one.result for one in self._inner]
                self._inner = []
                self._go(lambda: self._plan.send(results))
            return
        assert self.pending is not None
        try:
            answer = do(self.pending)
        except RunbookError as error:
            if _again(self.pending.task, error) and self._tries < TRIES:
                self._tries += 1
                return
            self._go(partial(self._plan.throw, error))
        else:
            self._go(lambda: self._plan.send(answer))

    def _go(self, resume: Callable[[], Step | Parallel]) -> None:
        self.pending, self._tries = None, 0
        try:
            wanted = resume()
        except StopIteration as end:
            self.over, self.result = True, end.value
        except RunbookError as error:
            self.over, self.failed = True, error
        else:
            if isinstance(wanted, Step):
                self.pending = wanted
            else:
                self._inner = [Thread(plan) for plan in wanted.branches]


def _again(task: ModuleType, error: RunbookError) -> bool:
    """As the definitions retry: an act that may have happened is done again only where that is declared."""
    once = task.ACT and not getattr(task, "REPEATABLE", False)
    return isinstance(error, Transient) or (isinstance(error, Lost) and not once)
