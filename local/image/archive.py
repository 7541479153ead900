"""The image's root file system as one tar, as `docker import` reads it."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path

from local.image import contents


def write(path: Path, files: Mapping[Path, Path] | None = None) -> int:
    """Write the tar; return how many bytes it has. Modification times are kept, so that bytecode stays valid."""
    with tarfile.open(path, "w") as archive:
        # A server writes its scratch files somewhere; everything else is read only to it.
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        archive.addfile(folder)
        for target, source in sorted((contents.files() if files is None else files).items()):
            archive.add(source.resolve(), str(target.relative_to("/")), recursive=False, filter=_anybody)
    return path.stat().st_size


def changes() -> list[str]:
    """The image's configuration, in the words of a Dockerfile, as `docker import --change` takes them."""
    variables = [f"ENV {name}={value}" for name, value in contents.environment().items()]
    words = ", ".join(f'"{word}"' for word in contents.command())
    return [*variables, f"ENTRYPOINT [{words}]", f"WORKDIR {contents.APP}", "EXPOSE 8083"]


def _anybody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry
