"""An HTTP API by template, as the stack makes it, and a plain HTTP client for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local.engine.lab import ROLE, Lab, eventually

REGION = "eu-central-1"
ECHO = """
import base64, json
def handler(event, context):
    path = event["rawPath"]
    if path.endswith("/broken"):
        raise ValueError("a secret")
    if path.endswith("/picture"):
        body = base64.b64encode(bytes(range(9))).decode()
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "isBase64Encoded": True, "body": body}
    headers = {"content-type": "application/json", "cache-control": "no-store", "x-many": "one,two"}
    return {"statusCode": 418, "headers": headers, "cookies": ["a=1", "b=2"], "body": json.dumps(event)}
"""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What the function was given."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def caller(self) -> dict[str, Any]:
        found: dict[str, Any] = self.event["requestContext"]["authorizer"]["iam"]
        return found


@dataclass
class Api:
    """`url` as `Fn::GetAtt ApiEndpoint` gave it."""

    url: str
    api_id: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        *,
        signer: Credentials | None = None,
    ) -> Reply:
        """One request on a connection of its own; signed where somebody signs it."""
        where = urlsplit(self.url)
        sent = list((headers or {}).items()) if not isinstance(headers, list) else headers
        if signer is not None:
            sent = list(self.signed(method, path, body, signer).items())
        connection = HTTPConnection(where.netloc, timeout=20)
        try:
            connection.putrequest(method, where.path + path, skip_host=any(name == "Host" for name, _ in sent))
            for name, value in sent:
                connection.putheader(name, value)
            if body is not None and not any(name.lower() == "content-length" for name, _ in sent):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def signed(self, method: str, path: str, body: bytes | None, signer: Credentials) -> dict[str, str]:
        """The headers of a signed request."""
        request = AWSRequest(method, self.url + path, data=body, headers={"Content-Type": "application/json"})
        SigV4Auth(signer, "execute-api", REGION).add_auth(request)
        return {name: str(value) for name, value in request.headers.items()}


def deploy(lab: Lab, resources: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, str]:
    """A stack of these resources; its outputs. Fails with what CloudFormation says."""
    name, client = lab.name("stack"), lab.client("cloudformation")
    template = {"Resources": resources, "Outputs": {key: {"Value": value} for key, value in outputs.items()}}
    client.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"])
    stack = eventually(
        lambda: client.describe_stacks(StackName=name)["Stacks"][0],
        lambda found: not found["StackStatus"].endswith("IN_PROGRESS"),
    )
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", [one.get("ResourceStatusReason") for one in events]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}


def deploy_api(lab: Lab) -> Api:
    """One function behind `ANY /approvals/{approval_id}` and, signed, `ANY /operators/{proxy+}`."""
    target = {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]}
    function = {"Runtime": "python3.11", "Handler": "index.handler", "Role": lab.role, "Code": {"ZipFile": ECHO}}

    def of_the_api(kind: str, **properties: Any) -> dict[str, Any]:
        return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {"ApiId": {"Ref": "Api"}, **properties}}

    made = deploy(
        lab,
        {
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "echo", "ProtocolType": "HTTP"}},
            "Integration": of_the_api(
                "Integration",
                IntegrationType="AWS_PROXY",
                IntegrationUri={"Fn::GetAtt": ["Function", "Arn"]},
                PayloadFormatVersion="2.0",
            ),
            "Public": of_the_api("Route", RouteKey="ANY /approvals/{approval_id}", Target=target),
            "Operators": of_the_api(
                "Route", RouteKey="ANY /operators/{proxy+}", AuthorizationType="AWS_IAM", Target=target
            ),
            "Stage": of_the_api("Stage", StageName="$default", AutoDeploy=True),
        },
        {"Url": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}, "Id": {"Ref": "Api"}},
    )
    return Api(made["Url"], made["Id"])


def role(lab: Lab, service: str = "lambda.amazonaws.com") -> str:
    """A role without a policy; returns its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": service, "AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    name = ROLE.rsplit("/", 1)[-1]
    made = lab.client("iam").create_role(RoleName=lab.name(name), AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


def user(lab: Lab, *statements: Mapping[str, Any], name: str | None = None) -> Credentials:
    """The keys of an IAM user with these statements and nothing else."""
    iam, name = lab.client("iam"), name or lab.name("user")
    iam.create_user(UserName=name)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])
