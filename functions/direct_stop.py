"""An emergency stop without Step Functions: the same tasks, in the order of statemachines/emergency-stop.

Whoever calls it is the engine: branches are threads, waits are waited here, and a task that breaks stops no
other. A task is given what the state of that name is given, through JSON as on Lambda.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from secrets import token_hex
from time import monotonic
from typing import Any, Final

from pydantic import TypeAdapter

from functions.errors import Refused, Transient, Uncertain
from functions.facts import Result
from functions.halting import SEGMENTS, Counts, Part, StopJob
from functions.ports import Ports
from functions.runtime import restrict
from functions.settings import Settings

FIRST: Final = "engage_kill_switch"
STATUS_PAGE: Final = "post_status_page"
ENTRY_ORDERS: Final = "cancel_entry_orders"
# Each branch is one task; `stop_segment` runs once a segment, and again as long as it says so.
BRANCHES: Final = (
    "latch_again",
    "stop_segment",
    "stop_service",
    ENTRY_ORDERS,
    "announce_stop",
    STATUS_PAGE,
)
LOOK: Final = "look_at_stop"
EXPOSURE: Final = "tell_exposure"
LAST: Final = "conclude_stop"
# The checklist, which is Step Functions' own to run: started where that answers, and nothing waits for it.
AFTER: Final = "start_verification"
ORDER: Final = (FIRST, BRANCHES, LOOK, ENTRY_ORDERS, EXPOSURE, LAST, AFTER)

# Calls of one segment at most, as the machine declares it.
SEGMENT_CALLS: Final = 6
# Tries of one task, and the seconds before the second one; each later pause is half as long again.
TRIES: Final = 5
FIRST_PAUSE: Final = 1.0
LONGER: Final = 1.5

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One task has ended: `answer` as JSON, or `error` (`Word: what it said`). `segment` only where it has one."""

    task: str
    seconds: float
    answer: Json | None
    error: str | None = None
    segment: int | None = None


@dataclass(slots=True)
class Stopped:
    """What came of it: what the state `Conclude` is given, and `conclusion`, its answer; None where it broke."""

    state: Json
    conclusion: Json | None = None
    troubles: list[str] = field(default_factory=list)


def execution_arn(settings: Settings, now: datetime, user: str) -> str:
    """What stands for the execution's ARN in records: nothing of that name runs. Each is another one: two stops of
    one person in the same second are two incidents."""
    who = re.sub(r"[^0-9A-Za-z-]+", "-", user).strip("-") or "somebody"
    name = f"direct-{now:%Y%m%dT%H%M%SZ}-{token_hex(3)}-{who}"[:80]
    machine = f"tradai-{settings.env}-emergency-stop"
    return f"arn:aws:states:{settings.region}:{settings.account_id}:execution:{machine}:{name}"


def needs() -> tuple[str, ...]:
    """Of every task of the stop that can be loaded."""
    found: dict[str, None] = {}
    for name in (FIRST, *BRANCHES, LOOK, EXPOSURE, LAST, AFTER):
        try:
            found.update(dict.fromkeys(_task(name).handler.needs))
        except ImportError:
            continue
    return tuple(found)


def stop(
    ports: Ports,
    settings: Settings,
    order: Mapping[str, Any],
    execution: str,
    *,
    now: datetime,
    sleep: Callable[[float], None],
    shown: Callable[[Told], None],
    told_later: Callable[[], Settings] | None = None,
) -> Stopped:
    """Stops what `order` (the input of the state machine) says. Raises `Refused` alone: a `dry_run` that is no
    boolean. `ports` are wired for `needs()` at least, and used by several threads. `told_later`: the settings as
    the deployment has them, which the status page alone waits for; what it raises makes that part unknown."""
    return _Stop(ports, settings, sleep, shown, told_later or (lambda: settings)).run(order, execution, now)


