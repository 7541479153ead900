"""From the state of a run, as far as it came, to the pieces that its end is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from functions.collecting import message, plainly, told
from functions.ending import actions_of
from functions.facts import ChecklistItem
from functions.orders.model import CauseProof, OrderRemedied
from functions.orders.proving import flat, newest
from functions.orders.state import OrderState
from functions.rules.left_behind import left_behind
from functions.rules.orders.end import CauseEnd, OrderPieces
from functions.rules.orders.plan import OrderGroup

_ITEMS: TypeAdapter[tuple[ChecklistItem, ...]] = TypeAdapter(tuple[ChecklistItem, ...])


def pieces_of(state: OrderState, item: Mapping[str, Any]) -> OrderPieces:
    """`item`: the incident as it is stored; the checklist that verify-trading wrote stands in it."""
    run, plan = state.run, state.diagnosed.plan if state.diagnosed else None
    stored = item.get("checklist")
    return OrderPieces(
        dry_run=run.dry_run,
        why_not=run.why_not,
        held_by=message(state.refused) if state.refused else None,
        error=told(state.error) if state.error else next(_grief(state), None),
        plan=plan,
        # Of the newest verdict: an earlier cause that is not in it is gone.
        left=plan.left if plan else (),
        ends=ends_of(state),
        appeared=_appeared(state),
        blind=state.proof.found.blind if state.proof else plan.blind if plan else (),
        checklist=_ITEMS.validate_python(stored) if stored else None,
        left_behind=left_behind(actions_of(item, run)),
    )


def ends_of(state: OrderState) -> tuple[CauseEnd, ...]:
    """Each cause once, by its newest remedy and its newest proof: an earlier round that did not help is told by
    the acts of the incident."""
    remedied = {one.group.group_id: one for one in remedied_of(state)}
    proofs = newest(state.before.proofs)
    return tuple(_end(one, proofs.get(group_id)) for group_id, one in remedied.items())


def left_of(state: OrderState) -> tuple[str, ...]:
    """Whose orders a person has left as they are."""
    left = [end for end in ends_of(state) if end.how in ("declined", "left_open")]
    return tuple(dict.fromkeys(one for end in left for one in end.group.strategy_ids))


def remedied_of(state: OrderState) -> tuple[OrderRemedied, ...]:
    """Of every round, the oldest first. Where the proof of the last one did not come to its end, what the venues'
    children said counts."""
    earlier = state.before.remedied
    return (*earlier, *(one for one in flat(state.venues) if one not in earlier))


def _end(one: OrderRemedied, proof: CauseProof | None) -> CauseEnd:
    end = one.end
    error = told({"Error": "the remedy came to grief", "Cause": one.error}) if one.error is not None else None
    if end is None:
        return CauseEnd(one.group, None, None, "", error=error)
    return CauseEnd(
        one.group,
        end.ending,
        end.result,
        plainly(end.why),
        error=error,
        until=end.until,
        decided_by=end.decided_by,
        known=end.known,
        follow_ups=end.follow_ups,
        proof=proof.result if proof else None,
        proof_why=proof.why if proof else "",
        silent=bool(proof and proof.silent),
    )


def _appeared(state: OrderState) -> tuple[OrderGroup, ...]:
    """Named only where no further round has looked at them."""
    return () if state.proof is None or state.proof.again else state.proof.found.appeared


def _grief(state: OrderState) -> Iterator[str]:
    """A venue whose child broke says nothing of what it did."""
    for one in state.venues:
        if one.error is not None:
            yield told({"Error": "curing a venue came to grief", "Cause": one.error})
