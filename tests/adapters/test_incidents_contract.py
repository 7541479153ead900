from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Broken, Refused
from functions.facts import Evidence, Outcome, Result
from functions.ports import Intent, Ports
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

INCIDENT, GUARD, OWNER = "inc-1", "service/strategies", "arn:execution:1"
UNTIL = NOW + timedelta(seconds=60)


def intent(act_id: str = "stop/s1", **more: Any) -> Intent:
    given = {"action": "stop the strategy", "target": "s1", "before": "status running", "by": OWNER, "at": NOW}
    return Intent(act_id=act_id, **{**given, **more})


def seen(what: str = "heartbeat", value: str = "stale") -> Evidence:
    return Evidence(what, "trading state", value, NOW)


@pytest.fixture
def ports(rig: Rig) -> Ports:
    """An open incident that holds its guard."""
    rig.ports.incidents.open({"incident_id": INCIDENT, "runbook": "stale-heartbeat", "opened_at": NOW})
    rig.ports.guards.take(GUARD, owner=OWNER, incident_id=INCIDENT, now=NOW)
    return rig.ports


def intend(ports: Ports, act: Intent, incident_id: str = INCIDENT, until: Any = UNTIL) -> str:
    return ports.incidents.intend(incident_id, act, guard_id=GUARD, act_until=until)


def got(ports: Ports) -> dict[str, Any]:
    item = ports.incidents.get(INCIDENT)
    assert item is not None
    return dict(item)


def test_a_new_incident_has_no_end_and_keeps_times_as_text_and_numbers_as_decimals(rig: Rig) -> None:
    item = {"incident_id": INCIDENT, "opened_at": NOW, "closed_at": None, "pnl_impact": Decimal("-1.50")}
    assert rig.ports.incidents.open({**item, "strategy_ids": ("s1",), "outcome": Outcome.DRY_RUN, "looks": 1})
    stored = rig.item("incidents", INCIDENT)
    assert stored == {
        "incident_id": INCIDENT,
        "opened_at": "2026-01-31T03:00:00.000000Z",
        "pnl_impact": Decimal("-1.50"),
        "strategy_ids": ["s1"],
        "outcome": "dry_run",
        "looks": Decimal(1),
        "evidence": [],
        "evidence_total": Decimal(0),
        "intents": {},
        "revision": Decimal(0),
    }


def test_an_incident_is_opened_once(ports: Ports) -> None:
    assert not ports.incidents.open({"incident_id": INCIDENT, "runbook": "another"})
    assert got(ports)["runbook"] == "stale-heartbeat"


def test_an_unknown_incident_is_none(rig: Rig) -> None:
    assert rig.ports.incidents.get("inc-0") is None


def test_notes_append_evidence_and_set_or_remove_fields(ports: Ports) -> None:
    ports.incidents.note(INCIDENT, [seen("a"), seen("b")], cause="deadlock", strategy_ids=("s1", "s2"))
    ports.incidents.note(INCIDENT, [seen("c")], cause=None)
    item = got(ports)
    assert [entry["what"] for entry in item["evidence"]] == ["a", "b", "c"]
    assert item["evidence"][0] == {
        "what": "a",
        "where": "trading state",
        "value": "stale",
        "at": "2026-01-31T03:00:00.000000Z",
    }
    assert "cause" not in item
    assert item["strategy_ids"] == ["s1", "s2"]


def test_the_same_note_said_twice_stands_once(ports: Ports) -> None:
    for _ in range(2):
        ports.incidents.note(INCIDENT, [seen("a")], cause="deadlock")
    assert len(got(ports)["evidence"]) == 1


def test_evidence_is_kept_up_to_200_entries_and_counted_beyond(ports: Ports) -> None:
    ports.incidents.note(INCIDENT, [seen(str(n)) for n in range(150)])
    ports.incidents.note(INCIDENT, [seen(str(n)) for n in range(150, 230)])
    ports.incidents.note(INCIDENT, [seen("late")])
    item = got(ports)
    assert [entry["what"] for entry in item["evidence"]] == [str(n) for n in range(200)]
    assert item["evidence_total"] == 231


def test_long_texts_and_lists_are_cut_so_that_the_item_stays_small(ports: Ports) -> None:
    looks = [{"at": n, "result": "done" if n % 3 else "unknown"} for n in range(300)]
    ports.incidents.note(INCIDENT, [seen(value="x" * 5_000)], looks=looks)
    item = got(ports)
    assert len(item["evidence"][0]["value"]) == 1_000
    assert len(item["looks"]) == 200
    assert item["looks_total"] == 300
    assert item["looks_counts"] == {"done": 200, "unknown": 100}


