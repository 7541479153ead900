"""cfn-lint over a synthesized template: CloudFormation's types, and the definitions inside."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from infra import paths
from infra.errors import SetupError

# W3005: the CDK's constructs name a role as a dependency beside the reference that implies it.
IGNORED = ("W3005",)
MISSING = "cfn-lint is a development dependency, and this environment was made without them"


def lint(assembly: Path) -> None:
    """Raises SetupError with every finding over the assembly's templates; the same one is not read twice."""
    templates = sorted(assembly.glob("*.template.json"))
    unknown = {template: clean for template in templates if not (clean := _mark(template)).exists()}
    found = [told for template in unknown for told in findings(template)]
    if found:
        raise SetupError("cfn-lint: " + "\n".join(found))
    for mark in unknown.values():
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _mark(template: Path) -> Path:
    """Stands in the build folder where this very template was found clean by this cfn-lint and these rules."""
    content = sha256(template.read_bytes())
    content.update(Path(__file__).read_bytes())
    try:
        reader = version("cfn-lint")
    except PackageNotFoundError:
        raise SetupError(MISSING) from None
    return paths.build() / "lint" / f"{reader}-{content.hexdigest()[:32]}"


def findings(template: Path) -> list[str]:
    """What cfn-lint says of one template, one line each."""
    program = Path(sys.executable).with_name("cfn-lint")
    if not program.exists():
        raise SetupError(MISSING)
    command = [str(program), "--format", "json", "--ignore-checks", *IGNORED, "--", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        matches = json.loads(done.stdout)
    except ValueError:
        raise SetupError(f"cfn-lint broke: {done.stderr.strip()}") from None
    content = json.loads(template.read_text("utf-8"))
    return [
        f"{match['Rule']['Id']} {'/'.join(map(str, match['Location']['Path']))}: {match['Message']}"
        for match in matches
        if not _paths_of_a_succeed_state(match, content)
    ]


def _paths_of_a_succeed_state(match: dict[str, Any], template: Any) -> bool:
    """cfn-lint's schema forgets that a Succeed state has InputPath and OutputPath, as AWS documents it."""
    path = match["Location"]["Path"]
    if match["Rule"]["Id"] != "E3601" or path[-1] not in ("InputPath", "OutputPath"):
        return False
    here = template
    for key in path[:-1]:
        here = here[key]
        if isinstance(here, str):  # the definition, as text
            here = json.loads(here)
    return bool(here.get("Type") == "Succeed")
