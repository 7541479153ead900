"""What starts something by itself, each with the alarms that watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs import Construct

from infra.constructs.alarms import (
    DETECTOR,
    HALT_WATCH,
    ORDER_DETECTOR,
    PREFLIGHT,
    SWEEP,
    WATCH,
    Alarms,
)
from infra.constructs.approvals_api import ApprovalRoutes, ApprovalsApi
from infra.constructs.closer import CloserTrigger
from infra.constructs.machine import Machine
from infra.constructs.mail import MailEvents
from infra.constructs.report_trigger import ReportTrigger
from infra.constructs.risk_alarms import RiskAlarms
from infra.constructs.runbook import AlarmTrigger
from infra.constructs.schedule import Every, Schedule
from infra.constructs.task import Task
from infra.names import Names
from infra.tasks import TaskFile


@dataclass(frozen=True)
class Triggers:
    """`machines` are the names of all of them."""

    scope: Construct
    names: Names
    alarms: Alarms
    api: ApprovalsApi
    machines: Sequence[str]

    def of_machine(self, machine: Machine) -> None:
        """The alarm that starts a runbook, where it names one."""
        name, runbook = machine.definition.name, machine.definition.runbook
        if not runbook.child:
            self.alarms.on_runs(machine)
        if runbook.trigger:
            trigger = AlarmTrigger(self.scope, machine, runbook.trigger, self.names)
            self.alarms.on_dead_letters(name, trigger.dead_letters)

    def of_task(self, file: TaskFile, task: Task) -> None:
        """What calls a task besides machines, as its file says."""
        scope, names, alarms, settings = self.scope, self.names, self.alarms, self.names.settings
        match file.trigger:
            case "closer":
                closer = CloserTrigger(scope, task, sorted(self.machines), names)
                alarms.on_dead_letters("closer", closer.dead_letters)
            case "report":
                report = ReportTrigger(scope, task, alarms.runbooks, names)
                alarms.on_dead_letters("report", report.dead_letters)
            case "mail-events":
                mail = MailEvents(scope, task, names)
                alarms.on_dead_letters("mail-events", mail.dead_letters)
            case "watcher":
                every, enabled = Every(settings.watch_every_minutes), settings.schedules_enabled
                what = "Looks whether a symptom stays or comes back"
                Schedule(scope, "watcher", task, every=every, description=what, enabled=enabled)
                alarms.on_schedule(WATCH, task, every.minutes, enabled=enabled)
            case "sweeper":
                # Never switched off: a question would neither lapse nor reach the next person.
                what = "Delivers, reminds, asks the next and lets lapse what people are asked"
                Schedule(scope, "sweeper", task, every=Every(1), description=what)
                alarms.on_schedule(SWEEP, task, 1)
                alarms.on_approvals()
            case "halt-watch":
                # Never switched off: a bot that comes back would trade although everybody was told that none does.
                what = "Stops again what came back while the kill switch is engaged"
                Schedule(scope, "halt-watch", task, every=Every(1), description=what)
                alarms.on_schedule(HALT_WATCH, task, 1, pages=True)
                alarms.on_halt()
            case "stuck-detector":
                every, enabled = Every(settings.positions.detect_every_minutes), settings.schedules_enabled
                what = "Looks for positions that should be closed and are open"
                Schedule(scope, "stuck-detector", task, every=every, description=what, enabled=enabled)
                alarms.on_schedule(DETECTOR, task, every.minutes, enabled=enabled)
                alarms.on_stuck_positions(every.minutes, enabled=enabled)
            case "order-detector":
                every, enabled = Every(settings.orders.detect_every_minutes), settings.schedules_enabled
                what = "Looks for orders that fail or are stuck"
                Schedule(scope, "order-detector", task, every=every, description=what, enabled=enabled)
                alarms.on_schedule(ORDER_DETECTOR, task, every.minutes, enabled=enabled)
                alarms.on_failing_orders(every.minutes, enabled=enabled)
            case "preflight-daily":
                every, enabled = Every.day(settings.preflight_at_hour), settings.schedules_enabled
                what = "Looks by day whether a run at night will find everything that it needs"
                Schedule(scope, "preflight-daily", task, every=every, description=what, enabled=enabled)
                # A day is told from the clock's own unpunctuality by the second look; a failure is one at once.
                alarms.on_schedule(PREFLIGHT, task, every.minutes, enabled=enabled, silent_looks=2, failing_looks=1)
            case "risk-alarm":
                risk = RiskAlarms(scope, task, names)
                alarms.on_dead_letters("risk-alarm", risk.dead_letters, pages=True)
            case "http":
                ApprovalRoutes(scope, self.api, task, file, names)
                alarms.on_page(task, self.api)
            case None:
                pass
