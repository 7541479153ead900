"""No key and no password in a tracked file: `python -m infra.secret_scan` (detect-secrets, docs/decisions/0021).

What it finds is compared with `.secrets.baseline`, in which a person has said of each find that it is none: by
file, kind and hash, never by line, so that nothing fails because a line moved. `--write` adds what is new to the
baseline, and that fails until `detect-secrets audit .secrets.baseline` has been gone through. Nobody is asked over
the network whether a find is a key that works.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import get_settings, transient_settings

ROOT: Final = Path(__file__).parent.parent
BASELINE: Final = ROOT / ".secrets.baseline"
# Hashes and integrity sums, which their own tools check; pictures.
PASSED_OVER: Final = ("uv.lock", "package-lock.json", ".secrets.baseline")
PICTURES: Final = (".svg", ".png", ".ico")
# A made-up word beside the word password is what tests are made of; there a key is found by its form.
NO_WORDS: Final = ("tests/", "benchmarks/")
BY_WORD: Final = "Secret Keyword"
PROCESSES: Final = 2
A_TURN: Final = 50

Find = tuple[str, str, str]


def tracked(root: Path = ROOT) -> list[str]:
    """What git holds."""
    git = shutil.which("git") or "git"
    said = subprocess.run([git, "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    return sorted(name for name in said.stdout.split("\0") if _looked_at(name) and (root / name).is_file())


def found(names: Sequence[str], known: Mapping[str, Any]) -> dict[Find, int]:
    """Every find with its line. `known`: the baseline, whose plugins and filters hold."""
    turns = [names[start : start + A_TURN] for start in range(0, len(names), A_TURN)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = pool.map(_scanned, turns, [dict(known)] * len(turns))
        return {find: line for part in parts for find, line in part.items()}


def verdicts(known: Mapping[str, Any]) -> dict[Find, bool | None]:
    """Whether it is a secret, as a person said; None: nobody has looked."""
    return {
        (name, one["type"], one["hashed_secret"]): one.get("is_secret")
        for name, all_ in known["results"].items()
        for one in all_
    }


def troubles(finds: Mapping[Find, int], said: Mapping[Find, bool | None]) -> Iterator[str]:
    """In the order of files. A find whose line went is no trouble, but stands in nobody's way to be looked at."""
    for find, line in sorted(finds.items()):
        name, kind, _ = find
        if find not in said:
            yield f"{name}:{line}: {kind} that nobody has looked at (python -m infra.secret_scan --write)"
        elif said[find] is not False:
            yield f"{name}:{line}: {kind} that nobody has called harmless (detect-secrets audit .secrets.baseline)"


def main(arguments: Sequence[str]) -> int:
    known = json.loads(BASELINE.read_text("utf-8"))
    names = tracked()
    finds, said = found(names, known), verdicts(known)
    if "--write" in arguments:
        _write(known, finds, said)
        return 0
    wrong = list(troubles(finds, said))
    print("\n".join(wrong) or f"{len(names)} files, {len(finds)} finds, each called harmless by a person")
    return 1 if wrong else 0


def _looked_at(name: str) -> bool:
    return Path(name).name not in PASSED_OVER and not name.endswith(PICTURES)


def _scanned(names: Iterable[str], known: Mapping[str, Any]) -> dict[Find, int]:
    settings = {name: known[name] for name in ("plugins_used", "filters_used")}
    with transient_settings(settings):
        get_settings()
        finds = ((name, one) for name in names for one in scan_file(str(ROOT / name)))
        return {
            (name, one.type, one.secret_hash): one.line_number
            for name, one in finds
            if not _by_word(name, one.type)
        }


def _by_word(name: str, kind: str) -> bool:
    return kind == BY_WORD and name.startswith(NO_WORDS)


def _write(known: dict[str, Any], finds: Mapping[Find, int], said: Mapping[Find, bool | None]) -> None:
    """What was judged stays judged, what is gone goes."""
    results: dict[str, list[dict[str, Any]]] = {}
    for find, line in sorted(finds.items()):
        name, kind, hashed = find
        entry = {"type": kind, "filename": name, "hashed_secret": hashed, "is_verified": False, "line_number": line}
        verdict = said.get(find)
        results.setdefault(name, []).append(entry if verdict is None else {**entry, "is_secret": verdict})
    BASELINE.write_text(json.dumps({**known, "results": results}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
