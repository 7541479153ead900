"""The platform that the runbooks of a search work on: its bots, ECS, its faults, and the law over every call."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, cast

from functions.adapters.memory import twins
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import ProbeFact, Reading, ScalingFact, TaskFact
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.settings import Connectivity
from tests.properties.law import TRADES, Law, Who
from tests.rules import facts
from tests.tasks.rig import GUARD, SETTINGS, Rig
from tests.tasks.test_raise_memory_tasks import BASE, DEFINITION, IMAGE

# Three that trade, one that warms up, one that manages exits, one that was stopped long ago.
STRATEGIES: Final = {
    "alpha": "running", "bravo": "running", "fox": "running",
    "delta": "warmup", "echo": "paused", "golf": "stopped",
}  # fmt: skip
URLS: Final = {"binanceusdm": "https://binance.example/ping", "bybit": "https://bybit.example/ping"}
WORDS: Final[Mapping[str, Callable[[str], RunbookError]]] = {
    "transient": Transient, "refused": Refused, "uncertain": Uncertain, "broken": Broken, "lost": Uncertain,
}  # fmt: skip
BREAKABLE: Final = (
    "trading_state.stop_many", "trading_state.stop", "trading_state.start", "trading_state.bring_back",
    "trading_state.segment", "trading_state.get", "halts.engage", "halts.record", "halts.record_service",
    "halts.release", "halts.allow_managing", "halts.allow_service", "service.scale", "service.redeploy",
    "service.describe", "scaling.suspend", "scaling.restore", "guards.kill_switch", "incidents.intend",
    "incidents.settle", "incidents.note", "executions.status", "notifier.publish", "reports.put",
)  # fmt: skip
LIMITS: Final = {
    "restarts_an_hour": 20, "redeploys_an_hour": 20, "stop_looks": 4, "heartbeat_looks": 2,
    "resume_batch_least": 2, "resume_failed_most": 60,
}  # fmt: skip
# Ports that can change what the law is about.
JUDGED: Final = frozenset({"trading_state", "service", "halts", "guards"})
# Twins that a variant puts in the place of the right ones.
Swap = Callable[["Platform", Ports], Ports]


@dataclass(frozen=True)
class Fault:
    """Befalls one call of a method, about this strategy (or segment) where it is about one. `lost`: the call was
    done, and its answer never came."""

    method: str
    word: str


class Seen:
    """A port whose every call is judged, raced by others and befallen by faults."""

    def __init__(self, platform: Platform, name: str, port: object) -> None:
        self._platform, self._name, self._port = platform, name, port

    def __getattr__(self, method: str) -> Callable[..., Any]:
        inner = getattr(self._port, method)
        return lambda *args, **kwargs: self._platform.call(f"{self._name}.{method}", lambda: inner(*args, **kwargs))


class Platform(Rig):
    def __init__(self, seen: Counter[str], swap: Swap | None = None) -> None:
        limits = SETTINGS.limits.model_copy(update=LIMITS)
        super().__init__(
            SETTINGS.model_copy(update={"limits": limits, "connectivity": Connectivity(exchange=URLS)})
        )
        self.seen, self.law = seen, Law(self.world, seen)
        self.who = Who("nobody")
        self._faults: list[Fault] = []
        self._races: dict[str, Callable[[], None]] = {}
        self._swap, self._made = swap, 0
        for name, status in STRATEGIES.items():
            self.strategy(name, age=300 if name == "alpha" else 5, status=status)
            self.world.put("strategy_config", {"strategy_id": name, "exchange": "binanceusdm"})
        self.world.definitions.append(deepcopy(DEFINITION))
        primary = replace(facts.deployment(), task_definition=BASE)
        self.world.service = facts.service(image=IMAGE, deployments=(primary,), desired=1)
        self.world.scaling = ScalingFact(1, 3, False, False, False)
        self.world.digests[IMAGE] = "sha256:same"
        self.world.page = 1

    def ports(self) -> Ports:
        made = super().ports()
        made = self._swap(self, made) if self._swap else made
        seen = {name: Seen(self, name, getattr(made, name)) for name in Ports.__dataclass_fields__}
        return Ports(**cast(Any, seen))

    def call(self, what: str, inner: Callable[[], Any]) -> Any:
        with self.world.lock:
            if race := self._races.pop(what, None):
                self.seen["raced"] += 1
                who, self.who = self.who, Who("nobody")
                race()
                self.who, self.law.raced = who, True
            fault = next((one for one in self._faults if one.method == what), None)
            if fault is not None:
                self._faults.remove(fault)
                self.seen["fault"] += 1
                self.seen[f"fault {fault.word}"] += 1
                if fault.word != "lost":
                    raise WORDS[fault.word](f"{what}: as the test wants it")
            before = self.law.sight() if what.partition(".")[0] in JUDGED else None
            answer = inner()
            if before is not None:
                self.law.called(self.who, what, before, self.law.sight())
            if fault is not None:
                raise WORDS["lost"](f"{what}: the answer never came")
            return answer

    def breaks(self, fault: Fault) -> None:
        self._faults.append(fault)

    def races(self, what: str, act: Callable[[], None]) -> None:
        """`act` happens right before the next call of this method, in the middle of somebody's step."""
        self._races[what] = act

    def let_go(self, execution: str) -> None:
        """The end of a run gives its guard back."""
        twins(self.world).guards.release(GUARD, owner=execution)

    # The bots.

    def beats(self, names: int) -> None:
        """Whose bits are set: takes notice of its status, and beats if it trades. Only while a task runs."""
        running = self.world.service is not None and self.world.service.running > 0
        for place, name in enumerate(STRATEGIES):
            item = self.world.item("trading_state", name)
            if item and names >> place & 1 and running:
                beat = {"last_heartbeat": self.now.isoformat()} if item["status"] in TRADES else {}
                self.world.put("trading_state", {**item, **beat, "acknowledged_status": item["status"]})

    def silent(self, name: str) -> None:
        """For ten minutes."""
        item = self.world.item("trading_state", name)
        if item:
            beat = (self.now - timedelta(minutes=10)).isoformat()
            self.world.put("trading_state", {**item, "last_heartbeat": beat})

    def flips(self, name: str) -> None:
        """A bot that ignores what it was told writes its own status back."""
        item = self.world.item("trading_state", name) or {}
        if item.get("status") == "stopped" and "stopped_by" in item:
            self.seen["flipped"] += 1
            self.world.put("trading_state", {**item, "status": "running"})

    def by_hand(self, name: str, status: str) -> None:
        """A person at the table, who knows nothing of marks; nobody trades by hand while halted."""
        item = self.world.item("trading_state", name)
        if item and (status == "stopped" or not self.law.sight().switch.engaged):
            self.world.put("trading_state", {**item, "status": status})
            self.law.by_hand(name)

    # ECS.

    def ecs(self) -> None:
        """Does what it was told: tasks come and go, deployments end."""
        service = self.world.service
        assert service is not None
        alive = [task for task in service.tasks if task.last_status != "STOPPED"]
        if service.desired and not alive:
            self._made += 1
            alive = [facts.task(f"t{self._made}", started_at=self.now)]
        tasks = tuple(alive) if service.desired else tuple(self._ended(task) for task in service.tasks)
        done = tuple(replace(one, rollout="COMPLETED") for one in service.deployments[:1])
        running = len(alive) if service.desired else 0
        self.world.service = replace(service, tasks=tasks, running=running, pending=0, deployments=done)

    def crash(self) -> None:
        service = self.world.service
        assert service is not None
        tasks = tuple(self._ended(task) for task in service.tasks)
        self.world.service = replace(service, tasks=tasks, running=0)

    def venue(self, *, up: bool) -> None:
        url = URLS["binanceusdm"]
        self.world.probes.pop(url, None)
        if not up:
            self.world.probes[url] = ProbeFact(url, Reading.FAILED, "timed out", self.now)

    def _ended(self, task: TaskFact) -> TaskFact:
        return replace(
            task, last_status="STOPPED", desired_status="STOPPED", stopped_at=task.stopped_at or self.now
        )

    def ended(self, execution: str | None) -> bool:
        """The end of this run is written."""
        item = self.world.item("incidents", incident_id_for(execution)) if execution else None
        return "ended_at" in (item or {})

    def rows(self, incident_id: str) -> list[dict[str, Any]]:
        """What a stop's end says of every strategy."""
        return self.lines(f"incidents/{incident_id}/strategies.jsonl")

    def lines(self, key: str) -> list[dict[str, Any]]:
        """An object of JSON Lines; empty where it was not stored."""
        body, _ = self.world.objects.get(key, ("", ""))
        return [json.loads(line) for line in body.splitlines()]
