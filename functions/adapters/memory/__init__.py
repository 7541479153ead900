"""In-memory twins of every port: the same behaviour as on AWS, held to it by the same contract tests.

world = World(now=datetime(2026, 1, 31, 3, tzinfo=UTC))
world.put("trading_state", {"strategy_id": "s1", "status": "running"})
ports = twins(world)
"""

from functions.adapters.memory.ports import twins
from functions.adapters.memory.world import World

__all__ = ["World", "twins"]
