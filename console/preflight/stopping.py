"""Whether everything can be stopped at night, and who would hear of it: looked at by day, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from botocore.exceptions import BotoCoreError, ClientError

from console.aws import EMBEDDED, Aws
from console.preflight.model import Answer, failed, noted, passed
from console.preflight.platform import MISSING
from functions.adapters.breaches import rule_of
from functions.adapters.halt_items import service_key, service_of
from functions.adapters.items import KILL_SWITCH, kill_switch_of
from functions.errors import Broken
from functions.facts import ServiceRecord
from functions.halting import SEGMENTS
from functions.rules.risk_alarm import why_unfit

WATCH: Final = "watch_halt"
WATCH_LOOKED_BACK: Final = timedelta(minutes=10)
# Segments, and the branches beside them.
FUNCTIONS_AT_ONCE: Final = SEGMENTS + 5
PAGE_ANSWERS_WITHIN: Final = 5.0
GONE: Final = MISSING | {"NoSuchEntity", "ValidationError"}


def scaling(aws: Aws) -> Iterator[Answer]:
    """A stop suspends the service's auto-scaling, and records what it was."""
    platform = aws.settings.platform
    found = aws.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs",
        ResourceIds=[f"service/{platform.cluster}/{platform.service}"],
        ScalableDimension="ecs:service:DesiredCount",
    )["ScalableTargets"]
    if not found:
        yield passed("auto-scaling", "the service is not scaled by itself")
        return
    target = found[0]
    bounds = f"{target['MinCapacity']} to {target['MaxCapacity']} tasks"
    suspended = sorted(name for name, is_so in (target.get("SuspendedState") or {}).items() if is_so)
    if suspended:
        yield noted("auto-scaling", f"{bounds}, suspended: {', '.join(suspended)}", _of_suspended(aws))
    else:
        yield passed("auto-scaling", bounds)


def _of_suspended(aws: Aws) -> str:
    """What a suspension means: that of a halt which stands goes with it, any other one stays."""
    guards = aws.table(aws.names.guards_table)
    try:
        switch = kill_switch_of(guards.get_item(Key={"guard_id": KILL_SWITCH}, ConsistentRead=True).get("Item"))
        if not switch.engaged:
            return "no halt stands: a stop records it as it is, and a resume leaves it so"
        if switch.strategy_ids is not None:
            return "not by the halt that stands, which is of some strategies alone: a resume leaves it so"
        key = {"guard_id": service_key(str(switch.halt_id))}
        item = guards.get_item(Key=key, ConsistentRead=True).get("Item")
        record = service_of(item) if item else None
    except (ClientError, BotoCoreError, Broken) as error:
        return f"whether a halt did it, and what was before, is not known ({error})"
    return f"the halt {switch.halt_id} stands; {_comes_back(record)}"


def _comes_back(record: ServiceRecord | None) -> str:
    if record is None or record.scaling is None:
        return "what was before is not recorded: look it up before you resume, which takes no suspension off"
    if record.scaling.suspended:
        return "it had been suspended before, and a resume leaves it so"
    return "a resume puts it back as it was before"


def concurrency(aws: Aws) -> Iterator[Answer]:
    """A stop runs its branches and segments at once; functions that Lambda has no room for are only asked again."""
    limit = aws.client("lambda").get_account_settings()["AccountLimit"]
    free, told = int(limit["UnreservedConcurrentExecutions"]), f"{limit['ConcurrentExecutions']} at once"
    told = f"{told}, {free} of them for functions without a share of their own"
    if free >= FUNCTIONS_AT_ONCE:
        yield passed("Lambda concurrency", told)
    else:
        yield noted(
            "Lambda concurrency",
            told,
            f"a stop runs {FUNCTIONS_AT_ONCE} at once, and slower below: ask AWS for a higher quota",
        )


def risk_alarms(aws: Aws) -> Iterator[Answer]:
    """Each alarm that may stop everything without a person exists, and its rule is one that is believed."""
    names = aws.settings.emergency_stop.risk_alarms
    if not names:
        yield passed("risk alarms", "none: only people stop everything")
    for name in names:
        what = f"risk alarm {name}"
        page = aws.client("cloudwatch").describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        if not (found := page.get("MetricAlarms")):
            told = "is a composite alarm" if page.get("CompositeAlarms") else "does not exist"
            yield failed(what, told, "name an alarm on one metric, or it stops nothing")
            continue
        rule = rule_of(found[0])
        counted = f"{rule.needed} of {rule.window} points of {rule.period_seconds} s"
        if (unfit := why_unfit(rule)) is not None:
            yield failed(what, unfit, "it stops nothing as it is: change the alarm, or take its name away")
        elif rule.needed == 1:
            yield noted(what, f"{counted}, is {rule.state}", "one odd value stops all trading")
        else:
            yield passed(what, f"{counted}, missing data is `{rule.treat_missing_data}`, is {rule.state}")


