"""The address that approval links lead to: who may call it, how often, and what is written down of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.config import load_settings
from infra.constructs.approvals_api import ACCESS_LOG, LONGEST_SECONDS
from infra.errors import SetupError
from infra.paths import FUNCTIONS
from infra.tasks import read
from tests.infra.template import Template
from tests.infra.test_stack import env_of, function_of

PAGE = "approvals_page"
ROUTES = {"ANY /approvals/{approval_id}": "NONE", "ANY /operators/{proxy+}": "AWS_IAM"}
# What API Gateway offers for an access log and what a key cannot get into: the key of a link stands in the query
# string, and a client writes headers as it likes ("Customize HTTP API access logs", Developer Guide).
HARMLESS = {
    "$context.requestId",
    "$context.requestTime",
    "$context.identity.sourceIp",
    "$context.httpMethod",
    "$context.path",
    "$context.status",
    "$context.responseLatency",
}


def only(template: Template, kind: str) -> tuple[str, Mapping[str, Any]]:
    ((name, properties),) = template.of(kind).items()
    return name, properties


def routes(template: Template) -> dict[str, Mapping[str, Any]]:
    return {one["RouteKey"]: one for one in template.of("AWS::ApiGatewayV2::Route").values()}


def test_links_need_no_identity_and_the_command_line_needs_one(template: Template) -> None:
    assert {key: one["AuthorizationType"] for key, one in routes(template).items()} == ROUTES


def test_every_method_of_a_route_reaches_the_one_function_that_can_say_405(template: Template) -> None:
    api, _ = only(template, "AWS::ApiGatewayV2::Api")
    name, integration = only(template, "AWS::ApiGatewayV2::Integration")
    assert integration["ApiId"] == {"Ref": api}
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    function = template.of("AWS::Lambda::Function")[integration["IntegrationUri"]["Fn::GetAtt"][0]]
    assert function["Handler"] == f"functions.tasks.{PAGE}.handler"
    for key, route in routes(template).items():
        assert key.startswith("ANY ")
        assert template.text(route["Target"]) == f"integrations/<{name}>"
        assert route["ApiId"] == {"Ref": api}


def test_the_api_waits_for_the_function_and_not_the_other_way_round(template: Template) -> None:
    _, integration = only(template, "AWS::ApiGatewayV2::Integration")
    timeout = read(FUNCTIONS / "tasks" / f"{PAGE}.py").timeout
    assert timeout * 1000 < integration["TimeoutInMillis"] <= 30_000


def test_no_other_site_is_let_in_and_the_address_is_aws_own(template: Template) -> None:
    _, api = only(template, "AWS::ApiGatewayV2::Api")
    assert api["ProtocolType"] == "HTTP"
    assert not {"CorsConfiguration", "DisableExecuteApiEndpoint", "Body", "Target"} & set(api)


def test_calls_are_throttled_and_a_flood_on_the_page_leaves_the_command_line_its_share(template: Template) -> None:
    _, stage = only(template, "AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    given = {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    assert stage["DefaultRouteSettings"] == given
    assert stage["RouteSettings"] == {"ANY /operators/{proxy+}": given}


def test_the_stage_comes_after_the_route_that_it_has_settings_for(template: Template) -> None:
    ((_, stage),) = template.raw("AWS::ApiGatewayV2::Stage").items()
    operators = next(
        name for name, one in template.of("AWS::ApiGatewayV2::Route").items() if "operators" in one["RouteKey"]
    )
    assert operators in stage["DependsOn"]


def test_the_access_log_holds_nothing_that_could_hold_a_key(template: Template) -> None:
    _, stage = only(template, "AWS::ApiGatewayV2::Stage")
    told = stage["AccessLogSettings"]["Format"]
    assert set(re.findall(r"\$[\w.$-]+", told)) == HARMLESS
    assert set(json.loads(told).values()) == HARMLESS, "each is a field of its own, and there is no other text"


@pytest.mark.parametrize(
    "leak", ["$context.identity.userAgent", "$context.querystring", "$request.querystring.k", "$context.protocol"]
)
def test_another_variable_in_the_access_log_would_be_noticed(leak: str) -> None:
    told = json.dumps({**ACCESS_LOG, "more": leak})
    assert set(re.findall(r"\$[\w.$-]+", told)) != HARMLESS


def test_the_access_log_goes_to_a_group_of_its_own(template: Template) -> None:
    _, stage = only(template, "AWS::ApiGatewayV2::Stage")
    group = template.of("AWS::Logs::LogGroup")[stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0]]
    assert group["LogGroupName"] == f"/aws/vendedlogs/apis/tradai-{env_of(template)}-approvals"


def test_only_this_api_may_call_the_function(template: Template) -> None:
    api, _ = only(template, "AWS::ApiGatewayV2::Api")
    settings = load_settings(env_of(template))
    (permission,) = (
        one
        for one in template.of("AWS::Lambda::Permission").values()
        if one["Principal"] == "apigateway.amazonaws.com"
    )
    assert permission["Action"] == "lambda:InvokeFunction"
    arn = f"arn:aws:execute-api:{settings.region}:{settings.account_id}:<{api}>/*/*"
    assert template.text(permission["SourceArn"]) == arn
    assert function_of(template, permission["FunctionName"])["Handler"] == f"functions.tasks.{PAGE}.handler"


def test_functions_and_the_output_tell_the_apis_own_address(template: Template) -> None:
    api, _ = only(template, "AWS::ApiGatewayV2::Api")
    address = {"Fn::GetAtt": [api, "ApiEndpoint"]}
    assert template.body["Outputs"]["ApprovalsUrl"]["Value"] == address
    for function in template.of("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["APPROVALS_URL"] == address


def test_a_page_that_the_api_would_not_wait_for_ends_the_synthesis(tmp_path: Path) -> None:
    from aws_cdk import Stack

    from infra.app import new_app
    from infra.constructs.approvals_api import ApprovalRoutes, ApprovalsApi
    from infra.names import Names

    stack, names = Stack(new_app(tmp_path), "stack"), Names(load_settings("dev"))
    slow = replace(read(FUNCTIONS / "tasks" / "closer.py"), name="slow", timeout=LONGEST_SECONDS + 1)
    unused: Any = None
    with pytest.raises(SetupError, match=r"slow\.py: TIMEOUT_SECONDS must be at most 29 behind an API"):
        ApprovalRoutes(stack, ApprovalsApi(stack, names), unused, slow, names)
