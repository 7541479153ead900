"""Troubles of AWS for whoever is not the platform: a table, one item of it, the topic; and the status page."""

from __future__ import annotations

from dataclasses import dataclass

from local.engine.disturbed import state
from local.engine.disturbed.state import Disturbance
from local.platform.faults.base import BadFault, Fault
from local.platform.names import GUARDS_TABLE, STATE_TABLE, TOPIC_ARN

THROTTLED = "ProvisionedThroughputExceededException"
INTERNAL = "InternalServerError"


@dataclass
class _Disturbed(Fault):
    """The stand-in's own calls are spared: its bots go on, and its counts stay true."""

    ours: Disturbance | None = None

    def disturbance(self) -> Disturbance:
        raise NotImplementedError

    def begin(self) -> None:
        self.ours = self.disturbance()
        state.standing.append(self.ours)

    def lift(self) -> None:
        state.standing[:] = [one for one in state.standing if one is not self.ours]

    def percent(self, usual: int) -> float:
        """`count` as a share. Raises BadFault."""
        count = usual if self.count is None else self.count
        if not 0 < count <= 100:
            raise BadFault(f"count: {self.count_means}")
        return count / 100


class TableThrottled(_Disturbed):
    name = "table-throttled"
    about = (
        "Reads and writes of the trading state are refused with ProvisionedThroughputExceeded, in a batch the "
        "single statement. Which ones is the same in every run."
    )
    count_means = "percent of them (1 to 100, default 30)"

    def disturbance(self) -> Disturbance:
        return Disturbance(STATE_TABLE, THROTTLED, share=self.percent(30))


class WriteFails(_Disturbed):
    name = "write-fails"
    about = (
        "Writes of the trading state fail with an internal error, in a batch the single statement; half of those "
        "are carried out all the same. Which ones is the same in every run."
    )
    count_means = "percent of them (1 to 100, default 1)"

    def disturbance(self) -> Disturbance:
        return Disturbance(STATE_TABLE, INTERNAL, reads=False, share=self.percent(1), done_anyway=0.5)


class ItemRefused(_Disturbed):
    name = "item-refused"
    about = "Writes of one strategy's item in the trading state are refused: AccessDenied. It takes a strategy."
    takes_strategy = True

    def disturbance(self) -> Disturbance:
        if self.strategy is None:
            raise BadFault("item-refused: name the strategy")
        return Disturbance(STATE_TABLE, "AccessDeniedException", reads=False, only=f'"{self.strategy}"')


class GuardsDown(_Disturbed):
    name = "guards-down"
    about = "The guards table (kill switch, locks, records) answers every read and write with an internal error."
    count_means = "real seconds that each answer takes (default 0); 30 and more time callers out"

    def disturbance(self) -> Disturbance:
        return Disturbance(GUARDS_TABLE, INTERNAL, seconds=float(self.count or 0))


class TopicDown(_Disturbed):
    name = "topic-down"
    about = "The alerts topic refuses every message: AuthorizationError."

    def disturbance(self) -> Disturbance:
        return Disturbance(TOPIC_ARN, "AuthorizationError")


class StatusPageDown(Fault):
    name = "status-page-down"
    about = "The status page answers 503."
    count_means = "real seconds that each answer takes (default 0); 30 and more time callers out"

    def begin(self) -> None:
        self.world.status_page.down, self.world.status_page.seconds = True, float(self.count or 0)

    def lift(self) -> None:
        self.world.status_page.down, self.world.status_page.seconds = False, 0.0
