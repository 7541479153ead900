"""docs/grants-shown.md from the record: each line of each role, and by what it is shown to be needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from infra.paths import ROOT
from tests.grants.elsewhere import Elsewhere, elsewhere
from tests.grants.lines import Line, every, needs
from tests.grants.record import Row, read

DOCS: Final = ROOT / "docs" / "grants-shown.md"
HEAD: Final = """# Every grant shown to be needed

Written by `make grants`; a test holds it to the code. What is allowed, and because of which port method, stands in
[permissions.md](permissions.md); here stands, for each action on each resource of each role, the call that is
refused without it.

How it is shown: the scenarios of the sweep (`tests/sweep/scenarios.py`) run on the embedded AWS with the whole
stack and its policies enforced. The first call of a function, a state machine or a rule that uses a grant is made
without it: until its first use nothing tells whether a role has it. The call is refused, and what becomes of the
caller is written down. Then the same call is made again with the grant, and without the next one, until nothing new
is refused. So a function is called several times with one event, and failed on its way each time; each run must
still come to its end with no law of the sweep broken.

What becomes of the caller (last column):

- the name of an error: the call fails, and its state or event with it;
- *says so*: the function goes on and its answer tells of the refusal (an unknown, trouble on the way);
- *logs it*: the function goes on, and tells of it in its log only;
- *goes on*: it answers as it does when what it asked for is not there (what it could not read may stand in the
  incident). The refusal itself is what shows the need.
"""
OUTCOMES: Final = ("fails", "says so", "logs it", "goes on")


def text(granted: Sequence[Line] | None = None, shown: Mapping[Line, Row] | None = None) -> str:
    """The whole page."""
    lines = every() if granted is None else granted
    return "\n".join(_parts(lines, read() if shown is None else shown)).rstrip() + "\n"


def outcome(row: Row) -> str:
    if row["error"]:
        return "fails"
    return "says so" if row["says_so"] else "logs it" if row["logs_it"] else "goes on"


def _parts(lines: Sequence[Line], shown: Mapping[Line, Row]) -> Iterator[str]:
    why = needs()
    missing = {line: elsewhere(line, shown) for line in lines if line not in shown}
    counted = Counter(outcome(shown[line]) for line in lines if line in shown)
    yield HEAD
    yield from _counts(lines, counted, Counter(missing.values()))
    yield "\n## Shown by a refused call"
    for holder, own in groupby(lines, key=lambda line: line.holder):
        found = [line for line in own if line in shown]
        if found:
            yield f"\n### {holder}\n"
            yield "| without | of | was refused in | and |"
            yield "|---|---|---|---|"
            yield from (_shown(line, shown[line]) for line in found)
    yield "\n## Shown otherwise"
    for way in sorted(set(missing.values()), key=lambda way: way.title):
        yield f"\n### {way.title}\n\n{way.why}\n"
        yield "| holder | may | on | because of |"
        yield "|---|---|---|---|"
        yield from _grouped((line for line, one in missing.items() if one == way), why)


def _counts(lines: Sequence[Line], shown: Counter[str], missing: Counter[Elsewhere]) -> Iterator[str]:
    yield f"{len(lines)} lines: an action on a resource of a role. A refused call shows {sum(shown.values())}.\n"
    yield "| shown | lines |"
    yield "|---|---|"
    yield from (f"| refused, and the caller {word} | {shown[word]} |" for word in OUTCOMES)
    for way, count in sorted(missing.items(), key=lambda item: item[0].title):
        yield f"| {way.title} | {count} |"


def _shown(line: Line, row: Row) -> str:
    asked = "" if row["asked"][1] == line.on else f"<br>asked on `{row['asked'][1]}`"
    where = f"<br>where {line.where}" if line.where else ""
    at = f", {row['at']}" if row["at"] else ""
    said = row["error"] or outcome(row)
    return f"| {line.action}{where} | `{line.on}`{asked} | {row['scenario']}{at} | {said} |"


def _grouped(lines: Iterable[Line], why: Mapping[Line, Sequence[str]]) -> Iterator[str]:
    """A row for each holder and resource."""
    for (holder, on), same in groupby(sorted(lines, key=_place), key=_place):
        own = list(same)
        methods = sorted({f"`{need}`" for line in own for need in why.get(line, ())})
        yield f"| {holder} | {'<br>'.join(line.action for line in own)} | `{on}` | {', '.join(methods)} |"


def _place(line: Line) -> tuple[str, str]:
    return line.holder, line.on
