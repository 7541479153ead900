"""What stood at the service before a stop: looked at for two seconds and no longer, and written down.

The stop waits for none of it. An answer that comes late still counts where it can only be of before: a desired
count above 0. A service that an earlier halt left at 0 stood otherwise before that one, whose record says how.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

from functions.facts import Result, ScalingFact, ServiceFact, ServiceRecord
from functions.ports import Ports
from functions.stopping import Tried, tried

NEEDS: Final = (
    "clock.now",
    "guards.kill_switch",
    "halts.record_service",
    "halts.service_record",
    "scaling.describe",
    "service.describe",
)
# Seconds that the stop waits for what was before, and once more for its record; and, when all is stopped and
# nothing is held up any more, for answers that are late: a function's first calls are.
SHORTLY: Final = 2.0
LATER: Final = 15.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the halt before this one found."""

    halt_id: str
    record: ServiceRecord


class Before:
    """Begins to look when it is made; `service` and `scaling` are what is known after SHORTLY."""

    def __init__(self, pool: Executor, ports: Ports, mark: str) -> None:
        self._pool, self._ports, self._mark, self._now = pool, ports, mark, ports.clock.now()
        self._asked = pool.submit(tried, ports.service.describe, tries=1)
        self._asked_scaling = pool.submit(tried, ports.scaling.describe, tries=1)
        self._asked_earlier = pool.submit(_earlier, ports, mark)
        self._all: list[Future[Any]] = [self._asked, self._asked_scaling, self._asked_earlier]
        wait(self._all, timeout=SHORTLY)
        self.service: Tried[ServiceFact] = _by_now(self._asked)
        self.scaling: Tried[ScalingFact | None] = _by_now(self._asked_scaling)
        self._earlier = self._asked_earlier.result() if self._asked_earlier.done() else None
        self._writing: Future[Tried[ServiceRecord]] | None = None

    def write(self) -> None:
        """Begins to write the record down, and waits for it shortly."""
        if self.service.value is not None:
            self._writing = self._pool.submit(self._written, self.service.value)
            wait([self._writing], timeout=SHORTLY)

    def troubles(self) -> list[str]:
        """Why what was before is not on record, after everything was tried; to be asked once all is stopped."""
        if self._writing is None:
            self._late()
        service = self.service
        if service.value is None:
            return [f"what ran before is not known: {service.why}"]
        written = self._writing.result() if self._writing else self._written(service.value)
        if self._writing and not written.done:
            written = self._written(service.value)
        return [] if written.done else [f"what stood before is in no record: {written.why}"]

    def _late(self) -> None:
        """What is known when nothing waits any more."""
        wait(self._all, timeout=LATER)
        if self.service.value is None and self._asked.done():
            late = self._asked.result()
            # 0 may be what the stop itself has made of it.
            self.service = late if late.value is None or late.value.desired > 0 else self.service
        if not self.scaling.done and self._asked_scaling.done():
            scaling = self._asked_scaling.result()
            # Suspended, too.
            self.scaling = scaling if not (scaling.value and scaling.value.suspended) else self.scaling
        if self._earlier is None and self._asked_earlier.done():
            self._earlier = self._asked_earlier.result()

    def _stands(self) -> ServiceRecord | None:
        """What is on record, also where the watch of this halt was quicker; None: nothing yet."""
        return self._writing.result().value if self._writing and self._writing.done() else None

    def __str__(self) -> str:
        service, scaling = self.service.value, self.scaling.value
        if service and (stands := self._stands()) and stands != self._record(service) and stands.desired:
            scaled = stands.scaling
            scales = f"from {scaled.minimum} to {scaled.maximum}" if scaled else "none"
            return f"desired {stands.desired}; auto-scaling {scales}, as this halt found it first"
        desired = f"desired {service.desired}, running {service.running}" if service else self.service.why
        scales = f"from {scaling.minimum} to {scaling.maximum}" if scaling else "none"
        told = f"{desired}; auto-scaling{f' {scales}' if self.scaling.done else f': {self.scaling.why}'}"
        if service and self._earlier and (record := self._record(service)) != self._seen(service):
            return (
                f"{told}; before the halt {self._earlier.halt_id}, whose record is taken: desired {record.desired}"
            )
        return told

    def _written(self, service: ServiceFact) -> Tried[ServiceRecord]:
        # Once: an earlier stop of the same halt wrote what stood before it, and that one stays.
        return tried(partial(self._ports.halts.record_service, self._mark, self._record(service)), tries=1)

    def _seen(self, service: ServiceFact) -> ServiceRecord:
        unread = None if self.scaling.done else self.scaling.why
        return ServiceRecord(service.desired, self.scaling.value, self._now, scaling_unread=unread)

    def _record(self, service: ServiceFact) -> ServiceRecord:
        seen = self._seen(service)
        if self._earlier is None:
            return seen
        before = self._earlier.record
        if seen.desired == 0:
            seen = replace(seen, desired=before.desired)
        if seen.scaling and seen.scaling.suspended and before.scaling:
            seen = replace(seen, scaling=before.scaling)
        return seen


def _earlier(ports: Ports, mark: str) -> Earlier | None:
    """Best effort: a halt that was released, and what it found."""
    last = tried(ports.guards.kill_switch, tries=1)
    halt_id = last.value.last_halt_id if last.value else None
    if halt_id is None or halt_id == mark:
        return None
    record = tried(partial(ports.halts.service_record, halt_id), tries=1)
    return Earlier(halt_id, record.value) if record.value else None


def _by_now(asked: Future[Tried[T]]) -> Tried[T]:
    """What came back; nothing is waited for."""
    return asked.result() if asked.done() else Tried(None, Result.UNKNOWN, f"no answer within {SHORTLY:.0f} s")