def test_a_note_cannot_forge_acts_or_evidence(ports: Ports) -> None:
    for name in ("actions", "intents", "evidence", "incident_id"):
        fields: dict[str, Any] = {name: []}
        with pytest.raises((Broken, TypeError)):
            ports.incidents.note(INCIDENT, [], **fields)


def test_nothing_is_noted_in_an_incident_that_was_never_opened(rig: Rig) -> None:
    with pytest.raises(Broken):
        rig.ports.incidents.note("inc-0", [seen()])
    assert rig.item("incidents", "inc-0") is None


def test_an_intent_is_new_once_and_prolongs_the_guard(ports: Ports) -> None:
    assert intend(ports, intent()) == "new"
    held = ports.guards.held(GUARD)
    assert held is not None
    assert held.act_until == UNTIL
    assert got(ports)["intents"]["stop/s1"] == {
        "act_id": "stop/s1",
        "action": "stop the strategy",
        "target": "s1",
        "before": "status running",
        "by": OWNER,
        "at": "2026-01-31T03:00:00.000000Z",
    }


def test_a_repeated_intent_says_again_keeps_the_first_and_prolongs_the_guard(ports: Ports) -> None:
    intend(ports, intent())
    later = UNTIL + timedelta(seconds=30)
    assert intend(ports, intent(before="status stopped"), until=later) == "again"
    held = ports.guards.held(GUARD)
    assert held is not None
    assert held.act_until == later
    assert got(ports)["intents"]["stop/s1"]["before"] == "status running"


def test_an_act_that_ends_sooner_does_not_shorten_the_time_of_another(ports: Ports) -> None:
    intend(ports, intent("stop/s1"), until=UNTIL + timedelta(minutes=5))
    assert intend(ports, intent("stop/s2"), until=UNTIL) == "new"
    assert intend(ports, intent("stop/s2"), until=UNTIL) == "again"
    held = ports.guards.held(GUARD)
    assert held is not None
    assert held.act_until == UNTIL + timedelta(minutes=5)


def test_an_intent_is_lost_without_the_guard_and_writes_nothing(ports: Ports) -> None:
    ports.guards.release(GUARD, owner=OWNER)
    assert intend(ports, intent()) == "lost"
    assert got(ports)["intents"] == {}


def test_an_intent_is_lost_once_another_incident_holds_the_guard(ports: Ports) -> None:
    held = ports.guards.held(GUARD)
    assert held is not None
    assert intend(ports, intent("a")) == "new"
    again = ports.guards.held(GUARD)
    assert again is not None
    late = again.act_until
    assert ports.guards.take_over(again, owner="arn:2", incident_id="inc-2", now=late)
    for act_id in ("a", "b"):
        assert intend(ports, intent(act_id), until=late + timedelta(seconds=60)) == "lost"
    assert list(got(ports)["intents"]) == ["a"]


def test_an_intent_is_lost_after_the_incident_was_closed(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "aborted"})
    assert intend(ports, intent()) == "lost"


def test_an_intent_of_an_incident_that_was_never_opened_is_our_fault(rig: Rig) -> None:
    rig.ports.guards.take(GUARD, owner=OWNER, incident_id="inc-0", now=NOW)
    with pytest.raises(Broken):
        intend(rig.ports, intent(), "inc-0")


def test_a_settled_act_is_shown_with_its_result_while_the_run_goes_on(ports: Ports) -> None:
    intend(ports, intent("stop/s1"))
    intend(ports, intent("stop/s2", target="s2", at=NOW + timedelta(seconds=1)))
    ports.incidents.settle(INCIDENT, "stop/s1", Result.DONE, "status stopped", NOW)
    item = got(ports)
    assert item["intents"]["stop/s1"]["result"] == "done"
    assert [(entry["target"], entry.get("result")) for entry in item["actions"]] == [
        ("s1", "done"),
        ("s2", None),
    ]


def test_settling_what_was_never_intended_is_our_fault(ports: Ports) -> None:
    with pytest.raises(Broken):
        ports.incidents.settle(INCIDENT, "stop/s1", Result.DONE, None, NOW)


