"""What people find out about an incident later, and the announcement that it changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.errors import Broken, Refused
from functions.ports import MOST_FOLLOW_UPS, FollowUp, Ports
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

INCIDENT = "inc-1"


@pytest.fixture
def ports(rig: Rig) -> Ports:
    rig.ports.incidents.open({"incident_id": INCIDENT, "runbook": "stale-heartbeat"})
    return rig.ports


def entry(text: str, field: Any = "note", by: str = "ana") -> FollowUp:
    return FollowUp(field, text, by, NOW)


def texts(ports: Ports) -> list[str]:
    item = ports.incidents.get(INCIDENT) or {}
    return [each["text"] for each in item.get("follow_up", [])]


def test_an_entry_keeps_field_text_author_and_time(ports: Ports) -> None:
    assert ports.incidents.follow_up(INCIDENT, entry("a leak\nin the feed", "root_cause"))
    item = ports.incidents.get(INCIDENT)
    assert item is not None
    assert item["follow_up"] == [
        {"field": "root_cause", "text": "a leak\nin the feed", "by": "ana", "at": "2026-01-31T03:00:00.000000Z"}
    ]


def test_a_later_entry_of_the_same_field_stands_behind_the_earlier_one(ports: Ports) -> None:
    for text in ("first", "second", "third"):
        assert ports.incidents.follow_up(INCIDENT, entry(text, "root_cause"))
    assert texts(ports) == ["first", "second", "third"]


def test_the_same_entry_told_twice_stands_there_once(ports: Ports) -> None:
    for _ in range(2):
        assert ports.incidents.follow_up(INCIDENT, entry("once"))
    assert texts(ports) == ["once"]


def test_nobody_s_entry_is_lost_where_several_write_at_once(ports: Ports) -> None:
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda n: ports.incidents.follow_up(INCIDENT, entry(f"{n}")), range(8)))
    assert all(written)
    assert sorted(texts(ports)) == sorted(map(str, range(8)))


def test_an_incident_that_is_closed_takes_entries_too(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "resolved", "closed_at": NOW})
    assert ports.incidents.follow_up(INCIDENT, entry("later"))
    assert texts(ports) == ["later"]


def test_an_end_of_the_run_keeps_what_was_written_before(ports: Ports) -> None:
    ports.incidents.follow_up(INCIDENT, entry("early"))
    assert ports.incidents.close(INCIDENT, {"outcome": "resolved", "closed_at": NOW, "follow_up": []})
    assert texts(ports) == ["early"]


def test_a_run_s_own_note_forges_no_person_s(ports: Ports) -> None:
    with pytest.raises(Broken, match="follow_up"):
        ports.incidents.note(INCIDENT, [], follow_up=[])


def test_a_list_that_is_full_takes_no_more_and_keeps_what_it_has(ports: Ports) -> None:
    for number in range(MOST_FOLLOW_UPS):
        assert ports.incidents.follow_up(INCIDENT, entry(f"{number}"))
    assert not ports.incidents.follow_up(INCIDENT, entry("one too many"))
    assert ports.incidents.follow_up(INCIDENT, entry("0")), "the earlier try's own answer"
    assert texts(ports) == [str(number) for number in range(MOST_FOLLOW_UPS)]


def test_an_incident_that_is_not_there_is_refused_by_name(rig: Rig) -> None:
    with pytest.raises(Refused, match="there is no incident inc-0"):
        rig.ports.incidents.follow_up("inc-0", entry("x"))
    assert rig.item("incidents", "inc-0") is None


def test_a_change_is_announced_with_the_incident_s_id(rig: Rig) -> None:
    rig.ports.announcements.changed(INCIDENT)
    assert rig.announced() == [INCIDENT]
