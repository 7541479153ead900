"""cdk-nag's AwsSolutions pack: nothing unacknowledged passes, and nothing is acknowledged without a reason."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import ENVIRONMENTS


def acknowledged(assembly: Path) -> Iterator[tuple[str, str, str]]:
    """(construct, rule, reason) as the assembly keeps them."""
    (path,) = assembly.glob("*.metadata.json")
    for construct, entries in json.loads(path.read_text("utf-8")).items():
        for entry in entries:
            if entry["type"] == "aws:cdk:acknowledged-rules":
                for rule, reason in entry["data"].items():
                    yield construct, rule, str(reason)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_no_finding_is_left_in_any_environment(env: str, assembly: Callable[[str], Path]) -> None:
    report = json.loads((assembly(env) / "validation-report.json").read_text("utf-8"))
    assert report["pluginReports"] == []


def test_every_acknowledgement_says_why(assembly: Callable[[str], Path]) -> None:
    rows = list(acknowledged(assembly("prod")))
    assert len(rows) > 40
    for construct, rule, reason in rows:
        assert len(reason.split()) >= 4, (construct, rule, reason)


def test_only_four_rules_are_acknowledged_at_all(assembly: Callable[[str], Path]) -> None:
    rules = {rule.partition("[")[0].rpartition("::")[2] for _, rule, _ in acknowledged(assembly("prod"))}
    assert rules == {"AwsSolutions-APIG4", "AwsSolutions-IAM5", "AwsSolutions-L1", "AwsSolutions-SQS3"}


def test_only_the_route_of_the_personal_links_goes_without_an_identity(assembly: Callable[[str], Path]) -> None:
    open_routes = [where for where, rule, _ in acknowledged(assembly("prod")) if rule.endswith("APIG4")]
    assert [where.rpartition("/approvals-routes/")[2] for where in open_routes] == ["Public"]


def test_a_finding_that_nobody_acknowledged_ends_the_synthesis(tmp_path: Path) -> None:
    """Without this the pack could have been left out, and nobody would have noticed."""
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    from aws_cdk import Stack
    from aws_cdk import aws_sqs as sqs

    from infra.app import new_app

    app = new_app(tmp_path)
    sqs.Queue(Stack(app, "stack"), "queue")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report: dict[str, Any] = json.loads((tmp_path / "validation-report.json").read_text("utf-8"))
    rules = {found["ruleName"] for one in report["pluginReports"] for found in one["violations"]}
    assert rules == {"AwsSolutions-SQS3", "AwsSolutions-SQS4"}
