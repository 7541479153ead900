"""What the soak's threads share: the platform, the clock, who may act meanwhile, and what is written down."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from tests.e2e.platform import GUARDS, Platform
from tests.soak.plan import generator
from tests.soak.record import Notes


@dataclass
class Setting:
    """`seconds`: how long it soaks. `halting`: held by whoever halts everything, and by whoever puts right by hand
    what runs have left, so that neither works against the other; `deploying`: by whoever halts, and by troubles in
    which the platform's own people deploy."""

    platform: Platform
    seed: int
    seconds: float
    strategies: Sequence[str]
    notes: Notes = field(default_factory=Notes)
    halting: threading.Lock = field(default_factory=threading.Lock)
    deploying: threading.Lock = field(default_factory=threading.Lock)
    began: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)
    _picks: dict[str, Random] = field(default_factory=dict)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    @property
    def going(self) -> bool:
        return not self.over.is_set() and self.elapsed < self.seconds

    def pick(self, what: str) -> Random:
        """The same one for the same name: whoever begins again after a mishap draws on."""
        return self._picks.setdefault(what, generator(self.seed, what))

    def real(self, minutes: float) -> float:
        """Seconds of so many platform minutes."""
        return minutes * 60 * self.platform.time_scale

    def rest(self, minutes: float) -> bool:
        """So many platform minutes, or until the soak is over. Whether it goes on."""
        self.over.wait(max(0.0, min(self.real(minutes), self.seconds - self.elapsed)))
        return self.going

    def halted(self) -> bool:
        return bool((self.platform.item(GUARDS, "kill-switch") or {}).get("engaged"))

    def tidied(self, what: str) -> None:
        self.notes.tidied.append((datetime.now(UTC), what))
