from __future__ import annotations

import io
import json
import os
import signal
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from botocore.session import get_session

from local.engine import forks
from tests.local.engine.lab import Lab, eventually

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="forks need Linux; elsewhere nothing is forked"
)

# A library that the fix imports before it forks; this one knows which process has imported it.
LIBRARY = "import os\nIMPORTED_BY = os.getpid()\n"
TOLD = (
    "import random, sys, pydantic\n"
    "print('a line for the log')\n"
    "return {'pid': os.getpid(), 'imported_by': pydantic.IMPORTED_BY, 'number': random.random(), "
    "'mine': os.environ.get('MINE'), 'other': os.environ.get('OTHER'), 'parent': os.getppid(), "
    "'here': os.path.realpath(os.getcwd()) == os.path.realpath(os.environ['LAMBDA_TASK_ROOT'])}"
)


def with_library(lab: Lab, body: str = TOLD, **environment: str) -> str:
    """A function whose layer holds the library; its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("python/pydantic.py"), LIBRARY)
    lambdas = lab.client("lambda")
    layer = lambdas.publish_layer_version(LayerName="library", Content={"ZipFile": archive.getvalue()})
    arn = lab.function(body)
    lambdas.update_function_configuration(
        FunctionName=arn, Layers=[layer["LayerVersionArn"]], Environment={"Variables": environment}
    )
    return arn


def call(lab: Lab, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = json.load(lab.client("lambda").invoke(FunctionName=arn)["Payload"])
    return found


def test_what_functions_share_is_imported_once_before_they_start(lab: Lab) -> None:
    arns = [with_library(lab), with_library(lab)]
    one, other = (call(lab, arn) for arn in arns)
    assert one["imported_by"] == other["imported_by"]
    assert len({one["pid"], other["pid"], one["imported_by"]}) == 3


def test_each_function_has_its_own_environment_folder_and_randomness(lab: Lab) -> None:
    one, other = call(lab, with_library(lab, MINE="1")), call(lab, with_library(lab, OTHER="2"))
    assert (one["mine"], one["other"]) == ("1", None)
    assert (other["mine"], other["other"]) == (None, "2")
    assert one["here"]
    assert other["here"]
    assert one["number"] != other["number"]


def test_a_process_stays_warm_and_a_dead_one_is_followed_by_another(lab: Lab) -> None:
    arn = with_library(lab)
    first = call(lab, arn)["pid"]
    assert call(lab, arn)["pid"] == first
    os.kill(first, signal.SIGKILL)
    eventually(lambda: alive(first), lambda living: not living)
    with suppress(Exception):
        call(lab, arn)
    assert call(lab, arn)["pid"] != first


def test_the_next_one_starts_though_the_process_to_fork_from_was_killed(lab: Lab) -> None:
    arn = with_library(lab)
    parent = call(lab, arn)["imported_by"]
    os.kill(parent, signal.SIGKILL)
    eventually(lambda: alive(parent), lambda living: not living)
    assert call(lab, with_library(lab))["imported_by"] != parent


def test_ministack_alone_imports_for_every_function(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("lambda-forks")
    found = call(lab, with_library(lab))
    assert found["pid"] == found["imported_by"]


def test_what_botocore_knows_of_a_service_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back afterwards: the fork replaces it for good.
    monkeypatch.setattr(JSONFileLoader, "load_file", JSONFileLoader.load_file)
    forks.read_descriptions(["sns"])
    known = [get_session().get_component("data_loader").load_service_model("sns", "service-2") for _ in range(2)]
    assert known[0] is known[1]
    assert "Publish" in known[0]["operations"]
    assert get_session().get_service_model("sns").operation_model("Publish").http["method"] == "POST"


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
