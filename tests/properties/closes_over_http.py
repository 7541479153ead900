"""Closes under faults over the real adapter and HTTP, by seed.

`python -m tests.properties.closes_over_http 0 100` plays a hundred; `... 17 1 -v` tells the whole of one. `crowded`
or `held` as the last word: in such a world (close_http_world.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from local.platform.exchange.server import Served
from tests.properties.close_faults import Said
from tests.properties.close_http_world import Crowded, Held, HttpCloseWorld
from tests.properties.close_wire import Timekeeper, venue_by_http
from tests.properties.closes import Played, play, tell


class OverHttp:
    """A venue that is served; one close at a time."""

    def __init__(self, served: Served, keeper: Timekeeper) -> None:
        self._served, self._keeper = served, keeper

    def run(
        self,
        seed: int,
        kind: type[HttpCloseWorld] = HttpCloseWorld,
        *,
        zombie_at: str | None = None,
        first: Said | None = None,
    ) -> Played:
        return play(seed, kind(seed, self._served, self._keeper, zombie_at=zombie_at, first=first))


@contextmanager
def over_http() -> Iterator[OverHttp]:
    with venue_by_http() as (served, keeper):
        yield OverHttp(served, keeper)


if __name__ == "__main__":
    with over_http() as there:
        kind = next((one for one in (Crowded, Held) if one.__name__.lower() in sys.argv), HttpCloseWorld)
        tell(sys.argv[1:], lambda seed: there.run(seed, kind), "HTTP")
