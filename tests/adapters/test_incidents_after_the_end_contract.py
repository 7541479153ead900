"""The run's end and the incident's: an incident that nobody answered stays open until it is acknowledged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions.errors import Broken, Refused
from functions.facts import Evidence, Result
from functions.ports import Intent, Ports
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

INCIDENT, GUARD, OWNER = "inc-1", "service/strategies", "arn:execution:1"
ACT = Intent("stop/s1", "stop the strategy", "s1", None, OWNER, NOW)
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def ports(rig: Rig) -> Ports:
    """An open incident that holds its guard."""
    rig.ports.incidents.open({"incident_id": INCIDENT, "runbook": "stale-heartbeat", "approvals": []})
    rig.ports.guards.take(GUARD, owner=OWNER, incident_id=INCIDENT, now=NOW)
    return rig.ports


def got(ports: Ports) -> dict[str, Any]:
    item = ports.incidents.get(INCIDENT)
    assert item is not None
    return dict(item)


def intend(ports: Ports) -> str:
    return ports.incidents.intend(INCIDENT, ACT, guard_id=GUARD, act_until=NOW + timedelta(minutes=1))


def record(approval_id: str = "apr-1", **more: Any) -> dict[str, Any]:
    return {"approval_id": approval_id, "standing": "pending", "asked": [], "lapses_at": NOW, **more}


def test_an_end_with_a_closing_time_closes_the_incident(ports: Ports) -> None:
    assert ports.incidents.close(INCIDENT, {"outcome": "resolved", "closed_at": NOW})
    item = got(ports)
    assert item["ended_at"] == item["closed_at"] == "2026-01-31T03:00:00.000000Z"


def test_an_end_without_a_closing_time_leaves_the_incident_open(ports: Ports) -> None:
    assert ports.incidents.close(INCIDENT, {"outcome": "escalated", "closed_at": None})
    item = got(ports)
    assert item["ended_at"] == "2026-01-31T03:00:00.000000Z"
    assert "closed_at" not in item


def test_a_run_ends_once_also_where_its_incident_stays_open(ports: Ports) -> None:
    assert ports.incidents.close(INCIDENT, {"outcome": "escalated"})
    assert not ports.incidents.close(INCIDENT, {"outcome": "aborted", "closed_at": NOW})
    assert got(ports)["outcome"] == "escalated"
    assert "closed_at" not in got(ports)


def test_an_incident_that_was_closed_before_ends_were_written_has_ended(rig: Rig, ports: Ports) -> None:
    """Items of the first release have no `ended_at`."""
    item = rig.item("incidents", INCIDENT)
    assert item is not None
    rig.put("incidents", {**item, "closed_at": "2026-01-31T02:00:00.000000Z"})
    assert not ports.incidents.close(INCIDENT, {"outcome": "aborted"})
    assert intend(ports) == "lost"
    assert not ports.incidents.acknowledge(INCIDENT, by="ana", at=NOW)


def test_no_act_is_intended_or_settled_after_the_end_of_the_run(ports: Ports) -> None:
    assert intend(ports) == "new"
    ports.incidents.close(INCIDENT, {"outcome": "escalated"})
    assert intend(ports) == "lost"
    with pytest.raises(Refused, match="has ended"):
        ports.incidents.settle(INCIDENT, ACT.act_id, Result.DONE, None, NOW)


def test_an_incident_that_stayed_open_is_closed_by_who_acknowledges_it(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "escalated"})
    assert ports.incidents.acknowledge(INCIDENT, by="ana", at=LATER)
    item = got(ports)
    assert item["acknowledged_by"] == "ana"
    assert item["acknowledged_at"] == item["closed_at"] == "2026-01-31T03:30:00.000000Z"
    assert (item["outcome"], item["ended_at"]) == ("escalated", "2026-01-31T03:00:00.000000Z")


def test_a_closed_incident_is_acknowledged_by_nobody_else(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "escalated"})
    assert ports.incidents.acknowledge(INCIDENT, by="ana", at=LATER)
    assert not ports.incidents.acknowledge(INCIDENT, by="bo", at=LATER)
    assert not ports.incidents.acknowledge(INCIDENT, by="ana", at=LATER + timedelta(seconds=1))
    assert got(ports)["acknowledged_by"] == "ana"


def test_an_incident_that_its_run_closed_cannot_be_acknowledged(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "resolved", "closed_at": NOW})
    assert not ports.incidents.acknowledge(INCIDENT, by="ana", at=LATER)
    assert "acknowledged_by" not in got(ports)


def test_an_incident_whose_run_goes_on_cannot_be_acknowledged(ports: Ports) -> None:
    with pytest.raises(Refused, match="has not ended"):
        ports.incidents.acknowledge(INCIDENT, by="ana", at=LATER)
    assert "closed_at" not in got(ports)


def test_an_incident_that_there_is_not_cannot_be_acknowledged(rig: Rig) -> None:
    with pytest.raises(Refused, match="there is no incident inc-0"):
        rig.ports.incidents.acknowledge("inc-0", by="ana", at=LATER)
    assert rig.item("incidents", "inc-0") is None


def test_an_approval_stands_once_in_its_incident_as_it_is_now(ports: Ports) -> None:
    ports.incidents.record_approval(INCIDENT, record("apr-1"))
    ports.incidents.record_approval(INCIDENT, record("apr-2"))
    ports.incidents.record_approval(INCIDENT, record("apr-1", standing="decided", decided_by=("ana",)))
    first, second = got(ports)["approvals"]
    assert (first["approval_id"], first["standing"], first["decided_by"]) == ("apr-1", "decided", ["ana"])
    assert (second["approval_id"], second["lapses_at"]) == ("apr-2", "2026-01-31T03:00:00.000000Z")


def test_an_older_record_never_takes_the_place_of_a_newer_one(ports: Ports) -> None:
    ports.incidents.record_approval(INCIDENT, record(version=3, standing="decided"))
    ports.incidents.record_approval(INCIDENT, record(version=2))
    assert got(ports)["approvals"][0]["standing"] == "decided"
    ports.incidents.record_approval(INCIDENT, record(version=3, standing="decided", delivery="taken"))
    assert got(ports)["approvals"][0]["delivery"] == "taken"


def test_an_approval_is_recorded_where_none_was_foreseen(rig: Rig) -> None:
    rig.ports.incidents.open({"incident_id": INCIDENT})
    rig.ports.incidents.record_approval(INCIDENT, record())
    assert [each["approval_id"] for each in got(rig.ports)["approvals"]] == ["apr-1"]


def test_an_approval_is_recorded_also_after_the_end(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "aborted", "closed_at": NOW})
    ports.incidents.record_approval(INCIDENT, record(standing="revoked"))
    assert got(ports)["approvals"][0]["standing"] == "revoked"
    assert got(ports)["outcome"] == "aborted"


def test_neither_a_note_nor_an_end_writes_over_the_approvals(ports: Ports) -> None:
    ports.incidents.record_approval(INCIDENT, record())
    with pytest.raises(Broken, match="approvals"):
        ports.incidents.note(INCIDENT, [], approvals=[])
    ports.incidents.close(INCIDENT, {"outcome": "resolved", "approvals": [], "ended_at": LATER})
    item = got(ports)
    assert [each["approval_id"] for each in item["approvals"]] == ["apr-1"]
    assert item["ended_at"] == "2026-01-31T03:00:00.000000Z"


def test_approvals_that_are_recorded_at_once_are_all_kept(ports: Ports) -> None:
    """Beside notes and acts of the run, which write the same item."""
    with ThreadPoolExecutor(3) as pool:
        kept = [pool.submit(ports.incidents.record_approval, INCIDENT, record(f"apr-{n}")) for n in range(6)]
        noted = pool.submit(ports.incidents.note, INCIDENT, [Evidence("a", "b", "c", NOW)])
        said = pool.submit(intend, ports)
        assert [each.result() for each in (*kept, noted)] == [None] * 7
        assert said.result() == "new"
    item = got(ports)
    assert {each["approval_id"] for each in item["approvals"]} == {f"apr-{n}" for n in range(6)}
    assert (len(item["evidence"]), len(item["actions"])) == (1, 1)


def test_more_approvals_than_an_item_holds_leave_the_newest(rig: Rig, ports: Ports) -> None:
    item = rig.item("incidents", INCIDENT)
    assert item is not None
    rig.put("incidents", {**item, "approvals": [{"approval_id": f"apr-{number}"} for number in range(200)]})
    ports.incidents.record_approval(INCIDENT, record("apr-200"))
    ids = [each["approval_id"] for each in got(ports)["approvals"]]
    assert (len(ids), ids[0], ids[-1]) == (200, "apr-1", "apr-200")


def test_an_approval_of_an_incident_that_was_never_opened_is_our_fault(rig: Rig) -> None:
    with pytest.raises(Broken, match="inc-0"):
        rig.ports.incidents.record_approval("inc-0", record())
