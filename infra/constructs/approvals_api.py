"""The address that approval links lead to: an HTTP API with one function behind it.

The API is made before the functions, which are told its address; integration, routes and permission name both
and are made after them (`ApprovalRoutes`), so that nothing refers in a circle.
"""

from __future__ import annotations

import json
from typing import Final

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.log_group import log_group
from infra.constructs.task import Task
from infra.errors import SetupError
from infra.names import Names
from infra.tasks import TaskFile

PUBLIC: Final = "ANY /approvals/{approval_id}"
OPERATORS: Final = "ANY /operators/{proxy+}"

# The key of a link stands in the query string alone, and mail scanners put what they like into headers: of a
# request only these are written down.
ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
}

# Calls a second for each route. A person makes a few; scanners open every link of every mail at once. Each
# route has its own, so that a flood on the public one does not keep the command line out.
RATE: Final = 50
BURST: Final = 100

# API Gateway gives up after 30 s, and would tell nobody what became of the vote.
LONGEST_SECONDS: Final = 29


class ApprovalsApi(Construct):
    """The API itself and the address of its default stage. No CORS: no other site has business here.

    AWS WAF cannot stand before an HTTP API; throttling here, and the delay that grows with each wrong phrase in
    the function, take its place.
    """

    def __init__(self, scope: Construct, names: Names) -> None:
        super().__init__(scope, "approvals-api")
        self.api = apigateway.CfnApi(
            self,
            "Api",
            name=names.approvals_api,
            description="Approval pages, and approvals from the command line",
            protocol_type="HTTP",
        )
        self.id = self.api.ref
        self.url = self.api.attr_api_endpoint


class ApprovalRoutes(Construct):
    """One function behind two routes: by personal key for everybody, by AWS identity for operators."""

    def __init__(self, scope: Construct, api: ApprovalsApi, task: Task, file: TaskFile, names: Names) -> None:
        super().__init__(scope, "approvals-routes")
        if file.timeout > LONGEST_SECONDS:
            raise SetupError(f"{file.name}.py: TIMEOUT_SECONDS must be at most {LONGEST_SECONDS} behind an API")
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api.id,
            integration_type="AWS_PROXY",
            integration_uri=task.function.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=(file.timeout + 1) * 1000,
        )
        target = f"integrations/{integration.ref}"
        # The function answers every method, so that a wrong one is told 405 and not API Gateway's 404.
        public = apigateway.CfnRoute(
            self, "Public", api_id=api.id, route_key=PUBLIC, authorization_type="NONE", target=target
        )
        Validations.of(public).acknowledge(
            Acknowledgment(
                id="AwsSolutions-APIG4",
                reason="The personal key in the link authorizes, and the function checks it in every call",
            )
        )
        operators = apigateway.CfnRoute(
            self, "Operators", api_id=api.id, route_key=OPERATORS, authorization_type="AWS_IAM", target=target
        )
        logs = log_group(self, f"/aws/vendedlogs/apis/{names.approvals_api}", names.settings)
        throttling = {"ThrottlingRateLimit": RATE, "ThrottlingBurstLimit": BURST}
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=logs.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=RATE, throttling_burst_limit=BURST
            ),
            route_settings={OPERATORS: throttling},
        )
        # A stage is refused where it has settings for a route that is not there yet.
        stage.add_resource_dependency(operators)
        lambda_.CfnPermission(
            self,
            "Invoke",
            action="lambda:InvokeFunction",
            function_name=task.function.function_name,
            principal="apigateway.amazonaws.com",
            source_arn=names.arn("execute-api", f"{api.id}/*/*"),
        )
