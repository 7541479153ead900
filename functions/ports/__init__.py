"""What a task may ask of the world, as Protocols; `functions/adapters` answers, each with an in-memory twin.

Every method may raise the four words of `functions.errors`: `Transient` where nothing happened,
`Refused` where the world said no, `Uncertain` where a write may have happened, `Broken` for our fault.
A task names the methods that it uses (`needs`), and its grants are derived from those names
(functions/grants.py), so a method is one act or one reading and nothing besides.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.ports.exchange import Attempt, AttemptState, Closes, Exchange
from functions.ports.log_queries import LogQueries
from functions.ports.memory import Approvals, Guards, Halts, Incidents
from functions.ports.outward import (
    Announcements,
    Callbacks,
    Clock,
    Executions,
    Mailer,
    Measures,
    Notifier,
    Reports,
    StatusPage,
)
from functions.ports.platform import (
    Alarms,
    Orders,
    Positions,
    Probes,
    Registry,
    Scaling,
    Service,
    ServiceLogs,
    StrategyConfig,
    TaskDefinitions,
    TradingState,
)
from functions.ports.reporting import Histories, Pictures
from functions.ports.said import (
    MOST_FOLLOW_UPS,
    Engage,
    FollowUp,
    FollowUpField,
    Held,
    Intent,
    Stop,
    Stopped,
)
from functions.ports.strategies import StrategyApi

__all__ = [
    "MOST_FOLLOW_UPS",
    "Alarms",
    "Announcements",
    "Approvals",
    "Attempt",
    "AttemptState",
    "Callbacks",
    "Clock",
    "Closes",
    "Engage",
    "Exchange",
    "Executions",
    "FollowUp",
    "FollowUpField",
    "Guards",
    "Halts",
    "Held",
    "Histories",
    "Incidents",
    "Intent",
    "LogQueries",
    "Mailer",
    "Measures",
    "Notifier",
    "Orders",
    "Pictures",
    "Ports",
    "Positions",
    "Probes",
    "Registry",
    "Reports",
    "Scaling",
    "Service",
    "ServiceLogs",
    "StatusPage",
    "Stop",
    "Stopped",
    "StrategyApi",
    "StrategyConfig",
    "TaskDefinitions",
    "TradingState",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a task may be wired to. Built once for each container."""

    clock: Clock
    trading_state: TradingState
    strategy_config: StrategyConfig
    strategy_api: StrategyApi
    positions: Positions
    orders: Orders
    service: Service
    registry: Registry
    task_definitions: TaskDefinitions
    logs: ServiceLogs
    log_queries: LogQueries
    alarms: Alarms
    probes: Probes
    exchange: Exchange
    closes: Closes
    incidents: Incidents
    guards: Guards
    halts: Halts
    scaling: Scaling
    status_page: StatusPage
    executions: Executions
    approvals: Approvals
    callbacks: Callbacks
    mailer: Mailer
    notifier: Notifier
    reports: Reports
    measures: Measures
    histories: Histories
    pictures: Pictures
    announcements: Announcements
