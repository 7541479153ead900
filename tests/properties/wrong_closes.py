"""Closes that are wrong on purpose, each in one way: what the walk over HTTP must find, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import pytest

from functions import units
from functions.adapters.exchange import client, errors
from functions.adapters.exchange.venues import binance_orders
from functions.adapters.memory.closes import MemoryCloses
from functions.closing import looking, protecting, sending, unit
from functions.closing.job import Restored
from functions.errors import Refused
from functions.ports.exchange import Attempt
from functions.rules.closing import next_step, settled
from functions.rules.closing.own_orders import Whose
from functions.rules.units import attribution
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.fills import ClosingFills
from functions.venue import NewOrder
from tests.properties.close_http_world import Crowded, Held, HttpCloseWorld

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Wrong:
    """`says`: what the walk says of it. `kind`, `zombie_at`: the world in which it matters. `seed`: from which on
    it is found within `WITHIN` closes."""

    make: Callable[[Patch], None]
    says: str
    kind: type[HttpCloseWorld] = HttpCloseWorld
    zombie_at: str | None = None
    seed: int = 0


def _may_make_it_larger(patch: Patch) -> None:
    """The order goes out without `reduceOnly`."""
    right = client.Clients._make

    def make(self: client.Clients, *args: Any) -> Any:
        made: Any = right(self, *args)
        post = made.fapiPrivatePostOrder
        made.fapiPrivatePostOrder = lambda asked: post({k: v for k, v in asked.items() if k != "reduceOnly"})
        return made

    patch.setattr(client.Clients, "_make", make)


def _at_any_price(patch: Patch) -> None:
    right = binance_orders.create
    patch.setattr(binance_orders, "create", lambda client, order: right(client, replace(order, price=None)))


def _all_of_the_unit(patch: Patch) -> None:
    """Whatever the venue holds is this position's."""
    right = attribution.attribute

    def attribute(*args: Any) -> Attribution:
        told, held = right(*args), args[3].amount
        return replace(told, standing=Standing.AGREED, amount=held, own=held) if held else told

    patch.setattr(units, "attribute", attribute)
    # What stands behind it is another check.
    patch.setattr(unit, "without_exited", lambda standing, *more: standing)


def _everybodys_orders(patch: Patch) -> None:
    patch.setattr(Whose, "owns", lambda self, order: order.reduces(self.unit) is not False)


def _not_found_is_not_accepted(patch: Patch) -> None:
    def at_once(attempt: Attempt, *, call_over: bool) -> datetime:
        del call_over
        return attempt.prepared_at

    patch.setattr(settled, "settles_at", at_once)
    patch.setattr(looking, "settles_at", at_once)


def _what_is_unclear_is_refused(patch: Patch) -> None:
    """Every answer that is no success is taken for a refusal."""
    patch.setattr(errors, "_of_an_order", lambda error, trouble, codes, text: Refused(text))


def _late_orders_are_taken(patch: Patch) -> None:
    patch.setattr(client, "RECV_WINDOW", 60.0)


def _one_reading_is_proof(patch: Patch) -> None:
    """Flat by one reading, without looking for the fills."""
    right = next_step.next_step

    def believes(facts: next_step.Facts) -> next_step.Verdict:
        told = right(facts)
        if told.step is next_step.Step.WAIT and told.why.startswith("flat by one read"):
            return next_step.Verdict(next_step.Step.FLAT, "flat by one read", told.seen)
        return told

    def claimed(job: Any, sight: Any) -> ClosingFills | None:
        found = proof_of(job, sight)
        if found is None:
            return None
        return replace(found, whole=True, amount=job.terms.amount, average=found.average or job.terms.mark_price)

    proof_of = unit.proof_of
    patch.setattr(looking, "next_step", believes)
    patch.setattr(unit, "proof_of", claimed)


def _protection_stays_off(patch: Patch) -> None:
    """And it says that it is back."""
    patch.setattr(protecting, "put_back", lambda *args: None)
    patch.setattr(
        protecting, "restore", lambda *args: Restored(protected=True, missing=(), placed=(), why="it rests")
    )
    patch.setattr(looking, "_missing", lambda *args: ())


def _approval_is_never_used_up(patch: Patch) -> None:
    right = MemoryCloses.prepare

    def prepare(self: MemoryCloses, attempt: Attempt, *, approval_id: str, **more: Any) -> str:
        said = right(self, attempt, approval_id=approval_id, **more)
        approval = self._world.item("approvals", approval_id) or {}
        self._world.put("approvals", {k: v for k, v in approval.items() if k not in ("used_by", "used_at")})
        return said

    patch.setattr(MemoryCloses, "prepare", prepare)


def _everybody_may_send(patch: Patch) -> None:
    right = MemoryCloses.send

    def always(self: MemoryCloses, attempt: Attempt, at: datetime) -> bool:
        right(self, attempt, at)
        return True

    patch.setattr(MemoryCloses, "send", always)
    # The clock alone stops most of those that come back late.
    patch.setattr(sending, "GOES_OUT_WITHIN", 100)


def _twice_what_is_left(patch: Patch) -> None:
    right = binance_orders.create

    def create(client: Any, order: NewOrder) -> Any:
        return right(client, replace(order, amount=order.amount * 2))

    patch.setattr(binance_orders, "create", create)


WITHIN: Final = 40
TOOK: Final = "was not this position's|sent after"
WRONG: Final[Mapping[str, Wrong]] = {
    "reduce-only dropped": Wrong(_may_make_it_larger, "does not only reduce|turned round"),
    "price bound dropped": Wrong(_at_any_price, "approved was"),
    "owner check dropped: amounts": Wrong(_all_of_the_unit, TOOK, Crowded, seed=108),
    "owner check dropped: orders": Wrong(_everybodys_orders, "orders of others are gone", Crowded),
    "unknown taken as not accepted": Wrong(_not_found_is_not_accepted, f"not_accepted, and filled|{TOOK}", seed=28),
    "unclear answers taken as refused": Wrong(_what_is_unclear_is_refused, f"refused, and filled|{TOOK}", seed=12),
    "receive window dropped": Wrong(_late_orders_are_taken, f"not_accepted, and filled|{TOOK}", seed=50),
    "no second read before flat": Wrong(_one_reading_is_proof, "claims flat|record says closed", seed=42),
    "protection not restored": Wrong(_protection_stays_off, "without protection", Held, seed=60),
    "approval not consumed": Wrong(_approval_is_never_used_up, "the approval is used by None"),
    "the mark lets everybody send": Wrong(
        _everybody_may_send, f"{TOOK}|sent after", zombie_at="closes.send", seed=44
    ),
    "twice the amount": Wrong(_twice_what_is_left, TOOK),
}
