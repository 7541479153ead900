"""What the executions did, a lane for each machine: work, waits, waits for a person, and what ended with an error.

A state machine looks, waits and looks again; told state by state that is hundreds of lines that say little. So
states that follow one another are one stretch, and a wait that is repeated until a look is content is one wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from functions.history import History, StateSpan
from functions.rules.reporting.lanes import Bar, Lane, Mark, Tone

# Nothing is done in the other kinds; what stands inside a `Parallel` or `Map` has spans of its own.
_SHOWN: Final = frozenset({"Task", "Wait"})
# Stretches of one kind with less between them are one.
_NEAR: Final = timedelta(seconds=1)
_MOST_NAMED: Final = 4
# What the errors of functions/errors.py and of Step Functions mean to whoever reads.
ERRORS: Final = {
    "Transient": "a failure that passes",
    "Refused": "it was refused",
    "Uncertain": "nobody knows whether it happened",
    "Broken": "a fault of the runbooks themselves",
    "States.Timeout": "no answer in time",
    "States.TaskFailed": "what it started failed",
    "States.DataLimitExceeded": "its data was too long",
    "Escalated": "a person must act",
}
# An execution besides the first: its ARN, when it entered its first state and left its last one, its machine.
Child = tuple[str, datetime, datetime, str]
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def run_lanes(history: History, end: datetime, *, asked: bool) -> Iterator[Lane]:
    """In the order in which the machines began. What has not ended ends with `end`. `asked`: the approvals have
    lanes of their own, which tell the waits for people."""
    machines: dict[str, list[StateSpan]] = {}
    for span in sorted(history.spans, key=lambda one: (one.entered_at, one.left_at or end)):
        if span.kind in _SHOWN:
            machines.setdefault(span.machine, []).append(span)
    children = _children(history)
    for machine, spans in machines.items():
        bars = [_bar(span, children, asked) for span in spans]
        marks = tuple(_errors(spans, end))
        yield Lane(machine, tuple(_repeated(list(_joined(bars, end)), end)), marks)


def words(state: str) -> str:
    """`LookForHeartbeats` as `look for heartbeats`."""
    return _WORDS.sub(" ", state).lower()


def _children(history: History) -> list[Child]:
    found: dict[str, Child] = {}
    for span in history.spans:
        if span.execution_arn == history.execution_arn:
            continue
        last = span.left_at or span.entered_at
        arn, first, latest, machine = found.get(
            span.execution_arn, (span.execution_arn, span.entered_at, last, span.machine)
        )
        found[arn] = (arn, min(first, span.entered_at), max(latest, last), machine)
    return list(found.values())


def _bar(span: StateSpan, children: Sequence[Child], asked: bool) -> Bar:
    """A task in whose time another execution began and ended waits for it: it is shown by its own lane."""
    name = words(span.state)
    if span.asks:
        return Bar(span.entered_at, span.left_at, "waits for a person", Tone.PERSON, silent=asked)
    if span.kind == "Wait":
        return Bar(span.entered_at, span.left_at, name, Tone.WAIT)
    inside = [
        (first, machine)
        for _, first, last, machine in children
        if machine != span.machine
        and span.entered_at <= first < last
        and (span.left_at is None or last <= span.left_at)
    ]
    if inside:
        return Bar(span.entered_at, span.left_at, f"waits for {min(inside)[1]}", Tone.WAIT, silent=True)
    return Bar(span.entered_at, span.left_at, name, Tone.WORK)


def _joined(bars: Iterable[Bar], end: datetime) -> Iterator[Bar]:
    """Neighbours of one tone that touch or overlap, as one; the names of work are told together."""
    standing: Bar | None = None
    names: list[str] = []
    for bar in bars:
        if standing is not None and _same(standing, bar) and bar.start - (standing.end or end) <= _NEAR:
            names.append(bar.label)
            over = None if standing.end is None or bar.end is None else max(standing.end, bar.end)
            standing = replace(standing, end=over)
            continue
        if standing is not None:
            yield _named(standing, names)
        standing, names = bar, [bar.label]
    if standing is not None:
        yield _named(standing, names)


def _same(one: Bar, other: Bar) -> bool:
    return one.tone is other.tone and (one.tone is Tone.WORK or one.label == other.label)


def _named(bar: Bar, names: Sequence[str]) -> Bar:
    once = list(dict.fromkeys(names))
    label = once[0] if len(once) == 1 else f"{once[0]} to {once[-1]}"
    more = f" and {len(once) - _MOST_NAMED} more" if len(once) > _MOST_NAMED else ""
    told = ", ".join(once[:_MOST_NAMED]) + more
    if bar.tone is Tone.WORK:
        told = f"works: {told}"
    elif bar.tone is Tone.WAIT and not told.startswith("waits"):
        told = f"waits: {told}"
    return replace(bar, label=label, told=told)


def _repeated(bars: Sequence[Bar], end: datetime) -> Iterator[Bar]:
    """A wait, a short look, the same wait again ... as one wait that tells how often."""
    n = 0
    while n < len(bars):
        bar, times, last = bars[n], 1, n
        while (
            bar.tone is Tone.WAIT
            and last + 2 < len(bars)
            and bars[last + 1].tone is Tone.WORK
            and _same(bar, bars[last + 2])
            and _length(bars[last + 1], end) <= max(_length(bar, end), _NEAR)
        ):
            times, last = times + 1, last + 2
        if times == 1:
            yield bar
        else:
            told = f"{bar.told}, {times} times, with a look after each"
            yield replace(bar, end=bars[last].end, label=f"{bar.label} ×{times}", told=told)
        n = last + 1


def _length(bar: Bar, end: datetime) -> timedelta:
    return (bar.end or max(end, bar.start)) - bar.start


def _errors(spans: Iterable[StateSpan], end: datetime) -> Iterator[Mark]:
    for span in spans:
        if span.error:
            tries = f" after {span.tries} tries" if span.tries > 1 else ""
            label = f"{words(span.state)}: {ERRORS.get(span.error, span.error)}{tries}"
            yield Mark(span.left_at or end, label, Tone.BAD, f"error in {label}")
