"""The seven lines of the seed's verification checklist, and what their answers come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from functions.facts import Check, ChecklistItem


@dataclass(frozen=True, slots=True)
class Line:
    """`must_pass`: unknown or skipped is not enough to call a run resolved (CONTRACT.md 4)."""

    id: str
    question: str
    must_pass: bool = False


LINES: Final = (
    Line("positions", "All positions accounted for (none stuck)", must_pass=True),
    Line("heartbeats", "Heartbeat updating normally (< 2 minutes old)", must_pass=True),
    Line("orders", "Order execution working (test with small order if safe)"),
    Line("signals", "Strategy processing signals normally"),
    Line("log_patterns", "No error patterns in logs"),
    Line("alarms", "CloudWatch metrics show healthy state"),
    Line("incident", "Incident documented in log"),
)

# The value of a line that cannot be answered yet. CONTRACT.md 4: skipped, and so not proven.
NOT_BUILT: Final = "not yet built"


@dataclass(frozen=True, slots=True)
class Answers:
    """The ids of every line of the checklist, each once, by its answer; a line of nobody's asking follows.

    `others`: does not pass, for strategies only that the run was not about. `not_proven`: unknown or
    skipped, for whomever (CONTRACT.md 4). `blocking`: what keeps the run from being resolved.
    """

    passes: tuple[str, ...]
    fails: tuple[str, ...]
    unknown: tuple[str, ...]
    skipped: tuple[str, ...]
    others: tuple[str, ...]
    not_proven: tuple[str, ...]
    blocking: tuple[str, ...]


def judge_checklist(items: Iterable[ChecklistItem]) -> Answers:
    """A line without an answer is unknown; of two answers the worse counts."""
    answers: dict[str, ChecklistItem] = {}
    for item in items:
        if item.id not in answers or _badness(item) > _badness(answers[item.id]):
            answers[item.id] = item
    lines = {line.id: line for line in LINES}
    wheres = {line_id: _where(answers.get(line_id)) for line_id in [*lines, *sorted(set(answers) - set(lines))]}

    def of(where: str) -> tuple[str, ...]:
        return tuple(line_id for line_id, stands in wheres.items() if stands == where)

    unproven = [line_id for line_id in (*of("unknown"), *of("skipped")) if line_id in lines]
    blocking = [i for i in unproven if lines[i].must_pass and not _is_not_built(answers.get(i))]
    others = of("others")
    elsewhere = [i for i in others if answers[i].result is not Check.FAIL]
    return Answers(
        passes=of("pass"),
        fails=of("fail"),
        unknown=of("unknown"),
        skipped=of("skipped"),
        others=others,
        not_proven=(*of("unknown"), *of("skipped"), *elsewhere),
        blocking=(*of("fail"), *blocking),
    )


def _where(item: ChecklistItem | None) -> str:
    if item is None:
        return "unknown"
    if item.concerns == "others" and item.result is not Check.PASS:
        return "others"
    return item.result.value


def _is_not_built(item: ChecklistItem | None) -> bool:
    return item is not None and item.result is Check.SKIPPED and item.value == NOT_BUILT


def _badness(item: ChecklistItem) -> tuple[int, bool, bool]:
    """The order of the answers never decides: a line that was skipped though it is built is the worse skip."""
    worse = (Check.PASS, Check.SKIPPED, Check.UNKNOWN, Check.FAIL).index(item.result)
    return worse if item.concerns != "others" else 0, item.result is not Check.PASS, not _is_not_built(item)
