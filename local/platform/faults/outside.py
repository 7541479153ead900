"""Troubles outside of service and exchange: database, network, the heartbeat detector."""

from __future__ import annotations

from typing import ClassVar

from local.platform.copies import Copy
from local.platform.faults.base import Fault, Lasting, Trouble

NO_DATABASE = (
    "EndpointConnectionError: Could not connect to the database endpoint URL: "
    '"https://dynamodb.eu-central-1.amazonaws.com/": Connection refused'
)
NO_NETWORK = "NameResolutionError: Failed to resolve 'fapi.binance.com' ([Errno -2] Name or service not known)"


class _CutOff(Lasting):
    """The service cannot reach something that it needs: no restart helps, each one does harm."""

    takes_strategy = True
    EVENT: ClassVar[str]
    ERROR: ClassVar[str]
    TRADES_ON: ClassVar[bool]

    def begin(self) -> None:
        super().begin()
        self.world.backdate(self.concerned())

    def redeployed(self, _copy: Copy, /) -> None:
        self.wrong("redeploy")

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        if self.touches(strategy_id):
            self.wrong(f"restart {strategy_id}")

    def trouble(self, strategy_id: str, _copy: Copy, /) -> Trouble | None:
        if not self.touches(strategy_id):
            return None
        return Trouble(((self.EVENT, self.ERROR),), (self.ERROR,), signals=self.TRADES_ON)

    def blinds(self, strategy_id: str, /) -> bool:
        return self.touches(strategy_id)


class DatabaseDown(_CutOff):
    name = "database-down"
    about = (
        "The service cannot reach its database: it goes on trading and cannot say so. Ends by itself; a "
        "restart does harm."
    )
    EVENT, ERROR, TRADES_ON = "heartbeat_failed", NO_DATABASE, True


class NetworkDown(_CutOff):
    name = "network-down"
    about = "The service's network is away. Ends by itself; a restart does not help."
    EVENT, ERROR, TRADES_ON = "network_error", NO_NETWORK, False


class DetectorDead(Fault):
    name = "detector-dead"
    about = (
        "The heartbeat detector looks at nothing any more; the alarm takes the missing data for breaching, "
        "while every strategy is well. Only clearing cures."
    )

    def begin(self) -> None:
        self.world.detector.dead = True

    def lift(self) -> None:
        self.world.detector.dead = False

    def redeployed(self, _copy: Copy, /) -> None:
        self.wrong("redeploy")

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        self.wrong(f"restart {strategy_id}")
