"""Whether a position that the venue does not hold any more is gone for good, and by which fills."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from functions.ports import Ports
from functions.rules.closing.client_ids import is_attempt
from functions.rules.stuck import confirming
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.reconcile import State
from functions.rules.stuck.telling import at, told
from functions.rules.units.fills import OURS
from functions.settings import Settings
from functions.stuck import assessing, protection
from functions.stuck.accounting import closing_of
from functions.stuck.assessing import Assessed, evidence_of
from functions.stuck.judging import known_of, next_step, wait_for_venue
from functions.stuck.model import Correction, Look, Memo, ended, step
from functions.venue import Fill

NEEDS: Final = (*assessing.NEEDS, "incidents.note")
ZERO: Final = Decimal(0)
WHO: Final = {
    "ours": "an order of this incident",
    "exit": "its own exit order",
    "stop": "its own protective order",
    "liquidation": "a liquidation by the venue",
    "unknown": "an order that stands nowhere in the records",
}


EARLIER: Final = "an order of an earlier close by this project"


def prove(ports: Ports, settings: Settings, look: Look) -> Look:
    """The second read, and the fills. Whatever is not flat any more is looked at afresh."""
    found = assessing.assess(ports, settings, look, book=False)
    memo = look.memo.model_copy(update={"looks": look.memo.looks + 1})
    if found.reconciled.state is State.OPEN:
        return step(look, "look", f"not flat at the second read: {found.reconciled.told}", memo=memo)
    if found.reconciled.state is not State.FLAT:
        return next_step(ports, settings, look, found)
    if found.facts.fills is None and found.facts.position.opened_at is not None:
        return wait_for_venue(settings, look, memo, found)
    return _by_fills(ports, settings, look, memo, found)


def _by_fills(ports: Ports, settings: Settings, look: Look, memo: Memo, found: Assessed) -> Look:
    stops = protection.stops(ports, look.job.position_id, look.job.run.incident_id)
    closing = closing_of(found.facts, _ours(ports, look), stops)
    position = found.facts.position
    if closing is not None and closing.whole and closing.last_at is not None:
        by_hand = memo.by_hand is not None and closing.by == "unknown"
        # Of a run that was stopped before it wrote the record.
        earlier = {*found.facts.before.ids} & {fill.client_order_id for fill in closing.fills}
        lost = closing.by == "unknown" and any(is_attempt(fill.client_order_id) for fill in closing.fills)
        before = lost or bool(earlier)
        correction = Correction(
            amount=position.amount,
            price=closing.average,
            at=closing.last_at,
            manually=by_hand or before or closing.by == OURS,
            by=EARLIER if before else "a person, by hand" if by_hand else WHO[closing.by],
            fees=fees_of(closing.fills),
            told=f"{told(closing.amount)} closed at {told(closing.average)}, last at {at(closing.last_at)}",
            orders=tuple(sorted({fill.client_order_id or fill.order_id for fill in closing.fills})),
        )
        return step(look, "correct", correction.told, memo=memo, correction=correction)
    return _without_a_fill(settings, look, memo, found)


def _without_a_fill(settings: Settings, look: Look, memo: Memo, found: Assessed) -> Look:
    """A person confirms. Whoever has just said that he closed it by hand has done so already."""
    facts, now = found.facts, found.at
    correction = Correction(
        amount=facts.position.amount,
        price=None,
        at=now,
        manually=True,
        by=f"the word of {memo.by_hand}" if memo.by_hand else "a person's word",
        fees="not known",
        told="flat at two reads, and no fill that closed it is found",
        orders=(),
    )
    if memo.by_hand is not None:
        return step(look, "correct", correction.told, memo=memo, correction=correction)
    if memo.questions >= settings.positions.questions_a_run or facts.unit is None:
        end = SettleEnd(
            How.ESCALATE,
            f"gone from the venue without a fill, and nobody confirms it: {found.reconciled.told}",
            known=known_of(found),
            not_done=("its record still says open",),
        )
        return ended(look, end, memo=memo)
    minutes = settings.positions.leave_at_most_minutes
    evidence, desk = evidence_of(found), facts.owner.desk
    put = confirming.gone(facts.position, facts.unit, desk, found.reconciled.told, minutes, evidence)
    return step(look, "ask", f"asks: {put.title}", memo=memo, question=put, correction=correction)


def _ours(ports: Ports, look: Look) -> set[str]:
    attempts = ports.closes.attempts(look.job.position_id, look.job.run.incident_id)
    return {name for one in attempts for name in (one.client_order_id, one.order_id) if name}


def fees_of(fills: tuple[Fill, ...]) -> str:
    if any(fill.fee is None or fill.fee_asset is None for fill in fills):
        return "not known"
    sums: dict[str, Decimal] = {}
    for fill in fills:
        asset = fill.fee_asset or ""
        sums[asset] = sums.get(asset, ZERO) + (fill.fee or ZERO)
    return ", ".join(f"{told(amount)} {asset}" for asset, amount in sorted(sums.items())) or "none"
