"""What the incident's report tells of a test order besides: the order, what became of it, and each moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from functions.facts import Result
from functions.rules.left_behind import TEST_ORDER
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.moments import moment as moment_of
from functions.rules.reporting.own import Own
from functions.rules.test_order.acted import MOMENTS
from functions.rules.units.words import moment

TITLE: Final = "The test order"
STANDS: Final = {
    Result.DONE: "over: nothing of it rests at the venue",
    Result.NOT_DONE: "none was placed",
    Result.UNKNOWN: "it may rest at the venue: look for it there and cancel it",
}


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
    """For `functions.ending.end`. Nothing of its own where no test order was begun."""
    found = [one for one in acts if one.action == TEST_ORDER]
    if not found:
        return Own()
    told = "; ".join(f"{one.target} - {STANDS[one.result]}" for one in found)
    tables = (Table(("what", "value"), tuple(_facts(found))), *_moments(item.get("evidence") or ()))
    return Own(short=(("test order", told),), sections=(Section(TITLE, tables=tables),))


def _facts(acts: Sequence[Recorded]) -> Iterator[tuple[str, str]]:
    for act in acts:
        yield "client order id", act.target
        yield "order", act.before or "not told"
        yield "what was seen of it", act.after or "nothing was written down"
        yield "how it stands", STANDS[act.result]


def _moments(evidence: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    seen = [one for one in evidence if one.get("what") in MOMENTS]
    seen.sort(key=lambda one: str(moment_of(one.get("at")) or ""))
    if seen:
        rows = tuple(
            (moment(moment_of(one.get("at"))), _word(one), str(one.get("where")), str(one.get("value")))
            for one in seen
        )
        yield Table(("at", "moment", "where", "said"), rows)


def _word(one: Mapping[str, Any]) -> str:
    return str(one["what"]).removeprefix("test order ")
