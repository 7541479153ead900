"""Wires a task to the ports that it names, and to nothing else.

An adapter's module is imported only when a task needs its port, and a client is made only when the adapter
first speaks, so that a task's start-up pays for what the task does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from functions.adapters.clock import SystemClock
from functions.errors import Broken
from functions.ports import Clock, Ports
from functions.settings import Settings

if TYPE_CHECKING:
    from functions.adapters.aws import Aws


class Unwired:
    """A port that the task did not name: every use of it is our fault."""

    def __init__(self, port: str) -> None:
        self._port = port

    def __getattr__(self, method: str) -> Any:
        raise Broken(f"the port {self._port} is not wired: {self._port}.{method} is not among the needs")


class Parts:
    """What the adapters are made from."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], clock: Clock) -> None:
        self.settings, self.platform, self.clock = settings, settings.platform, clock
        self.incidents_table = f"tradai-runbook-incidents-{settings.env}"
        self.guards_table = f"tradai-runbook-guards-{settings.env}"
        self.approvals_table = f"tradai-runbook-approvals-{settings.env}"
        self.environment = environment

    @cached_property
    def aws(self) -> Aws:
        """botocore is imported only for a task that speaks to AWS."""
        from functions.adapters.aws import Aws

        return Aws(self.settings.region)

    def variable(self, name: str) -> str:
        """An environment variable that the stack sets on every function."""
        value = self.environment.get(name)
        if not value:
            raise Broken(f"the environment variable {name} is not set")
        return value


def wire(
    settings: Settings,
    needs: tuple[str, ...],
    *,
    environment: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
) -> Ports:
    """The ports of `needs` (`port.method`), on AWS; every other port is `Unwired`."""
    parts = Parts(settings, environment, clock or SystemClock())
    named = {need.partition(".")[0] for need in needs}
    if unknown := named - set(ADAPTERS):
        raise Broken(f"no such port: {', '.join(sorted(unknown))}")
    made = {port: build(parts) if port in named else Unwired(port) for port, build in ADAPTERS.items()}
    return Ports(**cast(Any, made))


def _clock(parts: Parts) -> object:
    return parts.clock


def _trading_state(parts: Parts) -> object:
    from functions.adapters.trading_state import DynamoTradingState

    return DynamoTradingState(
        parts.aws,
        parts.platform.trading_state_table,
        guards_table=parts.guards_table,
        acknowledged_attribute=parts.platform.acknowledged_attribute,
        clock=parts.clock,
    )


def _strategy_config(parts: Parts) -> object:
    from functions.adapters.strategy_config import DynamoStrategyConfig

    return DynamoStrategyConfig(parts.aws, parts.platform.strategy_config_table)


def _strategy_api(parts: Parts) -> object:
    from functions.adapters.strategy_api import FreqtradeApi

    return FreqtradeApi(parts.aws, parts.settings.strategy_api, parts.settings.env.value)


def _positions(parts: Parts) -> object:
    from functions.adapters.positions import DynamoPositions

    return DynamoPositions(parts.aws, parts.platform.positions_table)


def _orders(parts: Parts) -> object:
    from functions.adapters.orders import DynamoOrders

    return DynamoOrders(parts.aws, parts.platform.orders_table)


def _service(parts: Parts) -> object:
    from functions.adapters.service import EcsService

    return EcsService(parts.aws, cluster=parts.platform.cluster, service=parts.platform.service)


def _registry(parts: Parts) -> object:
    from functions.adapters.registry import EcrRegistry

    return EcrRegistry(parts.aws)


def _task_definitions(parts: Parts) -> object:
    from functions.adapters.task_definitions import EcsTaskDefinitions

    return EcsTaskDefinitions(parts.aws)


def _logs(parts: Parts) -> object:
    from functions.adapters.logs import InsightsLogs

    return InsightsLogs(parts.aws, parts.platform.log_group, parts.clock)


def _log_queries(parts: Parts) -> object:
    from functions.adapters.log_queries import InsightsQueries

    return InsightsQueries(parts.aws, parts.platform.log_group)


def _alarms(parts: Parts) -> object:
    from functions.adapters.alarms import CloudWatchAlarms

    return CloudWatchAlarms(parts.aws, parts.clock)


def _probes(parts: Parts) -> object:
    from functions.adapters.probes import SocketProbes

    inside = parts.platform.network is not None
    return SocketProbes(parts.clock, timeout=parts.settings.connectivity.timeout, inside=inside)


