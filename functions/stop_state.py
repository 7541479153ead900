"""The state of an emergency stop as its end is given it: any part of it may be missing, null or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from pydantic import ValidationError

from functions.collecting import plainly, told
from functions.facts import Result
from functions.halting import Counts, Part, StopJob
from functions.proving_stop import Looked, line
from functions.rules.stop_pieces import Piece

# The branches, in the order of the definition.
LATCH: Final = 0
STRATEGIES: Final = 1
SERVICE: Final = 2
ENTRY_ORDERS: Final = 3
NOTICE: Final = 4
STATUS_PAGE: Final = 5
# What became of one strategy, as the tasks name it.
OF_ONE: Final = re.compile(r"(.+?): (?:not_done|unknown), (.+)", re.DOTALL)
NOT_SO_FAR: Final = "nothing is known of it: the run did not come so far"


@dataclass(frozen=True, slots=True)
class StopState:
    """`errors`: what the run could not catch up with. `orders`: what became of the entry orders once nobody traded
    any more; None where the run did not come so far."""

    job: StopJob
    did: tuple[Any, ...]
    look: Looked | None
    exposure: Piece
    errors: tuple[str, ...]
    orders: Piece | None = None

    def part(self, number: int, name: str, action: str = "", target: str = "") -> Piece:
        given = self.did[number] if number < len(self.did) else None
        return _piece(given, name, action, target)

    def seen(self) -> float:
        """How many strategies were seen while they were stopped or later, at most; infinite where nobody knows,
        so that whoever is not there any more is looked for."""
        branch = self.did[STRATEGIES] if len(self.did) > STRATEGIES else None
        segments = branch.get("segments") if isinstance(branch, Mapping) else None
        try:
            stopped = sum(Counts.model_validate(segment["counts"]).seen for segment in segments or [None])
        except (ValidationError, TypeError, KeyError):
            return inf
        return max(stopped, self.look.counts.seen if self.look else 0)

    def refusals(self) -> dict[str, str]:
        """Why strategies were not stopped, as far as that was named; the last word of each."""
        branch = self.did[STRATEGIES] if len(self.did) > STRATEGIES else None
        segments = branch.get("segments") if isinstance(branch, Mapping) else None
        cut = [s for s in segments if isinstance(s, Mapping)] if isinstance(segments, list | tuple) else []
        lists = [one for one in (s.get("items") for s in cut) if isinstance(one, list | tuple)]
        told_of = [*(item for items in lists for item in items), *(self.look.trouble if self.look else ())]
        found = [OF_ONE.fullmatch(str(one)) for one in told_of]
        return {one[1]: line(one[2]) for one in found if one}

    def branch_troubles(self) -> tuple[str, ...]:
        """What the branch of the strategies says of itself; whom it stopped is proven without it."""
        branch = self.did[STRATEGIES] if len(self.did) > STRATEGIES else None
        if not isinstance(branch, Mapping):
            return ("the branch that stops strategies told nothing",)
        segments = branch.get("segments")
        cut = [s for s in segments if isinstance(s, Mapping)] if isinstance(segments, list | tuple) else []
        whys = [s.get("unread") or s.get("failed") for s in cut]
        failed = [told(branch["error"])] if isinstance(branch.get("error"), Mapping) else []
        part = [plainly(str(branch["why"]))] if "why" in branch and branch.get("result") != "done" else []
        return tuple(line(f"while stopping: {why}") for why in (*failed, *part, *filter(None, whys)))


def read(state: Mapping[str, Any], execution_arn: str, now: datetime) -> StopState:
    """Total. A run of which nothing is left counts as one that stops all and engaged nothing."""
    did = state.get("did")
    error = state.get("error")
    errors = [told(error)] if isinstance(error, Mapping) and error else [str(error)] if error else []
    return StopState(
        job=_job(state.get("job"), execution_arn, now),
        did=tuple(did) if isinstance(did, list | tuple) else (),
        look=_look(state.get("look"), errors),
        exposure=_piece(state.get("exposure"), "exposure", "", ""),
        errors=tuple(map(line, errors)),
        orders=_piece(state["orders"], "entry orders", "cancel", "entry orders") if state.get("orders") else None,
    )


def _job(given: Any, execution_arn: str, now: datetime) -> StopJob:
    try:
        return StopJob.model_validate({n: given[n] for n in StopJob.model_fields if n in given})
    except (ValidationError, TypeError):
        order = given.get("order", {}) if isinstance(given, Mapping) else {}
        return StopJob(
            order=order,
            execution_arn=execution_arn,
            started_at=now,
            halt_id=None,
            latched=False,
            latch_why=NOT_SO_FAR,
        )


def _look(given: Any, errors: list[str]) -> Looked | None:
    if not given:
        return None
    try:
        return Looked.model_validate({n: given[n] for n in Looked.model_fields if n in given})
    except (ValidationError, TypeError):
        errors.append("the last look at the stop cannot be read")
        return None


def _piece(given: Any, name: str, action: str, target: str) -> Piece:
    try:
        part = Part.model_validate({n: given[n] for n in Part.model_fields if n in given})
    except (ValidationError, TypeError):
        error = given.get("error") if isinstance(given, Mapping) else None
        why = told(error) if isinstance(error, Mapping) else NOT_SO_FAR
        return Piece(name, Result.UNKNOWN, line(why), action, target)
    why, items = line(plainly(part.why)), tuple(map(line, part.items))
    before = line(plainly(part.before)) if part.before else None
    whole, when, pages = part.details_key, part.at, part.pages
    return Piece(name, part.result, why, action, target, items, before, whole, when, pages, part.unproven)
