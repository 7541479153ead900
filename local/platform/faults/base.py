"""What every fault is: symptoms that it makes, and the events that it reacts to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from local.platform.copies import Copy
from local.platform.detector import Detector
from local.platform.ecs import EcsControl
from local.platform.exchange.venue import Venue
from local.platform.journal import Journal
from local.platform.ordering.kit import Ordering
from local.platform.pace import Pace, now, stamp
from local.platform.status_page import StatusPage
from local.platform.tables import Config
from local.platform.tally import Tally


class World(Protocol):
    """What a fault may see and do. Every method is called with the service's lock held."""

    pace: Pace
    tally: Tally
    journal: Journal
    venue: Venue
    fallback: Venue
    detector: Detector
    ecs: EcsControl
    status_page: StatusPage
    ordering: Ordering

    def clock(self) -> float:
        """Monotonic real seconds."""
        ...

    def copies(self) -> Sequence[Copy]: ...

    def trading(self) -> Sequence[str]:
        """The strategies that the table wants to trade."""
        ...

    def config(self, strategy_id: str) -> Config: ...

    def set_running(self, strategy_ids: Collection[str]) -> Sequence[str]:
        """Writes their status as somebody would who knows of no kill switch. Returns those written."""
        ...

    def backdate(self, strategy_ids: Collection[str]) -> None:
        """Their heartbeats look 5 minutes old, at once."""
        ...

    def put_behind(self) -> None:
        """What earlier faults left in the log and in ECS looks old, as if another night's."""
        ...

    def lose_copies(self) -> None:
        """The copies end for a reason of the platform's own: nobody interrupts them."""
        ...

    def crash(self, *, reason: str, exit_code: int, container_reason: str | None) -> None:
        """Every copy ends now, and ECS does not bring one back without a new deployment."""
        ...


class BadFault(ValueError):
    """A fault was asked for that does not exist, or in a way that makes no sense."""


@dataclass(frozen=True)
class Trouble:
    """Why a strategy writes no heartbeat in this cycle.

    `events` are (event, error text) for a JSON line of the strategy, `plain` lines of the copy as a whole.
    `signals`: the strategy goes on trading all the same. No events and no signals: it is silent.
    """

    events: tuple[tuple[str, str], ...] = ()
    plain: tuple[str, ...] = ()
    signals: bool = False


@dataclass
class Fault:
    """One injected fault. Subclasses say what it does; the defaults here do nothing.

    `leaves_traces`: in the log or in ECS, where another night's would stand beside them.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    count_means: ClassVar[str | None] = None
    takes_strategy: ClassVar[bool] = False
    leaves_traces: ClassVar[bool] = True

    world: World
    strategy: str | None = None
    count: int | None = None
    active: bool = True
    since: datetime = field(default_factory=now)
    ended: datetime | None = None

    def begin(self) -> None:
        """Make the symptoms appear."""

    def lift(self) -> None:
        """Undo what `begin` left in the world; called once, when the fault ends or is cleared."""

    def repair(self) -> None:
        """Cleared by hand: bring back what the fault broke for good."""

    @property
    def spent(self) -> bool:
        """Over by itself, seen at the next look at it."""
        return False

    def end(self) -> None:
        if self.active:
            self.active, self.ended = False, now()
            self.lift()

    def tick(self) -> None:
        """Once a look, whether or not a copy runs."""

    def beaten(self, _copy: Copy, /) -> None:
        """After each beat of a copy."""

    def redeployed(self, _copy: Copy, /) -> None:
        """A copy has started that was not there before."""

    def restarted(self, _strategy_id: str, _acknowledged: bool, /) -> None:
        """A strategy went from trading to stopped and back; `acknowledged`: the service saw the stop."""

    def trouble(self, _strategy_id: str, _copy: Copy, /) -> Trouble | None:
        """None: this fault does not keep the strategy from its heartbeat."""
        return None

    def freezes(self, _copy: Copy, /) -> bool:
        """The whole copy hangs: no heartbeat, no line, no acknowledgement."""
        return False

    def blinds(self, _strategy_id: str, /) -> bool:
        """The service can neither read nor write the strategy's state, so it acknowledges nothing."""
        return False

    def ignores_status(self, _strategy_id: str, /) -> bool:
        """The bot trades and beats whatever its status says."""
        return False

    def stops_analysis(self, _strategy_id: str, /) -> bool:
        """The strategy's bot analyses no candle any more."""
        return False

    def stops_candles(self, _strategy_id: str, /) -> bool:
        """The strategy's bot gets no new candle."""
        return False

    def api_answers(self, _strategy_id: str, /) -> int | None:
        """What answers in place of the bot's API: an HTTP status, 0: nobody; None: the bot itself."""
        return None

    def touches(self, strategy_id: str) -> bool:
        return self.strategy is None or self.strategy == strategy_id

    def concerned(self) -> list[str]:
        """The trading strategies that this fault touches."""
        return [one for one in self.world.trading() if self.touches(one)]

    def wrong(self, remedy: str, *, harm: bool = True) -> None:
        self.world.tally.wrong_remedy(self.name, remedy, harm=harm)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "strategy": self.strategy,
            "count": self.count,
            "active": self.active,
            "since": stamp(self.since),
            "ended": stamp(self.ended) if self.ended else None,
        }


class Lasting(Fault):
    """A fault that ends by itself after `count` platform minutes; 0: only when it is cleared."""

    count_means = "platform minutes until it ends by itself (default 5); 0: until it is cleared"
    MINUTES: ClassVar[int] = 5
    _ends: float | None = None

    def begin(self) -> None:
        minutes = self.MINUTES if self.count is None else self.count
        if minutes:
            self._ends = self.world.clock() + self.world.pace.real(minutes * 60)

    def tick(self) -> None:
        if self._ends is not None and self.world.clock() >= self._ends:
            self.end()
