"""The acts of the halt's watch. Each reads the kill switch once more right before it acts, so that a release in
between is not undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from functions import proving_stop, service_before
from functions.errors import RunbookError
from functions.facts import KillSwitchFact, Result, StoppedRecord, StrategyState
from functions.ports import Ports, Stop
from functions.proving_stop import line
from functions.rules.halt_watch import (
    Watched,
    beats_on,
    lingers,
    may_hold_down,
    same_halt,
    scales,
    wanted,
)
from functions.rules.kill_switch import halts
from functions.rules.stop_parts import STOP_TIME
from functions.service_before import Before
from functions.settings import Meaning, Settings
from functions.stopping import said, tried

NEEDS: Final = (
    *proving_stop.SCAN_NEEDS,
    "halts.record",
    "scaling.suspend",
    "service.scale",
    "trading_state.stop_many",
    *service_before.NEEDS,
)
# What strategies carry where the kill switch was engaged by hand, without an id.
BY_HAND: Final = "kill-switch"
WORKS: Final = timedelta(seconds=40)
RECORD_WITHIN: Final = timedelta(seconds=5)
# Between two readings of the kill switch.
AT_ONCE: Final = 250


class Watch:
    """One minute of it."""

    def __init__(self, ports: Ports, settings: Settings, switch: KillSwitchFact) -> None:
        self._ports, self._settings, self._switch = ports, settings, switch
        self._began: datetime = ports.clock.now()
        self._until: datetime = self._began + WORKS
        self._stop_time = settings.span(STOP_TIME)
        self._stopped: list[str] = []
        self._left: list[tuple[str, str]] = []
        self._did: list[str] = []
        self._trouble: list[str] = []
        self._before_acting, self._remembered = Lock(), False

    def minute(self) -> Watched:
        """Service and table at once: neither waits for the other one's trouble."""
        acts = (self._service, self._scaling) if may_hold_down(self._switch) else ()
        with ThreadPoolExecutor(3) as pool:
            done = [pool.submit(act) for act in (*acts, self._strategies)]
        for each in done:
            each.result()
        return Watched(
            tuple(sorted(self._stopped)),
            tuple(sorted(self._left)),
            tuple(sorted(self._did)),
            tuple(sorted(self._trouble)),
        )

    def _strategies(self) -> None:
        trading, lock, words = list[StrategyState](), Lock(), self._settings.trading_statuses

        def page(_: int, states: Sequence[StrategyState]) -> None:
            halted = [one for one in states if halts(self._switch, one.strategy_id)]
            with lock:
                trading.extend(one for one in halted if one.status in words)
                self._left += [self._beats(one) for one in halted if one.status not in words and self._lives(one)]

        self._trouble += map(line, proving_stop.scan(self._ports, page, until=self._until))
        for first in range(0, len(trading), AT_ONCE):
            batch = trading[first : first + AT_ONCE]
            switch = self._still(lambda switch: switch.engaged)
            if switch is None:
                return
            self._stop([one for one in batch if halts(switch, one.strategy_id)])

    def _lives(self, one: StrategyState) -> bool:
        meaning = self._settings.platform.status_meaning
        manages = {status for status, means in meaning.items() if means is Meaning.MANAGES_EXITS}
        return beats_on(one, self._switch, stop_time=self._stop_time, manages=manages)

    def _beats(self, one: StrategyState) -> tuple[str, str]:
        return (
            one.strategy_id,
            f"is {one.status}, but its bot beat after the stop, at {one.last_heartbeat:%H:%M:%S}",
        )

    def _stop(self, batch: Sequence[StrategyState]) -> None:
        if not batch:
            return
        mark, now = self._switch.halt_id or BY_HAND, self._ports.clock.now()
        records = [StoppedRecord(one.strategy_id, one.status, one.last_heartbeat, now) for one in batch]
        try:
            self._ports.halts.record(mark, records, until=now + RECORD_WITHIN)
        except RunbookError as error:
            # Its own item keeps the status that it had.
            self._trouble.append(line(f"{len(batch)} are stopped without a record of before: {said(error)}"))
        stops = [Stop(one.strategy_id, one.status) for one in batch]
        try:
            answers = self._ports.trading_state.stop_many(stops, stopped_by=mark, until=self._until)
        except RunbookError as error:
            self._left += [(one.strategy_id, line(said(error))) for one in batch]
            return
        for answer in answers:
            if answer.result is Result.DONE:
                self._stopped.append(answer.strategy_id)
            elif not answer.changed:
                # Who changed meanwhile is looked at again in a minute.
                self._left.append((answer.strategy_id, line(f"{answer.result}: {answer.why}")))

    def _service(self) -> None:
        # Once each: another minute comes, and this one has to tell what it saw.
        service = tried(self._ports.service.describe, tries=1)
        if service.value is None:
            self._trouble.append(line(f"the service could not be read: {service.why}"))
        elif wanted(service.value) and self._still(may_hold_down):
            what = f"the service wanted {service.value.desired} tasks: scaled to 0"
            self._do(what, lambda: self._ports.service.scale(0))
        elif why := lingers(service.value, self._switch, now=self._began, stop_time=self._stop_time):
            self._trouble.append(why)

    def _scaling(self) -> None:
        scaling = tried(self._ports.scaling.describe, tries=1)
        if not scaling.done:
            self._trouble.append(line(f"the auto-scaling could not be read: {scaling.why}"))
        elif scales(scaling.value) and self._still(may_hold_down):
            self._do("auto-scaling was not suspended: suspended", self._ports.scaling.suspend)

    def _remember(self) -> None:
        """What stood before, once, in the halt's own record: a stop that is still at work, or died, finds the
        service as this leaves it, and the way back rests on the record. The first to write it wins."""
        with self._before_acting:
            halt_id = self._switch.halt_id
            if self._remembered or halt_id is None:
                return
            self._remembered = True
            with ThreadPoolExecutor(4) as pool:
                before = Before(pool, self._ports, halt_id)
                before.write()
                self._trouble += map(line, before.troubles())

    def _do(self, what: str, act: Callable[[], None]) -> None:
        self._remember()
        came = tried(act, tries=1)
        if came.done:
            self._did.append(what)
        else:
            self._trouble.append(line(f"{what}: {came.result}, {came.why}"))

    def _still(self, holds: Callable[[KillSwitchFact], bool]) -> KillSwitchFact | None:
        """The kill switch as it stands now; None where this halt is over or does not ask for it any more. Where it
        cannot be read nothing is done: it may have been released."""
        switch = tried(self._ports.guards.kill_switch)
        if switch.value is None:
            self._trouble.append(line(f"nothing was done: the kill switch could not be read again: {switch.why}"))
            return None
        return switch.value if same_halt(self._switch, switch.value) and holds(switch.value) else None
