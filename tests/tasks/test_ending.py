"""The end of a run and the end of its incident are two things where nobody answered."""

from __future__ import annotations

from datetime import timedelta

from functions import ending
from functions.adapters.memory import twins
from functions.facts import Outcome
from functions.rules.conclude import Ending
from tests.tasks.rig import INCIDENT, Rig
from tests.tasks.test_closer import close

UNANSWERED = Ending(Outcome.ESCALATED, "A person must act now: nobody answered", "medium", stays_open=True)


def end(rig: Rig, how: Ending) -> ending.Ended:
    return ending.end(twins(rig.world), rig.settings, rig.run(), how, guard_id=None)


def test_an_incident_that_nobody_answered_stays_open_after_its_run(rig: Rig) -> None:
    rig.opened()
    assert end(rig, UNANSWERED).escalated
    item = rig.item()
    assert "ended_at" in item
    assert "closed_at" not in item
    assert (item["outcome"], item["severity"]) == ("escalated", "critical")


def test_every_other_incident_is_closed_with_its_run(rig: Rig) -> None:
    rig.opened()
    end(rig, Ending(Outcome.DECLINED, "Declined by a person", "medium"))
    item = rig.item()
    assert item["closed_at"] == item["ended_at"]
    assert item["severity"] == "medium"
    assert "left_open_until" not in item


def test_a_risk_that_was_accepted_carries_its_end(rig: Rig) -> None:
    rig.opened()
    until = rig.now + timedelta(hours=1)
    end(rig, Ending(Outcome.LEFT_OPEN, "Left open by a person", "medium", until=until))
    assert rig.item()["left_open_until"].startswith(until.strftime("%Y-%m-%dT%H:%M:%S"))


def test_the_end_of_a_run_whose_incident_stays_open_is_written_and_told_once(rig: Rig) -> None:
    rig.opened()
    first = end(rig, UNANSWERED)
    stands = rig.item()
    rig.world.advance(seconds=30)
    again = end(rig, Ending(Outcome.RESOLVED, "Resolved", "low"))
    assert again.output == first.output
    assert rig.item() == stands
    assert len(rig.world.sent) == 1


def test_the_closer_leaves_an_incident_open_that_its_run_left_open(rig: Rig) -> None:
    rig.opened()
    end(rig, UNANSWERED)
    answer = close(rig, "FAILED", error="Escalated")
    assert (answer.closed, answer.why) == (False, "the run ended it itself")
    assert "closed_at" not in rig.item()


def test_whoever_acknowledges_it_closes_it(rig: Rig) -> None:
    rig.opened()
    end(rig, UNANSWERED)
    assert twins(rig.world).incidents.acknowledge(INCIDENT, by="ana", at=rig.world.advance(minutes=15))
    assert rig.item()["closed_at"] > rig.item()["ended_at"]
