"""Troubles of the service's own process: crashed, out of memory, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.platform.copies import Copy
from local.platform.faults.base import Fault, Trouble
from local.platform.pace import BACKDATED_BY


@dataclass
class _Dying(Fault):
    """Copies that die; those that start later live for a number of beats, or for good (None)."""

    lives: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        self.die()

    def die(self) -> None:
        """The copies end, and every trading strategy's heartbeat looks 5 minutes old."""
        raise NotImplementedError

    def repair(self) -> None:
        self.world.ecs.redeploy()

    def beaten(self, copy: Copy, /) -> None:
        if copy.task_arn not in self.lives:
            return
        self.lives[copy.task_arn] -= 1
        if self.lives[copy.task_arn] <= 0:
            del self.lives[copy.task_arn]
            self.die()

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        self.wrong(f"restart {strategy_id}", harm=False)


class ServiceCrashed(_Dying):
    name = "service-crashed"
    about = "The service's process has died and no task runs. A new deployment cures."
    count_means = "flapping: each new copy dies again after this many beats, until cleared"

    def die(self) -> None:
        for copy in self.world.copies():
            self.world.journal.event(copy.task_id, "CRITICAL", None, "unhandled_exception", error=FATAL)
            self.world.journal.plain(copy.task_id, f"Traceback (most recent call last):\n{FATAL}")
        self.world.crash(reason="Essential container in task exited", exit_code=1, container_reason=None)
        self.world.backdate(self.world.trading())

    def redeployed(self, copy: Copy, /) -> None:
        if self.count:
            self.lives[copy.task_arn] = self.count
        else:
            self.end()


FATAL = "RuntimeError: event loop stopped before Future completed."


class OutOfMemory(_Dying):
    name = "out-of-memory"
    about = "The task is killed for its memory, and again after each start. Only a bigger task cures."
    count_means = "beats that a new copy of the same size lives (default 2)"
    BEATS = 2
    size_mb: int = 0

    def begin(self) -> None:
        self.size_mb = max((copy.memory_mb for copy in self.world.copies()), default=self.world.ecs.memory_mb())
        self.die()

    def die(self) -> None:
        for copy in self.world.copies():
            used = f"{self.size_mb - 3} of {self.size_mb} MiB"
            self.world.journal.event(copy.task_id, "WARNING", None, "memory_high", used=used)
            self.world.journal.plain(copy.task_id, "Out of memory: Killed process 1 (python) oom_score_adj:0")
            self.world.journal.plain(copy.task_id, KILLED)
        self.world.crash(reason=KILLED, exit_code=137, container_reason=KILLED)
        self.world.backdate(self.world.trading())

    def redeployed(self, copy: Copy, /) -> None:
        if copy.memory_mb > self.size_mb:
            self.end()
            return
        # The runbook may try this once while a person decides, so it is no harm; it just does not help.
        self.wrong(f"redeploy with {copy.memory_mb} MiB", harm=False)
        self.lives[copy.task_arn] = self.count or self.BEATS


KILLED = "OutOfMemoryError: Container killed due to memory usage"


@dataclass
class Deadlock(Fault):
    name = "deadlock"
    about = (
        "With a strategy: its loop hangs until it is stopped, acknowledged and set to run again. "
        "Without: the whole service hangs, writes no line, and only a new deployment cures."
    )
    count_means = "flapping: it hangs again this many beats after each cure, until cleared"
    takes_strategy = True

    frozen: set[str] = field(default_factory=set)
    hangs: bool = False
    lives: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        self.hang(*self.world.copies())

    def hang(self, *copies: Copy) -> None:
        if self.strategy is None:
            self.frozen |= {copy.task_arn for copy in copies}
        self.hangs = True
        self.world.backdate(self.concerned())
        # What hangs has written no line since its last heartbeat.
        self.world.journal.age(None if self.strategy is None else {self.strategy}, BACKDATED_BY)

    def freezes(self, copy: Copy, /) -> bool:
        return copy.task_arn in self.frozen

    def trouble(self, strategy_id: str, _copy: Copy, /) -> Trouble | None:
        return Trouble() if self.hangs and self.strategy == strategy_id else None

    def redeployed(self, copy: Copy, /) -> None:
        if self.strategy is not None:
            # The lock lies in the strategy's saved state, which a new copy reads again.
            self.wrong("redeploy")
        elif self.count:
            self.lives[copy.task_arn] = self.count

    def restarted(self, strategy_id: str, acknowledged: bool, /) -> None:
        if self.strategy is None:
            self.wrong(f"restart {strategy_id}", harm=False)
        elif self.strategy == strategy_id and acknowledged and self.hangs:
            self.hangs = False
            if self.count:
                self.lives = {copy.task_arn: self.count for copy in self.world.copies()}
            else:
                self.end()

    def tick(self) -> None:
        if self.strategy is None and self.frozen and not self.count:
            alive = {copy.task_arn for copy in self.world.copies()}
            # Over only when the hanging copy is gone and another one runs in its place.
            if alive and not alive & self.frozen:
                self.end()

    def beaten(self, copy: Copy, /) -> None:
        if copy.task_arn not in self.lives:
            return
        self.lives[copy.task_arn] -= 1
        if self.lives[copy.task_arn] <= 0:
            del self.lives[copy.task_arn]
            self.hang(copy)
