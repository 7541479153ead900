"""Engages the kill switch: the first write of every emergency stop, and one that nothing may talk out of it.

Each sentence holds by a condition or by none, so that nothing is read before it. While the switch is engaged
already, id, reason, who and when of the first stop stay, and for whom it is engaged only grows. Where DynamoDB does
not take such a sentence (an item written by hand in another shape, one that grew too large), it is engaged for
everybody. A switch that was released by hand and kept its attributes is engaged anew, under the new stop's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.adapters import items
from functions.adapters.aws_errors import ConditionFailed, Saying, code_of
from functions.adapters.tables import Table
from functions.adapters.values import text_of
from functions.errors import Broken
from functions.facts import KillSwitchFact
from functions.ports import Engage

_RELEASED: Final = "attribute_not_exists(#guard_id) OR #engaged = :no"
_NEW: Final = (
    "SET #engaged = :yes, #halt_id = :incident, #reason = :reason, #engaged_by = :by, #engaged_at = :at, "
    "#stops = :stops"
)
_KEPT: Final = (
    "SET #engaged = :yes, #halt_id = if_not_exists(#halt_id, :incident), "
    "#reason = if_not_exists(#reason, :reason), #engaged_by = if_not_exists(#engaged_by, :by), "
    "#engaged_at = if_not_exists(#engaged_at, :at)"
)
_ALLOWED: Final = "#released_ids, #manage_only, #service_up, #stopped_since"
_FOR_A_LIST: Final = "attribute_type(#strategy_ids, :set)"
_FOR_ALL: Final = (
    "attribute_exists(#guard_id) AND NOT #engaged = :no AND NOT attribute_type(#strategy_ids, :set) "
    "AND NOT attribute_type(#strategy_ids, :list)"
)


class KillSwitch:
    def __init__(self, guards: Table) -> None:
        self._guards = guards

    def engage(self, stop: Engage) -> KillSwitchFact:
        given = {
            "incident": stop.incident_id,
            "reason": stop.reason,
            "by": stop.engaged_by,
            "at": text_of(stop.at),
            "stops": {stop.execution_arn},
            "yes": True,
        }
        try:
            if not stop.strategy_ids:
                return self._for_all(given)
            # None of them holds where it is released, whole, between two: then once more from the first.
            ids = set(stop.strategy_ids)
            return self._for_some(given, ids) or self._for_some(given, ids) or self._whatever_stands(given)
        except Broken as broken:
            if not _not_taken(broken):
                raise
        return self._whatever_stands(given)

    def _for_all(self, given: Mapping[str, Any]) -> KillSwitchFact:
        try:
            return self._say(f"{_NEW} REMOVE #strategy_ids, {_ALLOWED}", _RELEASED, {**given, "no": False})
        except ConditionFailed:
            pass
        return self._say(f"{_KEPT} REMOVE #strategy_ids, {_ALLOWED} ADD #stops :stops", None, given)

    def _for_some(self, given: Mapping[str, Any], ids: set[str]) -> KillSwitchFact | None:
        """None where the switch changed under each of its sentences, or has a shape that none of them takes."""
        more = {**given, "ids": ids}
        try:
            fresh = f"{_NEW}, #strategy_ids = :ids REMOVE {_ALLOWED}"
            return self._say(fresh, _RELEASED, {**more, "no": False})
        except ConditionFailed:
            pass
        # Whoever was allowed to manage exits, or was released alone, and is stopped anew, is so no longer.
        added, taken = "ADD #stops :stops, #stopped_since :ids", "DELETE #released_ids :ids"
        try:
            listed = f"{_KEPT} {added}, #strategy_ids :ids {taken}"
            return self._say(listed, _FOR_A_LIST, {**more, "set": "SS"})
        except ConditionFailed:
            pass
        try:
            shape = {"set": "SS", "list": "L", "no": False}
            return self._say(f"{_KEPT} {added} {taken}", _FOR_ALL, {**more, **shape})
        except ConditionFailed:
            return None

    def _whatever_stands(self, given: Mapping[str, Any]) -> KillSwitchFact:
        """For everybody. The executions of earlier stops may be lost by it, the halt's id is not."""
        return self._say(f"{_KEPT}, #stops = :stops REMOVE #strategy_ids, {_ALLOWED}", None, given)

    def _say(self, expression: str, condition: str | None, values: Mapping[str, Any]) -> KillSwitchFact:
        stands = self._guards.update(
            Saying.AT_ONCE, items.KILL_SWITCH, expression, condition, values, returning="ALL_NEW"
        )
        return items.kill_switch_of(stands)


def _not_taken(broken: Broken) -> bool:
    cause = broken.__cause__
    return isinstance(cause, ClientError) and code_of(cause) == "ValidationException"
