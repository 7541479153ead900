"""One desk, one request, and a caller who speaks to the function as API Gateway would: in payload format 2.0."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup, Tag

from functions.adapters.memory import World, twins
from functions.approvals import Approval, Asked, Delivery, Line, MailStatus, Option, Question, Risk, Standing
from functions.approvers import Approvers, Desk, Person
from functions.facts import Evidence
from functions.keys import hash_of
from functions.ports import Ports
from functions.rules.asking.phrase import distinct, spoken
from functions.runtime import restrict
from functions.settings import Env, Settings
from functions.tasks import approvals_page
from tests.rules.facts import NOW

ACCOUNT = "000000000000"
ANA, BEN, CLEO = "ana", "ben", "cleo"
ARN_OF = {who: f"arn:aws:iam::{ACCOUNT}:user/{who}" for who in (ANA, BEN, CLEO)}
KEY_OF = {who: f"{who}-key-Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZg" for who in (ANA, BEN, CLEO)}
APPROVAL = "apr-0123456789abcdef0123456789"
INCIDENT = "inc-0123456789abcdef0123"
TOKEN = "task-token-AQB8mNf"
FORM = "application/x-www-form-urlencoded"
LASTS = timedelta(minutes=15)

SETTINGS = Settings(
    env=Env.PROD,
    account_id=ACCOUNT,
    region="eu-central-1",
    approvals=Approvers(
        sender="runbooks@desk.example",
        people={
            who: Person(name=who.capitalize(), email=f"{who}@desk.example", arns=(ARN_OF[who],)) for who in KEY_OF
        },
        desks={"default": Desk(rungs=((ANA, BEN), (CLEO,)))},
    ),
)

RAISE = Option(
    "raise",
    "Raise the memory to 4096 MiB",
    "A new revision of the task is deployed with 4096 MiB. Both strategies stop for about two minutes.",
    Risk.ADDS,
    "RAISE",
)
RESUME = Option("resume", "Start trading again", "Entries are taken again.", Risk.ADDS, "RESUME", needed=2)
WAIT = Option("wait", "Keep waiting", "Nothing is changed until then.", Risk.NONE, "WAIT", until_at_most_minutes=60)
LEAVE = Option("reject", "Leave it as it is", "Nothing is changed. The incident stays open.", Risk.NONE, "LEAVE")


def question(**more: Any) -> Question:
    given: dict[str, Any] = {
        "kind": "change",
        "title": "Raise the memory of the strategy service?",
        "target": "SIZE8",
        "facts": (
            Line("Present size", "1024 CPU units, 2048 MiB"),
            Line("Out of memory", "3 times within 20 minutes"),
            Line("Open positions", "2, both protected at the venue"),
        ),
        "options": (RAISE, LEAVE),
        "evidence": (Evidence("stopped", "ECS task 7f3a", "OutOfMemoryError: container killed", NOW),),
        "cause": "memory_exhausted",
    }
    return Question(**{**given, **more})


def asked(person: str, rung: int = 0, **more: Any) -> Asked:
    given: dict[str, Any] = {"mail": MailStatus.SENT, "key_hash": hash_of(KEY_OF[person]), "message_id": "m-1"}
    return Asked(person, person.capitalize(), rung, NOW, **{**given, **more})


def approval(**more: Any) -> Approval:
    given: dict[str, Any] = {
        "approval_id": APPROVAL,
        "version": 1,
        "standing": Standing.PENDING,
        "delivery": Delivery.NONE,
        "runbook": "stale-heartbeat",
        "incident_id": INCIDENT,
        "execution_arn": f"arn:aws:states:eu-central-1:{ACCOUNT}:execution:tradai-prod-raise-memory:e1",
        "state": "AskAPerson",
        "entered_at": NOW,
        "question": distinct(question()),
        "asked_at": NOW,
        "lapses_at": NOW + LASTS,
        "again": {"runbook": "stale-heartbeat", "strategy_id": "s1"},
        "asked": (asked(ANA), asked(BEN)),
        "rungs_sent": 1,
    }
    return Approval(**{**given, **more})


@dataclass(frozen=True)
class Said:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str
    raw: dict[str, Any]

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        body = self.soup.body
        assert body is not None, "this is no page"
        return " ".join(body.get_text(" ").split())

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def form(self, **field: str) -> dict[str, str]:
        """The fields of the one form that has this field, as they stand."""
        (name, value), *_ = field.items()
        for form in self.soup.find_all("form"):
            fields = {str(one["name"]): _value(one) for one in form.find_all(["input", "textarea"])}
            if fields.get(name) == value:
                return fields
        raise AssertionError(f"no form has {name}={value}")

    def values(self, name: str) -> list[str]:
        """The values of every field of this name."""
        return [str(one.get("value") or "") for one in self.soup.select(f'[name="{name}"]')]

    @property
    def wrong(self) -> list[str]:
        """The fields that are marked as wrong."""
        return [str(one["name"]) for one in self.soup.select('[aria-invalid="true"]')]

    def has_form(self) -> bool:
        return self.soup.find("form") is not None


class Web:
    """`web.get(ANA)`, `web.answer(ANA, "raise")`, `web.operator("GET", "/operators/approvals", ANA)`."""

    def __init__(self, given: Approval | None = None, settings: Settings = SETTINGS) -> None:
        self.world, self.settings = World(now=NOW), settings
        self.ports: Ports = twins(self.world)
        self.ports.incidents.open(
            {
                "incident_id": INCIDENT,
                "runbook": "stale-heartbeat",
                "execution_arn": "arn",
                "opened_at": NOW,
                "severity": "high",
                "strategy_ids": ["s1", "s2"],
            }
        )
        if given is None or given.version:
            self.put(given or approval())
        self.world.calls.clear()

    def put(self, given: Approval) -> None:
        assert self.ports.approvals.ask(given, TOKEN)

    @property
    def stands(self) -> Approval:
        found = self.ports.approvals.get(APPROVAL)
        assert found is not None
        return found

    def change(self, **fields: Any) -> Approval:
        """As if somebody else had written."""
        changed = replace(self.stands, version=self.stands.version + 1, **fields)
        assert self.ports.approvals.change(changed)
        return changed

    def send(self, event: Mapping[str, Any]) -> Said:
        ports = restrict(self.ports, approvals_page.handler.needs)
        raw: Any = approvals_page.handler.work(json.loads(json.dumps(event)), ports, self.settings)
        assert set(raw) == {"statusCode", "headers", "body", "isBase64Encoded"}
        assert json.dumps(raw)
        return Said(raw["statusCode"], raw["headers"], raw["body"], raw)

    def get(self, who: str = ANA, **more: Any) -> Said:
        return self.send(event("GET", key=KEY_OF[who], **more))

    def post(self, fields: Mapping[str, str], who: str = ANA, **more: Any) -> Said:
        given = {"key": KEY_OF[who], "body": urlencode(fields), **more}
        return self.send(event("POST", **given))

    def answer(self, who: str, decision: str, **changes: str) -> Said:
        """Opens the page and fills in that option's form as a person would."""
        return self.post({**self.filled(who, decision), **changes}, who)

    def filled(self, who: str, decision: str) -> dict[str, str]:
        option = self.stands.option(decision)
        assert option is not None
        typed = {"confirm": f"{option.act} {spoken(self.stands).target}".lower()}
        return {**self.get(who).form(decision=decision), **typed}

    def operator(self, method: str, path: str, who: str | None = ANA, body: Any = None, **more: Any) -> Said:
        authorizer = {"iam": {"userArn": ARN_OF[who]}} if who else None
        given = {"path": path, "authorizer": authorizer, "headers": {"content-type": "application/json"}}
        return self.send(event(method, body=None if body is None else json.dumps(body), **{**given, **more}))


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that every log line holds, its keys and the error that it is about too."""
    return caplog.text + " ".join(str(vars(record)) for record in caplog.records)


def event(
    method: str,
    *,
    path: str = f"/approvals/{APPROVAL}",
    key: str | None = None,
    query: str | None = None,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    encoded: bool = False,
    authorizer: Mapping[str, Any] | None = None,
    agent: str = "a phone",
    address: str = "192.0.2.7",
) -> dict[str, Any]:
    """An event of an HTTP API. Bytes, and text with `encoded`, go as API Gateway sends what is no text."""
    raw = query if query is not None else f"k={quote(key)}" if key else ""
    if isinstance(body, bytes) or encoded:
        body = b64encode(body if isinstance(body, bytes) else (body or "").encode()).decode()
        encoded = True
    kind = {"content-type": FORM} if body is not None else {}
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": "api1",
        "stage": "$default",
        "routeKey": "ANY /approvals/{approval_id}",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": address, "userAgent": agent},
    }
    if authorizer is not None:
        context["authorizer"] = authorizer
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": path,
        "rawQueryString": raw,
        "headers": {
            "host": "api1.execute-api.eu-central-1.amazonaws.com",
            **(kind if headers is None else headers),
        },
        "requestContext": context,
        "isBase64Encoded": encoded,
    }
    if body is not None:
        made["body"] = body
    return made


def _value(one: Tag) -> str:
    return str(one.get("value") or one.get_text().removeprefix("\n"))
