"""The stand-in's routes refuse what they do not understand, by the field's name."""

from __future__ import annotations

import pytest

from tests.local.platform.rig import Rig

SEED_FAULTS = {
    "service-crashed",
    "exchange-down",
    "rate-limited",
    "out-of-memory",
    "deadlock",
    "database-down",
    "network-down",
}


def test_lists_every_fault_with_what_it_does_and_what_its_count_means(rig: Rig) -> None:
    found = {fault["name"]: fault for fault in rig.call("GET", "/faults").json["faults"]}
    assert set(found) >= SEED_FAULTS | {"detector-dead", "deployment-stuck", "slow-start", "image-changed"}
    assert all(fault["about"] for fault in found.values())
    assert found["deadlock"]["strategy"] is True
    assert "beats" in found["deadlock"]["count"]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"name": "meteorite"}, "there is no fault 'meteorite'"),
        ({}, "name:"),
        ({"name": 7}, "name:"),
        ({"name": "deadlock", "strategy": 7}, "strategy:"),
        ({"name": "deadlock", "strategy": "nobody"}, "no strategy 'nobody' trades"),
        ({"name": "deadlock", "count": True}, "count:"),
        ({"name": "deadlock", "count": "2"}, "count:"),
        ({"name": "deadlock", "count": -1}, "count:"),
        ({"name": "detector-dead", "count": 1}, "count: this fault takes none"),
        ({"name": "deadlock", "colour": "red"}, "unknown field: colour"),
        (["deadlock"], "no JSON object"),
    ],
)
def test_a_wrong_wish_is_refused_by_name_and_breaks_nothing(seeded: Rig, wish: object, says: str) -> None:
    reply = seeded.call("POST", "/faults", wish)
    assert reply.status == 400
    assert says in reply.json["message"]
    assert seeded.active() == []


def test_a_fault_that_is_active_is_not_injected_twice(rig: Rig) -> None:
    rig.fault("deadlock", "momentum-btc")
    rig.fault("deadlock", "momentum-eth")
    again = rig.call("POST", "/faults", {"name": "deadlock", "strategy": "momentum-btc"})
    assert again.status == 400
    assert rig.active() == ["deadlock", "deadlock"]


def test_an_unknown_path_is_not_found_and_a_wrong_method_is_told_the_right_ones(seeded: Rig) -> None:
    assert seeded.call("GET", "/nowhere").status == 404
    reply = seeded.call("PUT", "/faults", {})
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, POST, DELETE"


def test_two_faults_at_once_each_keep_to_their_own(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol")
    rig.fault("exchange-down", "momentum-btc", count=0)
    rig.restart("meanrev-sol")
    rig.fresh("meanrev-sol")
    rig.stays_stale("momentum-btc")
    assert rig.active() == ["exchange-down"]
    assert rig.wrong() == []