@dataclass(frozen=True, slots=True)
class _Stop:
    ports: Ports
    settings: Settings
    sleep: Callable[[float], None]
    shown: Callable[[Told], None]
    told_later: Callable[[], Settings]

    def run(self, order: Mapping[str, Any], execution: str, now: datetime) -> Stopped:
        job, segments = self._engage(order, execution, now)
        with ThreadPoolExecutor(len(BRANCHES)) as pool:
            did = list(pool.map(lambda branch: self._branch(branch, job, segments), BRANCHES))
        state: Json = {"job": job, "segments": list(segments), "did": did, "look": None}
        state |= {"orders": None, "exposure": None}
        stopped = Stopped(state)
        self._look(stopped)
        answer, why = self._call(ENTRY_ORDERS, {"job": job, "after": True})
        state["orders"] = answer or {**_failed(ENTRY_ORDERS, why), "pages": True}
        self._note(stopped, why)
        answer, why = self._call(EXPOSURE, {"job": job})
        state["exposure"] = answer or _failed(EXPOSURE, why)
        self._note(stopped, why)
        stopped.conclusion, why = self._call(LAST, {"execution_arn": execution, "state": state})
        self._note(stopped, why)
        if stopped.conclusion is not None:
            self._call(AFTER, {"execution_arn": execution, "output": stopped.conclusion["output"]})
        return stopped

    def _engage(self, order: Mapping[str, Any], execution: str, now: datetime) -> tuple[Json, Sequence[int]]:
        """Without the kill switch the rest is stopped all the same."""
        given = {"given": dict(order), "execution_arn": execution, "started_at": now.isoformat()}
        answer, why = self._call(FIRST, given, refusing=True)
        if answer is not None:
            return {name: answer[name] for name in StopJob.model_fields}, answer["segments"]
        job = {
            "order": dict(order), "execution_arn": execution, "started_at": now.isoformat(),
            "halt_id": None, "latched": False, "latch_why": why,
        }  # fmt: skip
        return job, range(SEGMENTS)

    def _branch(self, branch: str, job: Json, segments: Sequence[int]) -> Json:
        if branch == "stop_segment":
            with ThreadPoolExecutor(max(1, len(segments))) as pool:
                ended = list(pool.map(lambda number: self._segment(job, number), segments))
            return {"segments": ended, "error": None}
        answer, why = self._call(branch, {"job": job})
        return answer or _failed(branch, why)

    def _segment(self, job: Json, number: int) -> Json:
        given: Json = {
            "job": job, "segment": number, "start_key": None, "looks_left": SEGMENT_CALLS,
            "counts": Counts().model_dump(), "items": (),
        }  # fmt: skip
        while True:
            answer, why = self._call("stop_segment", given, segment=number)
            if answer is None:
                return {"segment": number, "again": False, **_kept(given), "unread": why}
            if not answer["again"]:
                return answer
            given = {"job": job, "segment": number, **_kept(answer)}

    def _look(self, stopped: Stopped) -> None:
        state = stopped.state
        left = self.settings.limits.stop_looks
        while True:
            given = {"job": state["job"], "did": state["did"], "look": state["look"], "looks_left": left}
            answer, why = self._call(LOOK, given)
            if answer is None:
                state["error"] = {"Error": why.partition(":")[0], "Cause": why}
                return self._note(stopped, why)
            state["look"], left = answer, answer["looks_left"]
            if not answer["again"]:
                return None
            self.sleep(self.settings.limits.stop_look_every)

    def _call(
        self, name: str, given: Json, *, segment: int | None = None, refusing: bool = False
    ) -> tuple[Json | None, str]:
        """The task's answer, or why there is none."""
        began = monotonic()
        try:
            answer, why = self._tried(name, given), ""
        except Refused as error:
            if refusing:
                raise
            answer, why = None, _said(error)
        except Exception as error:  # whatever breaks here must not keep the others from stopping
            answer, why = None, _said(error)
        self.shown(Told(name, monotonic() - began, answer, why or None, segment))
        return answer, why

    def _tried(self, name: str, given: Json) -> Json:
        """Tried again as its state is: after nothing happened, and after anything else what may be done twice."""
        task = _task(name)
        ports = restrict(self.ports, task.handler.needs)
        for tried in range(1, TRIES + 1):
            try:
                request = task.Request.model_validate(given)
                settings = self.told_later() if name == STATUS_PAGE else self.settings
                answer = task.handler.work(request, ports, settings)
                told: Json = json.loads(TypeAdapter(type(answer)).dump_json(answer))
            except (Transient, Uncertain) as error:
                once = task.ACT and not getattr(task, "REPEATABLE", False)
                if tried == TRIES or (once and isinstance(error, Uncertain)):
                    raise
                self.sleep(FIRST_PAUSE * LONGER ** (tried - 1))
            else:
                return told
        raise AssertionError("unreachable: the last try returns or raises")

    def _note(self, stopped: Stopped, why: str) -> None:
        if why:
            stopped.troubles.append(why)


def _kept(state: Json) -> Json:
    """What one call of a segment hands to the next."""
    return {name: state[name] for name in ("start_key", "looks_left", "counts", "items")}


def _failed(task: str, why: str) -> Json:
    part = Part(name=_name(task), result=Result.UNKNOWN, why=why)
    told: Json = part.model_dump(mode="json")
    return told


def _task(name: str) -> Any:
    """Its module. Imported by name, so that one that cannot be imported keeps no other from its work."""
    return import_module(f"functions.tasks.{name}")


def _name(task: str) -> str:
    """What its part is called."""
    try:
        return str(getattr(_task(task), "NAME", task.replace("_", " ")))
    except ImportError:
        return task.replace("_", " ")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
