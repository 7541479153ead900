"""Twin of CloudWatch's alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from functions.adapters.breaches import no_alarm
from functions.adapters.memory.world import World
from functions.errors import Refused
from functions.facts import AlarmFact, BreachFact


class MemoryAlarms:
    def __init__(self, world: World) -> None:
        self._world = world

    def state(self, name: str) -> AlarmFact:
        missing = AlarmFact(name, None, reason="there is no alarm of this name")
        return self._world.alarms.get(name, missing)

    def in_alarm(self, prefix: str) -> Sequence[AlarmFact]:
        alarms = self._world.alarms.values()
        return [alarm for alarm in alarms if alarm.name.startswith(prefix) and alarm.state == "ALARM"]

    def breach(self, name: str) -> BreachFact:
        return self._world.breaches.get(name) or no_alarm(name)

    def newest(self, name: str, since: datetime) -> datetime | None:
        if name in self._world.published:
            return self._world.now
        rule = self._world.breaches.get(name)
        if rule is None and name not in self._world.alarms:
            raise Refused(f"{name}: there is no metric alarm of this name")
        if rule is None:
            return None
        if rule.unsupported:
            raise Refused(f"{name}: {rule.unsupported}")
        period = timedelta(seconds=rule.period_seconds)
        return max((at for at, _ in rule.points if at >= since - period), default=None)
