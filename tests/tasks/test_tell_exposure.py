"""What a stop leaves open is listed whole, and whoever is on call hears of what nothing is known to protect."""

from __future__ import annotations

import pytest

from functions.errors import Refused
from functions.facts import Result
from functions.tasks import tell_exposure
from functions.venue import Row, Trouble
from tests.tasks.proofs import RUNNING
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, engaged
from tests.tasks.venues import LONG, holds, protects, trades


@pytest.fixture
def up(rig: Rig) -> Rig:
    rig.world.service = RUNNING
    rig.strategy("s1", age=5)
    return rig


def position(rig: Rig, name: str, **more: object) -> None:
    rig.world.put(
        "positions",
        {"position_id": name, "strategy_id": "s1", "symbol": "BTC/USDT:USDT", "side": "long", "amount": 1,
         "status": "open", **more},
    )  # fmt: skip


def test_every_open_position_is_listed_and_one_without_protection_wakes_somebody(up: Rig) -> None:
    for number in range(25):
        position(up, f"p{number:02}", strategy_id="nobody-knows")
    position(up, "closed", status="closed")
    up.world.put(
        "orders",
        {"position_id": "p00", "order_id": "o", "type": "stop_market", "status": "open", "side": "sell"},
    )
    part = up.work(tell_exposure, job=engaged(up))
    assert part.result is Result.DONE
    assert part.why == "25 open positions, 24 without known protection, 25 whose venue was not asked"
    assert part.unproven == ("protection at the venue",)
    assert (len(part.items), part.items[-1]) == (20, "and 6 more")
    assert part.details_key == f"incidents/{INCIDENT}/exposure.jsonl"
    assert len(up.world.objects[part.details_key][0].splitlines()) == 25
    assert [subject for subject, _ in up.world.paged if "without known protection" in subject]


def test_no_open_position_wakes_nobody(up: Rig) -> None:
    part = up.work(tell_exposure, job=engaged(up))
    assert (part.result, part.items, up.world.paged) == (Result.DONE, (), [])


def test_positions_that_cannot_be_read_are_unknown_and_wake_somebody(up: Rig) -> None:
    job = engaged(up)
    up.world.trouble["positions.each_open"] = Refused("AccessDenied")
    part = up.work(tell_exposure, job=job)
    assert (part.result, "Look at every venue" in part.why, len(up.world.paged)) == (Result.UNKNOWN, True, 1)


def test_a_position_whose_amount_cannot_be_read_is_named_beside_the_others(up: Rig) -> None:
    job = engaged(up)
    position(up, "p1")
    position(up, "p2", amount="much")
    part = up.work(tell_exposure, job=job)
    assert (part.result, len(up.world.paged)) == (Result.UNKNOWN, 1)
    assert "p2: its amount cannot be read" in part.why
    assert any("p1" in line for line in part.items), part.items


def test_a_page_that_does_not_go_out_makes_the_exposure_unknown(up: Rig) -> None:
    job = engaged(up)
    position(up, "p1")
    up.world.trouble["notifier.page"] = Refused("no topic")
    assert up.work(tell_exposure, job=job).result is Result.UNKNOWN


def test_a_rehearsal_wakes_nobody(up: Rig) -> None:
    position(up, "p1")
    assert up.work(tell_exposure, job=engaged(up, dry_run=True)).result is Result.DONE
    assert up.world.paged == []


def test_protection_that_rests_at_the_venue_wakes_nobody(up: Rig) -> None:
    trades(up)
    position(up, "p1", entry_price=59_000)
    holds(up)
    protects(up)
    part = up.work(tell_exposure, job=engaged(up))
    assert (part.result, part.unproven, up.world.paged) == (Result.DONE, (), [])
    assert part.why == "1 open position, 0 without known protection"
    assert "at the venue: protected, it holds 1; profit 1000.00; NO protective order in the table" in part.items[0]


def test_a_stop_in_the_table_that_does_not_rest_at_the_venue_wakes_somebody(up: Rig) -> None:
    trades(up)
    position(up, "p1")
    up.world.put("orders", {"position_id": "p1", "order_id": "o", "type": "stop_market", "status": "open"})
    holds(up)
    part = up.work(tell_exposure, job=engaged(up))
    assert (part.result, part.unproven) == (Result.DONE, ())
    ((_, body),) = up.world.paged
    assert "NO PROTECTION RESTS THERE, it holds 1" in body


def test_a_venue_that_cannot_be_read_is_unknown_and_wakes_somebody(up: Rig) -> None:
    trades(up)
    position(up, "p1")
    up.world.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    part = up.work(tell_exposure, job=engaged(up))
    assert (part.result, part.unproven) == (Result.UNKNOWN, ("protection at the venue",))
    assert "binanceusdm/main could not be read" in part.why
    assert len(up.world.paged) == 1


def test_what_the_venue_holds_and_nobody_knows_of_wakes_somebody(up: Rig) -> None:
    trades(up)
    holds(up)
    part = up.work(tell_exposure, job=engaged(up))
    assert "long BTC/USDT:USDT, of which the table knows no open position: NO PROTECTION" in part.why
    assert len(up.world.paged) == 1


def test_a_stop_by_name_looks_at_no_other_account(up: Rig) -> None:
    trades(up, "s2")
    holds(up)
    part = up.work(tell_exposure, job=engaged(up, strategy_ids=["s1"]))
    assert (part.why, up.called("exchange.positions")) == ("no open position stands in the table", [])


def test_a_position_that_is_gone_at_the_venue_is_said_to_be(up: Rig) -> None:
    trades(up)
    position(up, "p1")
    holds(up, LONG, "0")
    part = up.work(tell_exposure, job=engaged(up))
    assert part.why == "1 open position, 0 without known protection, 1 of which the venue holds nothing"
    assert up.world.paged == []


def test_configs_that_cannot_be_read_leave_the_venue_unknown(up: Rig) -> None:
    trades(up)
    position(up, "p1")
    job = engaged(up)
    up.world.trouble["strategy_config.traded"] = Refused("AccessDenied")
    part = up.work(tell_exposure, job=job)
    assert (part.result, part.unproven) == (Result.UNKNOWN, ("protection at the venue",))
    assert "the strategy configs could not be read" in part.why


def test_the_incident_keeps_what_each_is_worth_and_whether_it_is_protected(up: Rig) -> None:
    trades(up)
    position(up, "p1", entry_price=59_000)
    holds(up)
    up.work(tell_exposure, job=engaged(up))
    [kept] = up.item(INCIDENT)["open_positions"]
    assert (kept["position_id"], kept["protection_at_the_venue"]) == ("p1", "none")
    assert (kept["worth"], kept["profit"]) == (60_000, 1_000)


def test_that_nothing_is_open_stands_in_the_incident_too(up: Rig) -> None:
    up.work(tell_exposure, job=engaged(up))
    assert up.item(INCIDENT)["open_positions"] == []
