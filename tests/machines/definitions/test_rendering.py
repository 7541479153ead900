from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from infra.asl import Definition, DefinitionError, References, number_values, placeholders, references, render
from infra.asl.rendering import MOST_BYTES
from tests.machines.definitions.example import GOOD, Settings, definition


def made(states: dict[str, Any], numbers: dict[str, Any] | None = None) -> Definition:
    runbook = {"title": "t", "owner": "o", "can_harm": [], "numbers": numbers or {}}
    return definition("made", {"machine": {"StartAt": "A", "States": states}, "runbook": runbook})


WAIT = {"default": 15, "unit": "seconds", "setting": "limits.look_every"}


def test_puts_in_texts_and_numbers() -> None:
    one = made(
        {"A": {"Type": "Wait", "Seconds": "${look_every}", "Comment": "waits ${look_every} s in ${env}"}},
        {"look_every": WAIT},
    )
    assert json.loads(render(one, {"env": "prod", "look_every": 3}))["States"]["A"] == {
        "Type": "Wait",
        "Seconds": 3,
        "Comment": "waits 3 s in prod",
    }


def test_takes_the_default_of_a_number_that_is_not_given() -> None:
    one = made({"A": {"Type": "Wait", "Seconds": "${look_every}"}}, {"look_every": WAIT})
    assert json.loads(render(one, {}))["States"]["A"]["Seconds"] == 15


def test_names_tasks_and_machines_by_file_and_folder() -> None:
    one = made({"A": {"Resource": "${task:find_stale}", "Parameters": {"M": "${machine:verify-trading}"}}})
    assert placeholders(one) == {"task:find_stale", "machine:verify-trading"}
    text = render(one, {"task:find_stale": "arn:f", "machine:verify-trading": "arn:m"})
    assert json.loads(text)["States"]["A"] == {"Resource": "arn:f", "Parameters": {"M": "arn:m"}}


def test_lets_cdk_tokens_through_whole() -> None:
    token = "${Token[FindStale.Arn.123]}"
    text = render(made({"A": {"Resource": "${task:find_stale}"}}), {"task:find_stale": token})
    assert token in text


def test_never_searches_a_value_for_placeholders() -> None:
    one = made({"A": {"Comment": "${env} ${name}"}})
    rendered = json.loads(render(one, {"env": "${name}", "name": "n"}))
    assert rendered["States"]["A"]["Comment"] == "${name} n"


def test_escapes_what_a_value_brings_into_the_json() -> None:
    value = 'a"b\\c\n'
    assert json.loads(render(made({"A": {"Comment": "${env}"}}), {"env": value}))["States"]["A"]["Comment"] == value


def test_renders_the_same_text_whatever_the_order_of_the_file() -> None:
    one = made({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}})
    other = made({"B": {"Type": "Succeed"}, "A": {"Next": "B", "Type": "Pass"}})
    assert render(one, {}) == render(other, {})
    assert " " not in render(one, {})


@pytest.mark.parametrize(
    ("comment", "values", "says"),
    [
        ("${env}", {}, "no value for the placeholder env"),
        ("none", {"env": "prod"}, "the definition never uses env"),
        ("${Env}", {}, "malformed placeholder"),
        ("${task:Find}", {}, "malformed placeholder"),
        ("${env", {}, "malformed placeholder"),
        ("${env}", {"env": 5}, "must be text"),
        ("${env}", {"env": ""}, "must be text"),
    ],
)
def test_refuses_what_does_not_fit(comment: str, values: dict[str, str | int], says: str) -> None:
    with pytest.raises(DefinitionError, match=says.replace("$", r"\$")):
        render(made({"A": {"Comment": comment}}), values)


@pytest.mark.parametrize("value", [0, -1, True, "15", 1.5])
def test_refuses_a_number_that_is_none(value: Any) -> None:
    one = made({"A": {"Seconds": "${look_every}"}}, {"look_every": WAIT})
    with pytest.raises(DefinitionError, match="must be a whole number of at least 1"):
        render(one, {"look_every": value})


def test_refuses_a_declared_number_that_the_definition_never_uses() -> None:
    with pytest.raises(DefinitionError, match="never uses look_every"):
        render(made({"A": {}}, {"look_every": WAIT}), {})


def test_refuses_a_placeholder_in_a_key_like_any_other_text() -> None:
    with pytest.raises(DefinitionError, match="no value for the placeholder env"):
        render(made({"A": {"Parameters": {"${env}": 1}}}), {})


def test_refuses_a_definition_that_is_too_large_for_step_functions() -> None:
    with pytest.raises(DefinitionError, match="more than Step Functions takes"):
        render(made({"A": {"Comment": "x" * MOST_BYTES}}), {})


def test_takes_numbers_from_the_settings_by_their_dotted_field() -> None:
    one = made({"A": {}}, {"look_every": WAIT})
    assert number_values(one, Settings()) == {"look_every": 15}


class Odd(BaseModel):
    limits: str = "many"


@pytest.mark.parametrize(
    ("setting", "says"), [("limits.nothing", "no field limits.nothing"), ("limits", "no whole number")]
)
def test_refuses_a_settings_field_that_gives_no_number(setting: str, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        number_values(made({"A": {}}, {"n": {**WAIT, "setting": setting}}), Odd())


def test_derives_what_a_definition_calls_from_its_states() -> None:
    assert references(GOOD["basic"]) == References(
        tasks=frozenset({"begin", "find", "act", "look", "tell", "refuse"}),
        machines=frozenset(),
        sdk_actions=frozenset({"sns:Publish"}),
        awaited=frozenset(),
        sdk_targets=frozenset({("sns:Publish", "alerts_topic")}),
    )


def test_derives_callbacks_branches_iterators_and_children() -> None:
    assert references(GOOD["callback"]).tasks == {"begin", "ask"}
    assert references(GOOD["parallel"]).tasks == {"begin", "find"}
    assert references(GOOD["map"]).tasks == {"begin", "find", "act"}
    assert references(GOOD["parent"]).machines == references(GOOD["parent"]).awaited == {"callback"}


def test_tells_a_child_that_is_only_started_from_one_that_is_awaited() -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": "${machine:closer}"},
    }
    found = references(made({"A": state}))
    assert found.machines == {"closer"}
    assert not found.awaited


@pytest.mark.parametrize(
    ("resource", "action"),
    [
        ("arn:aws:states:::dynamodb:updateItem", "dynamodb:UpdateItem"),
        ("arn:aws:states:::aws-sdk:dynamodb:updateItem", "dynamodb:UpdateItem"),
        ("arn:aws:states:::aws-sdk:cloudwatchlogs:startQuery", "logs:StartQuery"),
        ("arn:aws:states:::aws-sdk:sfn:stopExecution", "states:StopExecution"),
        ("arn:aws:states:::aws-sdk:sesv2:sendEmail", "ses:SendEmail"),
    ],
)
def test_names_direct_integrations_by_their_iam_action(resource: str, action: str) -> None:
    assert references(made({"A": {"Type": "Task", "Resource": resource}})).sdk_actions == {action}


def test_reads_files_as_utf_8(tmp_path: Path) -> None:
    from infra.asl.strict_yaml import read

    (tmp_path / "a.yaml").write_text("A: über\n", encoding="utf-8")
    assert read(tmp_path / "a.yaml") == {"A": "über"}
