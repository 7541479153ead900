"""Wrong edits of the product's own text: each is made in a copy of the project, and tests there must see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
# What tests of rules, tasks, adapters and definitions read.
COPIED: Final = ("functions", "infra", "local", "console", "statemachines", "tests")
BESIDE: Final = ("pyproject.toml", "uv.lock", "README.md", "LICENSE")
# Seconds. No mistake of the list makes a test wait for ever: whatever takes longer is a machine that is slow.
LONGEST: Final = 1_800
# What the copy's own process ends with where the edited file cannot be imported at all: that is no sight.
NOT_IMPORTED: Final = 97
# pytest's word for "tests ran, and one of them failed"; every other one says nothing of the mistake.
FAILED: Final = 1
START: Final = (
    "import importlib, sys\n"
    "try:\n"
    "    importlib.import_module(sys.argv[1])\n"
    "except BaseException as error:\n"
    "    print(f'{type(error).__name__}: {error}')\n"
    f"    sys.exit({NOT_IMPORTED})\n"
    "import pytest\n"
    "sys.exit(pytest.main(sys.argv[2:]))\n"
)


class Kind(StrEnum):
    """What the condition keeps safe."""

    KILL_SWITCH = "kill switch read"
    PRICE_BOUND = "price bound"
    REDUCE_ONLY = "reduce-only"
    OWNER = "owner check"
    UNKNOWN = "unknown taken for a pass"
    TWO_COPIES = "two copies"


class NotAnEdit(Exception):
    """The old text does not stand there exactly once, or the new one is no Python that can be imported."""


class NotSound(Exception):
    """Tests fail without any mistake: none of them would see one."""


class CutOff(Exception):
    """The tests did not end in time: that says nothing of the mistake."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One wrong edit: in `file`, `old` (which stands there exactly once) becomes `new`. `tests`: files of tests, or
    tests by name, of which one sees it. `what`: the mistake, in words."""

    kind: Kind
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.file})"

    def made_in(self, text: str) -> str:
        """The text with the mistake. `NotAnEdit` where it cannot be made in one place."""
        found = text.count(self.old)
        if found != 1:
            raise NotAnEdit(f"{self}: the old text stands there {found} times: {self.old!r}")
        if self.old == self.new:
            raise NotAnEdit(f"{self}: nothing is changed")
        changed = text.replace(self.old, self.new)
        if self.file.endswith(".py"):
            try:
                compile(changed, self.file, "exec")
            except SyntaxError as error:
                raise NotAnEdit(f"{self}: {error}") from None
        return changed


@dataclass(frozen=True, slots=True)
class Sight:
    """`seen`: the test that failed first; None: the mistake has survived."""

    edit: Edit
    seen: str | None


def run(edits: Sequence[Edit], at_once: int = 2) -> Iterator[Sight]:
    """Each with what saw it, in their order. `NotAnEdit` where one cannot be made or imported, `CutOff` where the
    tests take too long."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(look, edits)


def look(edit: Edit) -> Sight:
    """In a copy of its own, so that two mistakes never meet."""
    with TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        copied(copy)
        edited(copy, edit)
        return Sight(edit, _failing(copy, edit))


def sound(edits: Sequence[Edit]) -> None:
    """The tests of all these pass in a copy without a mistake. Raises `NotSound`."""
    asked = {test for edit in edits for test in edit.tests}
    # A test by name is among those of its file.
    tests = sorted(
        test for test in asked if test.partition("::")[0] == test or test.partition("::")[0] not in asked
    )
    if not tests:
        return
    with TemporaryDirectory(prefix="mutant-") as folder:
        copied(Path(folder))
        done = _tested(Path(folder), "functions", tests)
    if done.returncode != 0:
        raise NotSound(done.stdout[-1_500:])


def copied(copy: Path) -> None:
    """By links where the file system allows it, so that a copy costs next to nothing."""
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, copy_function=_linked, symlinks=True)
    for name in BESIDE:
        _linked(str(ROOT / name), str(copy / name))


def edited(copy: Path, edit: Edit) -> None:
    """The file becomes a new one: a link written to would change the original."""
    file = copy / edit.file
    stood = file.stat()
    changed = edit.made_in(file.read_text(encoding="utf-8"))
    file.unlink()
    file.write_text(changed, encoding="utf-8")
    # Bytecode is told from its source by time and size: both may be those of the original.
    os.utime(file, (stood.st_atime, stood.st_mtime + 10))


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _failing(copy: Path, edit: Edit) -> str | None:
    """The name of the test that fails, or None where all pass."""
    module = edit.file.removesuffix(".py").replace("/", ".") if edit.file.endswith(".py") else "functions"
    try:
        done = _tested(copy, module, edit.tests)
    except subprocess.TimeoutExpired:
        raise CutOff(f"{edit}: its tests did not end within {LONGEST} s") from None
    if done.returncode == 0:
        return None
    if done.returncode != FAILED:
        raise NotAnEdit(f"{edit}: the tests did not run ({done.returncode}):\n{done.stdout[-1_500:]}")
    lines = (line.split(" ", 1)[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    return next((line.partition(" - ")[0] for line in lines), "a test")


def _tested(copy: Path, module: str, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """There, until the first one fails, after `module` was imported. Raises `subprocess.TimeoutExpired`."""
    asked = [
        sys.executable, "-c", START, module,
        "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--tb=line", "-rf",
        *tests,
    ]  # fmt: skip
    # A worker of an outer run hands its own variables down, and an inner one would take itself for it.
    around = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        asked,
        cwd=copy,
        env={**around, "PYTHONPATH": str(copy), "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def survivors(sights: Iterable[Sight]) -> str:
    """One a line."""
    return "\n".join(str(sight.edit) for sight in sights if sight.seen is None)
