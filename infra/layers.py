"""Layers: third-party wheels from the lock file, for a target, without Docker.

boto3 comes with Lambda's runtime and is in no layer. Every wheel is checked against the lock's hashes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from infra import paths
from infra.assets import Archive
from infra.bytecode import compile_tree, interpreter_for
from infra.ccxt_trim import trim_ccxt
from infra.matplotlib_trim import trim_matplotlib
from infra.targets import Target
from infra.tools import ToolError as LayerError
from infra.tools import uv
from infra.zips import content_of, write_zip

__all__ = ["LayerError", "build_layer"]

_RECIPE = "4"  # raise it when this file makes something else of the same wheels
_KEPT_OF_DIST_INFO = frozenset({"METADATA", "WHEEL"})
_JUNK_FOLDERS = frozenset({"bin", "tests", "__pycache__"})

GROUPS: dict[str, Callable[[Path], None] | None] = {
    "lambda": None,
    "exchange": trim_ccxt,
    "report": trim_matplotlib,
    "web": None,
}


def build_layer(group: str, target: Target, out: Path | None = None, project: Path | None = None) -> Archive:
    """The layer of a dependency group as a zip with `python/` at its root; cached by lock and target."""
    locked = uv(
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
    interpreter = interpreter_for(target)
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
        if not folder.exists():
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
        uv(
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
            compile_tree(wheels, interpreter, "/opt/python")
        try:
            wheels.parent.rename(folder)
        except OSError:
            if not folder.exists():  # else another process has built the same meanwhile
                raise


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
