"""An HTTP API of the template answers plain clients and browsers as API Gateway's does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator

import pytest

from local.engine.process import Engine
from tests.local.engine.http_api import Api, deploy_api, role
from tests.local.engine.lab import Lab

KEY = "8FKBQtX0personalkeyzV3aN1c"


@pytest.fixture(scope="module")
def loud() -> Iterator[Lab]:
    """An engine that writes down all that it can."""
    with Engine.start(time_scale=0.02, platform=False, env={"LOG_LEVEL": "DEBUG"}) as engine:
        yield Lab(engine)


@pytest.fixture(scope="module")
def api(loud: Lab) -> Api:
    return deploy_api(loud)


def test_the_address_of_an_api_is_below_the_engines_own(loud: Lab, api: Api) -> None:
    assert api.url.startswith(f"{loud.engine.endpoint_url}/")
    assert loud.client("apigatewayv2").get_api(ApiId=api.api_id)["ApiEndpoint"] == api.url
    made = loud.client("apigatewayv2").create_api(Name="by-call", ProtocolType="HTTP")
    assert made["ApiEndpoint"].startswith(f"{loud.engine.endpoint_url}/")


def test_a_function_sees_the_request_as_it_was_sent(api: Api) -> None:
    agent = {"User-Agent": "Phone/1", "X-Forwarded-For": "9.9.9.9"}
    event = api.call("GET", f"/approvals/apr-1?k={KEY}&x=a%20b&x=2", headers=agent).event
    assert event["version"] == "2.0"
    assert event["routeKey"] == "ANY /approvals/{approval_id}"
    assert event["rawPath"] == "/approvals/apr-1"
    assert event["rawQueryString"] == f"k={KEY}&x=a%20b&x=2"
    assert event["queryStringParameters"] == {"k": KEY, "x": "a b,2"}
    assert event["pathParameters"] == {"approval_id": "apr-1"}
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["sourceIp"]) == ("GET", "/approvals/apr-1", "127.0.0.1")
    assert http["userAgent"] == event["headers"]["user-agent"] == "Phone/1"
    assert event["requestContext"]["stage"] == "$default"
    assert "authorizer" not in event["requestContext"]
    assert "body" not in event


def test_a_form_comes_as_base64(api: Api) -> None:
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    event = api.call("POST", f"/approvals/apr-1?k={KEY}", b"decision=yes&confirm=CLOSE%20BTC", sent).event
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"decision=yes&confirm=CLOSE%20BTC"


def test_headers_on_several_lines_come_as_one(api: Api) -> None:
    event = api.call("GET", "/approvals/apr-1", headers=[("X-Many", "1"), ("X-Many", "2")]).event
    assert [part.strip() for part in event["headers"]["x-many"].split(",")] == ["1", "2"]


def test_status_headers_cookies_and_bytes_come_back_as_the_function_gave_them(api: Api) -> None:
    reply = api.call("GET", "/approvals/apr-1")
    assert reply.status == 418
    assert [value for name, value in reply.headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    assert ("cache-control", "no-store") in [(name.lower(), value) for name, value in reply.headers]
    picture = api.call("GET", "/approvals/picture")
    assert picture.body == bytes(range(9))


def test_a_head_request_has_no_body(api: Api) -> None:
    reply = api.call("HEAD", f"/approvals/apr-1?k={KEY}")
    assert (reply.status, reply.body) == (418, b"")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_function_is_asked_for_every_method(api: Api, method: str) -> None:
    assert api.call(method, "/approvals/apr-1").event["requestContext"]["http"]["method"] == method


def test_a_broken_function_tells_nothing_of_itself(api: Api) -> None:
    reply = api.call("GET", f"/approvals/broken?k={KEY}")
    assert (reply.status, json.loads(reply.body)) == (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize("path", ["/", "/approvals", "/approvals/a/b", "/elsewhere"])
def test_what_has_no_route_is_not_found(api: Api, path: str) -> None:
    reply = api.call("GET", path)
    assert (reply.status, json.loads(reply.body)) == (404, {"message": "Not Found"})


def test_neither_the_key_nor_the_query_string_stands_in_the_engines_log(loud: Lab, api: Api) -> None:
    api.call("GET", f"/approvals/apr-1?k={KEY}&seen=query")
    api.call("POST", f"/approvals/apr-1?k={KEY}&seen=query", f"note={KEY}".encode())
    api.call("GET", f"/approvals/broken?k={KEY}&seen=query")
    api.call("GET", f"/nowhere?k={KEY}&seen=query")
    written = loud.engine.log.read_text()
    assert len(written) > 1000
    assert KEY not in written
    assert "seen=query" not in written


def test_an_unsigned_request_to_no_route_is_not_found_where_policies_are_enforced(guarded: Lab) -> None:
    guarded.role = role(guarded)
    assert deploy_api(guarded).call("GET", "/nowhere").status == 404


@pytest.mark.parametrize("fix", ["api-address", "api-errors", "api-options"])
def test_ministack_alone_answers_otherwise(lab_without: Callable[[str], Lab], fix: str) -> None:
    lab = lab_without(fix)
    api = deploy_api(lab)
    match fix:
        case "api-address":
            assert not api.url.startswith(f"{lab.engine.endpoint_url}/")
        case "api-errors":
            assert api.call("GET", "/approvals/broken").status == 502
        case _:
            assert api.call("OPTIONS", "/approvals/a").status == 403


def test_ministack_alone_asks_for_a_signature_before_it_looks_for_the_route(
    guarded_without: Callable[[str], Lab],
) -> None:
    lab = guarded_without("api-unknown-routes")
    lab.role = role(lab)
    assert deploy_api(lab).call("GET", "/nowhere").status == 403
