"""Layers: third-party wheels from the lock file, for a target, without Docker.

boto3 comes with Lambda's runtime and is in no layer. Every wheel is checked against the lock's hashes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from infra import paths
from infra.assets import Archive
from infra.ccxt_trim import trim_ccxt
from infra.errors import SetupError
from infra.targets import Target
from infra.zips import content_of, write_zip

_RECIPE = "1"  # raise it when this file makes something else of the same wheels
_KEPT_OF_DIST_INFO = frozenset({"METADATA", "WHEEL"})
_JUNK_FOLDERS = frozenset({"bin", "tests", "__pycache__"})

GROUPS: dict[str, Callable[[Path], None] | None] = {"lambda": None, "exchange": trim_ccxt}


class LayerError(SetupError):
    """A layer that could not be built; holds what uv said."""


def build_layer(group: str, target: Target, out: Path | None = None, project: Path | None = None) -> Archive:
    """The layer of a dependency group as a zip with `python/` at its root; cached by lock and target."""
    locked = _uv(
        "export",
        "--frozen",
        "--only-group",
        group,
        "--no-emit-project",
        "--no-header",
        "--no-annotate",
        "--project",
        str(project or paths.project()),
    )
    interpreter = _interpreter(target)
    key = "\n".join(
        [
            _RECIPE,
            group,
            target.runtime,
            target.architecture,
            str(target.native),
            locked,
            f"bytecode {bool(interpreter)}",
        ]
    )
    digest = sha256(key.encode()).hexdigest()
    folder = (out or paths.build()) / "layers" / f"{group}-{digest[:16]}"
    archive = folder.with_suffix(".zip")
    if not archive.exists():
        _fill(folder, locked, target, interpreter, GROUPS[group])
        write_zip(content_of(folder), archive)
    return Archive(archive, digest)


def _fill(
    folder: Path, locked: str, target: Target, interpreter: str | None, trim: Callable[[Path], None] | None
) -> None:
    """Builds beside the final place and moves there, so that a broken build leaves nothing behind."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        wheels, requirements = Path(scratch) / "layer" / "python", Path(scratch) / "requirements.txt"
        requirements.write_text(locked, "utf-8")
        _uv(
            "pip",
            "install",
            "--quiet",
            "--target",
            str(wheels),
            *target.uv_arguments,
            "--only-binary",
            ":all:",
            "--no-deps",
            "--require-hashes",
            "--requirement",
            str(requirements),
            "--link-mode",
            "copy",
        )
        if trim:
            trim(wheels)
        prune(wheels)
        if interpreter:
            _compile(wheels, interpreter)
        shutil.rmtree(folder, ignore_errors=True)
        wheels.parent.rename(folder)


def prune(wheels: Path) -> None:
    """Drops what no function needs; licences and the wheels' tags stay."""
    for path in sorted(wheels.rglob("*"), reverse=True):
        info = next((part for part in path.relative_to(wheels).parts if part.endswith(".dist-info")), None)
        if path.is_dir():
            if path.name in _JUNK_FOLDERS and not info:
                shutil.rmtree(path)
        elif info:
            licence = "licen" in path.as_posix().lower() or path.name.upper().startswith(("NOTICE", "COPYING"))
            if path.name not in _KEPT_OF_DIST_INFO and not licence:
                path.unlink()
        elif path.suffix in {".pyi", ".pyc"} or path.name in {"py.typed", ".lock"}:
            path.unlink()


def _interpreter(target: Target) -> str | None:
    """An interpreter of the target's minor version on this machine, if there is one: bytecode needs it."""
    if target.native:
        return target.uv_arguments[-1]
    try:
        return _uv("python", "find", "--no-project", "--system", "--no-python-downloads", target.python).strip()
    except LayerError:
        return None


def _compile(wheels: Path, interpreter: str) -> None:
    """Bytecode that is never checked against its source: a layer is read-only, unzipping changes times."""
    command = [
        interpreter,
        "-m",
        "compileall",
        "-q",
        "--invalidation-mode",
        "unchecked-hash",
        "-s",
        str(wheels),
        "-p",
        "/opt/python",
        str(wheels),
    ]
    _run(command)


def _uv(*arguments: str) -> str:
    try:
        from uv import find_uv_bin

        binary = find_uv_bin()
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if not found:
            raise LayerError("uv is needed to build layers and was not found beside this Python") from None
        binary = found
    return _run([binary, *arguments, "--no-progress"])


def _run(command: Sequence[str]) -> str:
    # A virtual environment of the caller must not change what is resolved or compiled.
    environment = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise LayerError(f"{' '.join([Path(command[0]).name, *command[1:4]])} failed: {done.stderr.strip()}")
    return done.stdout
