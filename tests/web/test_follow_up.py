"""`runbooks incidents note` over the API: who writes is what AWS verified, and nothing is written over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.errors import Transient
from functions.facts import Outcome
from functions.ports import MOST_FOLLOW_UPS
from functions.rules.follow_up import LONGEST
from tests.web.rig import ACCOUNT, ANA, BEN, INCIDENT, Web, event

NOTE = f"/operators/incidents/{INCIDENT}/note"


@pytest.fixture
def web() -> Web:
    return Web()


def follow_up(web: Web) -> list[dict[str, Any]]:
    return list((web.ports.incidents.get(INCIDENT) or {}).get("follow_up", []))


def test_a_note_is_kept_with_its_author_and_its_time_and_announced(web: Web) -> None:
    said = web.operator("POST", NOTE, ANA, {"root_cause": "a leak", "prevention": None, "note": "seen\r\ntwice"})
    assert said.status == 200
    assert said.json == {
        "incident_id": INCIDENT,
        "by": ANA,
        "kept": [
            {"field": "root_cause", "text": "a leak", "at": "2026-03-01T03:00:00+00:00"},
            {"field": "note", "text": "seen\ntwice", "at": "2026-03-01T03:00:00+00:00"},
        ],
        "message": "Kept. The report is written again.",
    }
    assert [(one["field"], one["text"], one["by"], one["at"]) for one in follow_up(web)] == [
        ("root_cause", "a leak", "ana", "2026-03-01T03:00:00.000000Z"),
        ("note", "seen\ntwice", "ana", "2026-03-01T03:00:00.000000Z"),
    ]
    assert web.world.announced == [INCIDENT]


def test_another_person_s_entry_stands_behind_the_first_one(web: Web) -> None:
    web.operator("POST", NOTE, ANA, {"root_cause": "a leak"})
    web.world.advance(minutes=5)
    assert web.operator("POST", NOTE, BEN, {"root_cause": "no leak: the feed"}).status == 200
    assert [(one["by"], one["text"]) for one in follow_up(web)] == [("ana", "a leak"), ("ben", "no leak: the feed")]


def test_a_closed_incident_takes_notes_too(web: Web) -> None:
    web.ports.incidents.close(INCIDENT, {"outcome": Outcome.RESOLVED, "closed_at": web.world.now})
    assert web.operator("POST", NOTE, ANA, {"note": "a week later"}).status == 200
    assert len(follow_up(web)) == 1


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "Nothing was given"),
        ({"note": " "}, 422, "says nothing"),
        ({"note": "x" * (LONGEST + 1)}, 422, "2,001 characters"),
        ({"note": "x" * 4_001}, 413, "The field note is too long."),
        ({"note": "a\x1b[2J"}, 422, "control characters"),
        ({"note": 5.5}, 400, "must be a text"),
        ({"decision": "reject"}, 400, "There is no field 'decision'."),
        ({"by": "ben", "note": "x"}, 400, "There is no field 'by'."),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words_and_changes_nothing(
    web: Web, body: Any, status: int, says: str
) -> None:
    said = web.operator("POST", NOTE, ANA, body)
    assert said.status == status
    assert says in said.json["message"]
    assert follow_up(web) == []
    assert web.world.announced == []


def test_an_unknown_incident_is_not_found(web: Web) -> None:
    said = web.operator("POST", "/operators/incidents/inc-0/note", ANA, {"note": "x"})
    assert (said.status, said.json["message"]) == (404, "There is no such incident.")


def test_a_full_list_is_told_and_keeps_what_it_has(web: Web) -> None:
    for number in range(MOST_FOLLOW_UPS - 1):
        assert web.operator("POST", NOTE, ANA, {"note": f"note {number}"}).status == 200
    said = web.operator("POST", NOTE, ANA, {"note": "x", "prevention": "y"})
    assert (said.status, "40 entries" in said.json["message"]) == (409, True)
    assert len(follow_up(web)) == MOST_FOLLOW_UPS - 1
    assert web.operator("POST", NOTE, ANA, {"note": "the last one"}).status == 200
    assert web.operator("POST", NOTE, ANA, {"note": "one too many"}).status == 409


def test_an_announcement_that_fails_costs_no_note_and_is_told(web: Web) -> None:
    web.world.trouble["announcements.changed"] = Transient("the bus does not answer")
    said = web.operator("POST", NOTE, ANA, {"note": "kept all the same"})
    assert (said.status, "could not be asked for anew" in said.json["message"]) == (200, True)
    assert len(follow_up(web)) == 1


def test_a_table_that_does_not_answer_is_told_and_nothing_is_claimed(web: Web) -> None:
    web.world.trouble["incidents.follow_up"] = Transient("throttled")
    assert web.operator("POST", NOTE, ANA, {"note": "x"}).status == 503
    assert web.world.announced == []


@pytest.mark.parametrize("identity", [None, {"iam": {"userArn": f"arn:aws:iam::{ACCOUNT}:user/eve"}}])
def test_only_a_person_of_the_settings_writes_whatever_the_body_claims(web: Web, identity: Any) -> None:
    headers = {"content-type": "application/json"}
    sent = event("POST", path=NOTE, body=json.dumps({"note": "x"}), headers=headers, authorizer=identity)
    assert web.send(sent).status == 403
    assert follow_up(web) == []


def test_a_note_is_written_and_not_read_by_get(web: Web) -> None:
    said = web.operator("GET", NOTE, ANA)
    assert (said.status, said.headers["Allow"]) == (405, "POST")


def test_an_incident_that_is_taken_over_is_announced_too(web: Web) -> None:
    web.ports.incidents.close(INCIDENT, {"outcome": Outcome.ESCALATED})
    said = web.operator("POST", f"/operators/incidents/{INCIDENT}/acknowledge", ANA, {})
    assert said.status == 200
    assert web.world.announced == [INCIDENT]
    again = web.operator("POST", f"/operators/incidents/{INCIDENT}/acknowledge", BEN, {})
    assert (again.status, web.world.announced) == (409, [INCIDENT])
