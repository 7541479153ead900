"""What earlier closes of a position have filled of it, as orders beside those of the table.

A close that ends with a part left writes nothing in the position's record, whose amount is the platform's. Its
orders stand in no table but ours: only what is written down there counts, by its own state, and what may have been
accepted counts by the venue's trades under its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from functions.errors import Broken
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.client_ids import protection_ids
from functions.rules.units.prices import ZERO
from functions.venue import CLOSES

NEEDS: Final = ("closes.attempts", "closes.incidents", "closes.written_down")
# Nothing was accepted, and nothing will be.
NOTHING: Final = frozenset({AttemptState.REFUSED, AttemptState.NOT_ACCEPTED})


@dataclass(frozen=True, slots=True)
class Earlier:
    """`orders`: those that the orders table does not hold as well. `ids`: of every attempt, also of those that it
    holds. `stops`: ids under which protection may have been placed again: this position's, and no attempts."""

    orders: tuple[OrderFact, ...] = ()
    ids: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()


NONE: Final = Earlier()


def read(ports: Ports, position: PositionFact, known: Sequence[OrderFact], *, but: str | None) -> Earlier:
    """`known`: its orders by the table. `but`: the incident whose own attempts the caller counts himself. Raises
    where it cannot be read, or told whether they are of this position: an order of ours must not be forgotten."""
    orders, ids, stops = list[OrderFact](), set[str](), set[str]()
    there = {name for one in known for name in (one.client_order_id, one.order_id) if name}
    for incident in ports.closes.incidents(position.position_id):
        if incident == but:
            continue
        for one in ports.closes.attempts(position.position_id, incident):
            if one.state in NOTHING:
                continue
            if position.opened_at is None:
                raise Broken(
                    f"{position.position_id} does not say since when it is open, and orders of ours closed it"
                )
            if one.prepared_at < position.opened_at:
                continue
            names = set(_names(one))
            ids |= names
            if not names & there:
                orders.append(_order(position, one))
        for stop in ports.closes.written_down(position.position_id, incident) or ():
            stops.update(protection_ids(position.position_id, incident, stop.order_id))
    return Earlier(tuple(orders), frozenset(ids), frozenset(stops))


def _names(one: Attempt) -> Iterator[str]:
    yield one.client_order_id
    if one.order_id:
        yield one.order_id


def _order(position: PositionFact, one: Attempt) -> OrderFact:
    return OrderFact(
        position_id=position.position_id,
        order_id=one.order_id or one.client_order_id,
        strategy_id=position.strategy_id,
        side=CLOSES[one.unit.side],
        type="limit" if one.worst_price is not None else "market",
        status=one.state.value,
        protective=False,
        reducing=True,
        client_order_id=one.client_order_id,
        amount=one.amount,
        filled=one.filled or ZERO,
        price=one.worst_price,
        created_at=one.prepared_at,
    )
