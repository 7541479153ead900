"""Whom no mail reaches can be said while the engine runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.local.engine.lab import eventually
from tests.local.engine.test_ses_fixes import of_the_set, send, with_a_sender
from tests.local.platform.rig import Rig

ADDRESS = "dave@tradai.example"


@pytest.fixture(autouse=True)
def _mended(seeded: Rig) -> Iterator[None]:
    yield
    seeded.call("DELETE", "/addresses")


def test_mails_to_an_address_bounce_until_it_is_mended(seeded: Rig) -> None:
    name = with_a_sender(seeded)
    events = seeded.inbox(of_the_set(name))
    said = seeded.call("POST", "/addresses", {"address": ADDRESS, "becomes": "bounce"})
    assert said.json == {"addresses": {ADDRESS: "bounce"}}
    send(seeded, f"Dave <{ADDRESS.upper()}>", name)
    (event,) = eventually(events, lambda found: found)
    assert event["detail"]["eventType"] == "Bounce"
    assert seeded.call("POST", "/addresses", {"address": ADDRESS, "becomes": None}).json == {"addresses": {}}
    send(seeded, ADDRESS, name)
    seeded.holds(lambda: len(events()) == 1, 0.6)


def test_an_address_can_be_refused_by_ses(seeded: Rig) -> None:
    name = with_a_sender(seeded)
    seeded.call("POST", "/addresses", {"address": ADDRESS, "becomes": "refuse"})
    with pytest.raises(ClientError, match="MessageRejected"):
        send(seeded, ADDRESS, name)
    seeded.call("DELETE", "/addresses")
    assert send(seeded, ADDRESS, name)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "send address and becomes"),
        ({"address": ADDRESS, "becomes": "bounce", "why": "x"}, "send address and becomes"),
        ({"address": 7, "becomes": "bounce"}, "address:"),
        ({"address": "dave", "becomes": "bounce"}, "address:"),
        ({"address": ADDRESS, "becomes": 7}, "becomes:"),
        ({"address": ADDRESS, "becomes": "vanish"}, "becomes: there is no outcome 'vanish'"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(seeded: Rig, wish: object, says: str) -> None:
    reply = seeded.call("POST", "/addresses", wish)
    assert reply.status == 400
    assert says in reply.json["message"]
    assert seeded.call("GET", "/addresses").json == {"addresses": {}}
