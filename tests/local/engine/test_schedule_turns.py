from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.engine.lab import Lab

PERIOD = 1.2  # seconds: `rate(1 minute)` at the tests' time scale


@pytest.fixture
def calls(tmp_path: Path) -> Callable[[Lab], str]:
    """What a function that takes three periods writes: `+` when a call begins, `-` when it ends."""

    def run(lab: Lab) -> str:
        said = tmp_path / "said"
        write = "open({!r}, 'a').write({!r})".format
        slow = lab.function(f"{write(str(said), '+')}\ntime.sleep({3 * PERIOD})\n{write(str(said), '-')}")
        events, rule = lab.client("events"), lab.name("rule")
        events.put_rule(Name=rule, ScheduleExpression="rate(1 minute)", State="ENABLED")
        events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": slow, "RoleArn": lab.role}])
        time.sleep(7 * PERIOD)
        events.disable_rule(Name=rule)
        return said.read_text() if said.exists() else json.dumps(None)

    return run


def test_a_slow_function_is_not_called_again_before_it_has_ended(lab: Lab, calls: Callable[[Lab], str]) -> None:
    said = calls(lab)
    assert said.startswith("+-+")
    assert "++" not in said


def test_ministack_alone_calls_it_at_every_tick(
    lab_without: Callable[[str], Lab], calls: Callable[[Lab], str]
) -> None:
    assert calls(lab_without("schedule-turns")).startswith("++")
