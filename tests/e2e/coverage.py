"""What the tests walk of the definitions, lane by lane: one line, and the whole in build/meter/report.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from local.engine.meter import Kind, Report, coverage
from tests.e2e.lanes import END_TO_END, LANES, METERED, SINGLE_FAULTS, Lane
from tests.paths.holes import HOLES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "path-coverage.md"
KINDS: Final[tuple[Kind, ...]] = ("state", "choice", "retry", "catch")


def write_report(page: Path | None = None, metered: Path = METERED) -> str | None:
    """The summary, or None where no engine was metered. `page`: where the whole is written besides."""
    by_lane = {lane: lane.lines(metered) for lane in LANES}
    every = [line for lines in by_lane.values() for line in lines]
    if not every:
        return None
    from infra.asl import discover, with_defaults
    from infra.config import load_settings
    from infra.names import Names

    names = Names(load_settings("local"))
    definitions = {names.machine(one.name): with_defaults(one) for one in discover(ROOT / "statemachines")}
    reports = {lane: coverage(definitions, lines) for lane, lines in by_lane.items()}
    whole = coverage(definitions, every)
    written = {lane: lane.written(metered) for lane in LANES}
    for file in filter(None, (metered / "report.md", page)):
        file.write_text("\n".join(_told(reports, whole, written, names.machine(""))) + "\n", encoding="utf-8")
    ours = reports[END_TO_END]
    real = ", ".join(f"{kind} {ours.share(kind, mocked=False):.0%}" for kind in KINDS)
    return (
        f"definitions walked: {ours.share(mocked=False):.0%} end to end ({real}), {whole.share():.1%} by all "
        "lanes; which ones stands in build/meter/report.md"
    )


def _told(reports: Mapping[Lane, Report], whole: Report, written: Mapping[Lane, str], prefix: str) -> Iterator[str]:
    ours, faults = reports[END_TO_END], reports[SINGLE_FAULTS]
    yield "# What the tests walk of the state machines"
    yield ""
    yield "Written by `python -m tests.e2e.coverage` after `make test`. *End to end*: on the embedded AWS with the"
    yield "whole stack, nothing mocked (`tests/e2e`); *single faults*: of the sweep's and the pairs' runs, the"
    yield "executions in which no answer was made up; *either*: both of them; *all*: besides these the"
    yield "executions with mocked answers, those of the sweep and the cases of `tests/paths`, which are made from"
    yield "the definitions."
    yield ""
    yield "| lane | last written |"
    yield "|---|---|"
    for lane, when in written.items():
        yield f"| {lane.title} | {when} |"
    yield ""
    yield f"| | {END_TO_END.title} | {SINGLE_FAULTS.title} | either | all, with mocked answers | points |"
    yield "|---|---|---|---|---|---|"
    for kind in (*KINDS, None):
        there = sum(kind in (None, point.kind) for point in whole.existing)
        shares = [one.share(kind, mocked=False) for one in (ours, faults, whole)] + [whole.share(kind)]
        yield f"| {kind or 'all'} | {' | '.join(f'{share:.1%}' for share in shares)} | {there} |"
    yield f"\nPoints of other definitions: {len(whole.unknown)}."
    yield "\n## Not walked, and why\n"
    for point in whole.missing:
        told = str(point).removeprefix(prefix)
        yield f"- {told}: {HOLES.get(told, '**no reason stands in tests/paths/holes.py**')}"
    yield "\n## By mocked answers only"
    for machine, own in groupby(sorted(whole.mocked_only, key=str), key=lambda point: point.machine):
        points = ", ".join(str(point).partition(": ")[2] for point in own)
        yield f"\n**{machine.removeprefix(prefix)}**: {points}"


if __name__ == "__main__":
    print(write_report(PAGE) or "no engine was metered: `make test` first")
