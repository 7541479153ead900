"""A position of which an earlier incident has closed a part: what our own attempts prove is off its share."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from functions import units
from functions.adapters.memory import twins
from functions.errors import Broken
from functions.facts import Check
from functions.ports.exchange import AttemptState, CloseResult
from functions.rules.closing.next_step import Order
from functions.rules.units.attribution import Standing
from functions.settings import Settings
from functions.stuck.accounting import closing_of
from functions.tasks import attempt_unprotected, check_positions, write_down_protection
from functions.verifying import Scope
from tests.tasks.close_rig import BTC, MARK, POSITION, STRATEGY, CloseRig, closes, terms
from tests.tasks.rig import INCIDENT, SETTINGS

HALF = Decimal("0.025")
NEW = "inc-new"


@pytest.fixture
def rig() -> CloseRig:
    """Half of it was closed by the incident before."""
    rig = CloseRig()
    rig.stop()
    rig.venue.bids.update({key: [(Decimal("59999.9"), HALF)] for key in rig.venue.bids})
    closes(rig)
    assert rig.result().closed == HALF
    assert rig.held == HALF
    return rig


def standing(
    rig: CloseRig, incident_id: str | None = "inc-new", settings: Settings = SETTINGS
) -> tuple[Standing, Decimal]:
    facts = units.read_unit(rig.ports(), settings, POSITION, incident_id=incident_id, fills=True)
    found = units.attributed(facts)
    assert found is not None, facts.unreadable
    return found.standing, found.amount


def test_the_rest_is_agreed_in_a_new_incident(rig: CloseRig) -> None:
    assert standing(rig) == (Standing.AGREED, HALF)


def test_it_is_agreed_without_the_venues_trades_too(rig: CloseRig) -> None:
    rig.venue.fills.clear()
    assert standing(rig) == (Standing.AGREED, HALF)


def test_a_record_that_the_platform_has_reduced_since_is_agreed_as_well(rig: CloseRig) -> None:
    rig.position(POSITION, STRATEGY, HALF)
    assert standing(rig) == (Standing.AGREED, HALF)


def test_what_no_attempt_of_ours_proves_stays_a_break(rig: CloseRig) -> None:
    rig.venue.hold(rig.unit, "0.01")
    assert standing(rig)[0] is Standing.BREAK


def test_an_attempt_that_was_not_accepted_or_is_of_an_earlier_position_of_the_id_counts_nothing(
    rig: CloseRig,
) -> None:
    for row in [one for one in rig.world.items("guards") if "/attempt/" in str(one["guard_id"])]:
        rig.world.put("guards", {**row, "state": AttemptState.NOT_ACCEPTED.value, "filled": None})
    rig.venue.fills.clear()
    assert standing(rig)[0] is Standing.BREAK


def test_an_earlier_position_of_the_same_id_counts_nothing(rig: CloseRig) -> None:
    rig.world.advance(minutes=5)
    again = rig.row() | {"opened_at": (rig.now - timedelta(minutes=1)).isoformat()}
    rig.world.put("positions", again)
    assert standing(rig)[0] is Standing.BREAK
    rig.venue.hold(rig.unit, rig.amount)
    assert standing(rig) == (Standing.AGREED, rig.amount)


def test_the_incidents_own_attempts_are_left_to_whoever_counts_them(rig: CloseRig) -> None:
    facts = units.read_unit(rig.ports(), SETTINGS, POSITION, incident_id=INCIDENT)
    assert facts.before.orders == ()
    found = units.attributed(facts, HALF)
    assert found is not None
    assert (found.standing, found.amount) == (Standing.AGREED, HALF)


def test_a_sibling_is_judged_with_what_was_closed_of_the_other(rig: CloseRig) -> None:
    rig.strategy("beta", age=5, status="running")
    rig.position("pos-2", "beta", Decimal("0.03"))
    rig.venue.hold(rig.unit, HALF + Decimal("0.03"))
    facts = units.read_unit(rig.ports(), SETTINGS, "pos-2", fills=True)
    found = units.attributed(facts)
    assert found is not None
    assert (found.standing, found.amount, found.rest) == (Standing.AGREED, Decimal("0.03"), HALF)


def an_exit(rig: CloseRig, position_id: str, amount: Decimal) -> None:
    """Of the position's own, filled at the venue and recorded."""
    rig.venue.trade(rig.unit, rig.closes, amount, MARK, rig.now, "own-1", "own-1")
    item = {"position_id": position_id, "order_id": "own-1", "client_order_id": "own-1", "side": rig.closes}
    more = {"type": "limit", "status": "filled", "reduce_only": True, "created_at": rig.now.isoformat()}
    rig.world.put("orders", {**item, **more, "amount": amount, "filled": amount})


def test_a_platform_that_reduces_by_its_own_exits_and_knows_nothing_of_ours_is_understood(rig: CloseRig) -> None:
    an_exit(rig, POSITION, Decimal("0.01"))
    rig.position(POSITION, STRATEGY, rig.amount - Decimal("0.01"))
    assert standing(rig) == (Standing.AGREED, Decimal("0.015"))


