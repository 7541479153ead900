"""The seven lines of the seed's verification checklist, and what their answers come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from functions.facts import Check, ChecklistItem


@dataclass(frozen=True, slots=True)
class Line:
    """`how` it is checked, in words. `limits`: what each bound means, and the attribute of the settings that holds
    it. `must_pass`: unknown or skipped is not enough to call a run resolved (CONTRACT.md 4). `while_halted`: why it
    cannot be asked while the kill switch is engaged; None: it holds all the same."""

    id: str
    question: str
    how: str
    limits: tuple[tuple[str, str], ...] = ()
    must_pass: bool = False
    while_halted: str | None = None


LINES: Final = (
    Line(
        "positions",
        "All positions accounted for (none stuck)",
        "every open position of the table against what its venue holds, and every position of the venue against "
        "the table, by side and amount; none is open although its exit is overdue",
        limits=(("an exit that is due may take this long", "positions.exit_overdue_after"),),
        must_pass=True,
    ),
    Line(
        "heartbeats",
        "Heartbeat updating normally (< 2 minutes old)",
        "the age of the heartbeat of every strategy whose status trades; a missing or unreadable one is stale",
        limits=(("a heartbeat is stale after", "limits.heartbeat_stale_after"),),
        must_pass=True,
        while_halted="nobody is to trade, so no heartbeat is owed",
    ),
    Line(
        "orders",
        "Order execution working (test with small order if safe)",
        "recent fills, and a smallest order that the venue validates and does not place; a real one only where it "
        "is allowed, approved and safe",
        while_halted="nobody is to trade, so nothing is ordered",
    ),
    Line(
        "signals",
        "Strategy processing signals normally",
        "the strategy's own API where one is configured, else the log lines of signals that it processed",
        limits=(
            ("a bot has analysed within so many timeframes", "strategy_api.analyzed_within"),
            ("and so many seconds", "strategy_api.grace"),
            ("and its last candle opened within so many timeframes", "strategy_api.candles_within"),
            ("signals are looked for in the log within", "limits.log_window"),
        ),
        while_halted="nobody is to trade, so no signal is processed",
    ),
    Line(
        "log_patterns",
        "No error patterns in logs",
        "the named patterns of trouble in the log of the service, and every line of level ERROR or worse, since "
        "the remedy took effect; in a verification of its own, since the last one of these strategies, where that "
        "is no longer ago than the window",
        limits=(
            ("where nothing was remedied, lines of the last", "limits.log_window"),
            ("never further back than", "limits.log_looked_back"),
        ),
    ),
    Line(
        "alarms",
        "CloudWatch metrics show healthy state",
        "the state of every alarm of the platform and of the runbooks, and the newest points of the metrics that "
        "the heartbeat alarm and the detectors live on; a detector that says nothing is no pass",
        limits=(("a metric is silent after", "limits.metric_silent_after"),),
    ),
    Line(
        "incident",
        "Incident documented in log",
        "the incident of the run is there, with its evidence, and every act that it began has a result",
    ),
)

# What an answer concerns that keeps no run from being resolved.
ELSEWHERE: Final = ("others", "before")
BY_ID: Final = {line.id: line for line in LINES}

# How the value of a line begins that is not asked because the kill switch is engaged.
HALTED: Final = "the kill switch is engaged"
# ... and of the heartbeats of strategies of which none trades, by a status that is known.
NOT_OWED: Final = "no heartbeat is owed"


def halted(line_id: str) -> str | None:
    """The value of a line that cannot be asked while the kill switch is engaged; None: it is asked all the same."""
    why = BY_ID[line_id].while_halted
    return None if why is None else f"{HALTED}: {why}"


@dataclass(frozen=True, slots=True)
class Answers:
    """The ids of every line of the checklist, each once, by its answer; a line of nobody's asking follows.

    `others`: does not pass, for strategies only that the run was not about, or for what failed before it.
    `not_proven`: unknown or skipped, for whomever (CONTRACT.md 4). `blocking`: what keeps the run from being
    resolved: never what cannot hold while the kill switch is engaged.
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
    blocking = [i for i in unproven if lines[i].must_pass and not _is_excused(answers.get(i))]
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
    if item.concerns in ELSEWHERE and item.result is not Check.PASS:
        return "others"
    return item.result.value


def _is_excused(item: ChecklistItem | None) -> bool:
    return item is not None and item.result is Check.SKIPPED and item.value.startswith((HALTED, NOT_OWED))


def _badness(item: ChecklistItem) -> tuple[int, bool, bool]:
    """The order of the answers never decides: a line that was skipped though it can be asked is the worse skip."""
    worse = (Check.PASS, Check.SKIPPED, Check.UNKNOWN, Check.FAIL).index(item.result)
    return worse if item.concerns not in ELSEWHERE else 0, item.result is not Check.PASS, not _is_excused(item)
