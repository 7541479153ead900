"""A platform in memory that was stopped and comes back: the order of the machines, walked task by task."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from functions.adapters.memory.world import Line, Started
from functions.contracts import Answer
from functions.errors import Refused, RunbookError
from functions.resuming import ResumeJob, ResumePlan, Returned
from functions.tasks import (
    allow_managing,
    bring_back_strategies,
    conclude_resume,
    halt_again,
    look_at_batch,
    look_for_service,
    open_resume,
    plan_batch,
    plan_resume,
    promote_batch,
    release_kill_switch,
    restore_service,
    stop_batch,
    stop_failed,
    stop_service,
    take_guard,
)
from tests.rules.facts import service
from tests.tasks.rig import MACHINE, SETTINGS, Rig
from tests.tasks.stops import call, engaged

RESUME = MACHINE.replace(":stateMachine:", ":execution:").replace("stale-heartbeat", "resume-trading") + ":r1"
STOP = RESUME.replace("resume-trading", "emergency-stop").replace(":r1", ":s1")
TRADES = SETTINGS.trading_statuses


class ResumeDesk(Rig):
    """`broken` strategies never beat; `mute` ones beat and process no signal. `each` is called after every step."""

    def __init__(self, settings: Any = SETTINGS) -> None:
        super().__init__(settings)
        self.world.service = service()
        self.broken: set[str] = set()
        self.mute: set[str] = set()
        self.each: Callable[[str], None] = lambda _: None
        self.steps: list[str] = []
        self.traded: set[str] = set()

    # The platform.

    def platform(self, *strategy_ids: str, **more: Any) -> None:
        for strategy_id in strategy_ids:
            self.strategy(strategy_id, age=5, **more)

    def bots(self) -> None:
        """ECS does what it is told, and whoever trades beats and processes a signal."""
        ecs = self.world.service
        assert ecs is not None
        self.world.service = ecs = replace(ecs, running=ecs.desired, tasks=ecs.tasks if ecs.desired else ())
        self.world.advance(seconds=5)
        for item in self.world.items("trading_state"):
            name = item["strategy_id"]
            if ecs.running and item["status"] in TRADES and name not in self.broken:
                self.world.put("trading_state", {**item, "last_heartbeat": self.now.isoformat()})
                if name not in self.mute:
                    message = json.dumps({"strategy_id": name, "event": "signal_processed"})
                    self.world.lines.append(Line(self.now, message))

    def stop(self, execution: str = STOP, **given: Any) -> None:
        """What an emergency stop does."""
        job = engaged(self, execution, **{"reason": "fat finger", "requested_by": "ana", **given})
        for number in range(8):
            call(self, job, number)
        self.work(stop_service, job=job)
        self.world.executions[execution] = Started(execution, "emergency-stop", "s", {}, "SUCCEEDED")
        self.bots()

    def statuses(self) -> dict[str, str]:
        return {item["strategy_id"]: item["status"] for item in self.world.items("trading_state")}

    def trading(self) -> set[str]:
        return {name for name, status in self.statuses().items() if status in TRADES}

    def switch(self) -> dict[str, Any]:
        return self.world.item("guards", "kill-switch") or {}

    # The machine.

    def step(self, task: Any, **request: Any) -> Any:
        name = task.__name__.rpartition(".")[2]
        answer = self.work(task, **request)
        self.steps.append(name)
        self.each(name)
        return answer

    def opened_resume(self, execution: str = RESUME, **given: Any) -> ResumeJob:
        asked = {"requested_by": "ben", "reason": "the limit is fixed", **given}
        self.world.executions[execution] = Started(execution, "resume-trading", "r", {}, "RUNNING")
        job = self.step(open_resume, execution_arn=execution, started_at=self.now, input=asked)
        return ResumeJob(run=job.run, order=job.order)

    def planned(self, job: ResumeJob) -> ResumePlan:
        plan: ResumePlan = self.step(plan_resume, run=job.run, order=job.order)
        return plan

    def answer(self, decision: str = "trading", *by: str, note: str | None = None) -> Answer:
        return Answer(
            approval_id="apr-1",
            decision=decision,
            decided_by=by or ("ana", "cleo"),
            decided_at=self.now,
            note=note,
            until=None,
            why_alone=None,
        )

    def resume(self, decision: str = "trading", execution: str = RESUME, **given: Any) -> Any:
        """The whole of statemachines/resume-trading; the answer of its end."""
        job = self.opened_resume(execution, **given)
        state: dict[str, Any] = {"run": job.run, "order": job.order}
        try:
            state["guard"] = self.step(take_guard, run=job.run, guard_id="resume")
        except Refused as error:
            state["refused"] = {"Error": "Refused", "Cause": json.dumps({"errorMessage": str(error)})}
            return self.concluded(state)
        try:
            state["plan"] = plan = self.planned(job)
            if plan.question is not None:
                state["answer"] = self.answer(decision)
                self.each("answer")
                self._acts(job, plan, state)
        except RunbookError as error:
            state["error"] = {"Error": type(error).__name__, "Cause": json.dumps({"errorMessage": str(error)})}
        return self.concluded(state)

    def concluded(self, state: dict[str, Any]) -> Any:
        plain = {k: v.model_dump(mode="json") if hasattr(v, "model_dump") else v for k, v in state.items()}
        return self.work(conclude_resume, execution_arn=state["run"].execution_arn, state=plain)

    def _acts(self, job: ResumeJob, plan: ResumePlan, state: dict[str, Any]) -> None:
        answer = state["answer"]
        tasks = {"trading": release_kill_switch, "break_glass": release_kill_switch, "manage_only": allow_managing}
        if answer.decision not in tasks:
            return
        state["let_go"] = let_go = self.step(
            tasks[answer.decision], run=job.run, order=job.order, scope=plan.scope, answer=answer
        )
        state["returned"] = returned = self.returned(job, plan, managing=let_go.managing)
        if returned.batch is not None and returned.batch.verdict == "halt":
            state["halted"] = self.step(halt_again, run=job.run, order=job.order, returned=returned)

    def returned(self, job: ResumeJob, plan: ResumePlan, *, managing: bool = False) -> Returned:
        """statemachines/return-strategies."""
        given = {"run": job.run, "order": job.order, "scope": plan.scope, "managing": managing}
        service = self.step(restore_service, job=given).service
        while service.again:
            self.bots()
            service = self.step(look_for_service, **given, service=service)
        batch, last = None, None
        while service.up:
            batch = self.step(plan_batch, **given, batch=batch, last=last)
            if not batch.again:
                break
            last = self.batch(given, batch)
        return Returned.model_validate(
            {"service": service.model_dump(), "batch": batch.model_dump() if batch else None}
        )

    def batch(self, given: dict[str, Any], batch: Any) -> Any:
        """statemachines/return-batch."""
        job = {**given, "batch": batch}
        try:
            brought = self.step(bring_back_strategies, job=job)
        except RunbookError:
            self.step(stop_batch, job=job)
            raise
        given, beats = {**given, "batch": batch}, brought.beats
        if beats.again:
            while beats.again:
                self.bots()
                beats = self.step(look_at_batch, **given, beats=beats)
            self.step(promote_batch, **given, beats=beats)
        return self.step(
            stop_failed,
            **given,
            beats=beats,
            changed_before=brought.changed_before,
            whys=brought.whys,
            error=None,
        )


def names(number: int) -> list[str]:
    return [f"s{one:05d}" for one in range(number)]