def test_a_close_renders_the_acts_and_an_unsettled_one_is_unknown(rig: Rig, ports: Ports) -> None:
    intend(ports, intent("stop/s1"))
    intend(ports, intent("stop/s2", target="s2", at=NOW + timedelta(seconds=1)))
    ports.incidents.settle(INCIDENT, "stop/s1", Result.DONE, "status stopped", NOW)
    rig.set_time(NOW + timedelta(minutes=1))
    assert ports.incidents.close(INCIDENT, {"outcome": Outcome.FAILED, "root_cause": "deadlock"})
    item = rig.item("incidents", INCIDENT)
    assert item is not None
    assert item["ended_at"] == "2026-01-31T03:01:00.000000Z"
    assert (item["outcome"], item["root_cause"]) == ("failed", "deadlock")
    assert item["actions"] == [
        {
            "action": "stop the strategy",
            "target": "s1",
            "before": "status running",
            "after": "status stopped",
            "by": OWNER,
            "at": "2026-01-31T03:00:00.000000Z",
            "result": "done",
        },
        {
            "action": "stop the strategy",
            "target": "s2",
            "before": "status running",
            "after": None,
            "by": OWNER,
            "at": "2026-01-31T03:00:01.000000Z",
            "result": "unknown",
        },
    ]
    assert item["actions_total"] == 2
    assert item["actions_counts"] == {"done": 1, "unknown": 1}
    assert "intents" not in item


def test_an_incident_is_closed_once(ports: Ports) -> None:
    assert ports.incidents.close(INCIDENT, {"outcome": "resolved"})
    assert not ports.incidents.close(INCIDENT, {"outcome": "aborted"})
    assert got(ports)["outcome"] == "resolved"


def test_more_than_200_acts_are_cut_and_counted_whole(rig: Rig, ports: Ports) -> None:
    intend(ports, intent("stop/s0"))
    item = rig.item("incidents", INCIDENT)
    assert item is not None
    (entry,) = item["intents"].values()
    rig.put("incidents", {**item, "intents": {f"stop/s{number}": entry for number in range(203)}})
    ports.incidents.settle(INCIDENT, "stop/s0", Result.NOT_DONE, None, NOW)
    ports.incidents.close(INCIDENT, {"outcome": "failed"})
    item = got(ports)
    assert len(item["actions"]) == 200
    assert item["actions_total"] == 203
    assert item["actions_counts"] == {"not_done": 1, "unknown": 202}


def test_acts_that_a_dry_run_would_have_done_are_added_at_the_end(ports: Ports) -> None:
    intend(ports, intent())
    told = {"action": "redeploy the service", "target": "svc", "result": "not_done", "at": NOW}
    ours = {"action": "stop the strategy", "target": "s1", "result": "done", "at": NOW}
    ports.incidents.close(INCIDENT, {"outcome": "dry_run", "actions": [told, ours]})
    results = [(entry["target"], entry["result"]) for entry in got(ports)["actions"]]
    assert results == [("s1", "unknown"), ("svc", "not_done")]


def test_a_late_result_of_a_closed_incident_is_refused(ports: Ports) -> None:
    intend(ports, intent())
    ports.incidents.close(INCIDENT, {"outcome": "aborted"})
    with pytest.raises(Refused):
        ports.incidents.settle(INCIDENT, "stop/s1", Result.DONE, None, NOW)


def test_what_comes_after_the_end_may_still_be_noted(ports: Ports) -> None:
    ports.incidents.close(INCIDENT, {"outcome": "resolved"})
    ports.incidents.note(INCIDENT, [], report_key="incidents/inc-1/report.md")
    assert got(ports)["report_key"] == "incidents/inc-1/report.md"


def test_closing_what_was_never_opened_is_our_fault(rig: Rig) -> None:
    with pytest.raises(Broken):
        rig.ports.incidents.close("inc-0", {"outcome": "failed"})


def test_what_an_act_came_to_is_kept_without_a_secret_and_not_too_long(ports: Ports) -> None:
    secret = "SUPERSECRETKEY1234567890"
    intend(ports, intent())
    ports.incidents.settle(INCIDENT, "stop/s1", Result.UNKNOWN, f"refused apiKey={secret} {'x' * 2_000}", NOW)
    after = got(ports)["intents"]["stop/s1"]["after"]
    assert secret not in str(got(ports))
    assert after.startswith("refused apiKey=[redacted]")
    assert len(after) == 1_000
