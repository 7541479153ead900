from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from local.engine.process import Engine, EngineDied, NotReady, PortTaken
from tests.local.engine.lab import Lab, eventually


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_is_ready_in_three_seconds_and_answers_on_its_own_port() -> None:
    began = time.monotonic()
    with Engine.start(platform=False) as engine:
        assert time.monotonic() - began < 3
        with urllib.request.urlopen(f"{engine.endpoint_url}/_local/health") as answer:
            assert json.load(answer)["ready"] is True
        assert engine.endpoint_url.startswith("http://127.0.0.1:")
        assert Lab(engine).client("stepfunctions").list_state_machines()["stateMachines"] == []


def test_listens_on_the_loopback_address_only() -> None:
    with Engine.start(platform=False) as engine:
        port = int(engine.endpoint_url.rsplit(":", 1)[1])
        listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
        addresses = {line.split()[1] for line in listening if line.split()[3] == "0A"}
        assert f"0100007F:{port:04X}" in addresses
        assert f"00000000:{port:04X}" not in addresses


def test_a_taken_port_is_named() -> None:
    with Engine.start(platform=False) as engine:
        port = int(engine.endpoint_url.rsplit(":", 1)[1])
        with pytest.raises(PortTaken, match=str(port)):
            Engine.start(port=port, platform=False)


def test_an_engine_that_dies_shows_the_end_of_its_log() -> None:
    with pytest.raises(EngineDied, match="no such fix: never-heard-of"):
        Engine.start(platform=False, without=["never-heard-of"])


def test_an_engine_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NotReady):
        Engine.start(platform=False, timeout=0.01)


def test_leaves_no_process_and_no_file_behind(tmp_path: Path) -> None:
    with Engine.start(platform=False, state_dir=tmp_path) as engine:
        lab = Lab(engine)
        arn = lab.function("return os.getpid()")
        worker = json.load(lab.client("lambda").invoke(FunctionName=arn)["Payload"])
        assert list((tmp_path / "tmp").iterdir()), "the function's folder is in the engine's own place"
    assert gone(engine.pid)
    assert gone(worker)
    assert [path.name for path in tmp_path.iterdir()] == ["engine.log"]


STARTER = """
import sys
from local.engine.process import Engine
engine = Engine.start(platform=False, detach=sys.argv[1] == "detach")
print(engine.pid, engine.log.parent, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_ends_when_its_parent_dies(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTER, "follow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    word, folder = parent.stdout.readline().split()
    pid = int(word)
    assert not gone(pid)
    parent.send_signal(how)
    parent.communicate()
    eventually(lambda: gone(pid), bool)
    assert not Path(folder).exists()


def test_a_detached_engine_outlives_its_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTER, "detach"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    word, folder = parent.stdout.readline().split()
    pid = int(word)
    try:
        parent.communicate("")
        time.sleep(0.5)
        assert not gone(pid)
    finally:
        os.kill(pid, signal.SIGTERM)
    eventually(lambda: gone(pid), bool)
    assert not Path(folder).exists()


def test_a_lambda_sees_nothing_of_the_developers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/somewhere")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "precious")
    monkeypatch.setenv("TRADAI_ENV", "prod")
    with Engine.start(platform=False) as engine:
        lab = Lab(engine)
        arn = lab.function("return {k: os.environ.get(k, '') for k in event}")
        names = ["AWS_CA_BUNDLE", "AWS_SESSION_TOKEN", "TRADAI_ENV"]
        answer = lab.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(names))
        assert json.load(answer["Payload"]) == dict.fromkeys(names, "")
