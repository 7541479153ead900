"""A close whose machine was stopped or timed out while its protection was off: the guard goes with the machine, and
the function that lives on puts the protection back."""

from __future__ import annotations

from decimal import Decimal

import pytest

import functions.adapters.memory.exchange as twin
from functions.closing import canceling
from functions.errors import Transient
from functions.rules.closing.next_step import Order
from functions.tasks import attempt_unprotected, restore_protection, write_down_protection
from tests.tasks.close_rig import CloseRig


def bared(monkeypatch: pytest.MonkeyPatch, then: str | None) -> CloseRig:
    """Stopped right after the cancel; `then`: who holds the guard from then on."""
    rig = CloseRig()
    rig.stop()
    rig.venue.fills_at_most = Decimal("0.02")
    job = rig.job()
    rig.work(write_down_protection, job=job)
    cancel = twin.MemoryExchange.cancel

    def stopped(self: twin.MemoryExchange, where: object, order: object) -> bool:
        done = cancel(self, where, order)  # type: ignore[arg-type]  # passed on as it came
        rig.world.tables["guards"].pop((rig.unit.guard_id,), None)
        if then is not None:
            rig.guard(then)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(twin.MemoryExchange, "cancel", stopped)
        rig.work(attempt_unprotected, job=job, order=Order(1, rig.amount, rig.worst))
    return rig


def test_protection_comes_back_although_the_guard_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = bared(monkeypatch, then=None)
    assert rig.held == rig.amount
    [stands] = rig.working()
    assert stands.startswith("rbp")


@pytest.mark.parametrize("then", [None, "inc-other"])
def test_without_the_guard_no_order_is_cancelled(then: str | None) -> None:
    """Only what puts protection back is done without it."""
    rig = CloseRig()
    exit_order = rig.exit()
    job = rig.job()
    rig.world.tables["guards"].pop((rig.unit.guard_id,))
    if then is not None:
        rig.guard(then)
    assert canceling.cancel(rig.ports(), job, exit_order) is None
    assert rig.working() == [exit_order.client_order_id]


def test_protection_is_left_to_the_incident_that_holds_the_guard_now(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = bared(monkeypatch, then="inc-other")
    assert (rig.held, rig.working()) == (rig.amount, [])


def test_a_guard_that_cannot_be_read_keeps_no_position_without_its_protection() -> None:
    rig = CloseRig()
    stop = rig.stop()
    rig.work(write_down_protection, job=rig.job())
    rig.ports().exchange.cancel(rig.unit.where, stop)
    rig.guard("inc-other")
    rig.world.trouble["guards.held"] = Transient("the table is down")
    assert rig.work(restore_protection, job=rig.job()).protected is True
