"""The numbers of benchmarks/classifier.py for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.corpus.load import CAUSES

PRECISION: Final = 0.98
RECALL: Final = 0.95


def rows(found: Mapping[str, Any]) -> list[str]:
    """Each cause, and all together: of the part that was held out, then of the open one."""
    held, open_ = found["held_out"], found["open"]
    return [
        "| cause | held out | precision | recall | abstained | open | precision | recall | abstained |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {cause.replace('_', ' ')} | {_row(held['by_cause'][cause])} | {_row(open_['by_cause'][cause])} |"
            for cause in CAUSES
        ),
        f"| **all** | {_row(_whole(held))} | {_row(_whole(open_))} |",
    ]


def _row(one: Mapping[str, Any]) -> str:
    precision = one["precision"] if one.get("named", 1) else "never named"
    return f"{one['cases']} | {precision} | {one['recall']} | {one['abstention']}"


def _whole(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "cases": sum(each["cases"] for each in one["by_cause"].values())}


def part(found: Mapping[str, Any], foot: str) -> Iterable[str]:
    """Its section of docs/benchmarks.md."""
    held, open_ = found["held_out"], found["open"]
    held_run, open_run = found["held_out_through_nets"], found["open_through_nets"]
    return [
        "## The causes of order errors",
        "",
        f"{held['cases'] + open_['cases']} labelled log lines and answers of four venues (tests/corpus/README.md), "
        f"{held['cases']} of them held out: no rule",
        "was ever tuned on these. Abstained: an error of that cause for which no cause was named.",
        "",
        *rows(found),
        "",
        "| | held out | open | goal (held out) |",
        "|---|---|---|---|",
        f"| precision | {held['precision']} | {open_['precision']} | {PRECISION} |",
        f"| recall | {held['recall']} | {open_['recall']} | {RECALL} |",
        f"| precision, recall: lower bounds at 95 % | {held['precision_at_least']}, {held['recall_at_least']} "
        f"| {open_['precision_at_least']}, {open_['recall_at_least']} | |",
        f"| precision, recall of lines as a run reads them | {held_run['precision']}, {held_run['recall']} "
        f"| {open_run['precision']}, {open_run['recall']} | |",
        f"| causes named that are not there | {held['wrong']} | {open_['wrong']} | 0 |",
        f"| healthy lines taken for errors | {held['healthy_taken_for_errors']} of {held['healthy']} "
        f"| {open_['healthy_taken_for_errors']} of {open_['healthy']} | 0 |",
        f"| other errors that stay unknown | {held['unknown_kept']} of {held['unknown']} "
        f"| {open_['unknown_kept']} of {open_['unknown']} | |",
        f"| other errors taken for healthy lines | {held['unknown_taken_for_healthy']} "
        f"| {open_['unknown_taken_for_healthy']} | |",
        "",
        foot,
        "",
    ]
