"""build/containers/report.md: what ran where, and every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.containers.lane import Cases, Difference

PATH = Path(__file__).resolve().parents[2] / "build" / "containers" / "report.md"


def write(image: str, given: Cases, differences: Sequence[Difference], path: Path = PATH) -> str:
    """The report; its summary in one line is returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_told(image, given, differences)) + "\n", encoding="utf-8")
    excused = sum(1 for one in differences if one.known)
    return (
        f"{len(given.cases)} cases of {len(given.machines)} machines on both engines: {len(differences) - excused} "
        f"differences, {excused} more with AWS's reason; build/{path.parent.name}/{path.name}"
    )


def _told(image: str, given: Cases, differences: Sequence[Difference]) -> Iterator[str]:
    yield "# The same cases on two engines"
    yield f"\nFirst the embedded AWS; {image}.\n"
    yield "| machine | cases | differences | let pass |"
    yield "|---|---|---|---|"
    cases = Counter(case.machine for case in given.cases)
    for machine in given.machines:
        ours = [one for one in differences if one.machine == machine]
        excused = sum(1 for one in ours if one.known)
        yield f"| {machine} | {cases[machine]} | {len(ours) - excused} | {excused} |"
    for title, chosen in (
        ("Differences (embedded | second)", [one for one in differences if not one.known]),
        ("Let pass", [one for one in differences if one.known]),
    ):
        if chosen:
            yield f"\n## {title}\n"
            yield from (_line(one) for one in chosen)


def _line(one: Difference) -> str:
    why = f" - {one.known.reason} ({one.known.link})" if one.known else ""
    return f"- {one.machine} {one.case} ({one.goal}): {one.line}{why}"
