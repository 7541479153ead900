from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.clock import SystemClock
from functions.adapters.wiring import ADAPTERS, Parts, Unwired, wire
from functions.approvals import Mail
from functions.errors import Broken
from functions.links import stop_line
from functions.ports import Ports
from functions.settings import Settings
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


class Heard:
    """A client of anything that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def __getattr__(self, operation: str) -> Any:
        def say(**request: Any) -> dict[str, str]:
            self.told.append(request)
            return {"MessageId": "1"}

        return say


def heard(settings: Settings, port: str) -> tuple[Any, list[dict[str, Any]]]:
    """The adapter of a port, and what it says from now on."""
    parts, client = Parts(settings, {}, SystemClock()), Heard()
    parts.aws.client = lambda service, saying: client  # type: ignore[method-assign]  # the seam below the adapters
    return ADAPTERS[port](parts), client.told


@pytest.mark.parametrize(
    ("named", "topic"), [({"paging_topic": "pager"}, "pager"), ({}, SETTINGS.platform.alerts_topic)]
)
def test_people_are_paged_by_the_paging_topic_or_by_the_alerts_where_there_is_none(
    named: dict[str, str], topic: str
) -> None:
    base = {"env": "local", "account_id": "000000000000", "region": "eu-central-1"}
    notifier, told = heard(Settings.model_validate({**base, "platform": named}), "notifier")
    notifier.page("subject", "message")
    notifier.publish("subject", "message")
    where = "arn:aws:sns:eu-central-1:000000000000"
    assert [each["TopicArn"] for each in told] == [f"{where}:{topic}", f"{where}:{SETTINGS.platform.alerts_topic}"]


def test_what_tells_of_a_question_carries_no_link_and_every_other_alert_says_how_to_stop() -> None:
    notifier, told = heard(SETTINGS, "notifier")
    notifier.page("decide", "message", bare=True)
    notifier.page("broken", "message")
    notifier.publish("broken", "message")
    assert [stop_line(SETTINGS) in each["Message"] for each in told] == [False, True, True]
    assert "http" not in told[0]["Message"]


def test_a_mail_leaves_by_the_settings_sender_and_the_configuration_set_of_the_stack() -> None:
    mailer, told = heard(SETTINGS, "mailer")
    mailer.send(Mail("ana@tradai.example", "subject", "text", "<p>html</p>", {"approval_id": "apr-1"}))
    assert told == [
        {
            "FromEmailAddress": "runbooks@tradai.example",
            "Destination": {"ToAddresses": ["ana@tradai.example"]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "subject", "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": "text", "Charset": "UTF-8"},
                        "Html": {"Data": "<p>html</p>", "Charset": "UTF-8"},
                    },
                }
            },
            "ConfigurationSetName": "tradai-runbooks-local",
            "EmailTags": [{"Name": "approval_id", "Value": "apr-1"}],
        }
    ]


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
