"""The pattern that people copy: a link with the task token in it, and a function that hands the token over.

Only to be measured against: it is what docs/threat-model.md is about.
"""

from __future__ import annotations

import io
import json
import zipfile

from tests.e2e.platform import ACCOUNT, REGION, Platform

NAME = "bench-link"
CODE = """import boto3, json
states = boto3.client("stepfunctions")
def handler(event, context):
    token = event["queryStringParameters"]["token"]
    states.send_task_success(taskToken=token, output=json.dumps({"decision": "reject"}))
    return {"statusCode": 200, "body": "thanks"}
"""


def deploy(platform: Platform) -> str:
    """Function and HTTP API; returns the address that takes `?token=`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = platform.client("iam").create_role(
        RoleName=NAME, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    lambdas, apis = platform.client("lambda"), platform.client("apigatewayv2")
    lambdas.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=15,
    )
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{NAME}"
    api = apis.create_api(Name=NAME, ProtocolType="HTTP")["ApiId"]
    integration = apis.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    apis.create_route(ApiId=api, RouteKey="GET /approve", Target=f"integrations/{integration}")
    apis.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    lambdas.add_permission(
        FunctionName=NAME, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    lambdas.invoke(FunctionName=NAME, Payload=b'{"queryStringParameters": {"token": "none"}}')
    return f"{platform.endpoint_url}/_aws/execute-api/{api}/approve"
