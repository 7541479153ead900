"""Code and layers are unpacked once, not once for every process."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import zipfile
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from local.engine.fixes.patching import MinistackChanged
from local.engine.fixes.registry import Setup, fix


@fix("lambda-unpacking")
def unpack_once(_setup: Setup) -> None:
    """Every process of a function sees the same read-only files, and the bytecode that the first one wrote.

    AWS: Lambda developer guide, "Working with layers": /opt and /var/task are read-only and shared by all
    invocations. Ministack unpacks a layer of 10 MB anew for each of forty functions, which then compile it.
    """
    if getattr(lambda_runtime, "zipfile", None) is not zipfile:
        raise MinistackChanged("lambda_runtime does not unpack by zipfile any more")
    # Ministack asks for LargeFileError, which the standard library calls LargeZipFile.
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )


class SharedZip(zipfile.ZipFile):
    """Unpacks into a folder of its content's own, and leaves a link to it where it was asked to unpack."""

    # `ZipFile` has a `_lock` of its own on every instance, so this one needs another name.
    _one_at_a_time = threading.Lock()

    def namelist(self) -> list[str]:
        """What is unpacked already was looked at name by name then: a thousand of them, for a hundred functions."""
        return [] if self.filename is not None and self._shared.exists() else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        if path is None or self.filename is None or os.listdir(path):
            super().extractall(path, super().namelist() if members is None else members, pwd)
            return
        self._unpack()
        os.rmdir(path)
        os.symlink(self._shared, path)

    @cached_property
    def _shared(self) -> Path:
        with Path(str(self.filename)).open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
        return Path(tempfile.gettempdir()) / "unpacked" / content[:32]

    def _unpack(self) -> None:
        with self._one_at_a_time:
            if not self._shared.exists():
                half = Path(f"{self._shared}.half")
                shutil.rmtree(half, ignore_errors=True)
                half.mkdir(parents=True)
                super().extractall(half)
                half.rename(self._shared)
