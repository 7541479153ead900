"""The same requests at a command line: who calls is what AWS verified, and the rules are the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.approvals import Delivery, Line, Member, Standing
from functions.errors import Transient
from tests.web.rig import (
    ACCOUNT,
    ANA,
    APPROVAL,
    ARN_OF,
    BEN,
    CLEO,
    INCIDENT,
    KEY_OF,
    LEAVE,
    RAISE,
    RESUME,
    TOKEN,
    WAIT,
    Web,
    approval,
    event,
    question,
)

ONE = f"/operators/approvals/{APPROVAL}"
LIST = "/operators/approvals"
ACKNOWLEDGE = f"/operators/incidents/{INCIDENT}/acknowledge"
ROUTES = [("GET", LIST, None), ("GET", ONE, None), ("POST", ONE, {"decision": "raise"}), ("POST", ACKNOWLEDGE, {})]
NOBODY = f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/eve"


@pytest.fixture
def web() -> Web:
    return Web(approval(question=question(options=(RAISE, RESUME, WAIT, LEAVE))))


def vote(decision: str, confirm: str, **more: Any) -> dict[str, Any]:
    """What `runbooks approvals approve` sends: every field, null where there is nothing."""
    return {"decision": decision, "confirm": confirm, "note": None, "until": None, **more}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_caller_who_stands_for_nobody_is_refused_by_the_arn(web: Web, method: str, path: str, body: Any) -> None:
    headers = {"content-type": "application/json"}
    nobody = {"iam": {"userArn": NOBODY}}
    said = web.send(event(method, path=path, body=json.dumps(body), headers=headers, authorizer=nobody))
    assert said.status == 403
    assert NOBODY in said.json["message"]
    assert web.stands.votes == ()


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_call_without_a_verified_caller_is_refused_whatever_its_headers_say(
    web: Web, method: str, path: str, body: Any
) -> None:
    claims = {"x-amzn-iam-user-arn": ARN_OF[ANA], "x-caller": ARN_OF[ANA], "authorization": ARN_OF[ANA]}
    headers = {"content-type": "application/json", **claims}
    contexts: tuple[Any, ...] = (
        None,
        {},
        {"iam": None},
        {"iam": {}},
        {"iam": {"userArn": ""}},
        {"jwt": {"userArn": ARN_OF[ANA]}},
    )
    for context in contexts:
        sent = event(method, path=path, body=json.dumps(body), headers=headers, authorizer=context, key=KEY_OF[ANA])
        said = web.send(sent)
        assert said.status == 403
        assert said.headers["Content-Type"] == "application/json"
    assert web.stands.votes == ()


def test_what_is_open_is_listed(web: Web) -> None:
    said = web.operator("GET", LIST)
    assert said.status == 200
    assert [one["approval_id"] for one in said.json["approvals"]] == [APPROVAL]
    assert said.json["total"] == 1
    web.change(standing=Standing.DECIDED, delivery=Delivery.TAKEN)
    assert web.operator("GET", LIST).json == {"approvals": [], "total": 0}


def test_one_is_shown_whole_but_for_keys_and_token(web: Web) -> None:
    said = web.operator("GET", ONE)
    assert said.status == 200
    assert said.json["standing"] == "pending"
    assert said.json["question"]["target"] == "SIZE8"
    assert [one["act"] for one in said.json["question"]["options"]] == ["RAISE", "RESUME", "WAIT", "LEAVE"]
    assert said.json["asked"][0]["name"] == "Ana"
    assert said.json["lapses_at"] == "2026-03-01T03:15:00Z"
    for secret in ("key_hash", TOKEN, *KEY_OF.values(), *(one.key_hash or "?" for one in web.stands.asked)):
        assert secret not in said.body


@pytest.mark.parametrize("path", ["/operators/approvals/apr-unknown", f"/operators/approvals/{'a' * 300}"])
def test_an_unknown_request_is_not_found(web: Web, path: str) -> None:
    assert web.operator("GET", path).status == 404
    assert web.operator("POST", path, body=vote("raise", "x")).status == 404


def test_a_person_decides_under_the_same_rules(web: Web) -> None:
    said = web.operator("POST", ONE, body=vote("raise", "raise size8", note="on it"))
    assert said.status == 200
    assert said.json["ruling"] == "accepted"
    assert said.json["approval"]["delivery"] == "taken"
    (given,) = web.stands.votes
    assert (given.voter.person_id, given.voter.via, given.note) == (ANA, "iam", "on it")
    assert web.world.callbacks[TOKEN]["decided_by"] == [ANA]
    again = web.operator("POST", ONE, BEN, vote("reject", "leave size8"))
    assert (again.status, again.json["ruling"]) == (409, "already_decided")


def test_a_link_and_an_identity_of_one_person_are_one_person(web: Web) -> None:
    assert web.answer(ANA, "resume").status == 200
    same = web.operator("POST", ONE, ANA, vote("resume", "resume size8"))
    assert (same.status, same.json["ruling"]) == (200, "waiting_for_second")
    assert web.stands.standing is Standing.PENDING
    other = web.operator("POST", ONE, BEN, vote("resume", "resume size8"))
    assert other.json["ruling"] == "accepted"
    assert web.stands.decision is not None
    assert sorted(web.stands.decision.by) == [ANA, BEN]


@pytest.mark.parametrize(
    ("body", "status", "ruling"),
    [
        (vote("raise", "raise"), 422, "wrong_phrase"),
        (vote("close", "close size8"), 422, "unknown_option"),
        (vote("wait", "wait size8"), 422, "bad_until"),
        (vote("wait", "wait size8", until="2026-03-01T03:30:00"), 422, "bad_until"),
        (vote("wait", "wait size8", until="2026-03-01T09:30:00Z"), 422, "bad_until"),
        (vote("raise", "raise size8", note="x" * 1_001), 422, "bad_note"),
        (vote("raise", "raise size8", members=3), 409, "changed_meanwhile"),
    ],
)
def test_what_does_not_decide_says_why(web: Web, body: dict[str, Any], status: int, ruling: str) -> None:
    said = web.operator("POST", ONE, body=body)
    assert (said.status, said.json["ruling"]) == (status, ruling)
    assert said.json["message"]
    assert web.stands.standing is Standing.PENDING


def test_an_end_with_its_zone_is_taken(web: Web) -> None:
    said = web.operator("POST", ONE, body=vote("wait", "wait size8", until="2026-03-01T03:30:00+00:00"))
    assert said.status == 200
    assert said.json["approval"]["decision"]["until"] == "2026-03-01T03:30:00Z"


def test_an_answer_covers_the_members_that_were_shown(web: Web) -> None:
    web.change(members=(Member("apr-2", "inc-2", "The same once more", "SIZE9"),))
    assert web.operator("POST", ONE, body=vote("raise", "raise size8", members=0)).status == 409
    assert web.operator("POST", ONE, body=vote("raise", "raise size8")).status == 409
    assert web.operator("POST", ONE, body=vote("raise", "raise all2", members=1)).status == 200


def test_too_many_wrong_phrases_say_how_long_to_wait(web: Web) -> None:
    said = [web.operator("POST", ONE, body=vote("raise", "no")) for _ in range(5)]
    assert [one.status for one in said] == [422, 422, 422, 422, 429]
    assert int(said[-1].headers["Retry-After"]) > 0


def test_somebody_of_another_desk_may_look_and_not_decide(web: Web) -> None:
    people = {**web.settings.approvals.people}
    dee = f"arn:aws:iam::{ACCOUNT}:user/dee"
    people["dee"] = people[ANA].model_copy(update={"name": "Dee", "email": None, "arns": (dee,)})
    web.settings = web.settings.model_copy(
        update={"approvals": web.settings.approvals.model_copy(update={"people": people})}
    )
    context = {"iam": {"userArn": dee}}
    assert web.send(event("GET", path=ONE, authorizer=context)).status == 200
    headers = {"content-type": "application/json"}
    body = json.dumps(vote("raise", "raise size8"))
    said = web.send(event("POST", path=ONE, body=body, headers=headers, authorizer=context))
    assert (said.status, said.json["ruling"]) == (403, "not_asked")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"raise"', 400),
        (b"{", 400),
        (b"[" * 5_000, 400),
        (b"\xff", 400),
        (b"{}", 400),
        (b'{"decision": ["raise"]}', 400),
        (b'{"decision": {"raise": 1}}', 400),
        (b'{"decision": true}', 400),
        (b'{"decision": "raise", "decision": "reject"}', 400),
        (b'{"decision": "raise", "who": "ana"}', 400),
        (b'{"decision": "raise", "members": "x"}', 400),
        (b'{"decision": "raise", "members": 1.5}', 400),
        (b'{"decision": "wait", "until": "soon"}', 422),
        (b'{"decision": "' + b"x" * 65 + b'"}', 413),
        (b'{"note": "' + b"x" * 17_000 + b'"}', 413),
    ],
)
def test_a_body_that_cannot_be_read_strictly_is_refused(web: Web, body: bytes, status: int) -> None:
    context = {"iam": {"userArn": ARN_OF[ANA]}}
    headers = {"content-type": "application/json"}
    said = web.send(event("POST", path=ONE, body=body, headers=headers, authorizer=context))
    assert said.status == status
    assert said.json["message"]
    assert web.stands == approval(question=question(options=(RAISE, RESUME, WAIT, LEAVE)))


def test_a_form_is_no_json(web: Web) -> None:
    said = web.operator("POST", ONE, body={}, headers={"content-type": "application/x-www-form-urlencoded"})
    assert said.status == 415


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", ONE, "GET, POST"),
        ("HEAD", ONE, "GET, POST"),
        ("POST", LIST, "GET"),
        ("GET", ACKNOWLEDGE, "POST"),
        ("OPTIONS", LIST, "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(web: Web, method: str, path: str, allowed: str) -> None:
    said = web.operator(method, path)
    assert (said.status, said.headers["Allow"]) == (405, allowed)


def test_a_route_that_is_not_there_is_not_found_as_json(web: Web) -> None:
    said = web.operator("GET", "/operators/secrets")
    assert said.status == 404
    assert said.json["message"]


# --- acknowledging


def unanswered(web: Web) -> None:
    web.change(standing=Standing.LAPSED)
    web.ports.incidents.close(INCIDENT, {"outcome": "escalated", "ended_at": web.world.now})


def test_acknowledging_ends_the_repeats_and_closes_the_incident_once(web: Web) -> None:
    unanswered(web)
    said = web.operator("POST", ACKNOWLEDGE, BEN, {})
    assert said.status == 200
    assert said.json["acknowledged_by"] == BEN
    assert web.stands.acknowledged_by == BEN
    assert (web.ports.incidents.get(INCIDENT) or {})["acknowledged_by"] == BEN
    assert web.operator("POST", ACKNOWLEDGE, ANA, {}).status == 409
    assert web.operator("GET", LIST).json["approvals"] == []


def test_an_unknown_incident_cannot_be_acknowledged(web: Web) -> None:
    assert web.operator("POST", "/operators/incidents/inc-unknown/acknowledge", ANA, {}).status == 404


def test_acknowledging_takes_no_fields(web: Web) -> None:
    unanswered(web)
    for body in ({"by": "eve"}, {"decision": "raise"}, [], [["by", "eve"]]):
        assert web.operator("POST", ACKNOWLEDGE, ANA, body).status == 400
    assert web.stands.acknowledged_by is None


def test_a_store_that_fails_says_when_to_try_again(web: Web) -> None:
    web.world.trouble["approvals.open"] = Transient("throttled by table x")
    said = web.operator("GET", LIST)
    assert (said.status, said.headers["Retry-After"]) == (503, "5")
    assert "throttled" not in said.body


MEMBER = Member("apr-2", "inc-2", "The same once more", "SIZE9", (Line("Size", "4 GB"),))


def test_the_target_to_type_counts_for_how_many_and_the_own_one_stands_beside_it(web: Web) -> None:
    web.change(members=(MEMBER,))
    shown = web.operator("GET", ONE).json
    assert (shown["question"]["target"], shown["own_target"]) == ("ALL2", "SIZE8")
    assert shown["members"][0]["facts"] == [{"name": "Size", "value": "4 GB"}]
    assert web.operator("POST", ONE, body=vote("raise", "raise size8", members=1)).status == 422
    (listed,) = web.operator("GET", LIST).json["approvals"]
    assert listed["members"] == [
        {"approval_id": "apr-2", "incident_id": "inc-2", "title": "The same once more", "target": "SIZE9"}
    ]


def test_who_voted_before_being_asked_is_named_as_the_settings_name_him(web: Web) -> None:
    said = web.operator("POST", ONE, CLEO, vote("resume", "resume size8"))
    assert said.json["ruling"] == "waiting_for_second"
    assert CLEO not in {one["person_id"] for one in said.json["approval"]["asked"]}
    assert said.json["approval"]["names"] == {ANA: "Ana", BEN: "Ben", CLEO: "Cleo"}
    assert web.operator("GET", LIST).json["approvals"][0]["names"][CLEO] == "Cleo"


def test_who_comes_after_somebody_who_was_not_asked_is_told_that_one_s_name(web: Web) -> None:
    assert web.operator("POST", ONE, CLEO, vote("raise", "raise size8")).json["ruling"] == "accepted"
    late = web.operator("POST", ONE, BEN, vote("reject", "leave size8"))
    assert late.status == 409
    assert ", by Cleo at " in late.json["message"]
