"""Zip a folder the same way every time."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

# The zip format's first day; the same content gives the same bytes.
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def zip_folder(folder: Path) -> bytes:
    """A deflated archive of every file below the folder, sorted, links followed, modes kept."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIRST_DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | stat.S_IMODE(path.stat().st_mode)) << 16
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
