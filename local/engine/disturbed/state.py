"""What is disturbed at this moment, and whether one touch of an item is hit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# A client that says so in its User-Agent only looks on (the stand-in's own calls, a test's): it is never hit.
BYSTANDER = "tradai-bystander"


@dataclass(frozen=True)
class Touch:
    """One item or page of a table, or one topic, that a request names. `place` is its index in a batch."""

    resource: str
    key: str
    write: bool
    place: int = 0


@dataclass
class Disturbance:
    """Touches of `resource` fail with `error` (an AWS error's name).

    Attributes:
        reads, writes: which of them fail.
        only: touches whose key holds this text alone.
        share: how many of them, from above 0 to 1. Which ones follows from `seed`, the key and how often that key
            was touched before, so the same run fails in the same places, however its calls are interleaved.
        done_anyway: how many of the failing writes are carried out all the same: an internal error says nothing.
        seconds: real seconds before the answer.
    """

    resource: str
    error: str
    reads: bool = True
    writes: bool = True
    only: str | None = None
    share: float = 1.0
    seed: int = 1
    done_anyway: float = 0.0
    seconds: float = 0.0
    _seen: Counter[str] = field(default_factory=Counter)

    def hits(self, touch: Touch) -> bool:
        if touch.resource != self.resource or not (self.writes if touch.write else self.reads):
            return False
        if self.only is not None and self.only not in touch.key:
            return False
        self._seen[touch.key] += 1
        return self.share >= 1 or self._draw("hit", touch) < self.share

    def does_it_anyway(self, touch: Touch) -> bool:
        """Of a touch that was hit."""
        return touch.write and self._draw("done", touch) < self.done_anyway

    def _draw(self, what: str, touch: Touch) -> float:
        """From 0 to below 1."""
        text = f"{self.seed} {what} {touch.key} {self._seen[touch.key]}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


standing: list[Disturbance] = []


def hit_by(touches: Iterable[Touch]) -> Mapping[Touch, Disturbance]:
    """The first disturbance that hits each of the touches which are hit."""
    found: dict[Touch, Disturbance] = {}
    for touch in touches:
        for one in standing:
            if one.hits(touch):
                found[touch] = one
                break
    return found


def spared(headers: Mapping[str, str]) -> bool:
    return not standing or BYSTANDER in headers.get("user-agent", "")
