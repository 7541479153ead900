"""What the runs of a session walked of the definitions: one line, and the whole in build/meter/report.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from local.engine.meter import Kind, Report, coverage

ROOT = Path(__file__).resolve().parents[2]
METERED = ROOT / "build" / "meter"
KINDS: Final[tuple[Kind, ...]] = ("state", "choice", "retry", "catch")


def write_report() -> str | None:
    """The summary, or None where no engine was metered."""
    lines = [line for path in sorted(METERED.glob("*.jsonl")) for line in path.read_text().splitlines()]
    if not lines:
        return None
    from infra.asl import discover, with_defaults
    from infra.config import load_settings
    from infra.names import Names

    names = Names(load_settings("local"))
    definitions = {names.machine(one.name): with_defaults(one) for one in discover(ROOT / "statemachines")}
    report = coverage(definitions, lines)
    (METERED / "report.md").write_text("\n".join(_told(report)) + "\n", encoding="utf-8")
    real = ", ".join(f"{kind} {report.share(kind, mocked=False):.0%}" for kind in KINDS)
    return (
        f"definitions walked: {report.share(mocked=False):.0%} by the stand-ins ({real}), {report.share():.1%} "
        "with mocked answers; which ones stands in build/meter/report.md"
    )


def _told(report: Report) -> Iterator[str]:
    yield "# What the runs walked"
    yield ""
    yield "| | by the stand-ins | with mocked answers besides | points |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        there = sum(point.kind == kind for point in report.existing)
        yield f"| {kind} | {report.share(kind, mocked=False):.1%} | {report.share(kind):.1%} | {there} |"
    yield f"| all | {report.share(mocked=False):.1%} | {report.share():.1%} | {len(report.existing)} |"
    yield f"\nPoints of other definitions: {len(report.unknown)}."
    for what, points in (("Not walked", report.missing), ("By mocked answers only", report.mocked_only)):
        for machine, own in groupby(sorted(points, key=str), key=lambda point: point.machine):
            yield f"\n## {what}: {machine}\n"
            yield from (f"- {point}" for point in own)
