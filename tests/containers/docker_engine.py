"""A Docker engine: the one that answers, or one of our own, in a folder of its own and ended by its process id."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException

START_SECONDS, STOP_SECONDS = 20.0, 20.0


class NoDocker(Exception):
    """No Docker engine answers and none can be started; the message says why, in one line."""


@contextmanager
def docker_engine() -> Iterator[str]:
    """Address of an engine, as DOCKER_HOST takes it. Raises NoDocker."""
    standing = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    why = refusal(standing)
    if why is None:
        yield standing
        return
    program = startable(why)
    # The path of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="tradai-docker-"))
    try:
        with _own(program, folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refusal(address: str) -> str | None:
    """Why no engine answers there; None where one does."""
    kind, _, path = address.partition("://")
    if kind == "unix" and not Path(path).exists():
        return f"there is no {path}"
    try:
        client = docker.DockerClient(base_url=address, timeout=5)
        try:
            client.ping()
        finally:
            client.close()
    except (DockerException, OSError, ValueError) as error:
        return " ".join(str(error).split())[:200]
    return None


def startable(why: str) -> str:
    """The `dockerd` that may be started here. Raises NoDocker."""
    program = shutil.which("dockerd")
    if program is None:
        raise NoDocker(f"no Docker engine answers ({why}) and there is no dockerd to start")
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoDocker(f"no Docker engine answers ({why}) and only root on Linux can start dockerd")
    return program


def command(program: str, folder: Path) -> list[str]:
    """Nothing of the machine's network is changed: no rules, no forwarding, ports on 127.0.0.1 only."""
    own = ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/docker.pid"]
    quiet = [f"--{name}=false" for name in ("iptables", "ip6tables", "ip-forward", "ip-masq")]
    network = ["--ip", "127.0.0.1", "--bip", "172.31.232.1/24"]
    return [program, *quiet, *network, "--exec-opt", "native.cgroupdriver=cgroupfs", *own, "-H", _socket(folder)]


def _socket(folder: Path) -> str:
    return f"unix://{folder}/docker.sock"


@contextmanager
def _own(program: str, folder: Path) -> Iterator[str]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(program, folder), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _await(process, _socket(folder), log)
        yield _socket(folder)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while refusal(address) is not None:
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(errors="replace").splitlines() or ["it said nothing"]
            raise NoDocker(f"dockerd does not start here: {lines[-1][:200]}")
        time.sleep(0.1)
