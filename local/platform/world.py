"""The world as faults see it: the copies and strategies of the last look, and the ways to break them."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import timedelta

from local.platform.copies import Copy
from local.platform.detector import Detector
from local.platform.ecs import EcsControl
from local.platform.exchange.venue import Venue
from local.platform.follow import Follower
from local.platform.journal import Journal
from local.platform.ordering.kit import Ordering
from local.platform.pace import A_NIGHT_BEFORE, BACKDATED_BY, Pace, now
from local.platform.status_page import StatusPage
from local.platform.tables import Config, Tables
from local.platform.tally import Tally


class ServiceWorld:
    """Implements `faults.base.World`, which says what each method means."""

    def __init__(
        self,
        pace: Pace,
        tables: Tables,
        journal: Journal,
        venues: tuple[Venue, Venue],
        detector: Detector,
        ecs: EcsControl,
        tally: Tally,
        status_page: StatusPage,
        ordering: Ordering,
    ) -> None:
        self.pace, self.tables, self.journal, self.tally = pace, tables, journal, tally
        self.venue, self.fallback = venues
        self.detector, self.ecs, self.status_page, self.ordering = detector, ecs, status_page, ordering
        self.follower = Follower()
        self.configs: dict[str, Config] = {}

    def clock(self) -> float:
        return time.monotonic()

    def copies(self) -> Sequence[Copy]:
        return list(self.follower.copies.values())

    def trading(self) -> Sequence[str]:
        return [one.strategy_id for one in self.follower.strategies.values() if one.trades]

    def config(self, strategy_id: str) -> Config:
        return self.configs.get(strategy_id, Config())

    def set_running(self, strategy_ids: Collection[str]) -> Sequence[str]:
        return self.tables.set_status(list(strategy_ids), "running")

    def backdate(self, strategy_ids: Collection[str]) -> None:
        self.tables.beat(list(strategy_ids), now() - timedelta(seconds=BACKDATED_BY))

    def put_behind(self) -> None:
        self.journal.age_troubles(A_NIGHT_BEFORE)
        self.ecs.age_tasks(A_NIGHT_BEFORE)

    def lose_copies(self) -> None:
        self.journal.send()
        self.follower.killed |= self.follower.copies.keys()
        self.follower.copies = {}

    def crash(self, *, reason: str, exit_code: int, container_reason: str | None) -> None:
        self.lose_copies()
        self.ecs.crash(reason, exit_code, container_reason)
