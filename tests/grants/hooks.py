"""Where the embedded AWS asks a policy, and whose call it is that asks."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalResult
from ministack.services import eventbridge, lambda_svc, stepfunctions

from local.engine.fixes.iam_machine_roles import _role
from local.engine.fixes.patching import around
from local.engine.sfn import place
from tests.grants.answers import answered, how, told
from tests.grants.holding import Call, Holding, covering, row_of
from tests.grants.record import line_of

NOW, RESULTS = "now", "results.jsonl"
# After that a call goes as it is: whoever waits for it has a timeout. What is left is shown by a later call.
MOST_SECONDS: Final = 12.0
PREFIX: Final = "tradai-local-"


def hold_grants_back(folder: Path) -> None:
    """Hooks around the policy check, functions, state machines' own calls and rules' targets."""
    hooks = Hooks(folder)
    around(iam_evaluator, "evaluate", hooks.evaluating)
    around(iam_evaluator, "enforce", hooks.enforcing)
    around(lambda_svc, "_execute_function_warm", hooks.calling)
    around(stepfunctions, "_invoke_resource", hooks.integrating)
    around(eventbridge, "_invoke_target", hooks.delivering)


class Hooks:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        results = folder / RESULTS
        known = results.read_text("utf-8").splitlines() if results.exists() else []
        self._holding = Holding([line_of(json.loads(line)) for line in known])
        self._written = threading.Lock()
        # A function's calls are made one after the other: what AWS is asked names the role alone, not the call.
        self._turns: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._calls: dict[str, Call] = {}
        # A machine's and a rule's own calls are checked where they are made.
        self._mine: ContextVar[tuple[str, Call] | None] = ContextVar("mine", default=None)
        self._refusing: ContextVar[Call | None] = ContextVar("refusing", default=None)

    def now(self) -> str:
        try:
            return (self._folder / NOW).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def evaluating(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def evaluate(question: Any, policies: Any, *limits: Any) -> Any:
            found = original(question, policies, *limits)
            call = self._call_of(question.principal_arn)
            if call is None or found.decision != "Allow":
                return found
            lines = covering(call.holder, question, policies)
            if not self._holding.refuses(call, lines, (question.action, question.resource_arn)):
                return found
            self._refusing.set(call)
            return EvalResult("ImplicitDeny", question.principal_arn, "", "this grant is held back")

        return evaluate

    def enforcing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def enforce(*given: Any, **named: Any) -> Any:
            self._refusing.set(None)
            found = original(*given, **named)
            call = self._refusing.get()
            if call is not None and found is None:
                call.let_through = True
            return found

        return enforce

    def calling(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def execute(func: Any, event: Any, request_id: str) -> Any:
            config = func.get("config") or func
            name, role = str(config.get("FunctionName")), str(config.get("Role")).rpartition("/")[2]
            holder = f"function {name.partition('-rb-')[2].replace('-', '_')}"
            with self._turns[name]:
                until = time.monotonic() + MOST_SECONDS
                while True:
                    call = Call(holder, able=bool(self.now()) and time.monotonic() < until)
                    self._calls[role] = call
                    try:
                        result = original(func, event, request_id)
                    finally:
                        del self._calls[role]
                    if call.held is None:
                        return result
                    self._write(call, answered(result))

        return execute

    def integrating(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def invoke_resource(*given: Any) -> Any:
            where, role = place.here.get(), (_role() or "").rpartition("/")[2]
            while where is not None and role:
                call = Call(f"machine {where.machine.removeprefix(PREFIX)}", able=bool(self.now()))
                token = self._mine.set((role, call))
                try:
                    return original(*given)
                except stepfunctions._ExecutionError as error:
                    if call.held is None:
                        raise
                    self._write(
                        call,
                        {
                            "error": error.error,
                            "says_so": told(error.cause),
                            "logs_it": False,
                            "answer": error.cause,
                        },
                    )
                finally:
                    self._mine.reset(token)
            return original(*given)

        return invoke_resource

    def delivering(self, original: Callable[..., None]) -> Callable[..., None]:
        def invoke_target(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
            role = str(target.get("RoleArn", "")).rpartition("/")[2]
            machine = str(target.get("Arn", "")).rpartition(":")[2]
            call = Call(f"rule {machine.removeprefix(PREFIX)}", able=bool(self.now() and role))
            token = self._mine.set((role, call))
            try:
                # What is refused here only is not to lie in the queue of what was lost.
                kept = {key: value for key, value in target.items() if key != "DeadLetterConfig"}
                original(kept if call.able else target, event, rule, view)
            finally:
                self._mine.reset(token)
            if call.held is not None:
                self._write(call, how("not delivered"))
                original(target, event, rule, view)

        return invoke_target

    def _call_of(self, principal: str) -> Call | None:
        role = principal.partition(":assumed-role/")[2].partition("/")[0]
        mine = self._mine.get()
        if mine is not None and mine[0] == role:
            return mine[1]
        return self._calls.get(role)

    def _write(self, call: Call, answer: Mapping[str, Any]) -> None:

        here = place.here.get()
        at = f"{here.machine.removeprefix(PREFIX)}/{here.path[-1]}" if here is not None else ""
        self._holding.show(call)
        with self._written, (self._folder / RESULTS).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row_of(call, self.now(), at, answer)) + "\n")
