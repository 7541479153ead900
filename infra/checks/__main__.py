"""`python -m infra.checks`: the findings of every definition; exit code 1 unless all are warnings."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.asl import DefinitionError, discover
from infra.checks import RULES, run
from infra.checks.context import from_package
from infra.checks.history import worst_case

ROOT = Path(__file__).parents[2]


def main(root: Path = ROOT, *, verbose: bool = False) -> int:
    """0: no finding but warnings; 1: findings; 2: a file that cannot be read as it stands."""
    try:
        definitions = discover(root / "statemachines")
        context = from_package(root, definitions)
    except (DefinitionError, AttributeError) as error:
        print(error, file=sys.stderr)
        return 2
    findings = run(definitions, context)
    for finding in findings:
        print(finding)
    errors = [finding for finding in findings if not finding.warning]
    if errors:
        print(f"{len(definitions)} definitions, {len(RULES)} rules, {len(errors)} findings")
        return 1
    print(f"{len(definitions)} definitions, {len(RULES)} rules, no findings")
    if verbose:
        for definition in definitions:
            print(f"{definition.name}: at most {worst_case(definition)} history events")
    return 0


if __name__ == "__main__":
    sys.exit(main(verbose="-v" in sys.argv[1:]))
