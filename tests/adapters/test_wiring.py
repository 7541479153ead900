from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.wiring import ADAPTERS, Unwired, wire
from functions.errors import Broken
from functions.ports import Ports
from tests.adapters.rigs import SETTINGS


def test_every_port_has_an_adapter() -> None:
    assert set(ADAPTERS) == {field.name for field in fields(Ports)}


def test_only_named_ports_are_wired() -> None:
    ports = wire(SETTINGS, ("guards.take", "guards.held", "clock.now"), environment={})
    wired = {field.name for field in fields(Ports) if not isinstance(getattr(ports, field.name), Unwired)}
    assert wired == {"guards", "clock"}
    unwired: Any = ports.alarms
    with pytest.raises(Broken, match="alarms"):
        unwired.state("x")


def test_a_port_that_nobody_knows_is_named() -> None:
    with pytest.raises(Broken, match="guard"):
        wire(SETTINGS, ("guard.take",), environment={})


@pytest.mark.parametrize(
    ("need", "variable"), [("reports.put", "REPORTS_BUCKET"), ("executions.start", "STATE_MACHINE_PREFIX")]
)
def test_a_missing_environment_variable_is_named_only_where_it_is_needed(need: str, variable: str) -> None:
    with pytest.raises(Broken, match=variable):
        wire(SETTINGS, (need,), environment={})
    wire(SETTINGS, ("alarms.state",), environment={})


def test_clients_are_made_once_for_each_kind_and_acts_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aws = Aws("eu-central-1")
    read = aws.client("ecs", Saying.READ)
    assert read is aws.client("ecs", Saying.READ)
    assert read is aws.client("ecs", Saying.REPEATABLE)
    act = aws.client("ecs", Saying.ACT)
    assert act is not read
    assert act.meta.config.retries["total_max_attempts"] == 1
    assert read.meta.config.retries["total_max_attempts"] == 3
    for client in (read, act):
        assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (2, 5)


def loaded(needs: tuple[str, ...]) -> set[str]:
    """The modules that a container has loaded after wiring, before it first speaks to AWS."""
    program = (
        "import sys\n"
        "from functions.adapters.wiring import wire\n"
        "from functions.settings import Settings\n"
        f"settings = Settings.model_validate_json({SETTINGS.model_dump_json()!r})\n"
        f"wire(settings, {needs!r}, environment={{'REPORTS_BUCKET': 'b', 'STATE_MACHINE_PREFIX': 'p'}})\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_task_that_never_speaks_to_aws_loads_nothing_of_it() -> None:
    assert not {name for name in loaded(("clock.now", "probes.look")) if name.startswith("boto")}


def test_a_task_loads_only_the_adapters_that_it_names_and_never_boto3() -> None:
    modules = loaded(("guards.take", "clock.now"))
    assert "functions.adapters.guards" in modules
    assert not {"boto3", "functions.adapters.service", "functions.adapters.logs"} & modules
    assert not {name for name in modules if name.startswith("functions.adapters.memory")}
