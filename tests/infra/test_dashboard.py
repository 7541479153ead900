"""The dashboard: what it shows is really published, by exactly these names and dimensions, and it can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions import measuring
from functions.adapters.measures import NAMESPACE
from infra import asl, paths
from tests.infra.template import Template
from tests.infra.test_alarms import STARTED_FROM_OUTSIDE, alarms
from tests.infra.test_stack import env_of

SEARCH = re.compile(r"SEARCH\('\{([^}]*)\} MetricName=\"(\w+)\"', '(Sum|Average|Maximum)', (\d+)\)")
# What an expression needs besides the metrics that it names: nothing.
BESIDES = re.compile(r"^(SUM\()?SEARCH\(.*\)\)?$|^SUM\(\[m\d+(, m\d+)*\]\)$")
Series = tuple[str, str, tuple[str, ...]]


@pytest.fixture
def body(template: Template) -> dict[str, Any]:
    """Plain text: whoever reads the template reads the dashboard."""
    (dashboard,) = template.of("AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == f"tradai-{env_of(template)}-runbooks"
    told = template.text(dashboard["DashboardBody"])
    found: dict[str, Any] = json.loads(told)
    return found


def widgets(body: Mapping[str, Any], kind: str = "metric") -> list[Mapping[str, Any]]:
    return [one for one in body["widgets"] if one["type"] == kind]


def rows(widget: Mapping[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Each line of a widget: the metric as it is named (empty for an expression), and how it is shown."""
    for row in widget["properties"]["metrics"]:
        *named, last = row
        yield (named, last) if isinstance(last, dict) else (row, {})


def series(body: Mapping[str, Any]) -> Iterator[Series]:
    """Namespace, name and names of the dimensions of everything shown, searched for or named."""
    for widget in widgets(body):
        for named, how in rows(widget):
            if named:
                yield named[0], named[1], tuple(sorted(named[2::2]))
            for schema, name, _, _ in SEARCH.findall(how.get("expression", "")):
                namespace, *dimensions = schema.split(",")
                yield namespace, name, tuple(sorted(dimensions))


def test_every_metric_of_ours_is_one_that_is_published_with_exactly_these_dimensions(body: dict[str, Any]) -> None:
    ours = {(name, dimensions) for namespace, name, dimensions in series(body) if namespace == NAMESPACE}
    published = set(measuring.PUBLISHED.items())
    assert ours <= published
    assert published - ours == {("ApprovalTimeSpentPercent", ())}, "for its alarm alone"


def test_an_expression_asks_for_nothing_but_what_stands_beside_it(body: dict[str, Any]) -> None:
    for widget in widgets(body):
        ids = {how["id"] for _, how in rows(widget) if "id" in how}
        for _, how in rows(widget):
            if told := how.get("expression"):
                assert BESIDES.match(told), told
                assert set(re.findall(r"\bm\d+\b", told)) <= ids


def test_every_metric_of_aws_is_of_something_in_the_template(template: Template, body: dict[str, Any]) -> None:
    machines = template.physical("AWS::StepFunctions::StateMachine", "StateMachineName")
    queues = template.physical("AWS::SQS::Queue", "QueueName")
    seen: set[tuple[str, str]] = set()
    for widget in widgets(body):
        for named, _ in rows(widget):
            match named:
                case ["AWS/States", name, "StateMachineArn", arn]:
                    assert name in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
                    assert arn.rpartition(":")[2] in machines
                    seen.add((name, arn.rpartition("-")[0]))
                case ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]:
                    assert queue in queues
                    seen.add(("queue", queue))
                case ["TradAI/Runbooks", _] | []:
                    pass
                case _:
                    pytest.fail(f"{named} is no metric that this template has")
    assert {queue for kind, queue in seen if kind == "queue"} == set(queues), "every queue of dead letters"


def test_every_runbook_that_is_started_from_outside_is_shown_by_each_bad_end(body: dict[str, Any]) -> None:
    (graph,) = [one for one in widgets(body) if one["properties"]["title"].startswith("Failed, timed-out")]
    shown = {how["label"] for _, how in rows(graph)}
    assert shown == {
        f"{runbook} {how}" for runbook in STARTED_FROM_OUTSIDE for how in ("failed", "timed out", "aborted")
    }
    children = {one.name for one in asl.discover(paths.STATEMACHINES)} - set(STARTED_FROM_OUTSIDE)
    assert children, "a child's end is its parent's business"


def test_the_first_row_says_in_numbers_how_it_stands_now(body: dict[str, Any]) -> None:
    numbers = [one for one in widgets(body) if one["properties"]["view"] == "singleValue"]
    assert [one["properties"]["title"] for one in numbers] == [
        "Kill switch (1: engaged)",
        "Approvals waiting",
        "Oldest approval (seconds)",
        "Runs ended today",
        "Runs failed today",
        "Dead letters",
    ]
    assert len({one["y"] for one in numbers}) == 1
    assert sum(one["width"] for one in numbers) == 24
    graphs = [one for one in widgets(body) if one not in numbers]
    assert max(one["y"] for one in numbers) < min(one["y"] for one in graphs)


def test_everything_has_a_title_and_every_axis_its_unit(body: dict[str, Any]) -> None:
    titles = [one["properties"]["title"] for one in widgets(body)]
    assert len(titles) == len(set(titles))
    for one in widgets(body):
        if one["properties"]["view"] == "timeSeries":
            axes = one["properties"]["yAxis"]
            right = any(how.get("yAxis") == "right" for _, how in rows(one))
            assert axes["left"]["label"]
            assert ("right" in axes) == right
            assert all(axis["min"] == 0 for axis in axes.values())


def test_what_is_said_once_a_minute_is_read_by_the_minute(body: dict[str, Any]) -> None:
    """A longer period would show a halt that is over; the dashboard keeps the periods that are given here."""
    assert body["periodOverride"] == "inherit"
    assert body["start"] == "-P1D"
    for widget in widgets(body):
        for named, how in rows(widget):
            if named[:1] == [NAMESPACE]:
                assert (how["period"], how["stat"]) == (60, "Maximum"), named


def test_every_alarm_of_the_stack_is_on_it(template: Template, body: dict[str, Any]) -> None:
    (status,) = widgets(body, "alarm")
    shown = {arn.rpartition(":alarm:")[2] for arn in status["properties"]["alarms"]}
    assert shown == {f"tradai-{env_of(template)}-{name}" for name in alarms(template)}
    assert len(shown) <= 100, "more than a widget shows"


def test_its_address_is_an_output(template: Template) -> None:
    outputs = template.body["Outputs"]
    address = outputs["DashboardUrl"]["Value"]
    assert address.endswith(f"#dashboards/dashboard/tradai-{env_of(template)}-runbooks")
