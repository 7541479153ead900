"""The record of a request for a decision that its incident keeps."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from functions import keys
from functions.adapters.incident_items import with_approval
from functions.adapters.values import json_default, plain
from functions.approvals import Approval, Decision, MailStatus, Standing, Tries
from functions.recording import MOST_MEMBERS, record_of
from tests.rules.asking.asks import (
    BOTH,
    approval,
    asked,
    at,
    ended,
    looking,
    member,
    rule,
    seen,
    vote,
    written,
)

KEY = keys.new_key()


def whole() -> Approval:
    """A request in which every field holds something."""
    people = (
        replace(asked("ana"), key_hash=keys.hash_of(KEY), message_id="ses-1"),
        replace(asked("bo", 1, seconds=300, mail=MailStatus.NOT_REACHED), why="Bounce: Permanent"),
    )
    return ended(
        Standing.DECIDED,
        asked=people,
        votes=(vote("ana", BOTH, seconds=60, note="go", until=at(600)), vote("bo", BOTH, seconds=70)),
        seen=(seen("ana", 20), looking("ana", 30)),
        tries=(Tries("ana", wrong=2, used=3), Tries("bo", used=1)),
        decision=Decision("both", ("ana", "bo"), at(70), "go", at(600), "because"),
        requested_by="somebody",
        requester="cy",
        reminded_at=at(450),
        delivered_at=at(71),
        acknowledged_by="bo",
        repeats=1,
        parent="apr-0",
        members=(member(1),),
        trouble=("the page could not be sent",),
    )


def test_the_record_says_who_was_asked_who_looked_and_who_decided_from_where() -> None:
    record = record_of(whole())
    assert (record["approval_id"], record["standing"], record["delivery"]) == ("apr-1", "decided", "due")
    assert record["title"] == "Raise the memory of the strategy service?"
    assert record["asked"][0] == {
        "person": "ana",
        "name": "Ana",
        "rung": 0,
        "at": at(0),
        "mail": "sent",
        "message_id": "ses-1",
        "why": None,
    }
    assert (record["asked"][1]["mail"], record["asked"][1]["why"]) == ("not_reached", "Bounce: Permanent")
    where = {"person": "ana", "via": "link", "address": "192.0.2.1", "agent": "a phone"}
    assert record["seen"] == [{**where, "at": at(20), "looking": False}, {**where, "at": at(30), "looking": True}]
    assert record["votes"][0] == {**where, "option": "both", "at": at(60), "note": "go", "until": at(600)}
    assert record["wrong_phrases"] == [{"person": "ana", "via": "link", "wrong": 2}]
    assert record["decision"] == {
        "option": "both",
        "by": ["ana", "bo"],
        "at": at(70),
        "note": "go",
        "until": at(600),
        "why_alone": "because",
    }
    assert record["decided_by"] == ["ana", "bo"]
    assert record["members"] == [{"approval_id": "apr-m1", "incident_id": "inc-m1", "title": "Raise it there too?"}]


def test_the_record_says_what_was_offered_and_what_a_person_declared_by_choosing_it() -> None:
    declared = replace(BOTH, statement="no order works at the venue")
    given = approval(question=replace(approval().question, options=(declared,)))
    assert record_of(given)["options"] == [
        {
            "id": "both",
            "label": "Resume trading",
            "risk": "adds",
            "needed": 2,
            "statement": "no order works at the venue",
            "opens_after": None,
            "note_required": False,
        }
    ]
    assert record_of(given)["facts"][0] == {"name": "Memory", "value": "2 GB"}


def test_without_a_decision_nobody_decided() -> None:
    record = record_of(approval())
    assert (record["decision"], record["decided_by"], record["standing"]) == (None, [], "pending")


def test_neither_a_key_nor_its_hash_nor_a_token_is_recorded() -> None:
    told = json.dumps(plain(record_of(whole())), default=json_default)
    assert KEY not in told
    assert keys.hash_of(KEY) not in told
    assert "key" not in told
    assert "hash" not in told
    assert "token" not in told


def test_the_record_holds_only_what_an_item_and_json_know_and_times_with_their_zone() -> None:
    for given in (whole(), approval(), written(rule(approval(), BOTH, note="\u2603"))):
        record = record_of(given)
        assert all(moment.tzinfo is UTC for moment in times(record))
        assert json.loads(json.dumps(plain(record), default=json_default))["approval_id"] == "apr-1"
        assert with_approval({}, record)[0]["version"] == given.version


def test_a_later_record_takes_the_place_of_the_earlier_one() -> None:
    first = with_approval({}, record_of(approval()))
    second = with_approval({"approvals": first}, record_of(whole()))
    assert [each["standing"] for each in second] == ["decided"]


def test_of_many_members_the_first_hundred_are_listed_and_all_are_counted() -> None:
    record = record_of(approval(members=tuple(member(number) for number in range(MOST_MEMBERS + 50))))
    assert len(record["members"]) == MOST_MEMBERS
    assert record["members_total"] == MOST_MEMBERS + 50


def test_every_field_of_a_request_is_recorded_or_left_out_on_purpose() -> None:
    left_out = {
        "runbook",  # the incident's own
        "incident_id",
        "execution_arn",
        "entered_at",
        "question",  # by title, facts and options
        "again",
        "rungs_sent",  # by asked
        "tries",  # by wrong_phrases
        "repeat_at",
        "replaced",  # by replaced_votes
        "unfiled",  # whether this record still has to be written
    }
    assert {field.name for field in fields(Approval)} - set(record_of(whole())) == left_out


def times(value: Any) -> list[datetime]:
    if isinstance(value, datetime):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [moment for one in inner for moment in times(one)]
