"""What the runs of a session walked of the definitions: one line, and the whole in build/meter/report.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from local.engine.meter import Kind, Report, coverage
from tests.paths.holes import HOLES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "path-coverage.md"
METERED = ROOT / "build" / "meter"
KINDS: Final[tuple[Kind, ...]] = ("state", "choice", "retry", "catch")


def write_report(page: Path | None = None) -> str | None:
    """The summary, or None where no engine was metered. `page`: where the whole is written besides."""
    lines = [line for path in sorted(METERED.glob("*.jsonl")) for line in path.read_text().splitlines()]
    if not lines:
        return None
    from infra.asl import discover, with_defaults
    from infra.config import load_settings
    from infra.names import Names

    names = Names(load_settings("local"))
    definitions = {names.machine(one.name): with_defaults(one) for one in discover(ROOT / "statemachines")}
    report = coverage(definitions, lines)
    for file in filter(None, (METERED / "report.md", page)):
        file.write_text("\n".join(_told(report, names.machine(""))) + "\n", encoding="utf-8")
    real = ", ".join(f"{kind} {report.share(kind, mocked=False):.0%}" for kind in KINDS)
    return (
        f"definitions walked: {report.share(mocked=False):.0%} by the stand-ins ({real}), {report.share():.1%} "
        "with mocked answers; which ones stands in build/meter/report.md"
    )


def _told(report: Report, prefix: str) -> Iterator[str]:
    yield "# What the tests walk of the state machines"
    yield ""
    yield "Written by `python -m tests.e2e.coverage` after `make test`. *By the stand-ins*: on the embedded AWS"
    yield "with the whole stack, nothing mocked (`tests/e2e`); *with mocked answers besides*: the cases of"
    yield "`tests/paths`, made from the definitions, and single faults that are put into one state of a real run."
    yield ""
    yield "| | by the stand-ins | with mocked answers besides | points |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        there = sum(point.kind == kind for point in report.existing)
        yield f"| {kind} | {report.share(kind, mocked=False):.1%} | {report.share(kind):.1%} | {there} |"
    yield f"| all | {report.share(mocked=False):.1%} | {report.share():.1%} | {len(report.existing)} |"
    yield f"\nPoints of other definitions: {len(report.unknown)}."
    yield "\n## Not walked, and why\n"
    for point in report.missing:
        told = str(point).removeprefix(prefix)
        yield f"- {told}: {HOLES.get(told, '**no reason stands in tests/paths/holes.py**')}"
    yield "\n## By mocked answers only"
    for machine, own in groupby(sorted(report.mocked_only, key=str), key=lambda point: point.machine):
        points = ", ".join(str(point).partition(": ")[2] for point in own)
        yield f"\n**{machine.removeprefix(prefix)}**: {points}"


if __name__ == "__main__":
    print(write_report(PAGE) or "no engine was metered: `make test` first")
