"""The shared libraries that programs need, as the dynamic loader finds them on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

# "	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x0000...)" and "	/lib64/ld-linux-x86-64.so.2 (0x0000...)"
_FOUND = re.compile(r"^\s+(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)
_ELF = b"\x7fELF"


def of(programs: Iterable[Path]) -> frozenset[Path]:
    """The paths under which the loader wants the libraries of these programs and libraries, the loader's own too.

    Raises:
        FileNotFoundError: this machine has no `ldd`, so it is no Linux with shared libraries.
    """
    ldd = shutil.which("ldd")
    if ldd is None:
        raise FileNotFoundError("no ldd on PATH: the image can be built on Linux only")
    wanted = [str(path) for path in programs if is_elf(path)]
    # Without the starter's own search path: the image does not have it either.
    environment = {**os.environ, "LC_ALL": "C"}
    environment.pop("LD_LIBRARY_PATH", None)
    # Its code says 1 where one of them is statically linked, which is nothing wrong.
    done = subprocess.run([ldd, *wanted], capture_output=True, text=True, env=environment, check=False)
    return frozenset(Path(path) for path in _FOUND.findall(done.stdout))


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF
