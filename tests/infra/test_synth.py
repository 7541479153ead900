"""Synthesis happens once for the same content, in-process, and says plainly what it lacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import paths
from infra.config import load_settings
from infra.synth import content_hash, synthesize
from tests.infra.template import flat, load_template

SECOND_CALL = """
import json, sys, time
from infra.synth import synthesize
began = time.perf_counter()
path = synthesize("local")
print(json.dumps([str(path), time.perf_counter() - began, "aws_cdk" in sys.modules, "boto3" in sys.modules]))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20", **environment},
        cwd=paths.ROOT,
        check=False,
    )


def test_the_second_synthesis_of_the_same_content_takes_no_time_and_no_cdk(
    assembly: Callable[[str], Path],
) -> None:
    first = assembly("local")
    path, seconds, cdk, boto3 = json.loads(run("-c", SECOND_CALL).stdout)
    assert (path, cdk, boto3) == (str(first), False, False)
    assert seconds < 0.3


def test_an_assembly_holds_every_file_that_its_manifest_names(assembly: Callable[[str], Path]) -> None:
    folder = assembly("local")
    files = json.loads((folder / "runbooks.assets.json").read_text("utf-8"))["files"]
    sources = [one["source"]["path"] for one in files.values()]
    assert len(sources) >= 3
    assert all((folder / source).is_file() for source in sources)


def tree(folder: Path) -> Path:
    """A copy of everything that a hash is made of, but for the lock file."""
    for name in ("functions", "infra", "statemachines"):
        shutil.copytree(paths.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize(
    "changed",
    [
        "functions/tasks/find_stale.py",
        "functions/web/templates/more.j2",
        "functions/web/more.css",
        "infra/stack.py",
        "statemachines/stale-heartbeat/machine.asl.yaml",
    ],
)
def test_another_source_is_another_assembly(changed: str, tmp_path: Path) -> None:
    settings = load_settings("dev")
    root = tree(tmp_path)
    before = content_hash(settings, root)
    assert content_hash(settings, root) == before
    path = root / changed
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as source:
        source.write("\n# more\n")
    assert content_hash(settings, root) != before


def test_another_setting_is_another_assembly(tmp_path: Path) -> None:
    settings = load_settings("dev")
    other = settings.model_copy(update={"log_retention_days": 7})
    assert content_hash(settings) != content_hash(other)


def test_bytecode_and_pictures_beside_the_sources_change_nothing(tmp_path: Path) -> None:
    settings = load_settings("dev")
    root = tree(tmp_path)
    before = content_hash(settings, root)
    (root / "functions" / "__pycache__").mkdir()
    (root / "functions" / "__pycache__" / "x.pyc").write_bytes(b"x")
    (root / "statemachines" / "stale-heartbeat" / "diagram.svg").write_text("<svg/>", "utf-8")
    assert content_hash(settings, root) == before


def test_a_machine_without_node_is_told_so_and_keeps_nothing(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from infra.errors import SetupError; from infra.synth import synthesize\n"
        "try: synthesize('dev', Path(sys.argv[1]))\n"
        "except SetupError as error: print(error)"
    )
    done = run("-c", script, str(tmp_path / "out"), PATH=str(tmp_path))
    assert done.stdout == "Node 20 or newer is needed for CDK synthesis; none is on PATH\n"
    assert not (tmp_path / "out").exists()


def test_a_synthesis_that_breaks_is_told_in_a_line_and_keeps_nothing(tmp_path: Path) -> None:
    """A task that needs what nobody grants, in a copy of the project."""
    root = tree(tmp_path / "copy")
    for name in ("uv.lock", "pyproject.toml"):
        shutil.copy(paths.ROOT / name, root)
    task = root / "functions" / "tasks" / "find_stale.py"
    task.write_text(f"{task.read_text('utf-8')}\n\nhandler.needs = ('moon.reach',)\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "infra.synth", "--env", "dev"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "find_stale: functions/grants.py knows no need 'moon.reach'\n"
    assert list((root / "build" / "cdk").iterdir()) == []


def test_the_cdks_command_line_gets_the_same_template(tmp_path: Path) -> None:
    """It runs the app of cdk.json with the context and the folder in these two variables."""
    app = json.loads((paths.ROOT / "cdk.json").read_text("utf-8"))["app"].split()
    assert app[1:] == ["-m", "infra.app"]
    done = run(*app[1:], CDK_CONTEXT_JSON='{"env": "prod"}', CDK_OUTDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    theirs, ours = (flat(load_template(one).body) for one in (tmp_path, synthesize("prod")))
    assert [path for path in theirs | ours if theirs.get(path) != ours.get(path)] == []


def test_the_cdks_command_line_without_an_environment_is_told_how_to_say_it() -> None:
    done = run("-m", "infra.app")
    assert done.returncode == 1
    assert done.stderr == "say which environment: npx cdk ... -c env=dev|staging|prod|local\n"
