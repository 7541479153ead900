"""A route with AWS_IAM authorization answers signed requests only, and says who has signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import apigateway

from local.engine.environment import ACCOUNT_ID
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.iam.signatures import Call, signed_well

FORBIDDEN = (403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}')


@fix("api-iam")
def know_who_signed(setup: Setup) -> None:
    """A missing, wrong or foreign signature is 403, whether or not policies are enforced; so is a denial.

    Without enforcement any credentials do, as everywhere else in the engine: a key that was never made is the
    account's root. The secret of a key that was made is known, and its signature is computed anew.

    AWS: API Gateway developer guide, "Control access to HTTP APIs with IAM authorization" and "Create AWS
    Lambda proxy integrations for HTTP APIs" (payload 2.0, requestContext.authorizer.iam).
    """
    around(app, "_handle_execute_api_request", lambda original: _checking(original, setup.iam))
    around(app, "_enforce_execute_api", _denying)
    around(apigateway, "_iam_caller_identity_v2", _naming)


def _checking(original: Callable[..., Any], enforced: bool) -> Callable[..., Any]:
    async def handle(
        host: str, path: str, method: str, headers: dict[str, str], body: bytes, query: Any, **raw: Any
    ) -> Any:
        if _wants_a_signature(host, path, method):
            call = Call(method, raw.get("raw_path") or path, query or {}, headers, body)
            if not signed_well(call, enforced):
                return _forbidden()
        return await original(host, path, method, headers, body, query, **raw)

    return handle


def _wants_a_signature(host: str, path: str, method: str) -> bool:
    parsed = app._parse_execute_api_url(host, path)
    if parsed is None or apigateway.find_api_scope(parsed[0]) is None:
        return False
    stage, inside = app._resolve_stage_and_path(*parsed)
    kind = apigateway.route_authorization_type(parsed[0], stage, method, inside)
    return bool(kind == "AWS_IAM")


def _denying(original: Callable[..., Any]) -> Callable[..., Any]:
    def enforce(api_id: str, *rest: Any, **named: Any) -> Any:
        denied = original(api_id, *rest, **named)
        return _forbidden() if denied and apigateway.find_api_scope(api_id) is not None else denied

    return enforce


def _naming(original: Callable[..., dict[str, Any] | None]) -> Callable[..., dict[str, Any]]:
    def identity(headers: dict[str, str], query: Any) -> dict[str, Any]:
        found = original(headers, query) or {
            "accessKey": app.extract_access_key_id(headers, query),
            "accountId": ACCOUNT_ID,
            "callerId": ACCOUNT_ID,
            "principalOrgId": None,
            "userArn": f"arn:aws:iam::{ACCOUNT_ID}:root",
            "userId": ACCOUNT_ID,
        }
        return {"cognitoIdentity": None, **found}

    return identity


def _forbidden() -> tuple[int, dict[str, str], bytes]:
    """Headers of its own: ministack adds its own to them."""
    return FORBIDDEN[0], dict(FORBIDDEN[1]), FORBIDDEN[2]
