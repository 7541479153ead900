"""The dashboard of the runbooks: what is wrong now in one row of numbers, the alarms, and how it went.

Every metric of our own stands in the catalogue of functions/measuring.py. Names and ARNs are plain text, so that
the body can be read and checked without deploying anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions import measuring
from infra.constructs.widgets import DAY, FIVE, HOUR, TALL, WIDTH, found, graph, number, own, search, together
from infra.names import Names

# A run that ended otherwise than by its own last state, by AWS's own counts.
BADLY = {"failed": "ExecutionsFailed", "timed out": "ExecutionsTimedOut", "aborted": "ExecutionsAborted"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`runbooks` are started from outside; `queues` are what their dead letters are of; `alarms` are ARNs."""

    runbooks: Sequence[str]
    queues: Sequence[str]
    alarms: Sequence[str]


class Dashboard(Construct):
    """`tradai-{env}-runbooks`."""

    def __init__(self, scope: Construct, names: Names, shown: Shown) -> None:
        super().__init__(scope, "dashboard")
        self._names, self._shown = names, shown
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=names.dashboard,
            default_interval=DAY,
            period_override=cloudwatch.PeriodOverride.INHERIT,
            widgets=[[self._head()], self._now(), [self._alarms()], *self._graphs()],
        )

    def _head(self) -> cloudwatch.IWidget:
        env = self._names.env
        text = (
            f"# Runbooks, {env}\n"
            "The first row says how it stands now; days begin at 00:00 UTC. What is left to do: "
            f"`runbooks incidents list --env {env} --open`, `runbooks incidents list --env {env} --questions`, "
            f"`runbooks approvals list --env {env}`."
        )
        return cloudwatch.TextWidget(markdown=text, width=WIDTH, height=2)

    def _now(self) -> list[cloudwatch.IWidget]:
        every = f"SUM({search(measuring.RUNS_ENDED, 'Sum', DAY)})"
        today = cloudwatch.MathExpression(expression=every, using_metrics={}, label="runs", period=DAY)
        return [
            number("Kill switch (1: engaged)", own(measuring.KILL_SWITCH, "kill switch")),
            number("Approvals waiting", own(measuring.APPROVALS_WAITING, "waiting")),
            number("Oldest approval (seconds)", own(measuring.OLDEST_APPROVAL, "seconds")),
            number("Runs ended today", today),
            number("Runs failed today", together("failed, timed out, aborted", self._badly(DAY), DAY)),
            number("Dead letters", together("messages", self._letters(), FIVE)),
        ]

    def _alarms(self) -> cloudwatch.IWidget:
        alarms = [
            cloudwatch.Alarm.from_alarm_arn(self, arn.rpartition(":")[2], arn) for arn in sorted(self._shown.alarms)
        ]
        return cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=WIDTH, height=TALL)

    def _graphs(self) -> list[list[cloudwatch.IWidget]]:
        runs = found(measuring.RUNS_ENDED, "Sum", "${PROP('Dim.Runbook')}: ${PROP('Dim.Outcome')}")
        cures = [
            found(measuring.TIME_TO_CURE, statistic, f"${{PROP('Dim.Runbook')}}: {label}")
            for statistic, label in (("Average", "average"), ("Maximum", "longest"))
        ]
        waits = own(measuring.APPROVALS_WAITING, "waiting")
        oldest = own(measuring.OLDEST_APPROVAL, "age of the oldest")
        halts, stuck = own(measuring.KILL_SWITCH, "engaged"), own(measuring.POSITIONS_STUCK, "stuck positions")
        failures = found(measuring.CHECKLIST_FAILURES, "Sum", "${PROP('Dim.Check')}")
        return [
            [
                graph("Runs by runbook and outcome, each hour", "runs", runs, stacked=True),
                graph("Time to cure, from the start of the run, each hour", "seconds", *cures),
            ],
            [
                graph("Approvals that wait for a person", "requests", waits, right=(oldest, "seconds")),
                graph("Kill switch (1: engaged), stuck positions", "engaged", halts, right=(stuck, "positions")),
            ],
            [
                graph("Failed, timed-out and aborted runs, each hour", "runs", *self._badly(HOUR), stacked=True),
                graph("Dead letters by queue", "messages", *self._letters(), stacked=True),
            ],
            [
                graph("Failed checklist lines, each hour", "failures", failures, stacked=True),
                graph("Orders that fail or are stuck", "orders", own(measuring.ORDERS_FAILING, "failing")),
            ],
        ]

    def _badly(self, period: Duration) -> list[cloudwatch.IMetric]:
        return [
            cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=name,
                dimensions_map={"StateMachineArn": self._names.machine_arn(runbook)},
                statistic="Sum",
                period=period,
                label=f"{runbook} {how}",
            )
            for runbook in sorted(self._shown.runbooks)
            for how, name in BADLY.items()
        ]

    def _letters(self) -> list[cloudwatch.IMetric]:
        return [
            cloudwatch.Metric(
                namespace="AWS/SQS",
                metric_name="ApproximateNumberOfMessagesVisible",
                dimensions_map={"QueueName": self._names.dead_letters(of)},
                statistic="Maximum",
                period=FIVE,
                label=of,
            )
            for of in sorted(self._shown.queues)
        ]
