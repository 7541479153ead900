"""Known holes in what we depend on: `python -m infra.audit` (docs/decisions/0021).

`uv audit` asks OSV about uv.lock, `npm audit` the registry about package-lock.json. Each answers `clean`, `holes`
or `unknown`: where nobody answers (a network with a package index and nothing else) nothing is known, which is said
and is no `clean`. Holes fail; what is unknown fails only with `--strict`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

ROOT: Final = Path(__file__).parent.parent
SECONDS: Final = 60
# uv's status: 0 where nothing is found, 1 where something is, anything else where it could not ask.
CLEAN, HOLES = 0, 1
MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """`told`: what was found, or why nothing is known."""

    of: str
    verdict: Literal["clean", "holes", "unknown"]
    told: str = ""

    def line(self) -> str:
        return f"dependency audit, {self.of}: {self.verdict}{f' ({self.told})' if self.told else ''}"


def python(root: Path = ROOT, service: str | None = None) -> Answer:
    """`service`: another address that speaks OSV's API."""
    uv = shutil.which("uv", path=f"{ROOT / '.venv-uv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        return Answer("Python", "unknown", "uv is not there")
    command = [uv, "audit", "--frozen", "--preview-features", "audit-command", "--no-progress"]
    done = _run([*command, *(["--service-url", service] if service else [])], root)
    if done is None:
        return Answer("Python", "unknown", f"no answer within {SECONDS} s")
    if done.returncode == CLEAN:
        return Answer("Python", "clean", _last(done.stdout, done.stderr))
    if done.returncode == HOLES:
        return Answer("Python", "holes", done.stdout.strip()[:4_000])
    return Answer("Python", "unknown", _why(done.stderr))


def node(root: Path = ROOT, registry: str | None = None) -> Answer:
    npm = shutil.which("npm")
    if npm is None:
        return Answer("Node", "unknown", "npm is not there")
    command = [npm, "audit", "--json", "--package-lock-only"]
    done = _run([*command, *([f"--registry={registry}"] if registry else [])], root)
    if done is None:
        return Answer("Node", "unknown", f"no answer within {SECONDS} s")
    try:
        said: Any = json.loads(done.stdout)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "auditReportVersion" not in said:
        return Answer("Node", "unknown", _refused(said) or _why(done.stderr))
    holes: Mapping[str, Any] = said.get("vulnerabilities") or {}
    if not holes:
        return Answer("Node", "clean" if done.returncode == CLEAN else "unknown")
    named = [f"{name}: {one.get('severity', 'of unknown severity')}" for name, one in sorted(holes.items())]
    return Answer("Node", "holes", "; ".join(named[:MOST_NAMED]))


def main(arguments: Sequence[str]) -> int:
    answers = (python(), node())
    print("\n".join(one.line() for one in answers))
    wrong = ("holes", "unknown") if "--strict" in arguments else ("holes",)
    return 1 if any(one.verdict in wrong for one in answers) else 0


def _run(command: Sequence[str], root: Path) -> subprocess.CompletedProcess[str] | None:
    quick = {
        "UV_HTTP_TIMEOUT": "10",
        "UV_HTTP_RETRIES": "1",
        "npm_config_fetch_retries": "1",
        "npm_config_fetch_timeout": "10000",
    }
    try:
        return subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **quick},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def _last(*texts: str) -> str:
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _why(text: str) -> str:
    """The error in one line, with its innermost cause."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("warning")]
    return "; ".join(dict.fromkeys((lines[:1] + lines[-1:]) if lines else ["it did not say why"]))[:300]


def _refused(said: Any) -> str:
    """npm's own words about a registry that does not audit; without the registry's address."""
    status = said.get("statusCode") if isinstance(said, dict) else None
    return f"the registry does not answer audits: HTTP {status}" if status else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
