"""Twins of the smaller ports: what they are told is kept in the world, what they answer stands there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from functions.adapters.images import parsed
from functions.adapters.mail_rules import sendable
from functions.adapters.memory.world import Started, World
from functions.adapters.notifier import body as message_body
from functions.adapters.notifier import subject_line
from functions.adapters.reports import console_url
from functions.adapters.values import json_default, plain
from functions.approvals import Mail
from functions.errors import Broken, Refused
from functions.facts import ProbeFact, Reading
from functions.rules.reporting.redact import clean_body

REGION: Final = "eu-central-1"
BUCKET: Final = "tradai-runbook-reports"
MACHINES: Final = f"arn:aws:states:{REGION}:000000000000:stateMachine:tradai-local-"


class MemoryClock:
    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now


class MemoryRegistry:
    def __init__(self, world: World) -> None:
        self._world = world

    def digest(self, image: str) -> str | None:
        found = parsed(image)
        if found is None:
            return None
        return found.digest or self._world.digests.get(image)


class MemoryProbes:
    """A target that no test has spoken of is reachable."""

    def __init__(self, world: World) -> None:
        self._world = world

    def look(self, target: str) -> ProbeFact:
        fine = ProbeFact(target, Reading.OK, "HTTP 200", self._world.now, http_status=200)
        return self._world.probes.get(target, fine)


class MemoryExecutions:
    def __init__(self, world: World) -> None:
        self._world = world

    def status(self, execution_arn: str) -> str | None:
        known = self._world.executions.get(execution_arn)
        return known.status if known else None

    def start(self, runbook: str, name: str, payload: Mapping[str, Any]) -> str | None:
        arn = f"{MACHINES.replace(':stateMachine:', ':execution:')}{runbook}:{name}"
        given = json.loads(json.dumps(plain(payload), default=json_default))
        earlier = self._world.executions.get(arn)
        if earlier is None:
            self._world.executions[arn] = Started(arn, runbook, name, given)
            return arn
        return arn if earlier.status == "RUNNING" and earlier.payload == given else None

    def start_stop(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start("emergency-stop", name, payload)

    def start_verification(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start("verify-trading", name, payload)

    def start_withdrawal(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start("test-order", name, payload)


class MemoryCallbacks:
    """A token of which no test has said otherwise is waited for until it is answered."""

    def __init__(self, world: World) -> None:
        self._world = world

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> bool:
        if task_token in self._world.callbacks or task_token in self._world.tokens_over:
            return False
        self._world.callbacks[task_token] = json.loads(json.dumps(plain(output), default=json_default))
        return True


class MemoryMailer:
    """Takes every address but `world.refused_addresses`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, mail: Mail) -> str:
        said = sendable(mail)
        if mail.to in self._world.refused_addresses:
            raise Refused("ses:SendEmail: MessageRejected: Email address is not verified.")
        self._world.mails.append(said)
        return f"mail-{len(self._world.mails)}"


class MemoryNotifier:
    def __init__(self, world: World) -> None:
        self._world = world

    def page(self, subject: str, message: str, *, bare: bool = False) -> None:  # noqa: ARG002 - no footer here
        self._world.paged.append((subject_line(subject), message_body(message)))

    def publish(self, subject: str, message: str) -> None:
        self._world.sent.append((subject_line(subject), message_body(message)))


class MemoryReports:
    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, key: str, body: str, content_type: str) -> None:
        self._world.objects[key] = (clean_body(body, content_type), content_type)

    def get(self, key: str) -> str:
        if key not in self._world.objects:
            raise Refused(f"{key}: not there")
        return self._world.objects[key][0]

    def console_url(self, key: str) -> str:
        return console_url(REGION, BUCKET, key)


class MemoryAnnouncements:
    """`world.announced` lists the incidents."""

    def __init__(self, world: World) -> None:
        self._world = world

    def changed(self, incident_id: str) -> None:
        self._world.announced.append(incident_id)


class MemoryMeasures:
    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, name: str, value: float, dimensions: Mapping[str, str]) -> None:
        self._world.measures.append((name, value, dict(dimensions)))


class MemoryStatusPage:
    def __init__(self, world: World) -> None:
        self._world = world

    def post(self, *, name: str, body: str) -> str | None:
        if not self._world.has_status_page:
            return None
        made = f"page-{len(self._world.posts) + 1}"
        self._world.posts.append({"id": made, "status": "investigating", "name": name, "body": body})
        return made

    def update(self, page_incident: str, *, status: str, body: str) -> None:
        if not self._world.has_status_page:
            raise Broken("status page: the settings name none")
        self._world.posts.append({"id": page_incident, "status": status, "body": body})
