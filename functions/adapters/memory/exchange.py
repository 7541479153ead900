"""Twin of the exchanges."""

from __future__ import annotations

from functions.adapters.memory.world import World


class MemoryExchange:
    def __init__(self, world: World) -> None:
        self._world = world
