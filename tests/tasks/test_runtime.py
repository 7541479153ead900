"""What every task shares: parsing, wiring, the error words, the log and the answer with every field filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from functions import runtime, tasks
from functions.acts import LONGEST_ACT
from functions.adapters.memory import World, twins
from functions.contracts import Frozen
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
from functions.rules.plan import Remedy
from functions.runtime import restrict, task
from functions.settings import Settings
from functions.tasks import plan_outlast
from tests.tasks.rig import EXECUTION, INCIDENT, SETTINGS, Rig, job

TASKS = sorted(path.stem for path in Path(tasks.__path__[0]).glob("*.py") if not path.stem.startswith("_"))
CONTEXT = SimpleNamespace(aws_request_id="request-1", function_name="tradai-dev-rb-gather")


class Request(Frozen):
    secret: int = 0
    run: dict[str, Any] | None = None


class Answer(Frozen):
    at: datetime
    amount: Decimal | None
    nothing: str | None


@pytest.fixture(autouse=True)
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The code's root with its settings, as it lies in Lambda."""
    (tmp_path / "settings.json").write_text(SETTINGS.model_dump_json(), "utf-8")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("EXCHANGE_URL", "http://127.0.0.1:1/ping")
    runtime.settings.cache_clear()
    yield
    runtime.settings.cache_clear()


def lambda_that(work: Callable[[], object]) -> runtime.LambdaHandler:
    @task(Request)
    def handler(request: Request, ports: Ports, settings: Settings) -> object:
        return work()

    return handler


def raises(error: Exception) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


# --- the answer and the request


def test_an_answer_has_every_field_filled_in_as_json() -> None:
    at = datetime(2026, 3, 1, 3, tzinfo=UTC)
    handler = lambda_that(lambda: Answer(at=at, amount=Decimal("0.10"), nothing=None))
    assert handler({}, CONTEXT) == {"at": "2026-03-01T03:00:00Z", "amount": "0.10", "nothing": None}


def test_a_dataclass_is_an_answer_too() -> None:
    item = ChecklistItem("orders", "?", Check.PASS, "fine", "x", datetime(2026, 3, 1, 3, tzinfo=UTC))
    answer = lambda_that(lambda: item)({}, CONTEXT)
    assert (answer["result"], answer["concerns"]) == ("pass", "run")


def test_a_real_task_answers_an_event_through_its_handler() -> None:
    given = json.loads(job(Rig().run(), remedy=Remedy.WAIT_EXCHANGE).model_dump_json())
    answer = plan_outlast.handler({"job": given}, CONTEXT)
    assert answer["what"] == "exchange"
    assert set(answer) == set(plan_outlast.Response.model_fields)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"secret": "hunter2"}, "secret: "),
        ({"secret": 1, "other": "hunter2"}, "other: Extra inputs are not permitted"),
        (None, "input: "),
        ([], "input: "),
        ("hunter2", "input: "),
    ],
)
def test_a_request_that_the_definition_got_wrong_is_our_fault_and_shows_no_value(
    event: Any, told: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Broken) as broken:
        lambda_that(lambda: 1)(event, CONTEXT)
    assert str(broken.value).startswith(f"the definition and {__name__} disagree: {told}")
    assert broken.value.__cause__ is None
    assert "hunter2" not in str(broken.value) + caplog.text + capsys.readouterr().out


# --- the four words


@pytest.mark.parametrize("word", [Transient("t"), Refused("r"), Uncertain("u"), Broken("b")])
def test_a_word_is_raised_as_what_it_is(word: RunbookError) -> None:
    with pytest.raises(type(word)) as raised:
        lambda_that(raises(word))({}, CONTEXT)
    assert raised.value is word
    assert type(raised.value).__name__ in {"Transient", "Refused", "Uncertain", "Broken"}


def test_whatever_else_goes_wrong_is_broken_and_says_what() -> None:
    with pytest.raises(Broken, match="ZeroDivisionError: division by zero"):
        lambda_that(raises(ZeroDivisionError("division by zero")))({}, CONTEXT)


