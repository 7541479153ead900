"""docs/soak.md: what was done, what came of it, what was held, and which laws were broken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.soak.record import Soaked
from tests.soak.samples import MEASURES, MOST_MB_AN_EXECUTION, WARM_UP, Sample, growth, halves
from tests.soak.times import Took, quantile, times

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "soak.md"
HEAD: Final = """# Soak

Written by `make soak`; do not edit. One embedded AWS with the whole stack and its policies enforced; the stand-in's
strategies beat, alarms start the runs by themselves and are now and then delivered twice, detectors, watcher and
sweeper are on. From a seed: faults one to three at a time until they are cured or somebody clears them, positions
that get stuck, runs that people start and stop by hand, halts with their way back, and people who answer soon, late
or never. Then faults are cleared, everybody answers, nothing starts by itself any more, and everything may come to
its end. What must hold afterwards stands in `tests/soak/laws.py`.

Not drawn: `topic-down`, because nobody can be told of anything then. What an escalation left (a strategy that is
stopped, a service without a task, a position at the venue) people put right by hand once no run is at work, and
they give the budgets of redeploys and restarts back, which count real hours.
"""


@dataclass(frozen=True)
class Ran:
    when: str
    minutes: float
    strategies: int
    seed: int
    scale: float


def text(soaked: Soaked, wrong: Mapping[str, Sequence[str]], ran: Ran) -> str:
    return "\n".join(_lines(soaked, wrong, ran)) + "\n"


def _lines(soaked: Soaked, wrong: Mapping[str, Sequence[str]], ran: Ran) -> Iterator[str]:
    yield HEAD
    broken = sum(map(len, wrong.values()))
    yield (
        f"Last run: {ran.when}: {ran.minutes:g} minutes ({ran.minutes / ran.scale:.0f} of the platform, time scale "
        f"{ran.scale:g}), {ran.strategies:,} strategies, seed {ran.seed}. Laws broken: {broken}. While nothing was "
        f"broken yet, on the same clock, the oldest heartbeat was {soaked.notes.oldest:.0f} s old (stale: 120)."
    )
    yield from _done(soaked)
    yield from _runs(soaked)
    yield from _times(soaked, ran.scale)
    yield from _held(soaked)
    yield "\n## Laws\n"
    yield from _table(("law", "broken"), ((law.replace("_", " "), len(told)) for law, told in wrong.items()))
    if broken:
        yield "\n## Broken\n"
        yield from (f"- {law.replace('_', ' ')}: {told}" for law, own in wrong.items() for told in own)


def _done(soaked: Soaked) -> Iterator[str]:
    notes = soaked.notes
    yield "\n## What was done\n"
    counted, cured = (
        Counter(one.name for one in notes.struck),
        Counter(one.name for one in notes.struck if one.cured),
    )
    yield from _table(
        ("trouble", "times", "cured or over by itself"),
        (
            (name, count, cured[name] if not name.startswith("position ") else "")
            for name, count in sorted(counted.items())
        ),
    )
    yield (
        f"\nBy hand: {_counted(notes.acts)}. Put right by hand: "
        f"{_counted(what for _, what in notes.tidied)}. Changes of an alarm into ALARM: "
        f"{_counted(one.alarm for one in notes.heard)}; delivered a second time: {len(notes.twice)}."
    )


def _runs(soaked: Soaked) -> Iterator[str]:
    seen = soaked.seen
    yield "\n## What came of it\n"
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for run in seen.tops:
        outcomes[run.machine][str(seen.incident(run.arn).get("outcome"))] += 1
    yield from _table(
        ("runbook", "runs", "outcomes"),
        ((name, sum(found.values()), _told(found)) for name, found in sorted(outcomes.items())),
    )
    standing = Counter(str(one["standing"]) for one in seen.approvals)
    yield (
        f"\nExecutions, children included: {len(seen.executions)}. Incidents: {len(seen.incidents)}; "
        f"notifications: {len(seen.mails)}. Approvals asked: {len(seen.approvals)} ({_told(standing)}); people: "
        f"{_told(soaked.told)}; said: {_told(soaked.said)}. Halts with nobody entering: "
        f"{sum(not one.entered for one in soaked.notes.halts)} of {len(soaked.notes.halts)}."
    )


def _times(soaked: Soaked, scale: float) -> Iterator[str]:
    yield "\n## From trouble to the end of its run\n"
    yield "Real seconds, in brackets minutes of the platform; a run whose person is late waits with him.\n"
    took: dict[str, list[Took]] = defaultdict(list)
    for one in times(soaked):
        took[one.runbook].append(one)
    rows = []
    for runbook, own in sorted(took.items()):
        seconds = [one.seconds for one in own]
        told = [
            f"{value:.0f} ({value / scale / 60:.0f})"
            for value in (*map(quantile(seconds), (0.5, 0.95)), max(seconds))
        ]
        rows.append((runbook, len(own), *told))
    yield from _table(("runbook", "runs", "p50", "p95", "max"), rows)


def _held(soaked: Soaked) -> Iterator[str]:
    samples = soaked.notes.samples
    yield "\n## What was held\n"
    shown = [samples[0], samples[len(samples) // 2], samples[-1]] if samples else []
    yield from _table(("", "begin", "middle", "end"), ((name, *map(of, shown)) for name, of in SHOWN))
    yield (
        f"\nFlat means: after a warm-up of {WARM_UP:.0%} of the time the mean of the second half is at most that "
        "of the first one and a share or a number more, whichever is more:\n"
    )
    rows = []
    for one in MEASURES:
        first, second = halves(samples, one.of)
        rows.append((one.name, f"{first:.1f}", f"{second:.1f}", f"{one.share:.0%} or {one.more:g}"))
    yield from _table(("", "first half", "second half", "may grow by"), rows)
    each, runs = growth(samples), max(1, len(soaked.seen.tops))
    yield (
        "\nThe engine keeps what has ended, as AWS does for 90 days (histories, logs, mails): "
        f"{'not known' if each is None else f'{each:.2f}'} MB for each execution, at most "
        f"{MOST_MB_AN_EXECUTION:g} allowed. Items that no table forgets, for each run: "
        + ", ".join(f"{table} {count} ({count / runs:.2f})" for table, count in soaked.kept.items())
        + "."
    )


def _engine(one: Sample) -> str:
    return f"{one.engine_mb:.0f}"


SHOWN: Final = (
    ("seconds", lambda one: f"{one.at:.0f}"),
    ("executions", lambda one: str(one.executions)),
    ("MB of the engine", _engine),
    ("MB of all Lambda workers", lambda one: f"{one.workers_mb:.0f}"),
    ("Lambda workers", lambda one: str(one.workers)),
    ("open files of the engine", lambda one: str(one.files)),
    ("threads of the engine", lambda one: str(one.threads)),
)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _counted(of: Iterable[str]) -> str:
    return _told(Counter(of))


def _told(counted: Mapping[str, int]) -> str:
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered) or "nothing"
