"""A desk from outside: machines that ask, the mails that arrive, and the pages behind their links.

Nothing of the product's code is used: boto3, HTTP, and an HTML parser.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from boto3.dynamodb.types import TypeSerializer
from bs4 import BeautifulSoup, Tag

from tests.e2e.platform import ACCOUNT, INCIDENTS, REGION, Platform, ago

T = TypeVar("T")
APPROVALS = "tradai-runbook-approvals-local"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S*?/approvals/[\w-]+\?k=[\w-]+")
ASKING = "tradai-local-asking-test"
ASK = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tradai-local-rb-ask"


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    @property
    def text(self) -> str:
        """What a person sees, in one line."""
        return " ".join(self.soup.get_text(" ").split())

    def forms(self) -> list[Form]:
        return [Form.of(form) for form in self.soup.find_all("form") if isinstance(form, Tag)]

    def form_of(self, decision: str) -> Form:
        return next(form for form in self.forms() if form.fields.get("decision") == decision)


@dataclass(frozen=True)
class Form:
    """A form as it stands: every field with the value that it has before anybody types."""

    method: str
    action: str
    fields: dict[str, str]
    confirm: tuple[str, str] | None

    @classmethod
    def of(cls, form: Tag) -> Form:
        fields = {
            str(one["name"]): str(one.get("value") or one.get_text() or "")
            for one in form.find_all(["input", "textarea", "select", "button"])
            if isinstance(one, Tag) and one.get("name")
        }
        confirm = form.select_one('[name="confirm"]')
        words = (
            (str(confirm.get("data-act")), str(confirm.get("data-target"))) if isinstance(confirm, Tag) else None
        )
        return cls(str(form.get("method", "get")).lower(), str(form.get("action") or ""), fields, words)

    @property
    def phrase(self) -> str:
        """What a person would write: the two words together."""
        assert self.confirm, "the form asks for no phrase"
        return " ".join(self.confirm)


@dataclass
class Asked:
    """One waiting execution."""

    execution: str
    incident_id: str
    approval_id: str = ""
    links: dict[str, str] = field(default_factory=dict)


def http(
    method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request, no redirect followed."""
    parts = urlsplit(url)
    body = urlencode(form) if form is not None else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=30)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body, {**kind, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)
    finally:
        connection.close()


def question(**changes: Any) -> dict[str, Any]:
    """A question as a planning task would make it."""
    asked: dict[str, Any] = {
        "kind": "resume",
        "title": "Raise the strategy service to 4096 MiB?",
        "target": "4096",
        "facts": [
            {"name": "Present size", "value": "1024 CPU units, 2048 MiB"},
            {"name": "Out of memory", "value": "3 times in 20 minutes"},
        ],
        "options": [
            option("raise", "Raise the memory", "A new revision with 4096 MiB is deployed.", "adds", "RAISE"),
            option("reject", "Leave it as it is", "Nothing is changed.", "none", "LEAVE"),
        ],
        "evidence": [
            {"what": "stopped", "where": "ECS", "value": "OutOfMemoryError", "at": ago(30)},
        ],
        "desk": "default",
        "cause": "memory_exhausted",
        "venue": None,
    }
    return asked | changes


