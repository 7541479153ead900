"""What must hold after every close, whatever befell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from functions.adapters.memory import twins
from functions.ports.exchange import AttemptState, CloseResult
from functions.venue import Unit
from tests.properties.asl import Ended
from tests.properties.close_world import OWN, CloseWorld
from tests.tasks.close_rig import APPROVAL, BTC
from tests.tasks.rig import INCIDENT

# Protection that is taken off is back within this, where nothing goes wrong meanwhile.
BARE_AT_MOST = timedelta(seconds=10)


def judge(world: CloseWorld, ends: Sequence[Ended], result: CloseResult | None) -> None:
    """Adds to `world.violations`; what an order may be is judged when it arrives (close_world)."""
    tell = world.violations.append
    left = world.truth[OWN]
    others = sum((amount for name, amount in world.truth.items() if name != OWN), Decimal(0))
    if world.held != max(left, Decimal(0)) + others:
        tell(f"the venue holds {world.held}, and the owners have {world.truth}")
    if world.venue.amount(_other(world)) > 0:
        tell("it was turned round")
    if world.ours_filled > world.amount:
        tell(f"{world.ours_filled} closed by our orders, approved were {world.amount}")
    claims = result is not None and result.how == "flat"
    claims = claims or any(one.error is None for one in ends)
    if claims and left > 0:
        tell(f"it claims flat, and {left} is left")
    _record(world, left)
    _orders(world, result)
    _protection(world, ends, result)
    _attempts(world, result)


def _record(world: CloseWorld, left: Decimal) -> None:
    row = world.row()
    if row["status"] != "closed":
        return
    if left > 0 or not world.own_fills:
        world.violations.append(f"the record says closed, {left} is left, fills {world.own_fills}")
        return
    amount = sum((one for one, _ in world.own_fills), Decimal(0))
    price = sum((one * at for one, at in world.own_fills), Decimal(0)) / amount
    if abs(row["exit_price"] - price) > Decimal("0.01"):
        world.violations.append(f"the record says {row['exit_price']}, closed was at {price}")
    if bool(row.get("closed_manually")) != (world.ours_filled > 0):
        world.violations.append(f"closed_manually {row.get('closed_manually')}, ours {world.ours_filled}")


def _orders(world: CloseWorld, result: CloseResult | None) -> None:
    working = {str(order.client_order_id) for order in world.venue.working(world.unit.where, BTC)}
    if world.other_orders - working:
        world.violations.append(f"orders of others are gone: {world.other_orders - working}")
    if result is None or result.how != "flat":
        return
    if any(one.startswith("not known") for one in result.left_over) and world.away.began is not None:
        # The venue was away when they were to be cancelled, and it says so.
        return
    orphans = working - world.other_orders - set(result.left_over)
    if orphans:
        world.violations.append(f"orphaned after flat: {orphans}")


def _protection(world: CloseWorld, ends: Sequence[Ended], result: CloseResult | None) -> None:
    if world.bare_since is not None and (result is None or result.protected is not False):
        told = result is None and all(one.error is not None for one in ends)
        if not told:
            world.violations.append(f"without protection since {world.bare_since}, and it says {result}")
    intents = (twins(world.world).incidents.get(INCIDENT) or {}).get("intents", {})
    if world.bare and not any(one.startswith("cancel/") for one in intents):
        world.violations.append("protection was off, and no record says so")
    disturbed = any(what.startswith(("death", "fault", "create", "started")) for what in world.seen)
    longest = max((until - since for since, until in world.bare), default=timedelta(0))
    if longest > BARE_AT_MOST and not disturbed:
        world.violations.append(f"protection was off for {longest}")


def _attempts(world: CloseWorld, result: CloseResult | None) -> None:
    """Every order that reached the venue has its attempt, and what it filled stands there unless it is unknown."""
    attempts = {one.client_order_id: one for one in world.attempts()}
    for order in world.venue.created:
        if not str(order.client_order_id).startswith("rbc"):
            continue
        attempt = attempts.get(str(order.client_order_id))
        if attempt is None:
            world.violations.append(f"{order.client_order_id} was sent and never written down")
        elif attempt.state in (AttemptState.REFUSED, AttemptState.NOT_ACCEPTED) and order.filled:
            world.violations.append(f"attempt {attempt.number} is {attempt.state}, and filled {order.filled}")
        elif attempt.state is AttemptState.SENT and result is not None and result.how not in ("unknown", "flat"):
            world.violations.append(f"attempt {attempt.number} is open, and the close says {result.how}")
    used = twins(world.world).closes.approval_used_by(APPROVAL)
    if attempts and used != INCIDENT:
        world.violations.append(f"attempts stand, and the approval is used by {used}")


def _other(world: CloseWorld) -> Unit:
    return replace(world.unit, side="short" if world.unit.side == "long" else "long")
