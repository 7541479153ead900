"""Table `tradai-trading-state-{env}`: who trades, and the two writes of a restart.

A stop leaves `stopped_by`, `stopped_at` and `status_before` on the item; a start takes them away again and
leaves `started_by` and `started_at`. A pause leaves `paused_by`, `paused_at` and `paused_from`, its end
`unpaused_by`, `unpaused_at` and `unpaused_as`. By these a repeat recognises what an earlier try has done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.batches import Batches, Said, Statement, update
from functions.adapters.close_items import NO_CLOSE_IN_PROGRESS, closing_key, incidents_of, next_one
from functions.adapters.stop_marks import changed, handed_to, stopped_by_us, unpaused_by_us
from functions.adapters.tables import Table
from functions.adapters.transactions import Cancelled, transact
from functions.adapters.values import text_of
from functions.errors import Broken, RunbookError
from functions.facts import Result, StrategyState
from functions.ports import Clock, Stop, Stopped

_LISTED: Final = (
    "((attribute_type(#strategy_ids, :set) OR attribute_type(#strategy_ids, :list)) "
    "AND size(#strategy_ids) > :none)"
)
_RELEASED_ALONE: Final = (
    "((attribute_type(#released_ids, :set) OR attribute_type(#released_ids, :list)) "
    "AND contains(#released_ids, :strategy))"
)
# The same reading of the kill switch as `items.kill_switch_of` and `rules.kill_switch.halts`, in words that
# DynamoDB can evaluate. Anything but a plain `engaged: false`, a proper list that leaves this strategy out, or a
# release of this strategy alone, counts as engaged.
KILL_SWITCH_LETS_IT: Final = (
    "attribute_not_exists(#guard_id) OR #engaged = :no "
    f"OR ({_LISTED} AND NOT contains(#strategy_ids, :strategy)) OR (NOT {_LISTED} AND {_RELEASED_ALONE})"
)
# Exits may be managed under this very halt, but by nobody who was stopped anew since that was allowed.
MANAGING_IS_ALLOWED: Final = (
    "(#manage_only = :yes AND #halt_id = :halt AND NOT contains(#stopped_since, :strategy))"
)
# A page of a segment: what one round of records and stops is about.
PAGE: Final = 250


class DynamoTradingState:
    def __init__(
        self, aws: Aws, table: str, *, guards_table: str, acknowledged_attribute: str, clock: Clock
    ) -> None:
        self._aws, self._clock = aws, clock
        self._table = Table(aws, table, "strategy_id")
        self._batches = Batches(aws, f"dynamodb:PartiQLUpdate {table}", clock)
        self._guards = Table(aws, guards_table, "guard_id")
        self._acknowledged = acknowledged_attribute
        self._page = PAGE

    def all(self) -> Sequence[StrategyState]:
        return [items.strategy_of(item, self._acknowledged) for item in self._table.scan()]

    def get(self, strategy_id: str) -> StrategyState | None:
        item = self._table.get(strategy_id)
        return items.strategy_of(item, self._acknowledged) if item else None

    def stop(self, strategy_id: str, *, expected_status: str, stopped_by: str) -> bool:
        if expected_status == "stopped":
            raise Broken(f"{strategy_id}: a stopped strategy cannot be stopped: the mark would claim it")
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                "SET #status = :stopped, #stopped_by = :by, #stopped_at = :at, #status_before = :expected",
                "#status = :expected",
                {
                    "stopped": "stopped",
                    "by": stopped_by,
                    "at": text_of(self._clock.now()),
                    "expected": expected_status,
                },
            )
        except ConditionFailed as failed:
            old = failed.old or {}
            return old.get("status") == "stopped" and old.get("stopped_by") == stopped_by
        return True

    def start(self, strategy_id: str, *, stopped_by: str, status: str) -> bool:
        back = self._table.updating(
            strategy_id,
            "SET #status = :status, #started_as = :status, #started_by = :by, #started_at = :at "
            "REMOVE #stopped_by, #stopped_at, #status_before",
            "#status = :stopped AND #stopped_by = :by",
            {"status": status, "stopped": "stopped", "by": stopped_by, "at": text_of(self._clock.now())},
        )
        checks = [self._allowed(strategy_id), self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"start {strategy_id}", [{"Update": back}, *checks])
        except Cancelled as cancelled:
            old = cancelled.failed.get(0) or {}
            return old.get("status") == status and old.get("started_by") == stopped_by
        return True

    def segment(self, number: int, of: int, start_key: str | None) -> tuple[Sequence[StrategyState], str | None]:
        marks = ("stopped_by", "stopped_at", "status_before", "started_by", "started_as")
        wanted = ("strategy_id", "status", "last_heartbeat", self._acknowledged, *marks)
        page, last = self._table.segment(number, of, start_key, tuple(dict.fromkeys(wanted)), self._page)
        return [items.strategy_of(item, self._acknowledged) for item in page], last

    def stop_many(self, stops: Sequence[Stop], *, stopped_by: str, until: datetime) -> Sequence[Stopped]:
        asked = {stop.strategy_id: stop for stop in stops}
        said = self._batches.run([self._stopping(stop, stopped_by) for stop in asked.values()], until=until)
        marked = self._marked([key for key, answer in said.items() if answer.lost], stopped_by)
        return [_stopped(stop, said[key], stopped_by, marked) for key, stop in asked.items()]

    def bring_back(
        self, strategy_id: str, *, halt_id: str, expected: Sequence[str], status: str, managing: bool
    ) -> bool:
        any_of = {f"expected{place}": each for place, each in enumerate(expected)}
        back = self._table.updating(
            strategy_id,
            "SET #status = :status, #started_as = :status, #started_by = :halt, #started_at = :at "
            "REMOVE #stopped_by, #stopped_at, #status_before",
            f"#status IN ({', '.join(f':{name}' for name in any_of)}) AND (#stopped_by = :halt OR "
            "(attribute_not_exists(#stopped_by) AND #started_by = :halt AND #started_as = #status))",
            {**any_of, "status": status, "halt": halt_id, "at": text_of(self._clock.now())},
        )
        lets_it, about = KILL_SWITCH_LETS_IT, _about(strategy_id)
        if managing:
            lets_it = f"{KILL_SWITCH_LETS_IT} OR {MANAGING_IS_ALLOWED}"
            about = {**about, "yes": True, "halt": halt_id}
        allowed = {"ConditionCheck": self._guards.checking(items.KILL_SWITCH, lets_it, about)}
        what = f"bring back {strategy_id}"
        try:
            transact(self._aws, Saying.ACT, what, [{"Update": back}, allowed, self._no_close(strategy_id)])
        except Cancelled as cancelled:
            old = cancelled.failed.get(0) or {}
            stands = old.get("status") == status and old.get("started_by") == halt_id
            return stands and "stopped_by" not in old
        return True

    def pause(self, strategy_id: str, *, expected_status: str, status: str, paused_by: str) -> bool:
        if expected_status == status:
            raise Broken(f"{strategy_id}: is {status} already: the mark would claim it")
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                "SET #status = :status, #paused_by = :by, #paused_at = :at, #paused_from = :expected "
                "REMOVE #unpaused_by, #unpaused_at, #unpaused_as",
                "#status = :expected",
                {
                    "status": status,
                    "by": paused_by,
                    "at": text_of(self._clock.now()),
                    "expected": expected_status,
                },
            )
        except ConditionFailed as failed:
            old = failed.old or {}
            return old.get("status") == status and old.get("paused_by") == paused_by
        return True

    def unpause(self, strategy_id: str, *, paused_by: str, paused: str) -> bool:
        back = self._table.updating(
            strategy_id,
            "SET #status = #paused_from, #unpaused_as = #paused_from, #unpaused_by = :by, #unpaused_at = :at "
            "REMOVE #paused_by, #paused_at, #paused_from",
            "#status = :paused AND #paused_by = :by AND attribute_exists(#paused_from)",
            {"paused": paused, "by": paused_by, "at": text_of(self._clock.now())},
        )
        checks = [self._allowed(strategy_id), self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"unpause {strategy_id}", [{"Update": back}, *checks])
        except Cancelled as cancelled:
            return unpaused_by_us(cancelled.failed.get(0) or {}, paused_by)
        return True

    def hand_over(self, strategy_id: str, *, paused_by: str, paused: str) -> str | None:
        item = self._guards.get(closing_key(strategy_id))
        stands = (incidents_of(item) if item else None) or {}
        to = next_one(stands, paused_by, self._clock.now())
        if to is None:
            return None
        handed = self._table.updating(
            strategy_id,
            "SET #paused_by = :to",
            "#status = :paused AND #paused_by = :by AND attribute_exists(#paused_from)",
            {"to": to, "paused": paused, "by": paused_by},
        )
        as_read = {
            "ConditionCheck": self._guards.checking(closing_key(strategy_id), "#incidents = :it", {"it": stands})
        }
        try:
            transact(self._aws, Saying.ACT, f"hand over {strategy_id}", [{"Update": handed}, as_read])
        except Cancelled as cancelled:
            return to if 0 in cancelled.failed and handed_to(cancelled.failed[0] or {}, to, paused) else None
        return to

    def _allowed(self, strategy_id: str) -> dict[str, Any]:
        """The kill switch lets this strategy trade."""
        check = self._guards.checking(items.KILL_SWITCH, KILL_SWITCH_LETS_IT, _about(strategy_id))
        return {"ConditionCheck": check}

    def _no_close(self, strategy_id: str) -> dict[str, Any]:
        """No position of it is being closed."""
        now = {"now": text_of(self._clock.now())}
        return {"ConditionCheck": self._guards.checking(closing_key(strategy_id), NO_CLOSE_IN_PROGRESS, now)}

    def _stopping(self, stop: Stop, stopped_by: str) -> Statement:
        if stop.expected_status == "stopped":
            raise Broken(f"{stop.strategy_id}: a stopped strategy cannot be stopped: the mark would claim it")
        return update(
            self._table.name,
            {"strategy_id": stop.strategy_id},
            {
                "status": "stopped",
                "stopped_by": stopped_by,
                "stopped_at": text_of(self._clock.now()),
                "status_before": stop.expected_status,
            },
            {"status": stop.expected_status},
            # What its bot acknowledged before says nothing about this stop.
            removing=(self._acknowledged,),
        )

    def _marked(self, strategy_ids: Sequence[str], stopped_by: str) -> frozenset[str]:
        """Of those whose answer was lost, the ones that carry our mark after all."""
        try:
            found = self._table.batch(strategy_ids, ("strategy_id", "status", "stopped_by"))
        except RunbookError:
            return frozenset()
        return frozenset(key for key, item in found.items() if stopped_by_us(item, stopped_by))


def _stopped(stop: Stop, said: Said, stopped_by: str, marked: frozenset[str]) -> Stopped:
    if said.code is None or stop.strategy_id in marked:
        return Stopped(stop.strategy_id, Result.DONE)
    if said.lost:
        return Stopped(stop.strategy_id, Result.UNKNOWN, said.why)
    if said.code == "ConditionalCheckFailed":
        ours = stopped_by_us(said.old or {}, stopped_by)
        return Stopped(stop.strategy_id, Result.DONE) if ours else changed(stop)
    return Stopped(stop.strategy_id, Result.NOT_DONE, said.why)


def _about(strategy_id: str) -> dict[str, Any]:
    """The values of `KILL_SWITCH_LETS_IT`."""
    return {"no": False, "set": "SS", "list": "L", "none": 0, "strategy": strategy_id}
