"""What finds failing orders, how often, and what its alarm says: nothing of it may fall silent unseen."""

from __future__ import annotations

from functions.adapters.measures import NAMESPACE
from functions.measuring import ORDERS_FAILING, PUBLISHED
from infra.config import load_settings
from tests.infra.template import Template
from tests.infra.test_alarms import alarms
from tests.infra.test_stack import env_of, function_of, handler_of
from tests.infra.test_triggers import rules


def test_it_looks_as_often_as_the_settings_say(template: Template) -> None:
    every = load_settings(env_of(template)).orders.detect_every_minutes
    [rule] = [
        one
        for one in rules(template, None)
        if handler_of(function_of(template, one["Targets"][0]["Arn"])) == "detect_orders"
    ]
    assert (rule["ScheduleExpression"], rule["State"]) == (f"rate({every} minutes)", "ENABLED")


def test_one_look_that_counts_a_failure_is_enough_and_no_look_changes_nothing(template: Template) -> None:
    alarm = alarms(template)["order-failures"]
    settings = load_settings(env_of(template))
    assert alarm["AlarmName"] == settings.order_failures_alarm
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (NAMESPACE, ORDERS_FAILING, "Maximum")
    assert PUBLISHED[ORDERS_FAILING] == ()
    assert "Dimensions" not in alarm
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    period = 60 * settings.orders.detect_every_minutes
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (period, 1, "ignore")
    assert alarm["AlarmName"] not in settings.alarms_about_people, "it is a sign of how well the platform works"


def test_a_detector_that_does_not_run_is_an_alarm_of_its_own(template: Template) -> None:
    period = 60 * load_settings(env_of(template)).orders.detect_every_minutes
    silent, failing = (alarms(template)[f"order-detector-{how}"] for how in ("silent", "failing"))
    assert (silent["TreatMissingData"], silent["Period"], silent["EvaluationPeriods"]) == ("breaching", period, 3)
    assert (silent["MetricName"], silent["ComparisonOperator"]) == ("Invocations", "LessThanThreshold")
    assert failing["MetricName"] == "Errors"
    for alarm in (silent, failing):
        assert handler_of(function_of(template, alarm["Dimensions"][0]["Value"])) == "detect_orders"


def test_it_reads_orders_by_position_and_is_granted_no_scan_of_them(template: Template) -> None:
    [function] = [
        one for one in template.of("AWS::Lambda::Function").values() if handler_of(one) == "detect_orders"
    ]
    allowed = template.allowed(function["Role"]["Fn::GetAtt"][0])
    of_orders = {one.action for one in allowed if ":table/tradai-orders-" in one.resource}
    assert of_orders == {"dynamodb:Query"}
