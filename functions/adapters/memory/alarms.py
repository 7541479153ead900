"""Twin of CloudWatch's alarms."""

from __future__ import annotations

from collections.abc import Sequence

from functions.adapters.breaches import no_alarm
from functions.adapters.memory.world import World
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
