"""What the platform owns (CONTRACT.md 1): checked and reported, never changed."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from console.aws import Aws
from console.preflight.model import Answer, failed, noted, passed

MISSING = frozenset({"ResourceNotFoundException", "NotFound", "NotFoundException", "ClusterNotFoundException"})


def tables(aws: Aws) -> Iterator[Answer]:
    """The four tables with the keys that the runbooks read by."""
    platform = aws.settings.platform
    wanted = {
        platform.trading_state_table: [("strategy_id", "HASH")],
        platform.positions_table: [("position_id", "HASH")],
        platform.orders_table: [("position_id", "HASH"), ("order_id", "RANGE")],
        platform.strategy_config_table: [("strategy_id", "HASH")],
    }
    for name, keys in wanted.items():
        yield table(aws, name, keys, "set its name in the environment's `platform` settings")


def table(aws: Aws, name: str, keys: list[tuple[str, str]], advice: str) -> Answer:
    what = f"table {name}"
    try:
        found = aws.client("dynamodb").describe_table(TableName=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return failed(what, "does not exist", advice)
    has = sorted((key["AttributeName"], key["KeyType"]) for key in found["KeySchema"])
    if has != sorted(keys):
        return failed(what, f"key is {_keys(has)}, wanted is {_keys(keys)}", advice)
    if found["TableStatus"] != "ACTIVE":
        return failed(what, f"is {found['TableStatus']}", "wait until it is ACTIVE")
    return passed(what, f"ACTIVE, key {_keys(keys)}")


def service(aws: Aws) -> Iterator[Answer]:
    """The ECS service, and how it deploys."""
    platform = aws.settings.platform
    what = f"service {platform.service}"
    try:
        found = aws.client("ecs").describe_services(cluster=platform.cluster, services=[platform.service])
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        yield failed(what, f"there is no cluster {platform.cluster}", "set `platform.cluster`")
        return
    active = [entry for entry in found["services"] if entry["status"] == "ACTIVE"]
    if not active:
        yield failed(what, f"is not in cluster {platform.cluster}", "set `platform.service`")
        return
    it = active[0]
    counts = f"{it['runningCount']} of {it['desiredCount']} running"
    if it["runningCount"] < it["desiredCount"] or not it["desiredCount"]:
        yield failed(what, counts, "the night should begin with a service that runs")
    else:
        yield passed(what, counts)
    yield from _deployment(it.get("deploymentConfiguration") or {})


def _deployment(given: dict[str, object]) -> Iterator[Answer]:
    what, most = "deployment settings", given.get("maximumPercent", 200)
    least = given.get("minimumHealthyPercent", 100)
    value = f"maximumPercent {most}, minimumHealthyPercent {least}"
    if most == 100:
        yield passed(what, value)
    else:
        yield noted(what, value, "a plain deployment runs two copies; a redeploy by the runbook goes through 0 "
                    "tasks instead, and takes longer. maximumPercent 100 would spare that")  # fmt: skip


def logs(aws: Aws) -> Iterator[Answer]:
    name = aws.settings.platform.log_group
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if any(group["logGroupName"] == name for group in groups):
        yield passed(f"log group {name}", "exists")
    else:
        yield failed(f"log group {name}", "does not exist", "set `platform.log_group`")


def alarm(aws: Aws) -> Iterator[Answer]:
    """An alarm that takes missing data for good is silent when the detector dies."""
    name = aws.settings.platform.heartbeat_alarm
    what = f"alarm {name}"
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not found:
        yield failed(what, "does not exist", "set `platform.heartbeat_alarm`")
        return
    missing = found[0].get("TreatMissingData", "missing")
    if missing != "breaching":
        yield failed(what, f"treats missing data as `{missing}`",
                     "set TreatMissingData to `breaching`: a dead detector must raise it")  # fmt: skip
    else:
        yield passed(what, f"treats missing data as breaching, is {found[0]['StateValue']}")


def detector(aws: Aws) -> Iterator[Answer]:
    name = aws.settings.platform.heartbeat_detector
    what = f"heartbeat detector {name}"
    try:
        state = aws.client("lambda").get_function_configuration(FunctionName=name).get("State", "Active")
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        yield failed(what, "does not exist", "without it the alarm says nothing true")
        return
    if state == "Active":
        yield passed(what, "exists")
    else:
        yield failed(what, f"is {state}", "without it the alarm says nothing true")


def topic(aws: Aws) -> Iterator[Answer]:
    """The topic, and that somebody hears it."""
    name = aws.settings.platform.alerts_topic
    yield from heard(aws, f"topic {name}", aws.names.alerts_topic_arn, "set `platform.alerts_topic`")


def heard(aws: Aws, what: str, arn: str, advice: str) -> Iterator[Answer]:
    """A topic that exists, with subscriptions that were all confirmed."""
    sns = aws.client("sns")
    try:
        sns.get_topic_attributes(TopicArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        yield failed(what, f"{arn} does not exist", advice)
        return
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    pending = [s["Endpoint"] for s in subscriptions if s["SubscriptionArn"] in ("PendingConfirmation", "pending")]
    if pending:
        yield failed(what, f"not confirmed: {', '.join(pending)}", "confirm the subscription, or remove it")
    elif not subscriptions:
        yield failed(what, "nobody is subscribed", "subscribe the people on call")
    else:
        yield passed(what, f"exists, {len(subscriptions)} confirmed")


def accounts(aws: Aws) -> Iterator[Answer]:
    """Whose money each strategy trades must be known before anything is closed for it."""
    platform, lacking, names = aws.settings.platform, [], []
    for item in _every(aws, platform.trading_state_table):
        name = str(item["strategy_id"])
        names.append(name)
        config = aws.table(platform.strategy_config_table).get_item(Key={"strategy_id": name}).get("Item", {})
        if not (config.get("account") and config.get("mode")) and name not in platform.accounts:
            lacking.append(name)
    if lacking:
        yield failed("account map", f"no account or mode for {', '.join(lacking[:10])}",
                     "put them into the strategy's config, or into `platform.accounts`")  # fmt: skip
    else:
        yield passed("account map", f"account and mode of all {len(names)} strategies are known")


def _every(aws: Aws, name: str) -> Iterator[dict[str, object]]:
    wanted: dict[str, object] = {"ProjectionExpression": "strategy_id"}
    while True:
        page = aws.table(name).scan(**wanted)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _keys(keys: list[tuple[str, str]]) -> str:
    return " + ".join(name for name, _ in sorted(keys, key=lambda key: key[1]))
