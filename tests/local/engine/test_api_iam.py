"""A route with AWS_IAM authorization: who may call it, and as whom the function sees him."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from botocore.credentials import Credentials

from tests.local.engine.http_api import Api, deploy_api, role, user
from tests.local.engine.lab import Lab

PATH = "/operators/approvals?open=true"
ACCOUNT = "000000000000"
FORBIDDEN = {"message": "Forbidden"}


@pytest.fixture(scope="module")
def api(lab: Lab) -> Api:
    return deploy_api(lab)


@pytest.fixture(scope="module")
def guarded_api(guarded: Lab) -> Api:
    guarded.role = role(guarded)
    return deploy_api(guarded)


def invoke(api: Api) -> dict[str, str]:
    arn = f"arn:aws:execute-api:eu-central-1:{ACCOUNT}:{api.api_id}/$default/*/operators/*"
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}


def session(lab: Lab, name: str) -> Credentials:
    """Of a role that may do everything."""
    arn = role(lab)
    every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [every]})
    lab.client("iam").put_role_policy(RoleName=arn.rsplit("/", 1)[-1], PolicyName="p", PolicyDocument=document)
    given = lab.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def tampered(credentials: Credentials) -> Credentials:
    return Credentials(credentials.access_key, "not-the-secret", credentials.token)


def test_an_unsigned_request_is_forbidden(api: Api, guarded_api: Api) -> None:
    for one in (api, guarded_api):
        reply = one.call("GET", PATH)
        assert (reply.status, json.loads(reply.body)) == (403, FORBIDDEN)


@pytest.mark.parametrize("header", ["Bearer abc", "AWS4-HMAC-SHA256 Credential=test", "AWS4-HMAC-SHA256 x"])
def test_what_is_no_signature_is_forbidden(api: Api, header: str) -> None:
    assert api.call("GET", PATH, headers={"Authorization": header}).status == 403


def test_any_credentials_are_the_accounts_root_without_enforcement(api: Api) -> None:
    for pair in (Credentials("test", "test"), Credentials("anything", "will do")):
        caller = api.call("GET", PATH, signer=pair).caller
        assert caller["userArn"] == f"arn:aws:iam::{ACCOUNT}:root"
        assert (caller["accessKey"], caller["accountId"]) == (pair.access_key, ACCOUNT)


def test_a_user_is_known_by_name_and_his_signature_is_looked_at(lab: Lab, api: Api) -> None:
    bob = user(lab)
    reply = api.call("POST", "/operators/approvals/apr-1", b'{"decision": "yes"}', signer=bob)
    caller = reply.caller
    assert re.fullmatch(rf"arn:aws:iam::{ACCOUNT}:user/user-\d+", caller["userArn"])
    assert caller["userId"] == caller["callerId"]
    assert caller["userId"].startswith("AIDA")
    assert set(caller) >= {"accessKey", "accountId", "callerId", "cognitoIdentity", "principalOrgId", "userArn"}
    assert api.call("GET", PATH, signer=tampered(bob)).status == 403


def test_a_session_is_known_by_role_and_name(lab: Lab, api: Api) -> None:
    carol = session(lab, "carol")
    arn = api.call("GET", PATH, signer=carol).caller["userArn"]
    assert re.fullmatch(rf"arn:aws:sts::{ACCOUNT}:assumed-role/lab-\d+/carol", arn)
    assert api.call("GET", PATH, signer=tampered(carol)).status == 403
    assert api.call("GET", PATH, signer=Credentials(carol.access_key, carol.secret_key)).status == 403


@pytest.mark.parametrize("part", ["method", "path", "query", "body", "region"])
def test_a_signature_holds_for_one_request_alone(lab: Lab, api: Api, part: str) -> None:
    bob, body = user(lab), b'{"decision": "no"}'
    headers = api.signed("POST", PATH, body, bob)
    assert api.call("POST", PATH, body, headers).status == 418
    method = "PUT" if part == "method" else "POST"
    path = {"path": "/operators/others?open=true", "query": "/operators/approvals?open=false"}.get(part, PATH)
    if part == "region":
        headers["Authorization"] = headers["Authorization"].replace("eu-central-1", "us-east-1")
    sent = b'{"decision": "si"}' if part == "body" else body
    assert api.call(method, path, sent, headers).status == 403


def test_nobody_names_another_caller_by_a_header(lab: Lab, api: Api) -> None:
    bob = user(lab)
    headers = api.signed("GET", PATH, None, bob)
    forged = {**headers, "X-Amzn-Caller-Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    assert ":user/" in api.call("GET", PATH, headers=forged).caller["userArn"]


def test_policies_decide_where_they_are_enforced(guarded: Lab, guarded_api: Api) -> None:
    stranger, bob = user(guarded), user(guarded, invoke(guarded_api))
    reply = guarded_api.call("GET", PATH, signer=stranger)
    assert (reply.status, json.loads(reply.body)) == (403, FORBIDDEN)
    assert ":user/" in guarded_api.call("GET", PATH, signer=bob).caller["userArn"]
    assert guarded_api.call("GET", PATH, signer=tampered(bob)).status == 403


def test_under_enforcement_roots_own_signature_is_looked_at_and_strangers_keys_are_refused(
    guarded: Lab, guarded_api: Api
) -> None:
    pair = guarded.engine.credentials
    root = Credentials(pair.access_key_id, pair.secret_access_key)
    assert guarded_api.call("GET", PATH, signer=root).caller["userArn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert guarded_api.call("GET", PATH, signer=tampered(root)).status == 403
    assert guarded_api.call("GET", PATH, signer=Credentials("AKIA0000000000000000", "x")).status == 403


def test_ministack_alone_takes_any_signature(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("api-iam")
    api = deploy_api(lab)
    assert api.call("GET", PATH, signer=tampered(user(lab))).status == 418
