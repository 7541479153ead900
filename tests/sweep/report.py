"""docs/sweep.md from the verdicts: per machine and fault, how many ran, how they ended, what failed; and holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tests.sweep.places import Place
from tests.sweep.working import Row, dated

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "sweep.md"
HEAD: Final = """# Single-fault sweep

Written by `make sweep`; do not edit. Every task state of every machine, with each thing that can happen to it, one
at a time, on the embedded AWS with the whole stack: only the one state's answer is made up, every other function
runs. Each run is held against the laws of `tests/sweep/laws`: it ends in an outcome with an incident and a
notification, leaves no guard that nobody can take over and no question open, does nothing twice, and claims nothing
that is not so.
"""


def text(rows: Sequence[Row], holes: Mapping[Place, str], wanted: Mapping[str, int]) -> str:
    """`holes`: why, by place. `wanted`: cases by machine. `rows`: as tests/sweep/__main__.py keeps them."""
    return "\n".join(_lines(rows, holes, wanted)) + "\n"


def _lines(rows: Sequence[Row], holes: Mapping[Place, str], wanted: Mapping[str, int]) -> Iterator[str]:
    struck = [row for row in rows if row["hit"] and not row["error"]]
    failed = [row for row in rows if row["wrong"] or row["error"]]
    missed = [row for row in rows if not row["hit"] and not row["error"]]
    yield HEAD
    yield (
        f"{len(rows)} of {sum(wanted.values())} cases were run, in {_hours(rows)} of engine time; the fault "
        f"struck in {len(struck)}, {len(failed)} failed, {len(missed)} were not struck. States that no "
        f"scenario walks: {len(holes)}. {dated(rows)}"
    )
    yield "\n## By machine\n"
    yield "| machine | cases | runs | struck | failed | outcomes |"
    yield "|---|---|---|---|---|---|"
    ran = dict(_by(rows, "machine"))
    for machine, cases in sorted(wanted.items()):
        own = ran.get(machine, [])
        yield f"| {machine} | {cases} | {_counts(own)} | {_outcomes(own)} |"
    yield "\n## By machine and fault\n"
    yield "| machine | fault | runs | struck | failed | outcomes |"
    yield "|---|---|---|---|---|---|"
    for machine, own in _by(rows, "machine"):
        for fault, same in _by(own, "fault"):
            yield f"| {machine} | {fault} | {_counts(same)} | {_outcomes(same)} |"
    yield from _listed("Failures", [f"{_named(row)}: {'; '.join(row['wrong']) or row['error']}" for row in failed])
    yield from _listed("Not struck (the run took another way)", map(_named, missed))
    yield from _listed("Holes: states that no scenario walks", (f"{place}: {why}" for place, why in holes.items()))


def _by(rows: Iterable[Mapping[str, Any]], field: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for value, own in groupby(sorted(rows, key=lambda row: str(row[field])), key=lambda row: str(row[field])):
        yield value, list(own)


def _counts(rows: Sequence[Mapping[str, Any]]) -> str:
    failed = sum(bool(row["wrong"] or row["error"]) for row in rows)
    return f"{len(rows)} | {sum(bool(row['hit']) for row in rows)} | {failed}"


def _outcomes(rows: Iterable[Mapping[str, Any]]) -> str:
    counted = Counter(str(row["outcome"]) for row in rows if not row["error"])
    return ", ".join(f"{outcome} {count}" for outcome, count in counted.most_common())


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['machine']}/{row['state']}, {row['fault']} (in {row['scenario']!r})"


def _hours(rows: Iterable[Mapping[str, Any]]) -> str:
    return f"{sum(row['seconds'] for row in rows) / 3600:.1f} h"


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n## {title}\n"
    told = [f"- {line}" for line in lines]
    yield from told or ["None."]
