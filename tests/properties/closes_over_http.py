"""Closes under faults over the real adapter and HTTP, by seed.

`python -m tests.properties.closes_over_http 0 100` plays a hundred; `... 17 1 -v` tells the whole of one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local.platform.exchange.server import Served
from tests.properties.close_faults import Said
from tests.properties.close_http_world import HttpCloseWorld
from tests.properties.close_wire import Timekeeper, venue_by_http
from tests.properties.closes import Played, play, tell


class OverHttp:
    """A venue that is served; one close at a time."""

    def __init__(self, served: Served, keeper: Timekeeper) -> None:
        self._served, self._keeper = served, keeper

    def run(self, seed: int, *, zombie_at: str | None = None, first: Said | None = None) -> Played:
        world = HttpCloseWorld(seed, self._served, self._keeper, zombie_at=zombie_at, first=first)
        return play(seed, world)

    def search(self, seeds: Sequence[int], *, zombie_at: str | None = None) -> list[Played]:
        return [self.run(seed, zombie_at=zombie_at) for seed in seeds]


@contextmanager
def over_http() -> Iterator[OverHttp]:
    with venue_by_http() as (served, keeper):
        yield OverHttp(served, keeper)


if __name__ == "__main__":
    with over_http() as there:
        tell(sys.argv[1:], there.run, "HTTP")
