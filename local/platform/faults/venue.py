"""Troubles of orders at the stand-in venue: `exchange.` and the venue's own name of the fault.

Whoever talks to the venue over HTTP meets them; the stand-in's own bots do not, so that none uses up what was meant
for somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from local.platform.exchange import faults as venue_faults
from local.platform.exchange.faults import KINDS, Kind
from local.platform.faults.base import Fault

PREFIX: Final = "exchange."
UNTIL_CLEARED: Final = 0


@dataclass
class VenueFault(Fault):
    """One of the venue's own; subclasses name it. It is over when the venue has counted it down."""

    kind: ClassVar[Kind]
    ours: venue_faults.Fault | None = field(default=None)

    # It breaks no copy of the service and writes no line: there is no other night to tell it from.
    leaves_traces = False

    def begin(self) -> None:
        if self.count == UNTIL_CLEARED:
            self.ours = self.world.venue.break_with(self.called, None)
        elif self.count is None:
            self.ours = self.world.venue.break_with(self.called)
        else:
            self.ours = self.world.venue.break_with(self.called, self.count)

    @property
    def called(self) -> str:
        """The venue's name of it."""
        return self.name.removeprefix(PREFIX)

    @property
    def spent(self) -> bool:
        return self.ours is not None and not any(one is self.ours for one in self.world.venue.faults.active)

    def lift(self) -> None:
        if not self.spent:
            self.world.venue.mend(self.ours)


def venue_faults_by_name() -> dict[str, type[VenueFault]]:
    """A class of each fault that the venue knows."""
    return {f"{PREFIX}{name}": _made(name, kind) for name, kind in KINDS.items()}


def _made(name: str, kind: Kind) -> type[VenueFault]:
    usual = "until it is cleared" if kind.count is None else str(kind.count)
    means = f"for how many calls (default {usual}); 0: until it is cleared"
    words = "".join(part.capitalize() for part in name.split("-"))
    attributes = {"name": f"{PREFIX}{name}", "about": _sentence(kind.about), "count_means": means, "kind": kind}
    return type(f"Venue{words}", (VenueFault,), attributes)


def _sentence(about: str) -> str:
    return f"The venue: {about}."
