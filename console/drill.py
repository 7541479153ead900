"""Rehearsals: which runbooks can be drilled, and with what input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from console import callers, runs
from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from functions.inputs import INPUTS
from infra.paths import STATEMACHINES

STOP: Final = "emergency-stop"
DRILLABLE: Final = (STOP, *sorted(INPUTS))
WORD: Final = "drill"
MOST_TEXT: Final = 256


def check(runbook: str) -> None:
    """Refuses what cannot be drilled, with the reason. A part of other runbooks acts on what those have decided,
    and knows no dry run."""
    runs.check_runbook(runbook)
    if runbook in DRILLABLE:
        return
    parents = [name for name in DRILLABLE if runbook in _parts(name)]
    by = f"; drill {' or '.join(parents)}, which it belongs to" if parents else ""
    raise ConsoleError(
        ExitCode.USAGE, f"{runbook} cannot be drilled: it is a part of other runbooks and knows no dry run{by}",
        f"there are {', '.join(DRILLABLE)}",
    )  # fmt: skip


def input_of(aws: Aws, runbook: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the run is started with: nothing is changed, and it says who drills. Who and why are filled in where the
    runbook asks for them and they are not given. Refuses what would not be a drill."""
    if given.get("dry_run", True) is not True:
        raise ConsoleError(
            ExitCode.USAGE, "a drill is a dry run, and --input says that it is none",
            f"`runbooks start {runbook}` starts one that acts",
        )  # fmt: skip
    if "Comment" in given:
        raise ConsoleError(ExitCode.USAGE, "--input has a Comment, which a drill writes itself", "leave it out")
    who = callers.claim(aws)
    own = {"requested_by": who[:MOST_TEXT]}
    if runbook == STOP or _requires(runbook, "reason"):
        own["reason"] = WORD
    return {**own, **given, "dry_run": True, "Comment": f"{WORD} by {who}"[:MOST_TEXT]}


def _requires(runbook: str, name: str) -> bool:
    field = INPUTS[runbook].model_fields.get(name)
    return field is not None and field.is_required()


def _parts(runbook: str) -> set[str]:
    """Every machine that a run of this one may come to."""
    found: set[str] = set()
    left = [runbook]
    while left:
        text = (STATEMACHINES / left.pop() / "machine.asl.yaml").read_text("utf-8")
        new = set(re.findall(r"\$\{machine:([\w-]+)\}", text)) - found - {runbook}
        found |= new
        left += new
    return found