def _exchange(parts: Parts) -> object:
    from functions.adapters.exchange import exchanges

    return exchanges(parts.aws, parts.settings, parts.clock, environment=parts.environment)


def _closes(parts: Parts) -> object:
    from functions.adapters.closes import DynamoCloses

    return DynamoCloses(parts.aws, parts.guards_table, approvals_table=parts.approvals_table, clock=parts.clock)


def _incidents(parts: Parts) -> object:
    from functions.adapters.incidents import DynamoIncidents

    return DynamoIncidents(parts.aws, parts.incidents_table, guards_table=parts.guards_table, clock=parts.clock)


def _guards(parts: Parts) -> object:
    from functions.adapters.guards import DynamoGuards

    return DynamoGuards(parts.aws, parts.guards_table)


def _halts(parts: Parts) -> object:
    from functions.adapters.halts import DynamoHalts

    return DynamoHalts(parts.aws, parts.guards_table, parts.clock)


def _scaling(parts: Parts) -> object:
    from functions.adapters.scaling import ServiceScaling

    return ServiceScaling(parts.aws, cluster=parts.platform.cluster, service=parts.platform.service)


def _status_page(parts: Parts) -> object:
    from functions.adapters.status_page import HttpStatusPage

    return HttpStatusPage(parts.aws, parts.settings.emergency_stop.status_page)


def _executions(parts: Parts) -> object:
    from functions.adapters.executions import StepFunctionsExecutions

    return StepFunctionsExecutions(parts.aws, parts.variable("STATE_MACHINE_PREFIX"))


def _approvals(parts: Parts) -> object:
    from functions.adapters.approvals import DynamoApprovals

    return DynamoApprovals(parts.aws, parts.approvals_table)


def _callbacks(parts: Parts) -> object:
    from functions.adapters.callbacks import StepFunctionsCallbacks

    return StepFunctionsCallbacks(parts.aws)


def _mailer(parts: Parts) -> object:
    from functions.adapters.mailer import SesMailer

    named = f"tradai-runbooks-{parts.settings.env}"
    return SesMailer(parts.aws, sender=parts.settings.approvals.sender, configuration_set=named)


def _notifier(parts: Parts) -> object:
    from functions.adapters.notifier import SnsNotifier
    from functions.links import stop_line

    topics = f"arn:aws:sns:{parts.settings.region}:{parts.settings.account_id}:"
    alerts, paging = parts.platform.alerts_topic, parts.platform.paging_topic
    return SnsNotifier(
        parts.aws, f"{topics}{alerts}", f"{topics}{paging or alerts}", footer=stop_line(parts.settings)
    )


def _reports(parts: Parts) -> object:
    from functions.adapters.reports import S3Reports

    return S3Reports(parts.aws, parts.variable("REPORTS_BUCKET"), parts.settings.account_id)


def _measures(parts: Parts) -> object:
    from functions.adapters.measures import CloudWatchMeasures

    return CloudWatchMeasures(parts.aws, parts.clock)


def _histories(parts: Parts) -> object:
    from functions.adapters.histories import StepFunctionsHistories

    return StepFunctionsHistories(parts.aws, parts.variable("STATE_MACHINE_PREFIX"))


def _pictures(parts: Parts) -> object:
    del parts  # it speaks to nobody
    from functions.adapters.pictures import MatplotlibPictures

    return MatplotlibPictures()


def _announcements(parts: Parts) -> object:
    from functions.adapters.announcements import EventBridgeAnnouncements

    return EventBridgeAnnouncements(parts.aws)


ADAPTERS: Final[Mapping[str, Callable[[Parts], object]]] = {
    "clock": _clock,
    "trading_state": _trading_state,
    "strategy_config": _strategy_config,
    "strategy_api": _strategy_api,
    "positions": _positions,
    "orders": _orders,
    "service": _service,
    "registry": _registry,
    "task_definitions": _task_definitions,
    "logs": _logs,
    "log_queries": _log_queries,
    "alarms": _alarms,
    "probes": _probes,
    "exchange": _exchange,
    "closes": _closes,
    "incidents": _incidents,
    "guards": _guards,
    "halts": _halts,
    "scaling": _scaling,
    "status_page": _status_page,
    "executions": _executions,
    "approvals": _approvals,
    "callbacks": _callbacks,
    "mailer": _mailer,
    "notifier": _notifier,
    "reports": _reports,
    "measures": _measures,
    "histories": _histories,
    "pictures": _pictures,
    "announcements": _announcements,
}
