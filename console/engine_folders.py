"""A folder of its own for every engine, below the one of the state file; and one `local up` at a time.

A folder outlives its engine only for its log: everything else goes when the engine is stopped, and folders
that a killed engine left behind go at the next `local up`.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from console import state_file
from console.errors import ConsoleError, ExitCode

LOG = "engine.log"
KEPT_LOGS = 5


@contextmanager
def starting() -> Iterator[None]:
    """Held while an engine is being set up: a second `local up` meanwhile would wipe out or orphan the first."""
    state_file.folder().mkdir(parents=True, exist_ok=True)
    with (state_file.folder() / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConsoleError(
                ExitCode.ALREADY_RUNNING, "another `local up` of this project is just starting",
                "wait for it, or set TRADAI_LOCAL_DIR to keep two apart",
            ) from None  # fmt: skip
        yield


def new() -> Path:
    """An empty folder for the next engine."""
    made = _all() / token_hex(4)
    made.mkdir(parents=True)
    return made


def claim(folder: Path, pid: int) -> None:
    """Notes whose it is."""
    (folder / "pid").write_text(f"{pid}\n", "ascii")


def empty(folder: Path) -> None:
    """Removes everything but the log."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.name == LOG:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def sweep(is_engine: Callable[[int], bool]) -> None:
    """Empties the folders of engines that are gone, and keeps the youngest logs."""
    gone = [folder for folder in _folders() if not ((pid := _pid(folder)) and is_engine(pid))]
    gone.sort(key=lambda folder: folder.stat().st_mtime)
    for folder in gone:
        empty(folder)
    for folder in gone[:-KEPT_LOGS]:
        shutil.rmtree(folder, ignore_errors=True)


def _all() -> Path:
    return state_file.folder() / "engines"


def _folders() -> list[Path]:
    return [path for path in _all().iterdir() if path.is_dir()] if _all().is_dir() else []


def _pid(folder: Path) -> int | None:
    try:
        return int((folder / "pid").read_text("ascii"))
    except (OSError, ValueError):
        return None
