"""The one code asset: the Python files of `functions/` with their bytecode, the pages' templates and styles,
and the environment's settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from functions.settings import Settings
from infra import paths
from infra.bytecode import compiled, interpreter_for
from infra.targets import target_of
from infra.zips import digest_of, write_zip

# What of functions/ runs in Lambda. Whatever else lies there (caches, notes) stays at home.
SHIPPED: Final = frozenset({".css", ".html", ".j2", ".py"})


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file and the hash of what is in it (not of the zip's own bytes, which vary with zlib)."""

    path: Path
    digest: str


def build_code(settings: Settings, root: Path = paths.ROOT, out: Path | None = None) -> Archive:
    """Writes `asset/{env}-{digest}-{bytecode}.zip` below the build folder, unless it is there already.

    The same sources and settings give the same digest on every machine, whether or not it has an interpreter
    of the target's minor version to add the bytecode.
    """
    content = {"settings.json": f"{settings.model_dump_json(indent=1)}\n".encode()}
    for path in sorted((root / "functions").rglob("*")):
        if path.suffix in SHIPPED:
            content[path.relative_to(root).as_posix()] = path.read_bytes()
    digest = digest_of(content)
    target = target_of(settings)
    interpreter = interpreter_for(target)
    kind = target.python if interpreter else "source"
    archive = (out or paths.build()) / "asset" / f"{settings.env.value}-{digest[:16]}-{kind}.zip"
    if not archive.exists():
        write_zip(compiled(content, interpreter, "/var/task") if interpreter else content, archive)
    return Archive(archive, digest)
