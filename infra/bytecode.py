"""Bytecode for what Lambda unpacks read-only: without it every cold start compiles the sources again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from infra.targets import Target
from infra.tools import ToolError, run, uv


def interpreter_for(target: Target) -> str | None:
    """An interpreter of the target's minor version on this machine; None: no bytecode can be made."""
    if target.native:
        return target.uv_arguments[-1]
    try:
        return uv("python", "find", "--no-project", "--system", "--no-python-downloads", target.python).strip()
    except ToolError:
        return None


def compile_tree(folder: Path, interpreter: str, shown_as: str) -> None:
    """Compiles in place; traces show `shown_as`. Never checked against the sources: unzipping changes times."""
    how = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", shown_as]
    run([interpreter, "-m", "compileall", *how, str(folder)])


def compiled(content: dict[str, bytes], interpreter: str, shown_as: str) -> dict[str, bytes]:
    """`content` (`{path: bytes}`) with the bytecode of every Python file beside it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, data in content.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        compile_tree(folder, interpreter, shown_as)
        made = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    return {**content, **made}
