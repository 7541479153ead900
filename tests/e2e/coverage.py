"""What the runs of a session walked of the definitions: one line, and the whole in build/meter/report.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from local.engine.meter import Report, coverage

ROOT = Path(__file__).resolve().parents[2]
METERED = ROOT / "build" / "meter"
KINDS = ("state", "choice", "retry", "catch")


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
    shares = ", ".join(f"{kind} {report.share(kind):.0%}" for kind in KINDS)  # type: ignore[arg-type] # the four kinds
    return f"definitions walked: {report.share():.0%} ({shares}); missing ones in build/meter/report.md"


def _told(report: Report) -> Iterator[str]:
    yield "# What the runs walked"
    yield ""
    for kind in KINDS:
        yield f"- {kind}: {report.share(kind):.1%}"  # type: ignore[arg-type] # the four kinds
    yield f"- points of other definitions: {len(report.unknown)}"
    for machine, points in groupby(report.missing, key=lambda point: point.machine):
        yield f"\n## Not walked in {machine}\n"
        yield from (f"- {point}" for point in points)
