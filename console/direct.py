"""`emergency-stop --direct`: wires the tasks of the stop to AWS with the caller's own credentials."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from console import callers
from console.aws import Aws
from functions import direct_stop, runtime
from functions.adapters.exchange import API_URLS
from functions.adapters.wiring import wire
from functions.direct_stop import Stopped, Told
from functions.errors import Refused
from functions.ports import Exchange as ExchangePort
from functions.ports import Ports
from functions.ports import Reports as ReportsPort
from functions.ports import StatusPage as StatusPagePort
from functions.settings import Settings

OUTPUT: Final = "ReportsBucket"
PAGE: Final = "StatusPageUrl"
VENUES: Final = "ExchangeApiUrls"


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the stack says of itself; `why` its description cannot be read, else empty."""

    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    why: str = ""

    @property
    def bucket(self) -> tuple[str | None, str]:
        """For reports, or why it is not known."""
        found = self.outputs.get(OUTPUT)
        return found, "" if found else self.why or f"the stack has no output {OUTPUT}"

    def venues(self, *, embedded: bool) -> str:
        """The venues' addresses as the functions are given them. On AWS they are the venues' own also where the
        stack cannot be read; for an embedded one `Refused` then: what is meant for a stand-in must reach no real
        exchange."""
        if self.why and embedded:
            raise Refused(f"where the venues answer is not known: {self.why}")
        return self.parameters.get(VENUES, "{}")

    def settings(self, settings: Settings) -> Settings:
        """With the status page that was deployed. Raises `Refused` where nobody knows whether there is one."""
        if self.why and settings.emergency_stop.status_page is None:
            raise Refused(f"whether there is a status page is not known: {self.why}")
        return settings.with_status_page(self.parameters.get(PAGE))


class Reports:
    """The bucket, known a moment after the first acts, which do not wait for it. Where the stack's outputs do not
    name it nothing is stored, and the stop goes on."""

    def __init__(self, aws: Aws, bucket: Callable[[], tuple[str | None, str]]) -> None:
        self._aws, self._bucket = aws, bucket

    def put(self, key: str, body: str, content_type: str) -> None:
        self._port.put(key, body, content_type)

    def get(self, key: str) -> str:
        return self._port.get(key)

    def console_url(self, key: str) -> str:
        return self._port.console_url(key)

    @cached_property
    def _port(self) -> ReportsPort:
        bucket, why = self._bucket()
        if bucket is None:
            raise Refused(f"not stored: {why}")
        return wire(self._aws.settings, ("reports.put",), environment={"REPORTS_BUCKET": bucket}).reports


class StatusPage:
    """The page that was deployed, known a moment after the first acts."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    def post(self, *, name: str, body: str) -> str | None:
        return self._port.post(name=name, body=body)

    def update(self, page_incident: str, *, status: str, body: str) -> None:
        self._port.update(page_incident, status=status, body=body)

    @cached_property
    def _port(self) -> StatusPagePort:
        return wire(self._settings(), ("status_page.post",), environment={}).status_page


class Exchange:
    """The venues at the addresses that were deployed, known a moment after the first acts."""

    def __init__(self, aws: Aws, needs: tuple[str, ...], venues: Callable[[], str]) -> None:
        self._aws, self._needs, self._venues = aws, needs, venues

    def __getattr__(self, method: str) -> Any:
        return getattr(self._port, method)

    @cached_property
    def _port(self) -> ExchangePort:
        return wire(self._aws.settings, self._needs, environment={API_URLS: self._venues()}).exchange


def wired(aws: Aws, deployed: Callable[[], Deployed]) -> Ports:
    """The ports of the stop's tasks."""
    late = ("reports.", "status_page.", "exchange.")
    wanted = direct_stop.needs()
    needs = tuple(need for need in wanted if not need.startswith(late))
    venues = tuple(need for need in wanted if need.startswith("exchange."))
    environment = {"TRADAI_ENV": aws.env, "STATE_MACHINE_PREFIX": aws.names.machine_prefix}
    return replace(
        wire(aws.settings, needs, environment=environment),
        reports=Reports(aws, lambda: deployed().bucket),
        status_page=StatusPage(lambda: deployed().settings(aws.settings)),
        exchange=cast(
            ExchangePort, Exchange(aws, venues, lambda: deployed().venues(embedded=aws.local is not None))
        ),
    )


def stop(
    aws: Aws, order: Mapping[str, Any], shown: Callable[[Told], None], say: Callable[[str], None]
) -> tuple[str, Stopped]:
    """Stops from here; the ARN under which it is recorded, and what came of it."""
    speak_as_the_caller(aws)
    # Its lines are for CloudWatch; what matters here is in the tasks' answers.
    runtime.logger.setLevel("CRITICAL")
    now = datetime.now(UTC)
    execution = direct_stop.execution_arn(aws.settings, now, callers.short(str(order.get("requested_by") or "")))
    settings = aws.settings.with_time_scale(str(aws.time_scale))
    with ThreadPoolExecutor(1) as pool:
        # Asked for beside the first acts, which do not wait for it.
        asked = pool.submit(deployed, aws)
        stopped = direct_stop.stop(
            wired(aws, asked.result), settings, order, execution,
            now=now, sleep=lambda seconds: time.sleep(seconds * aws.time_scale), shown=shown,
            told_later=lambda: asked.result().settings(settings),
        )  # fmt: skip
        bucket, why = asked.result().bucket
    if bucket is None:
        say(f"reports and lists are not stored: {why}")
    return execution, stopped


def deployed(aws: Aws) -> Deployed:
    """The stack's outputs and parameters, asked for once, within seconds."""
    stack = aws.names.stack
    try:
        found = aws.hurried("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        return Deployed({}, {}, f"the stack {stack} cannot be read ({error})")
    if not found:
        return Deployed({}, {}, f"there is no stack {stack}")
    return Deployed(
        {str(one["OutputKey"]): str(one["OutputValue"]) for one in found[0].get("Outputs", ())},
        {str(one["ParameterKey"]): str(one.get("ParameterValue", "")) for one in found[0].get("Parameters", ())},
    )


def speak_as_the_caller(aws: Aws) -> None:
    """The adapters find credentials and endpoint in the environment, as on Lambda. What was resolved once is
    resolved no more: no second question for a code while everything waits."""
    credentials = aws.session.get_credentials()
    if credentials is None:
        return
    frozen = credentials.get_frozen_credentials()
    os.environ["AWS_ACCESS_KEY_ID"] = str(frozen.access_key)
    os.environ["AWS_SECRET_ACCESS_KEY"] = str(frozen.secret_key)
    if frozen.token:
        os.environ["AWS_SESSION_TOKEN"] = frozen.token
    else:
        os.environ.pop("AWS_SESSION_TOKEN", None)
    if aws.local:
        os.environ["AWS_ENDPOINT_URL"] = aws.local.endpoint_url
        os.environ.pop("AWS_PROFILE", None)
