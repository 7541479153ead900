"""What the incident's report tells of a test order besides: the order, what became of it, and each moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from functions.facts import Result
from functions.rules.left_behind import TEST_ORDER
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.moments import moment as moment_of
from functions.rules.reporting.own import Own
from functions.rules.test_order.acted import ENDED, GONE, MOMENTS
from functions.rules.units.words import moment

TITLE: Final = "The test order"
STANDS: Final = {
    Result.DONE: "over: nothing of it rests at the venue",
    Result.NOT_DONE: "none was placed",
    Result.UNKNOWN: "it may rest at the venue: look for it there and cancel it",
}
# Of one that was unknown when its run ended.
SINCE: Final = "over: it was seen gone after its run had ended"


class Recorded(Protocol):
    """An act as the incident keeps it."""

    @property
    def action(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def result(self) -> Result: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str | None: ...


def own_of(_ending: object, item: Mapping[str, Any], acts: Sequence[Recorded]) -> Own:
    """For `functions.ending.end`, and once more when a withdrawal has ended. Nothing of its own where no test order
    was begun."""
    found = [one for one in acts if one.action == TEST_ORDER]
    if not found:
        return Own()
    evidence: Sequence[Mapping[str, Any]] = item.get("evidence") or ()
    told = "; ".join(f"{one.target} - {_stands(one, evidence)}" for one in found)
    tables = (Table(("what", "value"), tuple(_facts(found, evidence))), *_moments(evidence))
    return Own(short=(("test order", told),), sections=(Section(TITLE, tables=tables),))


def _stands(act: Recorded, evidence: Sequence[Mapping[str, Any]]) -> str:
    """The result of an act is final with its run; what was seen since stands in the evidence alone."""
    gone = any(one.get("what") == GONE and act.target in str(one.get("value")) for one in evidence)
    return SINCE if act.result is Result.UNKNOWN and gone else STANDS[act.result]


def _facts(acts: Sequence[Recorded], evidence: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for act in acts:
        yield "client order id", act.target
        yield "order", act.before or "not told"
        yield "what the run saw of it", act.after or "nothing was written down"
        last = [one for one in evidence if one.get("what") == ENDED and act.target in str(one.get("value"))]
        if last:
            yield "the last look", str(last[-1]["value"])
        yield "how it stands", _stands(act, evidence)


def _moments(evidence: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """Each once, by its first time: a look that is tried again says the same again."""
    seen = sorted(
        (one for one in evidence if one.get("what") in MOMENTS), key=lambda one: str(moment_of(one.get("at")) or "")
    )
    firsts = {(str(one["what"]), str(one.get("where")), str(one.get("value"))): one for one in reversed(seen)}
    rows = tuple(
        (moment(moment_of(one.get("at"))), what.removeprefix("test order "), where, value)
        for (what, where, value), one in reversed(firsts.items())
    )
    if rows:
        yield Table(("at", "moment", "where", "said"), rows)
