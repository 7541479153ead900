"""Twins of the histories and of the pictures."""

from __future__ import annotations

from html import escape

from functions.adapters.memory.world import World
from functions.errors import Refused
from functions.history import History
from functions.rules.reporting.timeline import Timeline


class MemoryHistories:
    """`world.histories` by execution ARN."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, execution_arn: str) -> History:
        if execution_arn not in self._world.histories:
            raise Refused(f"there is no execution {execution_arn}")
        return self._world.histories[execution_arn]


class MemoryPictures:
    """Says how much there is to draw, in place of drawing it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def timeline(self, timeline: Timeline) -> str:
        drawn = sum(len(lane.bars) + len(lane.marks) for lane in timeline.lanes)
        told = escape("; ".join(timeline.told[:3]))
        return f'<svg role="img"><title>Timeline</title><desc>{told}</desc><text>{drawn}</text></svg>'
