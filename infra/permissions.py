"""`python -m infra.permissions` writes docs/permissions.md: what every role may do, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from functions.grants import GRANTS
from functions.settings import Settings
from infra.asl import discover as definitions
from infra.asl import references
from infra.names import Names
from infra.policies import Statement, granted, machine_statements, task_statements
from infra.resources import targets
from infra.tasks import TaskFile, discover

ROOT: Final = Path(__file__).parents[1]
FILE: Final = ROOT / "docs" / "permissions.md"
ACCOUNT, REGION, ENV, BUCKET = "111111111111", "eu-central-1", "prod", "arn:aws:s3:::REPORTS"
HEAD: Final = """# What is allowed, and why

Written by `python -m infra.permissions`; a test holds it to the code. Nothing is granted that is not in this list:
no action has a wildcard, and a resource with one says why.

How each line is shown to be needed:

- A function's role is made of the **port methods** that its task names. A task that names one it does not call, or
  calls one that it does not name, fails `tests/adapters/test_needs.py`; a method whose grants are more or less than
  what its call asks of AWS fails `tests/adapters/test_grants_calls.py`. The end-to-end suite runs with these
  policies enforced (as `runbooks local up --iam` does), and a missing one ends a run with AccessDenied
  (`tests/e2e/test_grants.py`). `make grants` holds each action on each resource back from the call that first uses
  it: [grants-shown.md](grants-shown.md) has the refused call of each, or what shows it instead.
- The embedded AWS enforces the roles of state machines, rules and HTTP APIs by fixes of this project; what it never
  asks for (tracing, delivery of logs, interfaces in a VPC) is held against AWS's service authorization reference by
  `tests/infra/test_grants_reference.py` and is demanded by AWS's pages:
  [tracing](https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html),
  [logs of functions](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html),
  [logs of state machines](https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html),
  [children that are waited for](https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html),
  [functions in a VPC](https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
"""
ROWS: Final = "| may | on | because of |\n|---|---|---|"


def page(root: Path = ROOT) -> str:
    """The whole page, for settings that leave every name at its default."""
    names = Names(Settings.model_validate({"env": ENV, "account_id": ACCOUNT, "region": REGION}))
    parts = [HEAD, "## Functions\n"]
    tasks = discover(root / "functions" / "tasks")
    parts += [f"### {task.name}\n\n{_rows(_of_task(task, names))}\n" for task in tasks]
    parts.append("## State machines\n")
    for one in definitions(root / "statemachines"):
        statements = machine_statements(references(one), names, targets(names))
        rows = ((statement, statement.why or "its definition names it") for statement in statements)
        parts.append(f"### {one.name}\n\n{_rows(rows)}\n")
    return "\n".join(parts).rstrip() + "\n"


def _of_task(task: TaskFile, names: Names) -> Iterator[tuple[Statement, str]]:
    """Its statements, each with the port methods that need one of its actions, or its reason."""
    by_need = {need: granted(replace(task, needs=(need,)), names, BUCKET) for need in task.needs if need in GRANTS}
    for statement in task_statements(task, names, BUCKET):
        needs = [need for need, given in by_need.items() if any(_covers(statement, one) for one in given)]
        yield statement, "; ".join(filter(None, (", ".join(f"`{one}`" for one in needs), statement.why)))


def _covers(whole: Statement, part: Statement) -> bool:
    return set(part.actions) <= set(whole.actions) and sorted(part.resources) == sorted(whole.resources)


def _rows(found: Iterable[tuple[Statement, str]]) -> str:
    lines = []
    for statement, why in found:
        held = statement.condition
        condition = f"<br>where {held[1]} is {_plain(held[2])}" if held else ""
        actions = "<br>".join(statement.actions)
        on = "<br>".join(f"`{_plain(one)}`" for one in statement.resources)
        lines.append(f"| {actions}{condition} | {on} | {why.replace('|', '/')} |")
    return "\n".join([ROWS, *lines])


def _plain(text: str) -> str:
    swaps: Mapping[str, str] = {
        ACCOUNT: "{account}",
        REGION: "{region}",
        f"-{ENV}": "-{env}",
        f"/{ENV}/": "/{env}/",
    }
    for one, other in {**swaps, "REPORTS": "{reports}"}.items():
        text = text.replace(one, other)
    return text


def main(arguments: list[str]) -> int:
    """0: written, or with `--check` the page is as it should be; 1: it is not."""
    whole = page()
    if "--check" in arguments:
        same = FILE.is_file() and FILE.read_text("utf-8") == whole
        print("docs/permissions.md: no drift" if same else "docs/permissions.md: run `python -m infra.permissions`")
        return 0 if same else 1
    FILE.write_text(whole, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
