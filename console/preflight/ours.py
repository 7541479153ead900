"""What the stack owns, and what the settings say: deployed, switched on, and not halted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore.exceptions import ClientError

from console.aws import Aws
from console.preflight.model import Answer, failed, noted, passed
from console.preflight.platform import table
from functions.settings import RunbookMode
from infra.paths import STATEMACHINES

MOST_SKEW = 5.0


def tables(aws: Aws) -> Iterator[Answer]:
    names = aws.names
    yield table(aws, names.incidents_table, [("incident_id", "HASH")], "deploy the stack")
    yield table(aws, names.guards_table, [("guard_id", "HASH")], "deploy the stack")
    yield table(aws, names.approvals_table, [("approval_id", "HASH")], "deploy the stack")


def machines(aws: Aws) -> Iterator[Answer]:
    """Every definition of this version is deployed."""
    client, missing = aws.client("stepfunctions"), []
    wanted = sorted(path.parent.name for path in STATEMACHINES.glob("*/machine.asl.yaml"))
    for name in wanted:
        try:
            client.describe_state_machine(stateMachineArn=aws.names.machine_arn(name))
        except ClientError as error:
            if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
                raise
            missing.append(name)
    if missing:
        yield failed("state machines", f"not deployed: {', '.join(missing)}", "deploy the stack")
    else:
        yield passed("state machines", f"all {len(wanted)} are deployed")


def modes(aws: Aws) -> Iterator[Answer]:
    """What an alarm will start: nothing, a dry run, or a cure."""
    for path in sorted(STATEMACHINES.glob("*/runbook.yaml")):
        if "child: true" in path.read_text("utf-8"):
            continue
        name, mode = path.parent.name, aws.settings.mode_of(path.parent.name)
        if mode is RunbookMode.ACT:
            yield passed(f"mode of {name}", "act")
        else:
            told = {
                RunbookMode.OFF: "alarms start nothing",
                RunbookMode.OBSERVE: "alarm-started runs change nothing",
            }
            yield noted(f"mode of {name}", mode.value, told[mode])


def kill_switch(aws: Aws) -> Iterator[Answer]:
    item = (
        aws.table(aws.names.guards_table).get_item(Key={"guard_id": "kill-switch"}, ConsistentRead=True).get("Item")
    )
    if item and item.get("engaged") is not False:
        who = f"engaged by {item.get('engaged_by')} at {item.get('engaged_at')}: {item.get('reason')}"
        yield noted("kill switch", who, "no runbook restarts anything while it is engaged")
    else:
        yield passed("kill switch", "released")


def network(aws: Aws) -> Iterator[Answer]:
    if aws.settings.platform.network is None:
        yield noted("network", "not set", "incidents will say: probed from outside the platform's network")
    else:
        yield passed("network", aws.settings.platform.network.vpc_id)


def clock(aws: Aws) -> Iterator[Answer]:
    """Ages of heartbeats are judged by AWS's clock, countdowns here by this machine's."""
    answer = aws.client("sts").get_caller_identity()
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if date is None:
        yield noted("clock", "AWS's answer carries no date")
        return
    skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    if abs(skew) > MOST_SKEW:
        yield failed("clock", f"this machine is {skew:+.0f} s off", "set it by NTP")
    else:
        yield passed("clock", f"within {MOST_SKEW:.0f} s of AWS's")
