"""What is counted, so that a test can judge a cure by what it did and not by what it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from local.platform.pace import now, stamp


@dataclass
class Tally:
    """Counts since the start or the last reset. Writers hold the service's lock."""

    copies_trading_max: int = 0
    moments_with_two_copies: int = 0
    interruptions: Counter[str] = field(default_factory=Counter)
    heartbeats: Counter[str] = field(default_factory=Counter)
    wrong_remedies: list[dict[str, Any]] = field(default_factory=list)
    beats: int = 0
    traded_without_heartbeat: int = 0
    copies_started: int = 0
    copies_of_another_image: int = 0
    _side_by_side: int = 0
    verdicts: list[dict[str, Any]] = field(default_factory=list)

    def trading(self, copies: int, side_by_side: int) -> None:
        """`copies` of the service trade the same strategies at this moment, and so many ever started while
        another one still ran: two that met and parted between two looks count as one moment."""
        met = side_by_side > self._side_by_side
        self._side_by_side = side_by_side
        self.copies_trading_max = max(self.copies_trading_max, copies, 2 if met else 0)
        if copies > 1 or met:
            self.moments_with_two_copies += 1

    def wrong_remedy(self, fault: str, remedy: str, *, harm: bool) -> None:
        """`harm`: it made things worse; else it was merely without effect."""
        self.wrong_remedies.append({"fault": fault, "remedy": remedy, "harm": harm, "at": stamp(now())})

    def verdict(self, state: str, reason: str) -> None:
        """The detector changed its mind."""
        self.verdicts.append({"state": state, "reason": reason, "at": stamp(now())})

    def reset(self) -> None:
        self.__dict__.update(Tally(_side_by_side=self._side_by_side).__dict__)

    def as_dict(self) -> dict[str, Any]:
        return {
            "copies_trading_max": self.copies_trading_max,
            "moments_with_two_copies": self.moments_with_two_copies,
            "interruptions": dict(self.interruptions),
            "heartbeats": dict(self.heartbeats),
            "wrong_remedies": list(self.wrong_remedies),
            "detector": {"verdicts": list(self.verdicts)},
            "service": {
                "beats": self.beats,
                "traded_without_heartbeat": self.traded_without_heartbeat,
                "copies_started": self.copies_started,
                "copies_of_another_image": self.copies_of_another_image,
            },
        }