def option(name: str, label: str, consequence: str, risk: str, act: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": label, "consequence": consequence, "risk": risk, "act": act, **more}


@dataclass
class Desk:
    """The machine that asks, and everything that people get."""

    platform: Platform
    approvals_url: str
    machine: str = ""
    _runs: int = 0

    def ready(self) -> Desk:
        """A machine of one state that asks what its input says."""
        made = self.platform.client("stepfunctions").create_state_machine(
            name=ASKING, roleArn=self._role(), definition=json.dumps(definition())
        )
        self.machine = made["stateMachineArn"]
        return self

    def _role(self) -> str:
        """May call the function that asks, and nothing else."""
        iam = self.platform.client("iam")
        states = {"Service": "states.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": states, "Action": "sts:AssumeRole"}
        may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ASK}
        role = iam.create_role(RoleName=ASKING, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=ASKING, PolicyName="ask", PolicyDocument=policy(may))
        return str(role)

    def ask(self, *, wait: bool = True, **changes: Any) -> Asked:
        """Starts a run that asks, and waits until the first mail is there."""
        self._runs += 1
        incident_id = f"inc-{time.time_ns():x}{self._runs}"
        self._incident(incident_id)
        run = {
            "incident_id": incident_id,
            "runbook": "stale-heartbeat",
            "execution_arn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{ASKING}:{incident_id}",
            "opened_at": ago(5),
            "dry_run": False,
            "mode": "act",
            "strategy_id": None,
            "alarm_name": None,
            "alarm_at": None,
            "requested_by": None,
            "proceed": True,
            "why_not": None,
        }
        arn = self.platform.client("stepfunctions").start_execution(
            stateMachineArn=self.machine,
            name=incident_id,
            # Alike questions would become one request; only the test of that asks alike.
            input=json.dumps({"run": run, "question": question(**{"cause": incident_id, **changes})}),
        )["executionArn"]
        asked = Asked(arn, incident_id)
        if wait:
            self.until(lambda: self.links(asked), "the first mail arrives")
        return asked

    def _incident(self, incident_id: str) -> None:
        item = {
            "incident_id": incident_id,
            "runbook": "stale-heartbeat",
            "execution_arn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{ASKING}:{incident_id}",
            "opened_at": ago(5),
            "severity": "high",
            "strategy_ids": [],
            "evidence": [],
            "evidence_total": 0,
            "approvals": [],
            "checklist": [],
            "intents": {},
            "revision": 0,
        }
        serialize = TypeSerializer().serialize
        self.platform.client("dynamodb").put_item(
            TableName=INCIDENTS, Item={key: serialize(value) for key, value in item.items()}
        )

    def links(self, asked: Asked) -> dict[str, str]:
        """The personal link of everybody who was mailed so far."""
        approval = self.approval_of(asked)
        if approval:
            asked.approval_id = approval["approval_id"]
            for message in self.mails():
                found = LINK.search(message["text"] or "")
                if found and f"/{asked.approval_id}?" in found[0]:
                    asked.links[message["to"][0].partition("@")[0]] = found[0]
        return asked.links

    def approval_of(self, asked: Asked) -> dict[str, Any]:
        """The newest request of that execution; {} where there is none yet."""
        found = [one for one in self.approvals() if one["execution_arn"] == asked.execution]
        return max(found, key=lambda one: str(one["asked_at"]), default={})

    def approvals(self) -> list[dict[str, Any]]:
        return self.platform.items(APPROVALS)

    def mails(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.platform.http("GET", "/_local/mailbox")["messages"]
        return [one for one in messages if one["via"] == "ses"]

    def page(self, link: str) -> Answer:
        return http("GET", link)

    def answer(self, link: str, decision: str, /, **changes: str) -> Answer:
        """Opens the page, fills in that option's form as a person would, and sends it."""
        form = self.page(link).form_of(decision)
        return self.send(link, form, **{"confirm": form.phrase, **changes})

    def send(self, link: str, form: Form, /, **changes: str) -> Answer:
        return http("POST", link, {**form.fields, **changes})

    def status(self, asked: Asked) -> str:
        return str(self.platform.describe(asked.execution)["status"])

    def result(self, asked: Asked, seconds: float = 60) -> dict[str, Any]:
        """What the waiting state got, once the execution has ended."""
        self.until(lambda: self.status(asked) != "RUNNING", "the run goes on", seconds)
        found: dict[str, Any] = json.loads(self.platform.describe(asked.execution).get("output") or "{}")
        return found

    def until(self, look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
        return self.platform.until(look, what, seconds)

    def sweep(self) -> None:
        """The scheduled sweeper, now."""
        self.platform.client("lambda").invoke(FunctionName="tradai-local-rb-sweep-approvals", Payload=b"{}")


def key_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["k"][0]


def policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def definition() -> dict[str, Any]:
    """One waiting state, in the shape that every asking machine has."""
    return {
        "StartAt": "AskAPerson",
        "States": {
            "AskAPerson": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": ASK,
                    "Payload": {
                        "run.$": "$.run",
                        "question.$": "$.question",
                        "execution_arn.$": "$$.Execution.Id",
                        "state.$": "$$.State.Name",
                        "entered_at.$": "$$.State.EnteredTime",
                        "retry_count.$": "$$.State.RetryCount",
                        "task_token.$": "$$.Task.Token",
                    },
                },
                "TimeoutSeconds": 3750,
                "Retry": [{"ErrorEquals": ["Transient"], "IntervalSeconds": 1, "MaxAttempts": 2}],
                "End": True,
            }
        },
    }
