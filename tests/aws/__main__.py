"""`make test-aws`: every definition validated and every state's cases asked, or one line that says why not."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from functions.settings import Env
from local.engine.environment import REGION
from tests.aws.opt_in import why_not

REPORT = Path(__file__).resolve().parents[2] / "build" / "aws" / "report.md"


def main() -> int:
    """0 where AWS agrees or nobody asked, 1 where it does not."""
    session = boto3.Session(region_name=os.environ.get("AWS_REGION", REGION))
    if reason := why_not(session):
        print(f"skipped: {reason}")
        return 0
    # TestState has a small rate: the client slows down as AWS tells it to.
    client = session.client("stepfunctions", config=Config(retries={"mode": "adaptive", "total_max_attempts": 12}))
    return report([*validated(client), *asked(client)])


def validated(client: Any, envs: Sequence[Env] = tuple(Env), folders: Sequence[str] | None = None) -> Iterator[str]:
    """A line for each thing that AWS says about a definition, as the stack of each environment has it."""
    from infra.config import load_settings
    from infra.constructs.machine import rendered
    from infra.names import Names
    from tests.aws.validation import problems
    from tests.definitions import machines

    for env in envs:
        names = Names(load_settings(env.value))
        for one in machines():
            if folders is None or one.name in folders:
                for line in problems(client, rendered(one, names)):
                    verdict, _, told = line.partition(" ")
                    yield f"{verdict} {env.value} {one.name}: {told}"


def asked(client: Any, folders: Sequence[str] | None = None) -> Iterator[str]:
    """A line for each question that AWS answers otherwise, and for each that it cannot be asked."""
    from tests.aws.asking import ask
    from tests.aws.recording import recorded
    from tests.aws.state_cases import unaskable
    from tests.aws.visits import states

    with tempfile.TemporaryDirectory(prefix="tradai-aws-") as folder:
        given, cases = recorded(Path(folder), folders)
    for case in cases:
        definition = given.machines[case.machine]
        if reason := unaskable(dict(states(definition))[case.state]):
            yield f"OK {case.machine} {case.state} is not asked: {reason}"
        elif difference := ask(client, case, definition):
            after = f" after {case.thrown.error}" if case.thrown else ""
            yield f"FAIL {case.machine} {case.state}{after} (embedded | AWS): {difference}"


def report(lines: Sequence[str], path: Path = REPORT) -> int:
    """Write all lines; say how many there are; 1 where any does not begin with OK."""
    failed = [line for line in lines if not line.startswith("OK ")]
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = "\n".join(f"- {line}" for line in [*failed, *(line for line in lines if line not in failed)])
    path.write_text(f"# AWS's word on the definitions\n\n{listed or 'It agrees with all of them.'}\n", "utf-8")
    print(f"{len(failed)} differences from AWS, {len(lines) - len(failed)} remarks; build/aws/{path.name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
