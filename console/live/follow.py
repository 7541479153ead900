"""Follows an execution and the executions it starts, as long as any of them is running."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any

from botocore.exceptions import ClientError

from console.history import HistoryReader
from console.live.asking import Asks, known
from console.live.definition import Definition
from console.live.steps import Moment, Run, Step, What
from console.live.teller import Teller

STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
# Clocks of the engine and of its list may differ a little.
LEEWAY = timedelta(seconds=5)
# Runs that start runs that start runs: deeper than this nobody nests.
DEEPEST = 100
# A countdown moves this often even where the history is asked less.
TICK = 0.25
# Seconds between two looks at who was asked: waves are minutes apart.
ASK_EVERY = 2.0


class Follower:
    """Reads the history of one execution and of its children.

    Args:
        client: boto3's Step Functions client.
        execution_arn: what to follow; `ClientError` ExecutionDoesNotExist where there is none.
        prefix: what machine names begin with (`tradai-dev-`).
        time_scale: of the embedded engine; shortens the countdowns.
        list_children: whether children are to be looked for (AWS names them in the history itself).
        records: the incident's records of its questions, asked for while a state waits for a person.
    """

    def __init__(
        self, client: Any, execution_arn: str, *, prefix: str = "", time_scale: float = 1.0,
        list_children: bool = False, records: Callable[[], Sequence[Any]] = tuple,
    ) -> None:  # fmt: skip
        self._client, self._prefix, self._scale = client, prefix, time_scale
        self._list_children, self._records, self._asked_at = list_children, records, float("-inf")
        self._definitions: dict[str, Definition] = {}
        self._followed: list[tuple[HistoryReader, Teller]] = []
        self._children: set[str] = {execution_arn}
        self.run = self._follow(execution_arn, depth=0)

    def look(self) -> list[Moment]:
        """What has happened since the last look, over all executions, in the order of its happening."""
        found: list[list[Moment]] = []
        # The list grows while children are adopted, and they are looked at in the same turn.
        for reader, teller in self._followed:
            if teller.run.ended is None:
                try:
                    events = reader.new_events()
                except ClientError:
                    if teller.run is self.run:
                        raise
                    # A child whose history may not be read is left out; its parent says how it ended.
                    teller.run.ended = self.run.started
                    continue
                found.append([moment for event in events for moment in teller.feed(event)])
                self._adopt(teller.run)
        # `merge` keeps the order within each run, and asks the key only where runs meet.
        return [*merge(*found, key=_when), *self._people_asked()]

    def _people_asked(self) -> Iterator[Moment]:
        """What became known of the questions that stand, read now and then."""
        runs = [teller.run for _, teller in self._followed if teller.run.ended is None]
        waiting = [(run, step) for run in runs for step in run.every_step() if step.waits_for_a_person]
        if not waiting or time.monotonic() < self._asked_at + ASK_EVERY:
            return
        self._asked_at, records, now = time.monotonic(), self._records(), datetime.now(UTC)
        for run, step in waiting:
            was = step.asks or Asks("")
            step.asks = known(was, records)
            if step.asks != was:
                yield Moment(What.ASKED, now, run, copy.copy(step))

    def moments(self, every: float, tick: Callable[[], None] = lambda: None) -> Iterator[Moment]:
        """Moments until the execution has ended and its children are told. `tick` is called all the while."""
        last = False
        while True:
            yield from self.look()
            tick()
            if last:
                return
            last = self.run.ended is not None
            wake = time.monotonic() + (0 if last else every)
            while (left := wake - time.monotonic()) > 0:
                time.sleep(min(left, TICK))
                tick()

    def _follow(self, arn: str, depth: int) -> Run:
        machine = arn.split(":")[6] if arn.count(":") >= 7 else arn
        run = Run(arn=arn, machine=machine.removeprefix(self._prefix), depth=depth)
        run.definition = self._definition(machine, arn)
        self._followed.append((HistoryReader(self._client, arn), Teller(run, self._scale)))
        return run

    def _definition(self, machine: str, arn: str) -> Definition:
        """Read once a machine. Without the right to read it the view has no comments and no countdowns."""
        if machine not in self._definitions:
            try:
                answer = self._client.describe_state_machine_for_execution(executionArn=arn)
                self._definitions[machine] = Definition.parse(answer["definition"])
            except ClientError:
                self._definitions[machine] = Definition()
        return self._definitions[machine]

    def _adopt(self, parent: Run) -> None:
        """Begins to follow the children of steps that wait for one."""
        for step in parent.every_step():
            if step.child is not None or not step.scheduled:
                continue
            arn = step.child_arn or self._child_by_list(parent, step)
            if arn is None or (arn in self._children and step.child_arn is None):
                continue
            self._children.add(arn)
            step.child_arn = arn
            step.child = self._follow(arn, parent.depth + 1)

    def _child_by_list(self, parent: Run, step: Step) -> str | None:
        """The embedded engine names no child before its end, so the children's own inputs are asked."""
        machine = parent.definition.child_machine(step.name)
        if machine is None or step.left is not None or not self._list_children:
            return None
        listed = self._client.list_executions(stateMachineArn=machine, maxResults=20)["executions"]
        for entry in reversed(listed):
            arn = entry["executionArn"]
            if arn in self._children or entry["startDate"] < step.entered - LEEWAY:
                continue
            given = _loaded(self._client.describe_execution(executionArn=arn).get("input"))
            if given.get(STARTED_BY) != parent.arn:
                self._children.add(arn)  # somebody else's: not asked again
            elif step.label is None or step.label in json.dumps(given):
                return str(arn)
        return None


def _when(moment: Moment) -> tuple[datetime, int]:
    """At the same instant a state is entered before its child starts, and left after its child has ended."""
    ends = moment.what in (What.LEFT, What.RUN_ENDED)
    return moment.at, DEEPEST - moment.run.depth if ends else moment.run.depth


def _loaded(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
