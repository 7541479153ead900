"""Alarms on the runbooks themselves; all of them tell the platform's topic, and those of the stop page too.

Those on stuck positions and on failing orders start a runbook besides.

Missing data: Step Functions and SQS publish nothing while nothing goes wrong, so for counts of trouble
missing means none (as breaching they would be up for ever). Watch and sweeper run every few minutes: for their
own heartbeat missing means dead, and that is breaching.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions import measuring
from infra.constructs.approvals_api import ApprovalsApi
from infra.constructs.machine import Machine
from infra.constructs.task import Task
from infra.constructs.widgets import MINUTE, own
from infra.names import Names

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
LESS_THAN = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


@dataclass(frozen=True, slots=True)
class Watched:
    """A scheduled part, by the name of its alarms; `unless` is what does not happen when it does not run."""

    name: str
    who: str
    unless: str


WATCH = Watched("watch", "The watch", "nothing starts a runbook again by itself")
SWEEP = Watched("sweep", "The sweeper", "decisions are not redelivered, nobody else is asked and nothing lapses")
HALT_WATCH = Watched("halt-watch", "The watch of a halt", "what comes back while it lasts is not stopped again")
DETECTOR = Watched("stuck-detector", "The detector of stuck positions", "a position that is not closed is not seen")
ORDER_DETECTOR = Watched("order-detector", "The detector of failing orders", "orders that fail are not seen")
PREFLIGHT = Watched("preflight", "The daily preflight", "what a run at night will lack is found by that run")

# Percent of its time that a question may wait for: by then a second wave of people has been asked.
WAITED_TOO_LONG = 50

# A run of these that ends badly leaves trading, or positions, in a state that somebody must look at now.
PAGING = ("emergency-stop", "resume-trading")


class Alarms(Construct):
    """Failed, timed-out and throttled runs; letters that nobody got; a schedule that does not run; a page that
    does not answer; a question that waits, and a halt that stands.

    `runbooks`, `queues` and `arns` (of the alarms themselves) are what it watches so far, for the dashboard.
    """

    def __init__(self, scope: Construct, names: Names, stop_line: str | None) -> None:
        """`stop_line` says in each alarm where everything is stopped; None: nothing can stop it yet."""
        super().__init__(scope, "alarms")
        self.runbooks: list[str] = []
        self.queues: list[str] = []
        self.arns: list[str] = []
        self._names, self._stop_line = names, stop_line
        self._topic = actions.SnsAction(sns.Topic.from_topic_arn(self, "Topic", names.alerts_topic_arn))
        self._paging = self._topic
        if names.paging_topic_arn != names.alerts_topic_arn:
            self._paging = actions.SnsAction(sns.Topic.from_topic_arn(self, "Paging", names.paging_topic_arn))

    def on_runs(self, machine: Machine) -> None:
        """A child's end is its parent's business, so only what is started from outside is counted."""
        name, states = machine.definition.name, machine.machine
        self.runbooks.append(name)
        counts = {
            "failed": states.metric_failed(period=MINUTE),
            "timed-out": states.metric_timed_out(period=MINUTE),
            "throttled": states.metric_throttled(period=MINUTE),
        }
        for how, metric in counts.items():
            self._count(f"{name}-{how}", metric, f"A run of {name} was or is {how}", pages=name in PAGING)

    def on_dead_letters(self, of: str, queue: sqs.IQueue, *, pages: bool = False) -> None:
        self.queues.append(of)
        metric = queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic="Maximum")
        what = f"An event for {of} could not be delivered; read {of}'s queue"
        self._count(f"{of}-dead-letters", metric, what, pages=pages)

    def on_schedule(
        self,
        part: Watched,
        task: Task,
        every_minutes: int,
        *,
        enabled: bool = True,
        pages: bool = False,
        silent_looks: int = 3,
        failing_looks: int = 3,
    ) -> None:
        """Up when so many looks in a row were not even begun, or failed."""
        period = Duration.minutes(every_minutes)
        self._alarm(
            f"{part.name}-silent",
            task.function.metric_invocations(period=period),
            f"{part.who} does not run: {part.unless}",
            comparison_operator=LESS_THAN,
            evaluation_periods=silent_looks,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            actions_enabled=enabled,
            pages=pages,
        )
        errors = task.function.metric_errors(period=period)
        self._count(
            f"{part.name}-failing", errors, f"{part.who} fails: {part.unless}", periods=failing_looks, pages=pages
        )

    def on_stuck_positions(self, every_minutes: int, *, enabled: bool = True) -> None:
        """Up as soon as one look of the detector counts a stuck position: 1 of 1, because each look is a whole
        answer, read from the tables, and not a sample of something that wavers; what waits longer costs money.

        Missing data leaves the state as it is. The detector says 0 in words, so nothing said means that nobody
        looked, and neither state would be true: as breaching it would start runs about nothing, as not breaching a
        look that came a moment late would end the alarm and begin it again, which starts every run anew. That
        silence is loud all the same: it is the alarm on the detector itself.
        """
        what = "A position that should be closed is open; stuck-position starts by itself"
        self._detected("position-stuck", measuring.POSITIONS_STUCK, what, every_minutes, enabled)

    def on_failing_orders(self, every_minutes: int, *, enabled: bool = True) -> None:
        """As for stuck positions, and for the same reasons: each look is a whole answer of the last hour."""
        what = "Orders fail or are stuck; order-failures starts by itself"
        self._detected("order-failures", measuring.ORDERS_FAILING, what, every_minutes, enabled)

    def on_approvals(self) -> None:
        """By share and not by age: ten minutes are all there is of one question and a sixth of another."""
        spent = own(measuring.APPROVAL_TIME_SPENT)
        what = "Half of a question's time is over, and nobody has decided: `runbooks approvals list`"
        self._count("approvals-waiting", spent, what, threshold=WAITED_TOO_LONG)

    def on_halt(self) -> None:
        what = "The kill switch is engaged: nothing trades until a person starts resume-trading"
        self._count("trading-halted", own(measuring.KILL_SWITCH), what)

    def on_page(self, task: Task, api: ApprovalsApi) -> None:
        """A refusal is no error: the page says it with a status below 500. API Gateway counts what it refuses
        for its rate among the other refusals, so only the function's own throttling can be told."""
        function = task.function
        failures = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="5xx",
            dimensions_map={"ApiId": api.id},
            period=MINUTE,
            statistic="Sum",
        )
        for how, metric, what in (
            ("failing", function.metric_errors(period=MINUTE), "The approval page fails; see its function's log"),
            ("5xx", failures, "Approval links are answered with a server error"),
            ("throttled", function.metric_throttles(period=MINUTE), "Lambda throttles the approval page"),
        ):
            self._count(f"approvals-page-{how}", metric, what)

    def _detected(self, name: str, metric: str, what: str, every_minutes: int, enabled: bool) -> None:
        self._alarm(
            name,
            own(metric, period=Duration.minutes(every_minutes)),
            what,
            comparison_operator=AT_LEAST,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            actions_enabled=enabled,
        )

    def _count(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        description: str,
        *,
        periods: int = 1,
        threshold: int = 1,
        pages: bool = False,
    ) -> None:
        self._alarm(
            name,
            metric,
            description,
            comparison_operator=AT_LEAST,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            threshold=threshold,
            pages=pages,
        )

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        description: str,
        *,
        comparison_operator: cloudwatch.ComparisonOperator,
        evaluation_periods: int,
        treat_missing_data: cloudwatch.TreatMissingData,
        threshold: int = 1,
        actions_enabled: bool = True,
        pages: bool = False,
    ) -> None:
        stop = f". {self._stop_line}" if self._stop_line else ""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=self._names.alarm(name),
            alarm_description=f"{description}{stop}",
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison_operator,
            evaluation_periods=evaluation_periods,
            treat_missing_data=treat_missing_data,
            actions_enabled=actions_enabled,
        )
        self.arns.append(self._names.arn("cloudwatch", f"alarm:{self._names.alarm(name)}"))
        alarm.add_alarm_action(*dict.fromkeys((self._topic, self._paging) if pages else (self._topic,)))
