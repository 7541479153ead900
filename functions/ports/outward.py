"""Whom the runbooks tell and start: people, pages, metrics, executions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from functions.approvals import Mail


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Callbacks(Protocol):
    """Step Functions' callbacks."""

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> bool:
        """SendTaskSuccess. True: taken. False: nobody waits for it (any more): TaskTimedOut, TaskDoesNotExist,
        InvalidToken. Repeating it is harmless: a token is answered once."""
        ...


class Mailer(Protocol):
    """SES, with the stack's configuration set and the settings' sender."""

    def send(self, mail: Mail) -> str:
        """SES's message id. `Refused` where SES does not take it (address, identity, suspended account)."""
        ...


class Executions(Protocol):
    """Step Functions."""

    def status(self, execution_arn: str) -> str | None:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED; None where it is not known (any more)."""
        ...

    def start(self, runbook: str, name: str, payload: Mapping[str, Any]) -> str | None:
        """Starts a runbook under a name; None where that name has run already."""
        ...

    def start_stop(self, name: str, payload: Mapping[str, Any]) -> str | None:
        """`start` of emergency-stop, for whoever may start nothing else."""
        ...

    def start_verification(self, name: str, payload: Mapping[str, Any]) -> str | None:
        """`start` of verify-trading, for whoever may start nothing else."""
        ...

    def start_withdrawal(self, name: str, payload: Mapping[str, Any]) -> str | None:
        """`start` of test-order, for whoever may start nothing else."""
        ...


class Notifier(Protocol):
    """The platform's SNS topic."""

    def publish(self, subject: str, message: str) -> None: ...

    def page(self, subject: str, message: str, *, bare: bool = False) -> None:
        """To the paging topic (the alerts topic where the settings name no other). `bare`: without the line on how
        all trading is stopped, because what tells of a question carries no link at all."""
        ...


class StatusPage(Protocol):
    """The status page of the settings, by HTTP (Statuspage's shape)."""

    def post(self, *, name: str, body: str) -> str | None:
        """Creates an incident with status `investigating`; its id there, None where the settings name no page.
        `Refused` where the page says no, `Transient` or `Uncertain` where it does not answer."""
        ...

    def update(self, page_incident: str, *, status: str, body: str) -> None:
        """`identified`, `monitoring` or `resolved`."""
        ...


class Reports(Protocol):
    """The private bucket for reports and details."""

    def put(self, key: str, body: str, content_type: str) -> None: ...

    def get(self, key: str) -> str:
        """What was put there. `Refused` where nothing stands under the key (any more)."""
        ...

    def console_url(self, key: str) -> str:
        """The S3 console's address of the object, never a presigned one."""
        ...


class Announcements(Protocol):
    """Our own events on the default bus of EventBridge (source `tradai.runbooks`)."""

    def changed(self, incident_id: str) -> None:
        """`Incident Changed` with `{"incident_id"}`: whoever writes its report writes it again. Repeatable: the
        event only says where to look."""
        ...


class Measures(Protocol):
    """CloudWatch metrics that an alarm depends on (PutMetricData, not the embedded format)."""

    def put(self, name: str, value: float, dimensions: Mapping[str, str]) -> None: ...
