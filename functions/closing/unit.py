"""The unit as a close sees it: what is left of the position, and which working orders are its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from functions import units
from functions.closing.job import CloseJob, Look, Proof
from functions.ports import Ports
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.client_ids import protection_ids
from functions.rules.closing.exited import exited, without_exited
from functions.rules.closing.guarded import Guarding, fitted, guarding
from functions.rules.closing.own_orders import Whose, whose
from functions.rules.closing.rounds import ZERO, all_listed, filled
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.fills import OURS, STOP, ClosingFills, closing_fills, ids_of, own_ids
from functions.settings import Settings
from functions.venue import VenueOrder

# A venue's clock, and its position at the time of the quote, may be behind its trades by so much.
QUOTE_SLACK: Final = timedelta(seconds=10)
NEEDS: Final = (*units.NEEDS, "closes.attempts", "closes.written_down", "closes.write_down")


@dataclass(frozen=True, slots=True)
class Sight:
    """`attempts`: every one of the incident, `attribution` None where it could not be had, `written` None where the
    protection is not written down yet and could not be read."""

    facts: units.UnitFacts
    attempts: tuple[Attempt, ...]
    attribution: Attribution | None
    written: tuple[VenueOrder, ...] | None
    mine: Whose

    @property
    def working(self) -> tuple[VenueOrder, ...]:
        return self.facts.venue_orders or ()

    @property
    def flat(self) -> bool:
        """By this reading."""
        return self.attribution is not None and self.attribution.standing is Standing.FLAT

    @property
    def left(self) -> Decimal | None:
        """Of this position at the venue; None: not known."""
        standing = self.attribution
        if standing is None or standing.standing is Standing.BREAK:
            return None
        return ZERO if self.flat else min(standing.own, standing.venue)


def see(ports: Ports, settings: Settings, job: CloseJob, *, book: bool = False, look: Look | None = None) -> Sight:
    """Reads everything, and writes the protection down where that has not been done: before anything is touched.
    `look`: an earlier one of this close; whoever had a part of the unit then may have left orders."""
    attempts = tuple(ports.closes.attempts(job.position_id, job.incident_id))
    facts = units.read_unit(ports, settings, job.position_id, incident_id=job.incident_id, book=book, fills=True)
    alone = (look is None or look.alone) and not any(share.side == job.unit.side for share in facts.siblings)
    written = ports.closes.written_down(job.position_id, job.incident_id)
    mine = whose(
        job.unit,
        job.position_id,
        job.incident_id,
        alone=alone,
        orders=facts.orders,
        written=written or (),
        also=facts.before.stops,
    )
    if written is None and facts.venue_orders is not None and facts.whole:
        resting = [order for order in facts.venue_orders if mine.owns(order) and order.protects(job.unit)]
        written = ports.closes.write_down(job.position_id, job.incident_id, resting)
    return Sight(
        facts,
        attempts,
        _attributed(job, facts, attempts, written or ()),
        None if written is None else tuple(written),
        mine,
    )


def _attributed(
    job: CloseJob, facts: units.UnitFacts, attempts: Sequence[Attempt], written: Sequence[VenueOrder]
) -> Attribution | None:
    again = _placed_again(job, written)
    standing = units.attributed(facts, filled(attempts), again)
    if standing is None or facts.fills is None or facts.market is None:
        return standing
    own = {*own_ids(facts.position, facts.orders, job.unit.side), *again, *facts.before.stops}
    own |= {name for one in written for name in (one.client_order_id, one.order_id) if name}
    own -= {name for one in attempts for name in (one.client_order_id, one.order_id) if name}
    out = exited(job.terms, facts.fills, own)
    return without_exited(standing, job.terms, filled(attempts), out, facts.market.amount_step)


def guarding_of(job: CloseJob, sight: Sight) -> Guarding:
    """What of the protection that was written down rests at the venue."""
    written, left = sight.written or (), sight.left
    if left and sight.facts.market is not None:
        step = sight.facts.market.amount_step
        written = fitted(written, left, filled(sight.attempts), step, alone=sight.mine.alone)
    return guarding(sight.mine, job.position_id, job.incident_id, written, sight.working, sight.left)


def _placed_again(job: CloseJob, written: Sequence[VenueOrder]) -> frozenset[str]:
    """Ids under which this close may have placed the position's protection again."""
    ids = (protection_ids(job.position_id, job.incident_id, one.order_id) for one in written)
    return frozenset(name for some in ids for name in some)


def proof_of(job: CloseJob, sight: Sight) -> ClosingFills | None:
    """The fills that made it flat; None where they could not be read. They prove nothing as long as the venue's
    list of trades lags behind the orders of the close itself, or behind what was there when it was approved:
    another trade would be taken for what is not listed yet."""
    facts = sight.facts
    if facts.fills is None or facts.market is None or facts.unit is None:
        return None
    position = facts.position
    since = position.opened_at or job.terms.quoted_at - units.UNKNOWN_OPENING
    ids = ids_of(facts.other_orders) | own_ids(position, facts.orders, job.unit.side)
    for one in sight.written or ():
        ids |= {name: STOP for name in (one.client_order_id, one.order_id) if name}
    ids |= dict.fromkeys((*_placed_again(job, sight.written or ()), *facts.before.stops), STOP)
    ids |= dict.fromkeys(facts.before.ids, OURS)
    for attempt in sight.attempts:
        ids |= {name: OURS for name in (attempt.client_order_id, attempt.order_id) if name}
    step, quoted = facts.market.amount_step, job.terms.quoted_at - QUOTE_SLACK
    found = closing_fills(facts.unit, facts.fills, since, position.amount, step, ids)
    lately = closing_fills(facts.unit, facts.fills, quoted, job.terms.amount, step, ids)
    return found if lately.whole and all_listed(sight.attempts, facts.fills) else replace(found, whole=False)


def proof(found: ClosingFills | None, attempts: Sequence[Attempt], at: datetime) -> Proof | None:
    if found is None or found.average is None or not found.whole:
        return None
    ours = any(one.state is AttemptState.DONE and one.filled for one in attempts)
    return Proof(
        amount=found.amount,
        average=found.average,
        last_at=found.last_at or at,
        by=found.by,
        manually=ours,
    )
