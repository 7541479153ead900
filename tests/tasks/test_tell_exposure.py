"""What a stop leaves open is listed whole, and whoever is on call hears of what nothing is known to protect."""

from __future__ import annotations

import pytest

from functions.errors import Refused
from functions.facts import Result
from functions.tasks import tell_exposure
from tests.tasks.proofs import RUNNING
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, engaged


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
    assert part.why.startswith("25 open positions, 24 without a protective order; protection at the venue: unknown")
    assert (len(part.items), part.items[-1]) == (20, "and 6 more")
    assert part.details_key == f"incidents/{INCIDENT}/exposure.jsonl"
    assert len(up.world.objects[part.details_key][0].splitlines()) == 25
    assert [subject for subject, _ in up.world.paged if "without known protection" in subject]


def test_no_open_position_wakes_nobody(up: Rig) -> None:
    part = up.work(tell_exposure, job=engaged(up))
    assert (part.result, part.items, up.world.paged) == (Result.DONE, (), [])


def test_positions_that_cannot_be_read_are_unknown_and_wake_somebody(up: Rig) -> None:
    job = engaged(up)
    up.world.trouble["positions.every_open"] = Refused("AccessDenied")
    part = up.work(tell_exposure, job=job)
    assert (part.result, "Look at every venue" in part.why, len(up.world.paged)) == (Result.UNKNOWN, True, 1)


def test_a_page_that_does_not_go_out_makes_the_exposure_unknown(up: Rig) -> None:
    job = engaged(up)
    position(up, "p1")
    up.world.trouble["notifier.page"] = Refused("no topic")
    assert up.work(tell_exposure, job=job).result is Result.UNKNOWN


def test_a_rehearsal_wakes_nobody(up: Rig) -> None:
    position(up, "p1")
    assert up.work(tell_exposure, job=engaged(up, dry_run=True)).result is Result.DONE
    assert up.world.paged == []
