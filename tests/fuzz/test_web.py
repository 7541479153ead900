"""Calls of the approvals API: paths, queries, forms, cookies, bodies, headers, identities as nobody means them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvals import Standing
from functions.runtime import restrict
from functions.tasks import approvals_page
from functions.web import headers
from functions.web.routes import app
from tests.fuzz.hostile import TEXTS, mutated, text
from tests.fuzz.lawful import Unread, fuzzed, lawfully
from tests.web.rig import ANA, APPROVAL, ARN_OF, BEN, INCIDENT, KEY_OF, TOKEN, Web, event

RANDOM: Final = st.randoms(use_true_random=False)
KEY: Final = KEY_OF[ANA]
JSON: Final = {"content-type": "application/json"}
SIGNED: Final = {"iam": {"userArn": ARN_OF[ANA]}}


def signed(method: str, path: str, body: Any = None) -> dict[str, Any]:
    told = None if body is None else json.dumps(body)
    return event(method, path=f"/operators/{path}", authorizer=SIGNED, headers=JSON, body=told)


# A call of every route, by the route's own words.
CALLS: Final[dict[str, dict[str, Any]]] = {
    "GET /approvals/<approval_id>": event("GET", key=KEY),
    "HEAD /approvals/<approval_id>": event("HEAD", key=KEY),
    "POST /approvals/<approval_id>": event("POST", key=KEY, body=urlencode({"decision": "raise", "confirm": "x"})),
    "GET /operators/approvals": signed("GET", "approvals"),
    "GET /operators/approvals/<approval_id>": signed("GET", f"approvals/{APPROVAL}"),
    "POST /operators/approvals/<approval_id>": signed("POST", f"approvals/{APPROVAL}", {"decision": "raise"}),
    "POST /operators/incidents/<incident_id>/acknowledge": signed("POST", f"incidents/{INCIDENT}/acknowledge", {}),
    "POST /operators/incidents/<incident_id>/ratify": signed("POST", f"incidents/{INCIDENT}/ratify", {}),
    "POST /operators/incidents/<incident_id>/note": signed("POST", f"incidents/{INCIDENT}/note", {"note": "x"}),
}


def routes() -> Iterator[str]:
    for route in (*app._static_routes, *app._dynamic_routes):
        for method in [route.method] if isinstance(route.method, str) else route.method:
            yield f"{method} {route.path}"


def test_every_route_is_fuzzed() -> None:
    assert set(routes()) == set(CALLS)


@pytest.mark.parametrize("route", CALLS)
def test_a_plain_call_reaches_its_route(route: str) -> None:
    """Else the search below would only see what no route takes."""
    said = Web().send(CALLS[route])
    assert said.status in (200, 403, 409, 422), said.body[:200]
    assert said.status != 405


def sent(web: Web, call: Any) -> Any:
    """Straight to the function: what is no text of HTTP at all reaches it here."""
    ports = restrict(web.ports, approvals_page.handler.needs)
    try:
        return approvals_page.handler.work(call, ports, web.settings)
    except (KeyError, TypeError, AttributeError, ValueError):
        # No event of an HTTP API: the runtime says 500 and tells the place (functions/runtime.py, `http`).
        return None


METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "POST ", "X\u00e9")


def as_somebody_calls(rng: Random, plain: dict[str, Any]) -> dict[str, Any]:
    """What a caller has in his hands; the rest of an event is API Gateway's."""
    call: dict[str, Any] = json.loads(json.dumps(plain))
    http = call["requestContext"]["http"]
    for _ in range(1 + rng.randrange(3)):
        match rng.randrange(7):
            case 0:
                http["method"] = rng.choice(METHODS)
            case 1:
                path = rng.choice(
                    (f"{http['path']}/{text(rng)}", f"/approvals/{text(rng)}", text(rng), "//", "/%00")
                )
                http["path"] = call["rawPath"] = path[:2_000]
            case 2:
                call["rawQueryString"] = rng.choice((text(rng), f"k={text(rng)}", f"k={KEY}&k={KEY}", "&" * 5_000))
            case 3:
                call["headers"] = {
                    **call["headers"],
                    rng.choice(("content-type", "x", "host", "accept")): text(rng),
                }
            case 4:
                call["cookies"] = [text(rng), f"k={KEY}"]
            case 5:
                call["body"], call["isBase64Encoded"] = text(rng), bool(rng.randrange(2))
            case _:
                http["userAgent"] = text(rng)
    return call


