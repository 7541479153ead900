"""An HTTP API's address works in every browser and client of this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from local.engine.fixes.patching import MinistackChanged, around
from local.engine.fixes.registry import Setup, fix

KIND = "AWS::ApiGatewayV2::Api"


def address(api_id: str) -> str:
    """Where ministack answers for an API by path; stages called `$default` stand at its root, as on AWS."""
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}"


@fix("api-address")
def answer_below_the_engines_own_address(_setup: Setup) -> None:
    """`ApiEndpoint` is an address by path: `{id}.execute-api.127.0.0.1` is a name that nobody resolves.

    AWS: API Gateway developer guide, "Invoke HTTP APIs" (`https://{api-id}.execute-api.{region}.amazonaws.com`);
    CloudFormation, AWS::ApiGatewayV2::Api, Fn::GetAtt ApiEndpoint.
    """
    handlers = provisioners._RESOURCE_HANDLERS.get(KIND, {})
    if "create" not in handlers:
        raise MinistackChanged(f"nothing creates {KIND} any more")
    create = handlers["create"]

    def provision(*args: Any) -> tuple[str, dict[str, Any]]:
        api_id, attributes = create(*args)
        return api_id, {**attributes, "ApiEndpoint": _placed(api_id)}

    handlers["create"] = provision
    around(apigateway, "_create_api", _creating)


def _placed(api_id: str) -> str:
    api = apigateway._apis[api_id]
    if api.get("protocolType") == "HTTP":
        api["apiEndpoint"] = address(api_id)
    return str(api["apiEndpoint"])


def _creating(original: Callable[[dict[str, Any]], tuple[int, Any, bytes]]) -> Callable[..., Any]:
    def create_api(data: dict[str, Any]) -> tuple[int, Any, bytes]:
        status, headers, body = original(data)
        if status >= 400:
            return status, headers, body
        made = json.loads(body)
        made["apiEndpoint"] = _placed(made["apiId"])
        return status, headers, json.dumps(made).encode()

    return create_api