def test_a_model_that_refuses_inside_a_task_shows_no_value(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    class Inner(BaseModel):
        token: int

    with pytest.raises(Broken) as broken:
        lambda_that(lambda: Inner.model_validate({"token": "hunter2"}))({}, CONTEXT)
    assert str(broken.value).startswith("Inner: token: ")
    assert broken.value.__cause__ is None
    assert "hunter2" not in str(broken.value) + caplog.text + capsys.readouterr().out


def test_settings_that_are_wrong_are_our_fault(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"env": "moon"}', "utf-8")
    with pytest.raises(Broken, match="Settings: env: "):
        lambda_that(lambda: 1)({}, CONTEXT)


# --- needs


def test_a_method_that_was_not_named_cannot_be_called() -> None:
    ports = restrict(twins(World()), ("clock.now", "incidents.get"))
    assert ports.clock.now() == World().now
    assert ports.incidents.get("inc-1") is None
    with pytest.raises(Broken, match=r"incidents\.close is not among this task's needs"):
        ports.incidents.close("inc-1", {})
    with pytest.raises(Broken, match=r"service\.describe is not among"):
        ports.service.describe()


@pytest.mark.parametrize("name", TASKS)
def test_every_task_says_what_the_stack_has_to_know(name: str) -> None:
    module = import_module(f"functions.tasks.{name}")
    assert isinstance(module.ACT, bool)
    # A guard may be taken over once the longest act must be over; what takes no guard may work longer.
    longest = LONGEST_ACT.total_seconds() if "incidents.intend" in module.handler.needs else 120
    assert 1 <= module.TIMEOUT_SECONDS <= longest
    assert module.MEMORY_MB in (256, 512, 1024)
    if getattr(module, "TRIGGER", None) != "http":  # which answers events of an HTTP API, whatever is in them
        assert issubclass(module.Request, BaseModel)
        assert TypeAdapter(module.Response).json_schema()
    notifies = "notifier.publish" in module.handler.needs
    assert getattr(module, "NOTIFIES", False) is notifies


# --- settings and the log


def test_the_stacks_parameters_say_where_the_probes_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PROBE_URL", "http://127.0.0.1:1/database")
    read = runtime.settings()
    assert read.connectivity.exchange == {"binanceusdm": "http://127.0.0.1:1/ping"}
    assert read.connectivity.database == "http://127.0.0.1:1/database"
    assert read.connectivity.network == SETTINGS.connectivity.network


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


RUN = {"incident_id": INCIDENT, "runbook": "stale-heartbeat", "execution_arn": EXECUTION, "requested_by": "ana"}


@pytest.mark.parametrize(
    "event",
    [
        {"run": RUN},
        {"job": {"run": RUN}},
        {"plan": {"run": RUN}},
        {"plan": {"job": {"run": RUN}}},
        {"state": {"run": RUN}},
        RUN,
    ],
)
def test_every_line_names_the_run_wherever_the_request_carries_it(
    event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Open(BaseModel):
        """Takes any event."""

    told: list[dict[str, Any]] = []

    @task(Open)
    def handler(request: Open, ports: Ports, settings: Settings) -> object:
        told.append(runtime.logger.get_current_keys())
        return 1

    handler(event, CONTEXT)
    [keys] = told
    assert {key: keys[key] for key in ("incident_id", "runbook", "execution_arn")} == {
        key: RUN[key] for key in ("incident_id", "runbook", "execution_arn")
    }
    assert (keys["request_id"], keys["function"]) == ("request-1", "tradai-dev-rb-gather")
    assert "requested_by" not in keys


@pytest.mark.parametrize("event", [{}, {"run": None}, {"run": "x"}, {"plan": []}])
def test_a_request_without_a_run_leaves_no_earlier_runs_name_on_its_lines(event: Any) -> None:
    class Open(BaseModel):
        """Takes any event."""

    told: list[dict[str, Any]] = []

    @task(Open)
    def handler(request: Open, ports: Ports, settings: Settings) -> object:
        told.append(runtime.logger.get_current_keys())
        return 1

    handler({"run": RUN}, CONTEXT)
    handler(event, None)
    assert {told[1][key] for key in ("incident_id", "runbook", "execution_arn", "request_id")} == {None}


@pytest.mark.parametrize("error", [Refused("no"), ValueError("x")])
def test_the_log_never_holds_what_a_request_carries(
    error: Exception, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RunbookError):
        lambda_that(raises(error))({"run": {**RUN, "task_token": "AQCgAAAA"}}, CONTEXT)
    assert "AQCgAAAA" not in caplog.text + capsys.readouterr().out