def test_nobody_is_gone_because_the_other_owners_rest_happens_to_be_as_much_less(rig: CloseRig) -> None:
    """pos-2 was reduced by its own exit to what was closed of pos-1: the venue holds 0.05 in all."""
    rig.strategy("beta", age=5, status="running")
    rig.position("pos-2", "beta", Decimal("0.035"))
    rig.venue.hold(rig.unit, HALF + Decimal("0.035"))
    an_exit(rig, "pos-2", Decimal("0.01"))
    rig.position("pos-2", "beta", HALF)
    facts = units.read_unit(rig.ports(), SETTINGS, "pos-2", fills=True)
    found = units.attributed(facts)
    assert found is not None
    assert (found.standing, rig.held) == (Standing.BREAK, 2 * HALF)


def test_where_earlier_closes_cannot_be_read_nothing_is_judged(rig: CloseRig) -> None:
    rig.world.trouble["closes.incidents"] = Broken("not there")
    facts = units.read_unit(rig.ports(), SETTINGS, POSITION, incident_id="inc-new", fills=True)
    assert (facts.whole, units.attributed(facts)) == (False, None)
    assert any("earlier closes of it" in one for one in facts.unreadable)


def test_an_order_that_the_platform_has_recorded_as_well_is_counted_once(rig: CloseRig) -> None:
    [done] = [one for one in rig.attempts() if one.filled]
    rig.world.put(
        "orders",
        {
            "position_id": POSITION,
            "order_id": "of-the-table",
            "client_order_id": done.client_order_id,
            "side": rig.closes,
            "type": "limit",
            "status": "filled",
            "amount": HALF,
            "filled": HALF,
            "reduce_only": True,
            "created_at": rig.now.isoformat(),
        },
    )
    assert standing(rig) == (Standing.AGREED, HALF)


def closed_again(rig: CloseRig, left: Decimal) -> CloseResult:
    """What another incident makes of the rest, half an hour later."""
    rig.world.advance(minutes=30)
    rig.guard(NEW)
    rig.incident(rig.run(incident_id=NEW))
    rig.approve("apr-2", incident_id=NEW, terms=terms(rig, amount=left))
    closes(rig, {"position_id": POSITION, "incident_id": NEW, "approval_id": "apr-2"})
    result = twins(rig.world).closes.result(POSITION, NEW)
    assert result is not None
    return result


def test_protection_that_an_earlier_close_placed_again_goes_with_the_position() -> None:
    """Left there, it would close what the other owner holds."""
    rig = CloseRig()
    rig.stop()
    rig.position("pos-2", "beta", Decimal("0.10"))
    rig.stop("stop-2", "pos-2", amount=Decimal("0.10"))
    rig.venue.hold(rig.unit, Decimal("0.15"))
    rig.venue.bids[BTC] = [(MARK - 1, Decimal("0.03")), (MARK * Decimal("0.9"), Decimal(100))]
    closes(rig)
    assert [name[:3] for name in rig.working()] == ["sto", "rbp"]
    rig.liquid()
    result = closed_again(rig, Decimal("0.02"))
    assert (result.how, rig.held, rig.working()) == ("flat", Decimal("0.10"), ["stop-2"])


def test_protection_of_an_earlier_close_that_has_fired_is_a_stop_and_no_order_of_ours() -> None:
    rig = CloseRig()
    rig.stop()
    rig.work(write_down_protection, job=rig.job())
    rig.dry()
    rig.work(attempt_unprotected, job=rig.job(), order=Order(1, rig.amount, rig.worst))
    [again] = rig.venue.working(rig.unit.where)
    rig.world.advance(minutes=5)
    rig.venue.trade(rig.unit, rig.closes, rig.held, Decimal(57_000), rig.now, again.order_id)
    facts = units.read_unit(rig.ports(), SETTINGS, POSITION, incident_id=NEW, fills=True)
    found = closing_of(facts, set(), {})
    assert found is not None
    assert (found.whole, found.by) == (True, "stop")


def test_of_a_position_that_does_not_say_since_when_it_is_open_nothing_is_judged_nor_of_the_others(
    rig: CloseRig,
) -> None:
    """Whether an order of ours closed it, or an earlier one of its id, is not known: the other would look gone."""
    rig.world.put("positions", {key: value for key, value in rig.row().items() if key != "opened_at"})
    rig.strategy("beta", age=5, status="running")
    rig.position("pos-2", "beta", HALF)
    rig.venue.hold(rig.unit, 2 * HALF)
    for one in (POSITION, "pos-2"):
        facts = units.read_unit(rig.ports(), SETTINGS, one, incident_id=NEW, fills=True)
        assert units.attributed(facts) is None
        assert any("does not say since when it is open" in why for why in facts.unreadable)


@pytest.mark.parametrize("recorded", [HALF * 2, HALF])
def test_the_checklist_counts_what_an_earlier_close_has_filled_as_well(rig: CloseRig, recorded: Decimal) -> None:
    rig.position(POSITION, STRATEGY, recorded, exit_signal_at=None)
    scope = Scope(child=True, strategy_ids=(STRATEGY,), since=rig.now)
    item = rig.work(check_positions, run=rig.run(), scope=scope)
    assert item.result is Check.PASS, item.value
    rig.venue.hold(rig.unit, "0.01")
    assert rig.work(check_positions, run=rig.run(), scope=scope).result is Check.FAIL
