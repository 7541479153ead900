"""Grants that no refused call has shown, and what shows each of them instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tests.grants.lines import Line

KEY: Final = ":secret:tradai-{env}-exchange-"
GUIDE: Final = "https://docs.aws.amazon.com/lambda/latest/dg"
LOGS_API: Final = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
REFERENCE: Final = "https://docs.aws.amazon.com/service-authorization/latest/reference"
STATES: Final = "https://docs.aws.amazon.com/step-functions/latest/dg"


@dataclass(frozen=True)
class Elsewhere:
    """`why`: in words, with the test or the page that demands it."""

    title: str
    why: str


TRACES: Final = Elsewhere(
    "Tracing, which the embedded AWS does not check",
    f"AWS asks for it: [functions]({GUIDE}/services-xray.html), "
    f"[state machines]({STATES}/concepts-xray-tracing.html). "
    "`tests/infra/test_policies.py` holds every role to exactly these actions.",
)
LOGS: Final = Elsewhere(
    "A function's own log, which the embedded AWS writes by itself",
    f"AWS asks for it: [logs of functions]({GUIDE}/monitoring-cloudwatchlogs.html). "
    "`test_a_function_writes_to_its_own_streams_of_the_log_only` in `tests/infra/test_policies.py`.",
)
DELIVERY: Final = Elsewhere(
    "Delivery of state machines' logs, which the embedded AWS does not do",
    f"AWS asks for it: [logs of state machines]({STATES}/cw-logs.html). "
    "`test_a_machine_may_do_what_its_definition_calls_and_nothing_more` in `tests/infra/test_policies.py`.",
)
LETTERS: Final = Elsewhere(
    "The queue of what nobody could handle, which the embedded AWS fills by itself",
    f"AWS asks for it: [destinations]({GUIDE}/invocation-async-retain-records.html). "
    "`test_what_fails_three_times_on_an_event_leaves_it_in_the_queue_that_it_may_write_to` in "
    "`tests/infra/test_triggers.py`.",
)
GROUPS: Final = Elsewhere(
    "The form of a log group's ARN with `:*`, where the embedded AWS asks for the one without",
    f"AWS's pages name both: policies take [the one with `:*`]({LOGS_API}/API_LogGroup.html), its "
    f"[table of actions]({REFERENCE}/list_amazoncloudwatchlogs.html) has the one without.",
)
SENDER: Final = Elsewhere(
    "The identity of the sender that is not the one verified here",
    "SES asks on the address's own identity where that is verified, else on its domain's "
    "([access](https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html)); the settings do "
    "not say which, and the embedded AWS has verified one of them.",
)
UNNAMED: Final = Elsewhere(
    "A function that is deployed only where the settings name its alarms",
    "The embedded AWS names none; its methods stand in `tests/adapters/test_grants_calls.py` as all others, and "
    "`tests/tasks/test_judge_risk_alarm.py` runs it.",
)
VENUE: Final = Elsewhere(
    "The key of another venue, for the same call",
    "The settings name several venues, and a function reads the key of the one that a position is at: the same "
    "request for the other venue's key stands above as refused.",
)
CALLS: Final = Elsewhere(
    "Used on a way that no scenario takes",
    "`test_asks_aws_for_exactly_what_is_granted` in `tests/adapters/test_grants_calls.py` holds each port method "
    "to exactly its grants, and `tests/adapters/test_needs.py` each function to exactly the methods that it calls.",
)
DEFINED: Final = Elsewhere(
    "Named by a state that no scenario walks",
    "`test_a_machine_may_do_what_its_definition_calls_and_nothing_more` in `tests/infra/test_policies.py`.",
)


def elsewhere(line: Line, shown: Collection[Line] = ()) -> Elsewhere:
    """By what the line is shown where no call was refused. `shown`: the lines that one was refused for."""
    service = line.action.partition(":")[0]
    if line.holder == "function judge_risk_alarm":
        return UNNAMED
    if service == "xray":
        return TRACES
    if service == "logs" and line.holder.startswith("machine "):
        return DELIVERY
    if line.action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        return LOGS
    if service == "sqs":
        return LETTERS
    if service == "logs" and line.on.endswith(":*"):
        return GROUPS
    if service == "ses" and ":identity/" in line.on:
        return SENDER
    if KEY in line.on and any(
        (one.holder, one.action) == (line.holder, line.action) and KEY in one.on for one in shown
    ):
        return VENUE
    return CALLS if line.holder.startswith("function ") else DEFINED
