"""Preflight finds by day why nobody could be asked at night."""

from __future__ import annotations

from typing import Any

import pytest

from console.preflight import asking
from console.preflight.model import Check, Result, ask
from functions.settings import Settings
from tests.console.test_preflight import Answers, refusal

SENDER = "runbooks@tradai.example"
VERIFIED = {"VerifiedForSendingStatus": True}
ROLE = "arn:aws:iam::111111111111:role/tradai-strategy-{}-dev"


def results(check: Check, answers: dict[str, Any], **settings: Any) -> list[tuple[Result, str]]:
    aws = Answers(answers)
    changed = aws.settings.model_dump()
    changed.update(settings)
    object.__setattr__(aws, "settings", Settings.model_validate(changed))
    return [(answer.result, answer.value) for answer in ask(aws, [("the check", check)])]


def approvals(**people: dict[str, Any]) -> dict[str, Any]:
    return {"sender": SENDER, "people": people, "desks": {"default": {"rungs": [list(people)]}},
            "needed": {"close": 1, "change": 1, "resume": 2}}  # fmt: skip


def person(name: str, email: str | None = None, *arns: str) -> dict[str, Any]:
    return {"name": name, "email": email, "arns": arns}


@pytest.mark.parametrize(
    ("identity", "result"),
    [(VERIFIED, Result.PASS), ({}, Result.FAIL), (refusal("NotFoundException"), Result.FAIL),
     (refusal("AccessDeniedException"), Result.UNKNOWN)],
)  # fmt: skip
def test_the_sender_must_be_a_verified_identity(identity: Any, result: Result) -> None:
    assert [r for r, _ in results(asking.sender, {"sesv2.get_email_identity": identity})] == [result]


def test_the_senders_domain_is_enough() -> None:
    class Only(Answers):
        def client(self, service: str) -> Any:
            class Client:
                def get_email_identity(self, EmailIdentity: str) -> Any:
                    if EmailIdentity != "tradai.example":
                        raise refusal("NotFoundException")
                    return VERIFIED

            return Client()

    (answer,) = ask(Only({}), [("sender", asking.sender)])
    assert (answer.result, answer.value) == (Result.PASS, "tradai.example is verified")


@pytest.mark.parametrize(
    ("account", "result"),
    [
        ({"ProductionAccessEnabled": True, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"}, Result.PASS),
        ({"ProductionAccessEnabled": False, "SendingEnabled": True}, Result.FAIL),
        ({"SendingEnabled": True}, Result.FAIL),
        ({"ProductionAccessEnabled": True, "SendingEnabled": False}, Result.FAIL),
        ({"ProductionAccessEnabled": True, "EnforcementStatus": "SHUTDOWN"}, Result.FAIL),
    ],
)
def test_the_sandbox_reaches_nobody(account: dict[str, Any], result: Result) -> None:
    assert [r for r, _ in results(asking.mail_account, {"sesv2.get_account": account})] == [result]


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ({"ConfigurationSetName": "x"}, Result.PASS),
        ({"TrackingOptions": {"CustomRedirectDomain": "click.example"}}, Result.FAIL),
        ({"SendingOptions": {"SendingEnabled": False}}, Result.FAIL),
        (refusal("NotFoundException"), Result.FAIL),
    ],
)
def test_the_configuration_set_must_be_there_and_leave_the_links_alone(found: Any, result: Result) -> None:
    assert [r for r, _ in results(asking.configuration_set, {"sesv2.get_configuration_set": found})] == [result]


def test_says_how_each_person_can_be_asked_and_can_answer() -> None:
    arn = "arn:aws:iam::111111111111:user/"
    given = approvals(
        a=person("A", "a@example.com", f"{arn}a"), b=person("B", "b@example.com"), c=person("C", None, f"{arn}c"),
        d=person("D"),
    )  # fmt: skip
    found = results(asking.approvers, {}, approvals=given)
    assert [result for result, _ in found] == [Result.PASS, Result.PASS, Result.NOTE, Result.FAIL]
    assert found[1][1] == "B: by mail; no ARN, so not by the command line"


def test_without_a_desk_nobody_can_be_asked() -> None:
    (answer,) = results(asking.approvers, {}, approvals={"sender": None, "people": {}, "desks": {}})
    assert answer == (Result.FAIL, "no desk: nobody can be asked")


def test_one_person_cannot_be_two() -> None:
    found = results(asking.approvers, {}, approvals=approvals(a=person("A", "a@example.com")))
    assert found[-1] == (Result.FAIL, "asks only 1, and a decision may need 2 people")


def test_asks_iam_for_users_only_and_says_what_it_cannot_know() -> None:
    mine = "arn:aws:iam::111111111111:user/a"
    session = "arn:aws:sts::111111111111:assumed-role/operator/b"
    foreign = "arn:aws:iam::222222222222:user/c"
    given = approvals(a=person("A", None, mine), b=person("B", None, session), c=person("C", None, foreign))
    found = results(asking.identities, {"iam.get_user": {}}, approvals=given)
    assert [r for r, _ in found] == [Result.PASS, Result.NOTE, Result.NOTE]
    found = results(asking.identities, {"iam.get_user": refusal("NoSuchEntity")}, approvals=given)
    assert found[0] == (Result.FAIL, f"{mine} does not exist")


def test_a_paging_topic_that_nobody_hears_fails() -> None:
    platform = {"paging_topic": "tradai-dev-paging"}
    answers: dict[str, Any] = {
        "sns.get_topic_attributes": {}, "sns.list_subscriptions_by_topic": {"Subscriptions": []},
    }  # fmt: skip
    assert results(asking.paging, answers, platform=platform) == [(Result.FAIL, "nobody is subscribed")]
    assert [r for r, _ in results(asking.paging, answers)] == [Result.NOTE]


@pytest.mark.parametrize(
    ("roles", "wanted"),
    [
        ({"taskRoleArn": ROLE.format("task"), "executionRoleArn": ROLE.format("execution")}, [Result.PASS] * 2),
        ({"taskRoleArn": ROLE.format("admin"), "executionRoleArn": ROLE.format("execution")},
         [Result.FAIL, Result.PASS]),
        ({"taskRoleArn": ROLE.format("task")}, [Result.PASS, Result.FAIL]),
    ],
)  # fmt: skip
def test_the_roles_of_the_task_definition_must_be_those_that_may_be_passed(
    roles: dict[str, str], wanted: list[Result]
) -> None:
    answers = {
        "ecs.describe_services": {"services": [{"taskDefinition": "arn:td:7"}]},
        "ecs.describe_task_definition": {"taskDefinition": roles},
    }
    assert [result for result, _ in results(asking.roles, answers)] == wanted
