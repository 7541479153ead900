"""Events of one execution's history into steps and moments. Reads no clock and calls nobody.

AWS chains events by `previousEventId`, which tells the branch an event belongs to. Where that is missing
(the embedded engine), name and resource decide; only twins running at the same moment can be mixed up.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from console.history import Event
from console.live.asking import asks
from console.live.definition import CALLBACK
from console.live.events import (
    ENDS,
    FAILED,
    SCHEDULED,
    SUCCEEDED,
    child_of,
    details_of,
    error_of,
    parsed,
    readable,
    resource_of,
)
from console.live.meaning import findings, label_of
from console.live.steps import Moment, Run, Status, Step, What


class Teller:
    """Feeds one run. `time_scale` only turns Wait states into the moment they end."""

    def __init__(self, run: Run, time_scale: float = 1.0) -> None:
        self.run, self._scale = run, time_scale
        self._by_event: dict[int, Step] = {}
        self._open: list[Step] = []

    def feed(self, event: Event) -> Iterator[Moment]:
        """The moments of one event, usually none or one."""
        kind, at = str(event["type"]), event["timestamp"]
        step = self._step_of(event, kind)
        if kind == "ExecutionStarted":
            self.run.started = at
            yield Moment(What.RUN_STARTED, at, self.run)
        elif kind.endswith("StateEntered"):
            step = self._enter(kind.removesuffix("StateEntered"), details_of(event), at)
            yield Moment(What.ENTERED, at, self.run, copy.copy(step))
        elif kind.endswith("StateExited") and step is not None:
            self._leave(step, details_of(event), at)
            yield Moment(What.LEFT, at, self.run, copy.copy(step), step.error, step.cause)
        elif kind in SCHEDULED and step is not None:
            again = step.scheduled and step.error is not None
            step.scheduled, step.resource = True, resource_of(event)
            if step.asks is None and step.resource.endswith(CALLBACK):
                # The definition could not be read, and the history says it as well.
                step.asks, step.act = asks(step.input), False
            if again:
                step.retries += 1
                yield Moment(What.RETRY, at, self.run, copy.copy(step), step.error, step.cause)
                step.error = step.cause = None
        elif kind in FAILED and step is not None:
            step.error, step.cause = error_of(event, kind)
        elif kind in SUCCEEDED and step is not None:
            step.error = step.cause = None
            step.child_arn = step.child_arn or child_of(event)
        elif kind == "TaskSubmitted" and step is not None:
            step.child_arn = child_of(event)
        elif kind in ENDS:
            yield from self._end(ENDS[kind], event, at)
        if step is not None:
            self._by_event[int(event["id"])] = step

    def _step_of(self, event: Event, kind: str) -> Step | None:
        """The step an event belongs to; None for those that belong to the run, or open a step."""
        name = details_of(event).get("name") if kind.endswith("StateExited") else None
        chained = self._by_event.get(int(event.get("previousEventId") or 0))
        if chained is not None and chained in self._open and name in (None, chained.name):
            return chained
        if name is not None:
            return next((step for step in self._open if step.name == name), None)
        if kind not in SCHEDULED and kind not in SUCCEEDED and kind not in FAILED:
            return chained
        resource = resource_of(event)
        tasks = [step for step in self._open if step.kind == "Task"]
        if kind in SCHEDULED:
            tasks = [step for step in tasks if not step.scheduled or step.error is not None]
            tasks.sort(key=lambda step: self.run.definition.resource(step.name) != resource)
        else:
            tasks = [step for step in tasks if step.scheduled and step.error is None]
            tasks.sort(key=lambda step: step.resource != resource)
        return tasks[0] if tasks else None

    def _enter(self, kind: str, details: dict[str, Any], at: datetime) -> Step:
        name, given = str(details["name"]), parsed(details.get("input"))
        holders = [step for step in reversed(self._open) if step.kind in ("Parallel", "Map")]
        named = self.run.definition.container(name)
        # Without a definition: whatever was opened last, which is wrong only for branches beside a Map.
        container = next((step for step in holders if step.name == named), next(iter(holders), None))
        siblings = self.run.steps if container is None else container.parts
        label = label_of(given) if container is not None and container.kind == "Map" else None
        step = next((s for s in siblings if s.name == name and s.label == label and s not in self._open), None)
        if step is None:
            step = Step(name=name, kind=kind, entered=at, label=label)
            siblings.append(step)
        else:
            step.count += 1
        definition = self.run.definition
        step.entered, step.left, step.input, step.status = at, None, given, Status.RUNNING
        step.scheduled, step.error, step.cause, step.retries = False, None, None, 0
        step.child = step.child_arn = None
        step.act, step.comment = definition.is_act(name), definition.comment(name)
        step.asks = asks(given) if definition.is_callback(name) else None
        step.waits = definition.wait_seconds(name, at, given) if kind == "Wait" else None
        step.until = None if step.waits is None else at + timedelta(seconds=step.waits * self._scale)
        if kind != "Fail":
            self._open.append(step)
        return step

    def _leave(self, step: Step, details: dict[str, Any], at: datetime) -> None:
        step.left = at
        step.status = Status.CAUGHT if step.error else Status.DONE
        if step.status is Status.DONE and step.kind in ("Task", "Succeed"):
            step.findings = findings(step.input, parsed(details.get("output")))
        self._open.remove(step)

    def _end(self, status: str, event: Event, at: datetime) -> Iterator[Moment]:
        details = details_of(event)
        run = self.run
        run.status, run.ended = status, at
        run.error, run.cause = details.get("error"), readable(details.get("cause"))
        run.output = parsed(details.get("output"))
        for step in run.every_step():
            if step.left is None:
                step.left, step.status = at, Status.FAILED
        self._open.clear()
        yield Moment(What.RUN_ENDED, at, run, None, run.error, run.cause)
