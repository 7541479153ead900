"""The part of `docs/benchmarks.md` about emergency stops."""

from __future__ import annotations

from typing import Any

FIRST = (
    "strategies",
    "commands",
    "limit",
    "stopped",
    "to the limit",
    "goal",
    "to the commands",
    "proven",
    "direct",
)
SECOND = (
    "strategies",
    "transitions",
    "largest output, bytes",
    "last entry",
    "bots ignore",
    "guards down",
    "resting",
)


def part(found: dict[str, Any], foot: str) -> list[str]:
    scale, runs = found["scale"], found["runs"]
    return [
        "## An emergency stop",
        "",
        "Seconds on the embedded AWS, each size in the same run, warm, with bots that trade meanwhile.",
        "",
        "- commands: the seed's own with the AWS CLI, typed without a pause; measured on 10, the rest extrapolated",
        "  (~).",
        "- limit: a bare boto3 program that makes the same writes, records included, in 8 threads; proves nothing.",
        "- stopped: from StartExecution to the last strategy stopped in the table.",
        "- goal: 1.5 times the limit and a second; at 1,000 at least 100 times faster than the commands.",
        f"- proven: to the end of the run, the service's own stop (scaled by {scale}) and three passes included.",
        "- direct: the whole command with `--direct`, its own start and its proof included.",
        "",
        *rows(FIRST, [(size, *first(run)) for size, run in runs.items()]),
        "",
        "Seconds from the decision to the last new entry order that was accepted (goal: at most 10); below 0:",
        f"before it. A bot reads its status every {15 * scale:g} s here (15 s at full scale); one that ignores it",
        "ends with its task. Those with an account trade at the stand-in venue too; resting is what works there",
        "at the end (goal: 0): nothing wrong, a bot that ignores its status, the guards table down.",
        "",
        *rows(SECOND, [(size, *second(run)) for size, run in runs.items()]),
        "",
        foot,
        "",
    ]


def first(run: dict[str, Any]) -> tuple[Any, ...]:
    about = "" if run["commands_measured"] else "~"
    return (
        f"{about}{run['commands_seconds']}",
        run["bare_seconds"],
        run["stopped_seconds"],
        f"{run['ratio_to_bare']} x",
        run["goal_seconds"],
        f"{run['times_faster_than_commands']} x faster",
        run["ended_seconds"],
        run["direct_seconds"],
    )


def second(run: dict[str, Any]) -> tuple[Any, ...]:
    last = run["last_entry_seconds"]
    return (
        run["transitions"],
        f"{run['largest_output_bytes']:,}",
        last[""],
        last["ignores-status"],
        last["guards-down"],
        ", ".join(str(run["resting_entry_orders"][fault]) for fault in ("", "ignores-status", "guards-down")),
    )


def rows(heads: tuple[str, ...], found: list[tuple[Any, ...]]) -> list[str]:
    lines = [heads, ("---",) * len(heads), *((f"{int(size):,}", *rest) for size, *rest in found)]
    return [f"| {' | '.join(map(str, line))} |" for line in lines]
