"""The function itself: its constants, its wiring, what it says when it breaks, and the layer that it stands on."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions import runtime
from functions.adapters.memory import World, twins
from functions.errors import Broken
from functions.grants import GRANTS
from functions.ports import Ports
from functions.tasks import approvals_page
from infra import paths
from infra.config import load_settings
from infra.layers import build_layer
from infra.targets import Target, target_of
from tests.web.rig import ANA, KEY_OF, SETTINGS, event, logged

CONTEXT = SimpleNamespace(aws_request_id="request-1")
SECRET = "hunter2"


@pytest.fixture(autouse=True)
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The code's root with its settings, as it lies in Lambda."""
    (tmp_path / "settings.json").write_text(SETTINGS.model_dump_json(), "utf-8")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("STATE_MACHINE_PREFIX", "arn:aws:states:eu-central-1:000000000000:stateMachine:tradai-prod-")
    runtime.settings.cache_clear()
    yield
    runtime.settings.cache_clear()


def test_it_is_a_page_and_answers_before_api_gateway_gives_up() -> None:
    assert (approvals_page.TRIGGER, approvals_page.ACT) == ("http", False)
    assert approvals_page.TIMEOUT_SECONDS <= 15
    assert "web" in approvals_page.LAYERS


def test_every_need_has_its_grants_and_none_stands_twice() -> None:
    needs = approvals_page.handler.needs
    assert len(set(needs)) == len(needs)
    assert [need for need in needs if need not in GRANTS] == []
    assert "approvals.ask" not in needs
    assert "mailer.send" not in needs


def test_an_event_of_lambda_is_answered_through_the_handler() -> None:
    said = approvals_page.handler(event("PUT"), CONTEXT)
    assert (said["statusCode"], said["headers"]["Allow"]) == (405, "GET, HEAD, POST")
    assert "body" in said


def test_the_handler_of_a_page_gives_its_work_no_more_than_it_names() -> None:
    ports = runtime.restrict(twins(World()), approvals_page.handler.needs)
    with pytest.raises(Broken, match=r"service\.describe is not among this task's needs"):
        ports.service.describe()


def test_what_the_page_cannot_answer_is_logged_by_its_place_and_not_by_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @runtime.http(needs=())
    def handler(event: Any, ports: Ports, settings: Any) -> dict[str, Any]:
        raise ValueError(f"{SECRET} {event}")

    with pytest.raises(Broken) as broken:
        handler(event("GET", key=KEY_OF[ANA], agent=SECRET), CONTEXT)
    for secret in (SECRET, KEY_OF[ANA]):
        assert secret not in f"{broken.value}{logged(caplog)}"
    assert broken.value.__suppress_context__, "the runtime would print the cause with its words"
    (line,) = [vars(record) for record in caplog.records]
    assert (line["msg"], line["word"], line["exc_info"]) == ("the page broke", "ValueError", None)
    assert line["where"].startswith(f"{__name__}:")


@pytest.mark.parametrize("given", [None, {}, {"version": "1.0"}, {"requestContext": {}}, []])
def test_an_event_of_another_kind_breaks_without_showing_it(given: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Broken, match="its log names the place"):
        approvals_page.handler(given, CONTEXT)
    assert "version" not in logged(caplog)


@pytest.mark.parametrize("target", [Target("3.13", "arm64"), target_of(load_settings("local"))], ids=str)
def test_the_layer_holds_the_templates_engine_and_its_compiled_part(target: Target) -> None:
    with zipfile.ZipFile(build_layer("web", target).path) as layer:
        names = layer.namelist()
    folders = {name.split("/")[1] for name in names}
    assert {"jinja2", "markupsafe"} <= folders
    assert not {"boto3", "botocore", "pydantic"} & folders
    assert any(name.startswith("python/markupsafe/_speedups") and name.endswith(".so") for name in names)


def test_a_page_is_made_with_nothing_but_the_two_layers_and_the_code(tmp_path: Path) -> None:
    """No package of this environment is seen: what a layer lacks, the function would lack."""
    local = target_of(load_settings("local"))
    for group in ("lambda", "web"):
        with zipfile.ZipFile(build_layer(group, local).path) as layer:
            layer.extractall(tmp_path)
    script = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from functions.web.pages import message_page\n"
        "from functions.web import routes, mails\n"
        "import jinja2; print(jinja2.__file__); print(message_page('a <b>', 'c'))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, str(tmp_path / "python"), str(paths.ROOT)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert str(tmp_path) in done.stdout
    assert "<h1>a &lt;b&gt;</h1>" in done.stdout
