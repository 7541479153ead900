"""What a run of order-failures calls the causes that it found, and how often orders failed by them."""

from __future__ import annotations

from dataclasses import replace

from functions.orders.reporting import causes_told, own_of, root_cause
from functions.orders.state import Diagnosed, Opened, OrderState
from functions.rules.orders.causes import Cause, Remedy
from tests.rules.orders.made import ago, group, plan
from tests.tasks.rig import Rig
from tests.tasks.test_order_runs import PRICE, begun, ended, planned

__all__ = ["begun"]


def test_orders_that_the_table_never_settled_are_a_cause_of_their_own_and_no_failures_of_the_log(
    begun: Opened,
) -> None:
    stuck = group(
        Cause.UNKNOWN, group_id="stuck:main", remedy=Remedy.RESOLVE_STUCK, orders=(("p1", "o1"),), count=1, codes=()
    )
    state = OrderState(**dict(begun), diagnosed=Diagnosed(facts=None, plan=plan(stuck)))
    assert causes_told(state) == "stuck_orders"
    assert root_cause(state) == "Orders stood unsettled in the table for too long: 1 record, s1."
    assert own_of(state).short == (
        ("what failed", "1 order at binanceusdm/main stood unsettled in the table for too long, for s1"),
    )
    (row,) = own_of(state).sections[0].tables[0].rows
    assert row[0] == "orders stood unsettled in the table for too long"


def test_the_failures_of_every_round_are_counted(rig: Rig, begun: Opened) -> None:
    first = planned(rig, begun, plan(PRICE), ended(replace(PRICE, count=64)))
    again = begun.model_copy(update={"before": first.next})
    second = planned(rig, again, plan(PRICE), ended(replace(PRICE, count=20, first_at=ago(10))))
    state = OrderState(**{**dict(again), "before": second.next}, diagnosed=Diagnosed(facts=None, plan=plan()))
    assert "84 failures in the log" in (root_cause(state) or "")
    assert [one.group.first_at for one in second.next.remedied] == [PRICE.first_at]
