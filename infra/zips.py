"""Zip files that come out byte for byte the same from the same content, whenever they are written."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip file can hold
_READABLE_FILE = 0o100644 << 16

Content = Mapping[str, bytes]


def content_of(folder: Path) -> dict[str, bytes]:
    """`{path below folder: bytes}` of every file, sorted by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def digest_of(content: Content) -> str:
    """SHA-256 over names and bytes, in order of names."""
    whole = sha256()
    for name in sorted(content):
        whole.update(f"{name}\0{len(content[name])}\0".encode())
        whole.update(content[name])
    return whole.hexdigest()


def write_zip(content: Content, path: Path) -> Path:
    """Writes the archive in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _READABLE_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name])
    unfinished.replace(path)
    return path
