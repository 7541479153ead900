"""Twin of what the runbooks remember of a close."""

from __future__ import annotations

from functions.adapters.memory.world import World


class MemoryCloses:
    def __init__(self, world: World) -> None:
        self._world = world
