"""A world in memory and the tasks driven over it as Lambda would: through JSON, with nothing but their needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter

from functions.adapters.memory import World, twins
from functions.adapters.memory.world import Started
from functions.contracts import Run
from functions.facts import AlarmFact
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.rules.plan import Cause, Group, Remedy
from functions.runtime import restrict
from functions.settings import Env, Settings
from functions.stages import GroupJob
from tests.rules.facts import NOW

SETTINGS = Settings(env=Env.LOCAL, account_id="000000000000", region="eu-central-1")
SERVICE = SETTINGS.platform.service
ALARM = SETTINGS.platform.heartbeat_alarm
GUARD = f"service/{SERVICE}"
MACHINE = "arn:aws:states:eu-central-1:000000000000:stateMachine:tradai-local-stale-heartbeat"
EXECUTION = f"{MACHINE.replace(':stateMachine:', ':execution:')}:e1"
INCIDENT = incident_id_for(EXECUTION)
MOST_BYTES = 200_000


def group(*strategy_ids: str, **more: Any) -> Group:
    """A crashed service unless told otherwise."""
    given: dict[str, Any] = {
        "group_id": "g1",
        "cause": Cause.SERVICE_CRASHED,
        "venue": None,
        "strategy_ids": strategy_ids or ("s1",),
        "remedy": Remedy.REDEPLOY,
        "needs_person": False,
        "proposal": "look at the service",
        **more,
    }
    return Group(**given)


def job(run: Run, *strategy_ids: str, **more: Any) -> GroupJob:
    return GroupJob(run=run, group=group(*strategy_ids, **more))


class Rig:
    """`rig.work(task_module, field=...)` answers as the function would."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.world = World(now=NOW, published={ALARM, settings.position_stuck_alarm, settings.order_failures_alarm})
        self.settings = settings

    @property
    def now(self) -> datetime:
        return self.world.now

    def ports(self) -> Ports:
        """What every task of this world is wired to."""
        return twins(self.world)

    def work(self, task: ModuleType, **request: Any) -> Any:
        """The response, after it and the request went through JSON and its size was measured."""
        parsed = task.Request.model_validate(json.loads(_json(request)))
        answer = task.handler.work(parsed, restrict(self.ports(), task.handler.needs), self.settings)
        told = _json(answer)
        assert len(told) <= MOST_BYTES, f"{task.__name__} answers {len(told)} bytes"
        again = TypeAdapter(type(answer)).validate_json(told)
        assert set(json.loads(told)) == set(json.loads(_json(again))), "a field is missing"
        return again

    def run(self, **more: Any) -> Run:
        """The run of this world, its incident not yet written."""
        given = {
            "incident_id": INCIDENT,
            "runbook": "stale-heartbeat",
            "execution_arn": EXECUTION,
            "opened_at": self.now,
            "dry_run": False,
            "mode": "act",
            "strategy_id": None,
            "alarm_name": ALARM,
            "alarm_at": self.now.isoformat(),
            "requested_by": None,
            "proceed": True,
            "why_not": None,
        }
        return Run(**{**given, **more})

    def opened(self, **more: Any) -> Run:
        """The run with its incident, its guard and its execution."""
        run = self.run(**more)
        self.incident(run)
        self.lock(run.execution_arn, run.incident_id)
        self.execution(run.execution_arn)
        return run

    def incident(self, run: Run) -> None:
        twins(self.world).incidents.open(
            {
                "incident_id": run.incident_id,
                "runbook": run.runbook,
                "execution_arn": run.execution_arn,
                "opened_at": run.opened_at,
                "severity": "high",
                "strategy_ids": [],
            }
        )
        self.world.calls.clear()

    def lock(self, owner: str, incident_id: str, *, act_until: datetime | None = None) -> None:
        """The service's guard, held by that execution."""
        at = _text(self.now)
        until = _text(act_until or self.now)
        lock = {"guard_id": GUARD, "owner": owner, "incident_id": incident_id, "taken_at": at, "act_until": until}
        self.world.put("guards", lock)

    def execution(self, arn: str, status: str = "RUNNING") -> None:
        self.world.executions[arn] = Started(arn, "stale-heartbeat", arn.rpartition(":")[2], {}, status)

    def engage(self, **more: Any) -> None:
        """The kill switch."""
        self.world.put(
            "guards",
            {"guard_id": "kill-switch", "engaged": True, "reason": "drill", "engaged_by": "ana", **more},
        )

    def strategy(self, strategy_id: str, *, age: float | None = 300, status: str = "running", **more: Any) -> None:
        """`age` of the heartbeat in seconds; None: there is none."""
        beat = {} if age is None else {"last_heartbeat": (self.now - timedelta(seconds=age)).isoformat()}
        self.world.put("trading_state", {"strategy_id": strategy_id, "status": status, **beat, **more})

    def alarm(self, state: str | None = "ALARM", *, since: float | None = 300) -> None:
        """`since`: seconds ago."""
        at = None if since is None else self.now - timedelta(seconds=since)
        self.world.alarms[ALARM] = AlarmFact(ALARM, state, reason="Threshold Crossed", since=at)

    def item(self, incident_id: str = INCIDENT) -> Mapping[str, Any]:
        """The incident as readers get it."""
        item = twins(self.world).incidents.get(incident_id)
        assert item is not None, f"no incident {incident_id}"
        return item

    def intents(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.item()["intents"]
        return found

    def evidence(self, incident_id: str = INCIDENT) -> list[tuple[str, str]]:
        """What was noted and its value, in order."""
        return [(e["what"], e["value"]) for e in self.item(incident_id)["evidence"]]

    def called(self, *methods: str) -> Sequence[str]:
        """Those of these port methods that were called, in order."""
        return [call for call in self.world.calls if call in methods]


def _json(value: Any) -> str:
    return TypeAdapter(type(value)).dump_json(value).decode()


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
