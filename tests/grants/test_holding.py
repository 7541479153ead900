"""Which grant is held back from a call, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, parse_policy_document

from tests.grants.holding import Call, Holding, covering, row_of
from tests.grants.lines import Line

HOLDER = "function find_stale"
TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/orders-local"
ORDERS = "arn:aws:dynamodb:{region}:{account}:table/orders-{env}"
READ = Line(HOLDER, "dynamodb:GetItem", ORDERS)
WRITE = Line(HOLDER, "dynamodb:UpdateItem", ORDERS)


def asking(action: str, resource: str = TABLE, **context: str) -> Any:
    return EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/r/s",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action=action,
        resource_arn=resource,
        region="eu-central-1",
        service_context=context,
    )


def policy(*statements: dict[str, Any]) -> list[Any]:
    return [parse_policy_document({"Statement": [{"Effect": "Allow", **one} for one in statements]})]


GRANTS = policy(
    {"Action": ["dynamodb:GetItem", "dynamodb:UpdateItem"], "Resource": [TABLE, f"{TABLE}/index/open"]},
    {"Action": "ecs:ListTasks", "Resource": "*", "Condition": {"ArnEquals": {"ecs:cluster": "arn:c"}}},
)


def test_an_action_is_covered_by_one_line_of_a_statement_with_several() -> None:
    assert covering(HOLDER, asking("dynamodb:UpdateItem"), GRANTS) == {WRITE}


def test_an_action_that_is_not_allowed_is_covered_by_nothing() -> None:
    assert covering(HOLDER, asking("dynamodb:PutItem"), GRANTS) == set()
    assert covering(HOLDER, asking("dynamodb:GetItem", f"{TABLE}s"), GRANTS) == set()


@pytest.mark.parametrize(("cluster", "covered"), [("arn:c", 1), ("arn:d", 0)])
def test_a_condition_belongs_to_its_line(cluster: str, covered: int) -> None:
    found = covering(HOLDER, asking("ecs:ListTasks", "*", **{"ecs:cluster": cluster}), GRANTS)
    assert found == {Line(HOLDER, "ecs:ListTasks", "*", "ArnEquals ecs:cluster arn:c")} or not covered
    assert len(found) == covered


def test_what_denies_covers_nothing() -> None:
    denying = [parse_policy_document({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})]
    assert covering(HOLDER, asking("dynamodb:GetItem"), denying) == set()


def test_one_line_is_held_back_from_the_whole_call_and_no_other() -> None:
    holding, call = Holding(), Call(HOLDER)
    refused = [holding.refuses(call, {line}, ("a", "r")) for line in (READ, WRITE, READ)]
    assert refused == [True, False, True]
    assert call.held == READ


def test_a_line_that_was_shown_is_held_back_no_more() -> None:
    holding, call = Holding(), Call(HOLDER)
    holding.refuses(call, {READ}, ("a", "r"))
    holding.show(call)
    again = Call(HOLDER)
    assert [holding.refuses(again, {line}, ("a", "r")) for line in (READ, WRITE)] == [False, True]


def test_a_line_that_was_shown_earlier_is_not_held_back_at_all() -> None:
    assert not Holding([READ]).refuses(Call(HOLDER), {READ}, ("a", "r"))


def test_nothing_is_held_back_from_a_call_that_is_to_go_as_it_is() -> None:
    assert not Holding().refuses(Call(HOLDER, able=False), {READ}, ("a", "r"))


def test_of_two_lines_that_allow_the_same_neither_can_be_shown() -> None:
    holding = Holding()
    assert not holding.refuses(Call(HOLDER), {READ, WRITE}, ("a", "r"))
    assert holding.twice == {frozenset({READ, WRITE})}


def test_a_row_names_the_line_and_the_call_that_was_refused() -> None:
    call = Call(HOLDER, held=READ, asked=("dynamodb:GetItem", TABLE))
    row = row_of(call, "stop", "emergency-stop/Engage", {"error": "Broken"})
    assert (row["action"], row["on"], row["asked"]) == (READ.action, READ.on, ["dynamodb:GetItem", TABLE])
    assert (row["scenario"], row["at"], row["error"]) == ("stop", "emergency-stop/Engage", "Broken")
