"""Whether people can be asked at night: the mail that leaves, those who may decide, and the paging topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from console.aws import Aws
from console.preflight.model import Answer, failed, noted, passed
from console.preflight.platform import MISSING, heard

GONE = MISSING | {"NoSuchEntity", "NoSuchEntityException"}


def sender(aws: Aws) -> Iterator[Answer]:
    """The identity of SES that approvals are mailed from: the address itself, or its domain."""
    address = aws.settings.approvals.sender
    if address is None:
        yield noted("mail sender", "not set", "nobody is asked by mail: set `approvals.sender`")
        return
    what, client = f"mail sender {address}", aws.client("sesv2")
    names = (address, address.partition("@")[2])
    found = {name: identity for name in names if (identity := _identity(client, name))}
    verified = [name for name, identity in found.items() if identity.get("VerifiedForSendingStatus")]
    if verified:
        yield passed(what, f"{verified[0]} is verified")
    elif found:
        yield failed(what, f"{', '.join(found)} is not verified", "finish its verification in SES")
    else:
        yield failed(
            what, "neither it nor its domain is an identity of SES here", "verify it in SES, in this region"
        )


def mail_account(aws: Aws) -> Iterator[Answer]:
    """In SES's sandbox only verified addresses are reached, whoever is asked."""
    if aws.settings.approvals.sender is None:
        return
    account = aws.client("sesv2").get_account()
    standing = account.get("EnforcementStatus", "HEALTHY")
    if not account.get("SendingEnabled", True):
        yield failed("mail account", "SES sends nothing for it", "have sending enabled")
    elif not account.get("ProductionAccessEnabled"):
        yield failed("mail account", "is in SES's sandbox", "ask AWS for production access: people are not reached")
    elif standing != "HEALTHY":
        yield failed("mail account", f"is {standing}", "see SES's reputation page")
    else:
        yield passed("mail account", "out of the sandbox, healthy")


def configuration_set(aws: Aws) -> Iterator[Answer]:
    """Without it no bounce is heard, and a person who was never reached seems to be asked."""
    name = aws.names.configuration_set
    what = f"configuration set {name}"
    try:
        options = aws.client("sesv2").get_configuration_set(ConfigurationSetName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        yield failed(what, "does not exist", "deploy the stack")
        return
    if options.get("TrackingOptions", {}).get("CustomRedirectDomain"):
        yield failed(what, "rewrites links", "the personal key would go to another address: deploy the stack")
    elif options.get("SendingOptions", {}).get("SendingEnabled") is False:
        yield failed(what, "sends nothing", "have sending enabled")
    else:
        yield passed(what, "exists")


def approvers(aws: Aws) -> Iterator[Answer]:
    """Everybody who may be asked can be reached or can decide, and two of them are two people."""
    approvals = aws.settings.approvals
    if not approvals.desks:
        yield failed("approvers", "no desk: nobody can be asked", "set `approvals.people` and `approvals.desks`")
        return
    on_rungs = {person for desk in approvals.desks.values() for rung in desk.rungs for person in rung}
    for person_id in sorted(on_rungs):
        person, what = approvals.people[person_id], f"approver {person_id}"
        if not person.email and not person.arns:
            yield failed(what, "has neither an address nor an ARN", "he can be asked and cannot answer")
        elif not person.email:
            yield noted(what, f"{person.name}: no address", "hears of it by the paging topic alone")
        elif not person.arns:
            yield passed(what, f"{person.name}: by mail; no ARN, so not by the command line")
        else:
            yield passed(what, f"{person.name}: by mail and command line")
    most = max(approvals.needed.values(), default=1)
    for name, desk in sorted(approvals.desks.items()):
        people = {person for rung in desk.rungs for person in rung}
        if len(people) < most:
            yield failed(
                f"desk {name}", f"asks only {len(people)}, and a decision may need {most} people", "add people"
            )


def identities(aws: Aws) -> Iterator[Answer]:
    """Whether the users that stand for people exist; whether a session of a role will, nobody can tell."""
    for person_id, person in sorted(aws.settings.approvals.people.items()):
        for arn in person.arns:
            yield _identity_of(aws, f"identity of {person_id}", arn)


def paging(aws: Aws) -> Iterator[Answer]:
    """The topic that wakes people, with somebody who hears it."""
    name = aws.settings.platform.paging_topic
    if name is None:
        yield noted("paging topic", "not set", "decisions are announced on the alerts topic, which may wake nobody")
        return
    yield from heard(aws, f"paging topic {name}", aws.names.paging_topic_arn, "set `platform.paging_topic`")


def roles(aws: Aws) -> Iterator[Answer]:
    """Raising the memory registers a revision with these two roles, and may pass no others."""
    platform = aws.settings.platform
    service = aws.client("ecs").describe_services(cluster=platform.cluster, services=[platform.service])["services"]
    if not service:
        yield failed("task roles", f"there is no service {platform.service}", "set `platform.service`")
        return
    described = aws.client("ecs").describe_task_definition(taskDefinition=service[0]["taskDefinition"])
    definition = described["taskDefinition"]
    for what, field, setting in (
        ("task role", "taskRoleArn", platform.task_role),
        ("execution role", "executionRoleArn", platform.execution_role),
    ):
        has, wanted = definition.get(field), aws.names.role_arn(setting)
        if not has:
            yield failed(what, f"the task definition has none, the settings name {setting}", "correct one of them")
        elif has != wanted:
            yield failed(what, f"is {has}, the settings name {wanted}", "the memory could not be raised")
        else:
            yield passed(what, setting)


def _identity(client: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return None
    return found


def _identity_of(aws: Aws, what: str, arn: str) -> Answer:
    account, resource = arn.split(":")[4], arn.split(":", 5)[5]
    if account != aws.settings.account_id:
        return noted(what, arn, "of another account: not looked at")
    if resource == "root":
        return noted(what, arn, "the account's root: fit for an embedded AWS alone")
    if not resource.startswith("user/"):
        return noted(what, arn, "not checked: whether a session of that name will call, only the call shows")
    try:
        aws.client("iam").get_user(UserName=resource.rsplit("/", 1)[-1])
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        return failed(what, f"{arn} does not exist", "correct `arns` of that person")
    return passed(what, f"{arn} exists")
