"""A person who is asked, from outside: the mail, the page behind its link, and the answer that is typed."""

from __future__ import annotations

import json
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.approvals.desk import LINK, Answer, Form, http
from tests.e2e.platform import APPROVALS, REGION, Platform

INVOKE = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
# Key pairs of IAM users by engine and name: a user may have two, and a session of tests needs one.
_keys: dict[tuple[str, str], Credentials] = {}


def asked(platform: Platform, seconds: float = 60) -> str:
    """Waits for a mail with a personal link, and gives the link."""
    return platform.until(lambda: _link(platform), "somebody is asked by mail", seconds)


def link_of(platform: Platform, person: str, *, after: int = 0, seconds: float = 60) -> str:
    """Waits for the personal link of one person in the letters after the first `after` of this test."""
    return platform.until(lambda: links(platform, after).get(person), f"{person} is asked by mail", seconds)


def links(platform: Platform, after: int = 0) -> dict[str, str]:
    """The newest personal link of everybody who got one in the letters after the first `after` of this test."""
    found = {}
    for letter in platform.letters()[after:]:
        match = LINK.search(letter["text"] or "")
        if match:
            found[str(letter["to"][0]).partition("@")[0]] = match[0]
    return found


def page(link: str) -> Answer:
    return http("GET", link)


def answer(link: str, decision: str, **typed: str) -> Answer:
    """Opens the page, types the two words that it shows apart, and sends that option's form."""
    form: Form = page(link).form_of(decision)
    return http("POST", link, {**form.fields, "confirm": form.phrase, **typed})


def offered(link: str) -> list[str]:
    """The options that the page lets this person choose, in its order."""
    return [form.fields["decision"] for form in page(link).forms() if "decision" in form.fields]


def signed(platform: Platform, person: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """A call of the operators' routes by the IAM user of that name, who may invoke them and nothing else."""
    request = AWSRequest(
        method=method,
        url=platform.output("ApprovalsUrl").rstrip("/") + path,
        data=None if body is None else json.dumps(body),
        headers={"Accept": "application/json", "Content-Type": "application/json"},
    )
    SigV4Auth(_identity(platform, person), "execute-api", REGION).add_auth(request)
    said = URLLib3Session(proxies={}).send(request.prepare())
    return int(said.status_code), json.loads(said.text or "null")


def answer_signed(platform: Platform, person: str, approval_id: str, decision: str, **more: str) -> tuple[int, Any]:
    """As `runbooks approvals answer` does it: reads the request, types its two words, sends the decision."""
    path = f"/operators/approvals/{approval_id}"
    status, shown = signed(platform, person, "GET", path)
    assert status == 200, shown
    question = shown["question"]
    [option] = [one for one in question["options"] if one["id"] == decision]
    phrase = f"{option['act']} {question['target']}"
    return signed(platform, person, "POST", path, {"decision": decision, "confirm": phrase, **more})


def request(platform: Platform) -> dict[str, Any]:
    """The one request as it stands; {} while there is none."""
    found = platform.items(APPROVALS)
    assert len(found) <= 1, [one["approval_id"] for one in found]
    return found[0] if found else {}


def newest(platform: Platform) -> dict[str, Any]:
    """The request that was asked last."""
    return max(platform.items(APPROVALS), key=lambda one: str(one["asked_at"]), default={})


def _identity(platform: Platform, person: str) -> Credentials:
    where = (platform.endpoint_url, person)
    if where not in _keys:
        iam = platform.client("iam")
        policy = json.dumps({"Version": "2012-10-17", "Statement": [INVOKE]})
        iam.put_user_policy(UserName=person, PolicyName="operators", PolicyDocument=policy)
        key = iam.create_access_key(UserName=person)["AccessKey"]
        _keys[where] = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    return _keys[where]


def _link(platform: Platform) -> str | None:
    found = [LINK.search(one["text"] or "") for one in platform.letters()]
    return next((match[0] for match in found if match), None)
