"""What a drill starts, and what it refuses to call one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from console import drill
from console.errors import ConsoleError, ExitCode
from console.main import run
from functions.inputs import INPUTS, read_input
from functions.opening import is_drill
from functions.rules.stop_order import read
from infra.asl import discover
from infra.paths import STATEMACHINES

ANA = "arn:aws:iam::000000000000:user/ana"
Capture = pytest.CaptureFixture[str]


@dataclass
class Aws:
    """As far as a drill asks who calls."""

    caller: str | None = ANA
    local: Any = None
    asked: list[str] = field(default_factory=list)


def made(runbook: str, caller: str = ANA, **given: Any) -> dict[str, Any]:
    aws: Any = Aws(caller)
    return drill.input_of(aws, runbook, given)


@pytest.mark.parametrize("runbook", drill.DRILLABLE)
@pytest.mark.parametrize("caller", [ANA, f"{ANA}-{'x' * 400}"])
def test_every_runbook_takes_what_a_drill_starts_it_with(runbook: str, caller: str) -> None:
    given = made(runbook, caller)
    if runbook == "emergency-stop":
        order = read(given)
        assert (order.dry_run, order.unread, order.reason) == (True, (), "drill")
        comment = order.comment
    else:
        model = read_input(runbook, given)
        assert model.dry_run is True
        comment = model.comment
    assert is_drill(comment)
    assert str(comment).startswith(f"drill by {ANA}")


def test_what_a_person_gives_stands_before_what_a_drill_fills_in() -> None:
    given = made("resume-trading", reason="the quarterly one", to="manage_only", requested_by="ana")
    assert (given["reason"], given["to"], given["requested_by"]) == ("the quarterly one", "manage_only", "ana")


def test_a_reason_that_nobody_asks_for_is_not_made_up() -> None:
    """With a reason a position is looked at although it is not stuck."""
    assert "reason" not in made("stuck-position", position_id="pos-1")


@pytest.mark.parametrize("dry_run", [False, None, "true", 1])
def test_a_run_that_would_act_is_no_drill(dry_run: Any) -> None:
    with pytest.raises(ConsoleError, match="says that it is none") as refused:
        made("stale-heartbeat", dry_run=dry_run)
    assert refused.value.code is ExitCode.USAGE


def test_a_comment_of_one_s_own_is_refused_and_not_written_over() -> None:
    with pytest.raises(ConsoleError, match="Comment"):
        made("stale-heartbeat", Comment="mine")


def test_every_runbook_that_is_started_from_outside_can_be_drilled() -> None:
    outside = {one.name for one in discover(STATEMACHINES) if not one.runbook.child}
    assert outside == set(drill.DRILLABLE)
    assert set(INPUTS) < set(drill.DRILLABLE)


@pytest.mark.parametrize(
    ("runbook", "whole"),
    [("close-position", "drill stuck-position"), ("return-batch", "drill resume-trading")],
)
def test_a_part_of_a_runbook_is_refused_with_the_whole_that_can_be_drilled(
    capsys: Capture, runbook: str, whole: str
) -> None:
    assert run(["drill", runbook, "--env", "local"]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert "knows no dry run" in err
    assert whole in err


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("drill nothing-known --env local", ExitCode.UNKNOWN_RUNBOOK, "stale-heartbeat"),
        ("drill stale-heartbeat", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("drill stale-heartbeat --env local", ExitCode.LOCAL_NOT_RUNNING, "local up"),
        ("drill stale-heartbeat --env local --input [", ExitCode.USAGE, "no JSON"),
        ("drill stale-heartbeat --env dev", ExitCode.NO_CREDENTIALS, "no AWS credentials"),
    ],
)
def test_trouble_has_its_exit_code(capsys: Capture, line: str, code: ExitCode, says: str) -> None:
    assert run(line.split()) == code
    out, err = capsys.readouterr()
    assert (out, says in err) == ("", True)
