"""`python -m infra.diagrams` writes each machine's `diagram.md`; `--check` shows where one has drifted."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.asl import Definition, DefinitionError, discover, references
from infra.asl.states import every_state
from infra.checks.context import TaskFacts, from_package
from infra.flowchart import flowchart, words

ROOT: Final = Path(__file__).parents[1]
FILE: Final = "diagram.md"
LEGEND: Final = (
    "Orange acts, blue looks, purple runs another machine, yellow decides; dotted lines are caught errors. "
    "Retries are not drawn."
)


def page(definition: Definition, tasks: Mapping[str, TaskFacts]) -> str:
    """The whole Markdown page: the flowchart, the machines it runs, and what its states say of themselves."""
    parts = [
        f"# {definition.runbook.title}",
        "Generated from `machine.asl.yaml` by `python -m infra.diagrams`: change that, not this. " + LEGEND,
        f"```mermaid\n{flowchart(definition, tasks)}```",
    ]
    if machines := sorted(references(definition).machines):
        parts.append("Runs " + ", ".join(f"[{name}](../{name}/{FILE})" for name in machines) + ".")
    told = [
        f"| {words(name)} | {str(state['Comment']).replace('|', chr(92) + '|')} |"
        for _, name, state in every_state(definition.machine)
        if "Comment" in state
    ]
    if told:
        parts.append("\n".join(["| state | what it does |", "|---|---|", *told]))
    return "\n\n".join(parts) + "\n"


def drift(definition: Definition, tasks: Mapping[str, TaskFacts]) -> str:
    """A unified diff from the page that stands to the one that should; empty where they agree."""
    file = definition.folder / FILE
    stands = file.read_text(encoding="utf-8") if file.is_file() else ""
    name = f"{definition.name}/{FILE}"
    lines = difflib.unified_diff(
        stands.splitlines(keepends=True),
        page(definition, tasks).splitlines(keepends=True),
        name,
        f"{name} (generated)",
    )
    return "".join(lines)


def main(arguments: list[str], root: Path = ROOT) -> int:
    """0: written, or with `--check` nothing has drifted; 1: something has; 2: a definition cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m infra.diagrams", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, show what has drifted")
    check = parser.parse_args(arguments).check
    try:
        definitions = discover(root / "statemachines")
        tasks = from_package(root, definitions).tasks
    except (DefinitionError, AttributeError) as error:
        print(error, file=sys.stderr)
        return 2
    if check:
        drifted = [text for definition in definitions if (text := drift(definition, tasks))]
        last = "run `python -m infra.diagrams`" if drifted else f"{len(definitions)} diagrams, no drift"
        print("\n".join([*drifted, last]))
        return 1 if drifted else 0
    for definition in definitions:
        (definition.folder / FILE).write_text(page(definition, tasks), encoding="utf-8")
    print(f"{len(definitions)} diagrams written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
