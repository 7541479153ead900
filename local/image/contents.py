"""What the image holds: this interpreter, its standard library, ministack with what it needs, and the engine."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import local
from local.image import libraries

APP = Path("/app")
# What local.engine imports of others; its stand-in platform is not in the image.
ROOTS = ("ministack", "boto3")
# Large parts of the standard library that no server needs.
_LEFT_OUT = frozenset(
    {"test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "pydoc_data", "site-packages"}
    | {"dist-packages"}
)
# It brings the libraries of a window system with it.
_TKINTER = "_tkinter"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def interpreter() -> Path:
    """The program itself, no virtual environment's link to it."""
    return Path(sys.executable).resolve()


def command() -> list[str]:
    return [str(interpreter()), "-m", "local.image.serve"]


def environment() -> dict[str, str]:
    """Of every process in the container."""
    return {"PYTHONPATH": f"{APP}:{APP / 'packages'}", "PYTHONHOME": sys.base_prefix, "PATH": "/usr/bin"}


def files() -> dict[Path, Path]:
    """Path in the image -> file here. Interpreter and libraries stand where they stand on this machine.

    Raises:
        FileNotFoundError: this machine is no Linux.
    """
    found = {interpreter(): interpreter(), **dict(_standard_library()), **dict(_packages()), **dict(_engine())}
    compiled = (path for path in found.values() if path.suffix == ".so" or path == interpreter())
    return found | {path: path.resolve() for path in libraries.of(compiled)}


def _standard_library() -> Iterator[tuple[Path, Path]]:
    for name in ("stdlib", "platstdlib"):
        root = Path(sysconfig.get_path(name, vars={"base": sys.base_prefix, "platbase": sys.base_prefix}))
        if not root.is_relative_to(sys.base_prefix):
            root = Path(sys.base_prefix) / root.relative_to(sys.prefix)
        for path in _below(root):
            folders = path.relative_to(root).parts[:-1]
            built_by = any(part.startswith("config-") for part in folders)
            if not (_LEFT_OUT & set(folders) or built_by or path.name.startswith(_TKINTER)):
                yield path, path


def _packages() -> Iterator[tuple[Path, Path]]:
    for one in _needed():
        for entry in one.files or ():
            path = Path(str(one.locate_file(entry)))
            if ".." not in entry.parts and path.is_file():
                yield APP / "packages" / Path(*entry.parts), path


def _engine() -> Iterator[tuple[Path, Path]]:
    root = Path(local.__file__).parent
    for path in _below(root):
        if path.relative_to(root).parts[0] != "platform":
            yield APP / "local" / path.relative_to(root), path


def _needed() -> Iterator[Distribution]:
    """ROOTS and what they require here, each once: no extras, and nothing that another system would need."""
    todo, seen = list(ROOTS), set[str]()
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            if name in ROOTS:
                raise
            continue
        yield found
        for text in found.requires or ():
            wanted, _, marker = text.partition(";")
            if "extra" not in marker and (begin := _NAME.match(wanted)):
                todo.append(begin[0])


def _below(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file())
