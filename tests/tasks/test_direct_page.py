"""A direct stop tells the status page that was deployed, and nothing else of the stop waits for its address."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from functions import direct_stop
from functions.adapters.memory import twins
from functions.direct_stop import Told, execution_arn
from functions.errors import Refused
from functions.facts import Result
from functions.settings import Settings
from tests.rules.facts import service
from tests.tasks.rig import SETTINGS, Rig

URL = "https://status.example.com/v1/pages/tradai/incidents"
PATIENCE = 30.0


@pytest.fixture
def rig(rig: Rig) -> Rig:
    rig.strategy("s01", age=5)
    rig.world.service = service()
    rig.world.has_status_page = True
    return rig


def stop(
    rig: Rig, told_later: Callable[[], Settings], shown: Callable[[Told], None] = lambda _: None
) -> dict[str, Any]:
    """The part of the status page."""
    assert SETTINGS.emergency_stop.status_page is None, "what is known here names no page"

    def sleep(seconds: float) -> None:
        rig.world.advance(seconds=seconds)

    ended = direct_stop.stop(
        twins(rig.world), SETTINGS, {"reason": "r", "requested_by": "ana", "dry_run": False},
        execution_arn(SETTINGS, rig.now, "ana"), now=rig.now,
        sleep=sleep, shown=shown, told_later=told_later,
    )  # fmt: skip
    (part,) = (one for one in ended.state["did"] if one.get("name") == "status page")
    return dict(part)


def test_the_page_of_the_deployment_is_told_where_the_settings_name_none(rig: Rig) -> None:
    part = stop(rig, lambda: SETTINGS.with_status_page(URL))
    assert part["result"] == Result.DONE.value
    assert URL in part["why"]
    assert len(rig.called("status_page.post")) == 1


def test_every_other_act_is_done_before_the_address_is_known(rig: Rig) -> None:
    others = {*direct_stop.BRANCHES} - {direct_stop.STATUS_PAGE}
    seen, acted = set[str](), Event()

    def shown(told: Told) -> None:
        seen.add(told.task)
        if others <= seen:
            acted.set()

    def later() -> Settings:
        assert acted.wait(PATIENCE), f"they waited for it: {others - seen}"
        return SETTINGS.with_status_page(URL)

    assert stop(rig, later, shown)["result"] == Result.DONE.value


def test_a_page_of_which_nobody_knows_whether_there_is_one_is_unknown_and_stops_no_stop(rig: Rig) -> None:
    def later() -> Settings:
        raise Refused("the stack cannot be read")

    part = stop(rig, later)
    assert (part["result"], part["why"]) == (Result.UNKNOWN.value, "Refused: the stack cannot be read")
    assert {item["status"] for item in rig.world.items("trading_state")} == {"stopped"}
    assert rig.called("status_page.post") == []