def status_page(aws: Aws) -> Iterator[Answer]:
    """The page answers at all, and its token's secret is there; nothing is posted."""
    url = _page_url(aws)
    if not url:
        yield noted("status page", "not set", "a stop is told to nobody outside: `emergency_stop.status_page`")
        return
    yield _page(url)
    secret = aws.settings.status_page_secret
    what = f"secret {secret}"
    try:
        described = aws.client("secretsmanager").describe_secret(SecretId=secret)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        yield failed(what, "does not exist", "store the status page's token there")
        return
    if described.get("DeletedDate"):
        yield failed(what, "is being deleted", "restore it, or store the status page's token elsewhere")
    else:
        yield passed(what, "exists")


def operators(aws: Aws) -> Iterator[Answer]:
    """Who may stop without Step Functions. Who may start the machine is said by the account's roles."""
    machine = aws.names.machine_arn("emergency-stop")
    yield noted("who may stop", f"whoever may states:StartExecution on {machine}", "is the desk among them?")
    what, iam = "who may stop directly", aws.client("iam")
    try:
        entities = iam.list_entities_for_policy(PolicyArn=aws.names.policy_arn(aws.names.direct_policy))
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        yield failed(what, f"there is no policy {aws.names.direct_policy}", "deploy the stack")
        return
    holders = [
        f"{kind} {one[f'{kind.capitalize()}Name']}"
        for kind in ("role", "group", "user")
        for one in entities.get(f"Policy{kind.capitalize()}s", ())
    ]
    if holders:
        yield passed(what, ", ".join(holders))
    else:
        advice = f"attach {aws.names.direct_policy} to the operators' role"
        yield noted(what, "nobody by the stack's policy", advice)


def halt_watch(aws: Aws) -> Iterator[Answer]:
    """It runs each minute, halted or not."""
    if aws.local:
        yield noted("watch of a halt", "the embedded AWS counts no calls of a function")
        return
    now, minutes = datetime.now(UTC), int(WATCH_LOOKED_BACK.total_seconds() // 60)
    calls, errors = (_sum(aws, metric, now) for metric in ("Invocations", "Errors"))
    lately = f"ran {calls} times in {minutes} minutes"
    if not calls:
        yield failed("watch of a halt", f"did not run for {minutes} minutes", "see the alarm halt-watch-silent")
    elif errors:
        yield failed("watch of a halt", f"{lately} and failed {errors} times", "see its function's log")
    else:
        yield passed("watch of a halt", lately)


def _sum(aws: Aws, metric: str, now: datetime) -> int:
    points = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": aws.names.function(WATCH)}],
        StartTime=now - WATCH_LOOKED_BACK,
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return round(sum(float(point["Sum"]) for point in points))


def _page_url(aws: Aws) -> str | None:
    """What the deployment says, else the settings."""
    try:
        found = aws.client("cloudformation").describe_stacks(StackName=aws.names.stack)
        stacks: list[dict[str, Any]] = found["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        stacks = []
    given = {one["ParameterKey"]: one["ParameterValue"] for stack in stacks for one in stack.get("Parameters", ())}
    page = aws.settings.emergency_stop.status_page
    url: str | None = given.get("StatusPageUrl", page.url if page else None)
    return url


def _page(url: str) -> Answer:
    """Any answer but a server's error: without its token the page says no."""
    what = f"status page {url}"
    # A proxy of this machine knows no embedded AWS.
    opener = build_opener(ProxyHandler({})) if url.startswith(EMBEDDED) else build_opener()
    try:
        with opener.open(Request(url), timeout=PAGE_ANSWERS_WITHIN) as response:  # noqa: S310 - http(s) by the settings
            status = response.status
    except HTTPError as error:
        status = error.code
    except OSError as error:
        return failed(what, f"does not answer: {getattr(error, 'reason', error)}", "correct its address")
    if status >= 500:
        return failed(what, f"answers HTTP {status}", "its operator must look")
    return passed(what, f"answers HTTP {status}")
