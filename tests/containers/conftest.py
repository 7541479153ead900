"""Both engines, once a session. Without `TRADAI_TEST_CONTAINERS=1` (make test-containers) no engine is started."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.containers import dialect, report
from tests.containers.container import second_engine
from tests.containers.docker_engine import NoDocker, docker_engine
from tests.containers.images import BUILT, Chosen, NoImage, choose
from tests.containers.known import Known, known_of
from tests.containers.lane import Cases, Difference, compare, load, run, unexpected
from tests.containers.runs import Runner, client
from tests.paths.engine import NAMES

collect_ignore = [] if os.environ.get("TRADAI_TEST_CONTAINERS") == "1" else ["test_second_engine.py"]
SCALE = 0.01
_lines: list[str] = []


@dataclass(frozen=True)
class Outcome:
    """What both engines made of every case; `known` and `unexpected`: of the second one."""

    known: tuple[Known, ...]
    given: Cases
    differences: list[Difference]
    unexpected: list[str]
    seconds: dict[str, float]


@pytest.fixture(scope="session")
def docker_address() -> Iterator[str]:
    """A Docker engine; a skip with the reason where there is none."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            with docker_engine() as address:
                patch.setenv("DOCKER_HOST", address)
                yield address
        except NoDocker as reason:
            _lines.append(f"skipped: {reason}")
            pytest.skip(str(reason))


@pytest.fixture(scope="session")
def image(docker_address: str) -> Iterator[Chosen]:
    """AWS's image, the named one, or one that holds the embedded engine."""
    import docker

    engine = docker.DockerClient(base_url=docker_address)
    try:
        chosen = choose(engine)
        _lines.append(chosen.told)
        yield chosen
        if chosen.built:
            engine.images.remove(BUILT, force=True)
    except NoImage as reason:
        pytest.fail(str(reason))
    finally:
        engine.close()


@pytest.fixture(scope="session")
def outcome(docker_address: str, image: Chosen, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Every case on both engines."""
    from local.engine.process import Engine

    given, seconds = load(), {}
    mocked = tmp_path_factory.mktemp("cases") / "cases.json"
    mocked.write_text(json.dumps(given.mock_file), encoding="utf-8")
    began = time.monotonic()
    with Engine.start(time_scale=SCALE, platform=False, env={"SFN_MOCK_CONFIG": str(mocked)}) as engine:
        embedded = run(Runner(client(engine.endpoint_url)), given)
    seconds["embedded"] = time.monotonic() - began
    began = time.monotonic()
    with second_engine(docker_address, image.name, dialect.CASES, SCALE) as url:
        prober = Runner(client(url))
        prober.make({dialect.JOB.machine: dialect.MACHINE})
        unwraps = dialect.unwraps(prober.run([dialect.JOB])[dialect.JOB])
    deployed = {NAMES.machine(folder): machine for folder, machine in given.machines.items()}
    cases = dialect.wrapped(given.mock_file, deployed) if unwraps else given.mock_file
    with second_engine(docker_address, image.name, cases, SCALE) as url:
        second = run(Runner(client(url)), given)
    seconds["second"] = time.monotonic() - began
    known = known_of(image.name)
    found = compare(given, embedded, second, known)
    _lines.append(report.write(image.told, given, found))
    _lines.append(", ".join(f"{name} engine {took:.0f} s" for name, took in seconds.items()))
    return Outcome(known, given, found, unexpected(given, second), seconds)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _lines:
        terminalreporter.write_line(line)
