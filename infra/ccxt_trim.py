"""Cuts ccxt down to the venues that the runbooks talk to: 81 MB become 27, and 2.1 s of import 0.1.

ccxt's own `__init__` imports every exchange that it knows. Kept are its base, the venues with the classes
they derive from, and the licence; a short `__init__` names the rest. The asynchronous half goes, and with it
the wheels that only it imports; so does the library of a curve by which none of our venues has anything signed.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

VENUES = ("binanceusdm", "bybit", "kraken", "krakenfutures", "okx")

_ONLY_ASYNC = (
    "aiohappyeyeballs",
    "aiohttp",
    "aiohttp_fast_zlib",
    "aiosignal",
    "attr",
    "attrs",
    "frozenlist",
    "multidict",
    "propcache",
    "uvloop",
    "yarl",
    "zlib_ng",
)

# secp256k1 with Ethereum's keys: ccxt imports it when a decentralised exchange signs, and does without it else.
_OTHER_CURVES = ("coincurve",)


def trim_ccxt(wheels: Path) -> None:
    """Trims an unpacked ccxt below `wheels` in place."""
    package = wheels / "ccxt"
    kept = _with_parents(package, VENUES)
    (package / "__init__.py").write_text(_init(package, sorted(kept)), "utf-8")
    for path in sorted(package.iterdir()):
        if path.is_dir() and path.name not in {"base", "abstract", "static_dependencies"}:
            shutil.rmtree(path)
        elif path.suffix == ".py" and path.stem not in {*kept, "__init__"}:
            path.unlink()
    for path in sorted((package / "abstract").glob("*.py")):
        if path.stem not in {*kept, "__init__"}:
            path.unlink()
    for name in (*_ONLY_ASYNC, *_OTHER_CURVES):
        shutil.rmtree(wheels / name, ignore_errors=True)
        for info in wheels.glob(f"{name}-*.dist-info"):
            shutil.rmtree(info)


def _with_parents(package: Path, venues: tuple[str, ...]) -> set[str]:
    """The venues and every `ccxt.<other>` that they import, all the way up."""
    kept: set[str] = set()
    waiting = list(venues)
    while waiting:
        name = waiting.pop()
        path = package / f"{name}.py"
        if name in kept or not path.exists():
            continue
        kept.add(name)
        imports = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ImportFrom))
        modules = [(node.module or "").split(".") for node in imports]
        waiting.extend(module[1] for module in modules if module[0] == "ccxt" and len(module) > 1)
    return kept


def _init(package: Path, kept: list[str]) -> str:
    """The version and error names of the original, and an import that happens when a venue is asked for."""
    original = (package / "__init__.py").read_text("utf-8")
    version = next(line for line in original.splitlines() if line.startswith("__version__"))
    return (
        f"from importlib import import_module\n\nfrom ccxt.base.errors import *  # noqa: F403\n\n{version}\n"
        f"exchanges = {kept!r}\n\n\n"
        "def __getattr__(name):\n"
        "    if name not in exchanges:\n"
        "        raise AttributeError(name)\n"
        # The import has set the attribute to the module: the next one who asks wants the class as well.
        "    globals()[name] = found = getattr(import_module(f'ccxt.{name}'), name)\n"
        "    return found\n"
    )