@pytest.mark.parametrize("route", CALLS)
@fuzzed(60)
@given(rng=RANDOM)
def test_a_call_that_nobody_means_is_answered_decides_nothing_and_tells_no_secret(route: str, rng: Random) -> None:
    web = Web()
    raw = approvals_page.handler.work(
        as_somebody_calls(rng, CALLS[route]), restrict(web.ports, approvals_page.handler.needs), web.settings
    )
    assert isinstance(raw, dict)
    assert raw["statusCode"] in (200, 400, 403, 404, 405, 409, 413, 415, 422)
    assert raw["headers"]["Content-Security-Policy"] == headers.policy()
    assert "cookies" not in raw
    assert web.stands.standing is Standing.PENDING
    assert not web.stands.votes
    for secret in (TOKEN, *(one.key_hash or "?" for one in web.stands.asked), KEY_OF[BEN]):
        assert secret not in json.dumps(raw)


@pytest.mark.parametrize("route", CALLS)
@fuzzed(40)
@given(rng=RANDOM)
def test_what_is_no_event_of_an_http_api_decides_nothing(route: str, rng: Random) -> None:
    """Whoever may invoke the function hands it what he likes; the runtime says 500 of what is no event."""
    web = Web()
    raw = lawfully(lambda: sent(web, mutated(rng, CALLS[route])))
    assert web.stands.standing is Standing.PENDING
    assert not web.stands.votes
    assert TOKEN not in str(raw)


FIELDS: Final = (
    "decision",
    "confirm",
    "note",
    "until_minutes",
    "form",
    "looking",
    "again",
    "ratify",
    "until",
    "members",
)


@fuzzed(150)
@given(rng=RANDOM)
def test_no_form_and_no_json_decides_without_the_phrase(rng: Random) -> None:
    web = Web()
    form = web.get().form(looking="1")["form"]
    fields = {rng.choice(FIELDS): text(rng)[:4_500] for _ in range(rng.randrange(5))}
    if rng.randrange(2):
        fields = {**fields, "form": form, "decision": rng.choice(("raise", "reject", "x"))}
    for call in (
        event("POST", key=KEY, body=urlencode(fields, errors="replace")),
        signed("POST", f"approvals/{APPROVAL}", fields),
        signed(
            "POST", f"approvals/{APPROVAL}", mutated(rng, {"decision": "raise", "confirm": "RAISE SIZE9", **fields})
        ),
    ):
        raw = lawfully(lambda call=call: sent(web, call))  # type: ignore[misc]  # mypy takes no default here
        assert not isinstance(raw, Unread)
        assert raw["statusCode"] in (200, 400, 403, 404, 409, 413, 415, 422, 429)
        assert web.stands.standing is Standing.PENDING
        assert not web.stands.votes


@fuzzed(100)
@given(rng=RANDOM)
def test_an_identity_that_the_settings_do_not_name_reads_and_decides_nothing(rng: Random) -> None:
    web = Web()
    arn = rng.choice(
        (text(rng), ARN_OF[ANA] + "x", ARN_OF[ANA].upper(), [ARN_OF[ANA]], {"a": ARN_OF[ANA]}, None, "")
    )
    for route, call in CALLS.items():
        if "/operators/" in route:
            forged = json.loads(json.dumps(call))
            forged["requestContext"]["authorizer"] = {"iam": {"userArn": arn}}
            forged["headers"]["x-amzn-iam-user-arn"] = ARN_OF[ANA]
            raw = sent(web, forged)
            assert raw["statusCode"] == 403
            assert "SIZE8" not in raw["body"]
    assert not web.stands.votes


@fuzzed(100)
@given(rng=RANDOM)
def test_a_key_that_is_not_whole_opens_nothing(rng: Random) -> None:
    cut = rng.randrange(len(KEY))
    wrong = rng.choice((KEY[:cut], KEY[:cut] + "x" + KEY[cut + 1 :], KEY + text(rng), text(rng), KEY.swapcase()))
    web = Web()
    said = web.send(event("GET", query=f"k={quote(wrong, errors='replace')}"))
    assert said.status == (200 if wrong == KEY else 404)
    said = web.send(event("GET", query=f"k={wrong}", headers={"cookie": f"k={KEY}", "x-key": KEY}))
    assert said.status == (200 if wrong == KEY else 404) or wrong.startswith(KEY)


@pytest.mark.parametrize("name", ["until", "members", "confirm", "note", "decision"])
@pytest.mark.parametrize("value", [*TEXTS[:30], 10**4_000, True, [], {}, 1.5, None], ids=lambda one: repr(one)[:20])
def test_no_field_of_a_signed_answer_breaks_the_route(name: str, value: Any) -> None:
    web = Web()
    raw = sent(web, signed("POST", f"approvals/{APPROVAL}", {"decision": "raise", name: value}))
    assert raw["statusCode"] in (400, 403, 404, 409, 413, 422)
    assert not web.stands.votes
