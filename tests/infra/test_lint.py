"""cfn-lint knows CloudFormation's types and looks into the definitions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import paths
from infra.errors import SetupError
from infra.lint import findings, lint
from tests.infra.conftest import ENVIRONMENTS


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_has_nothing_to_say_about_any_environments_template(env: str, assembly: Callable[[str], Path]) -> None:
    lint(assembly(env))


def test_a_template_that_was_clean_is_not_read_again_until_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(paths, "build", lambda: tmp_path / "build")

    def nothing(template: Path) -> list[str]:
        read.append(template)
        return []

    monkeypatch.setattr("infra.lint.findings", nothing)
    for name, times in (("x", 1), ("x", 1), ("y", 2), ("x", 2)):
        written(tmp_path, {"QueueName": name}, "AWS::SQS::Queue")
        lint(tmp_path)
        assert len(read) == times


def test_a_template_with_a_finding_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "build", lambda: tmp_path / "build")
    monkeypatch.setattr("infra.lint.findings", lambda _template: ["E1"])
    written(tmp_path, {"QueueName": "x"}, "AWS::SQS::Queue")
    for _ in range(2):
        with pytest.raises(SetupError, match="E1"):
            lint(tmp_path)


def written(folder: Path, properties: dict[str, Any], kind: str = "AWS::StepFunctions::StateMachine") -> Path:
    path = folder / "runbooks.template.json"
    path.write_text(json.dumps({"Resources": {"it": {"Type": kind, "Properties": properties}}}), "utf-8")
    return path


def machine(states: dict[str, Any]) -> dict[str, Any]:
    definition = json.dumps({"StartAt": "A", "States": states})
    return {"RoleArn": "arn:aws:iam::111111111111:role/r", "DefinitionString": definition}


def test_lets_a_succeed_state_choose_its_output_as_aws_does(tmp_path: Path) -> None:
    path = written(tmp_path, machine({"A": {"Type": "Succeed", "OutputPath": "$.output"}}))
    assert findings(path) == []


def test_still_finds_what_a_succeed_state_may_not_have(tmp_path: Path) -> None:
    path = written(tmp_path, machine({"A": {"Type": "Succeed", "OutputPath": "$.output", "Nxt": "B"}}))
    (told,) = findings(path)
    assert "Nxt" in told


def test_still_finds_a_path_that_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, machine({"A": {"Type": "Pass", "OutputPath": 7, "End": True}}))
    assert any("OutputPath" in told for told in findings(path))


def test_a_finding_is_told_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, {"QueueNam": "x"}, "AWS::SQS::Queue")
    with pytest.raises(SetupError, match=r"cfn-lint: E3002 Resources/it/Properties.*QueueNam"):
        lint(tmp_path)
