"""An HTTP API says as little about a broken function or a missing route as AWS's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import apigateway, lambda_svc

from local.engine.fixes.patching import around, rewrite
from local.engine.fixes.registry import Setup, fix

BROKEN = {
    "statusCode": 500,
    "headers": {"Content-Type": "application/json"},
    "body": '{"message":"Internal Server Error"}',
}


@fix("api-errors")
def keep_a_functions_error_to_itself(_setup: Setup) -> None:
    """A function that fails is `500 Internal Server Error`; ministack answers 502 with its stack trace.

    AWS: API Gateway developer guide, "Troubleshooting HTTP API Lambda integrations".
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def answered(result: dict[str, Any]) -> Any:
            body = result.get("body")
            own = isinstance(body, dict) and "statusCode" in body
            return (BROKEN, None) if result.get("error") and not own else original(result)

        return answered

    around(lambda_svc, "lambda_execute_result_to_api_proxy_response", make)


@fix("api-unknown-routes")
def look_for_the_route_first(_setup: Setup) -> None:
    """Where no route matches, there is nothing to be authorized for: 404, signed or not.

    AWS: API Gateway developer guide, "Create routes for HTTP APIs": a request that matches no route gets
    `{"message":"Not Found"}`. With enforcement ministack asks for a signature first.
    """

    def make(original: Callable[..., str | None]) -> Callable[..., str | None]:
        def kind(api_id: str, *rest: Any) -> str | None:
            return original(api_id, *rest) or "NONE"

        return kind

    around(app, "_execute_api_authorization_type", make)


@fix("api-options")
def hand_options_to_the_route(_setup: Setup) -> None:
    """Without a CORS configuration OPTIONS is a method like any other; ministack answers it by itself.

    AWS: API Gateway developer guide, "Configure CORS for HTTP APIs": only with one configured does the API answer
    preflight requests.
    """
    rewrite(
        apigateway, "_handle_execute_in_scope", 'if method == "OPTIONS":', 'if method == "OPTIONS" and cors_cfg:'
    )
