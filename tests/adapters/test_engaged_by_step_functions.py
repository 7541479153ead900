"""The kill switch as the state machine writes it itself, without any function, and what a latch makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters import items
from functions.ports import Engage
from infra.asl import discover
from infra.paths import ROOT
from tests.adapters.aws_rig import AwsRig
from tests.adapters.conftest import NOW

ARN, AT = "arn:aws:states:eu-central-1:000000000000:execution:stop:one", "2026-01-31T03:00:00.123Z"
SWITCH = "kill-switch"


@pytest.fixture
def fresh(aws_rig: AwsRig) -> AwsRig:
    aws_rig.reset(NOW)
    return aws_rig


def directly(rig: AwsRig) -> None:
    """The request of the state `EngageDirectly`, its paths filled in."""
    definition = next(one for one in discover(ROOT / "statemachines") if one.name == "emergency-stop")
    request: dict[str, Any] = definition.machine["States"]["EngageDirectly"]["Parameters"]
    values = {":yes": {"BOOL": True}, ":at": {"S": AT}, ":stops": {"SS": [ARN]}}
    assert set(request["ExpressionAttributeValues"]) == set(values)
    given = {**request, "TableName": rig.tables["guards"], "ExpressionAttributeValues": values}
    rig.dynamodb.update_item(**given)


def latched(rig: AwsRig) -> Any:
    return rig.ports.halts.engage(Engage("inc-1", ARN, "prices are wrong", "ana", NOW))


def test_it_stands_engaged_for_all_and_the_latch_adds_who_and_why(fresh: AwsRig) -> None:
    directly(fresh)
    stands = items.kill_switch_of(fresh.item("guards", SWITCH))
    assert (stands.engaged, stands.strategy_ids, stands.stops) == (True, None, (ARN,))
    switch = latched(fresh)
    assert (switch.halt_id, switch.reason, switch.engaged_by) == ("inc-1", "prices are wrong", "ana")
    assert switch.stops == (ARN,)


def test_a_halt_of_some_becomes_one_of_all_and_keeps_its_id(fresh: AwsRig) -> None:
    fresh.ports.halts.engage(Engage("inc-0", "arn:0", "first", "ben", NOW, ("s1",)))
    directly(fresh)
    stands = items.kill_switch_of(fresh.item("guards", SWITCH))
    assert (stands.engaged, stands.strategy_ids, stands.halt_id, stands.reason) == (True, None, "inc-0", "first")
    assert set(stands.stops) == {"arn:0", ARN}


def test_one_that_was_released_is_engaged_anew_under_the_new_id(fresh: AwsRig) -> None:
    fresh.ports.halts.engage(Engage("inc-0", "arn:0", "first", "ben", NOW))
    fresh.ports.halts.release("inc-0", stops=["arn:0"], strategy_ids=None, by="ben", at=NOW)
    directly(fresh)
    switch = latched(fresh)
    assert (switch.engaged, switch.halt_id, switch.reason, switch.stops) == (
        True,
        "inc-1",
        "prices are wrong",
        (ARN,),
    )
