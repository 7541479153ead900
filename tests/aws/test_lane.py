"""The whole lane with a client that says what AWS might say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.settings import Env
from tests.aws.__main__ import asked, report, validated

FOLDER = ["restart-strategies"]


class Client:
    """Answers every question with the same, and remembers what it was asked."""

    def __init__(self, **answer: Any) -> None:
        self._answer = answer
        self.asked: list[dict[str, Any]] = []

    def validate_state_machine_definition(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        return self._answer

    def test_state(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        if "Code" in self._answer:
            raise ClientError({"Error": {"Code": self._answer["Code"], "Message": "Rate exceeded"}}, "TestState")
        return self._answer


def test_every_environments_definition_is_validated_as_the_stack_has_it() -> None:
    client = Client(result="OK", diagnostics=[])
    assert list(validated(client, [Env.LOCAL, Env.PROD], FOLDER)) == []
    local, prod = (json.loads(one["definition"]) for one in client.asked)
    assert ":function:tradai-local-rb-plan-restart" in local["States"]["PlanRestart"]["Resource"]
    assert ":function:tradai-prod-rb-plan-restart" in prod["States"]["PlanRestart"]["Resource"]
    assert local["States"]["PlanRestart"]["Retry"][0]["JitterStrategy"] == "FULL", "times and all, as deployed"


def test_what_aws_says_of_a_definition_names_environment_and_machine() -> None:
    said = {"severity": "WARNING", "code": "X", "message": "hm", "location": "/States/One"}
    client = Client(result="OK", diagnostics=[said])
    assert list(validated(client, [Env.DEV], FOLDER)) == ["OK dev restart-strategies: WARNING X at /States/One: hm"]


def test_each_question_that_aws_answers_otherwise_is_a_line() -> None:
    client = Client(status="FAILED", error="States.Runtime")
    lines = list(asked(client, FOLDER))
    assert client.asked
    assert {line.split(" ", 1)[0] for line in lines} == {"FAIL"}
    assert "FAIL restart-strategies PlanRestart (embedded | AWS): status: SUCCEEDED | FAILED" in lines
    caught = "FAIL restart-strategies PlanRestart after Broken (embedded | AWS): status: CAUGHT_ERROR | FAILED"
    assert caught in lines


def test_a_throttled_account_is_told_and_the_lane_goes_on() -> None:
    client = Client(Code="ThrottlingException")
    lines = list(asked(client, FOLDER))
    assert len(lines) == len(client.asked) > 1
    assert all("Rate exceeded" in line for line in lines)


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ([], 0, "0 differences from AWS, 0 remarks"),
        (["OK m One is not asked: why"], 0, "0 differences from AWS, 1 remarks"),
        (["OK dev m: WARNING", "FAIL dev m: ERROR"], 1, "1 differences from AWS, 1 remarks"),
    ],
)
def test_only_a_difference_fails_and_stands_first(
    lines: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aws" / "report.md"
    assert report(lines, path) == code
    assert capsys.readouterr().out.startswith(said)
    text = path.read_text("utf-8")
    assert all(f"- {line}\n" in text for line in lines)
    assert code == 0 or text.index("FAIL") < text.index("OK dev")
