"""`emergency-stop --direct`: wires the tasks of the stop to AWS with the caller's own credentials."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from console import callers
from console.aws import Aws
from functions import direct_stop, runtime
from functions.adapters.wiring import wire
from functions.direct_stop import Stopped, Told
from functions.errors import Refused
from functions.ports import Ports
from functions.ports import Reports as ReportsPort

OUTPUT: Final = "ReportsBucket"


class Reports:
    """The bucket, known a moment after the first acts, which do not wait for it. Where the stack's outputs do not
    name it nothing is stored, and the stop goes on."""

    def __init__(self, aws: Aws, bucket: Callable[[], tuple[str | None, str]]) -> None:
        self._aws, self._bucket = aws, bucket

    def put(self, key: str, body: str, content_type: str) -> None:
        self._port.put(key, body, content_type)

    def console_url(self, key: str) -> str:
        return self._port.console_url(key)

    @cached_property
    def _port(self) -> ReportsPort:
        bucket, why = self._bucket()
        if bucket is None:
            raise Refused(f"not stored: {why}")
        return wire(self._aws.settings, ("reports.put",), environment={"REPORTS_BUCKET": bucket}).reports


def wired(aws: Aws, bucket: Callable[[], tuple[str | None, str]]) -> Ports:
    """The ports of the stop's tasks."""
    needs = tuple(need for need in direct_stop.needs() if not need.startswith("reports."))
    environment = {"TRADAI_ENV": aws.env, "STATE_MACHINE_PREFIX": aws.names.machine_prefix}
    return replace(wire(aws.settings, needs, environment=environment), reports=Reports(aws, bucket))


def stop(
    aws: Aws, order: Mapping[str, Any], shown: Callable[[Told], None], say: Callable[[str], None]
) -> tuple[str, Stopped]:
    """Stops from here; the ARN under which it is recorded, and what came of it."""
    _speak_as_the_caller(aws)
    # Its lines are for CloudWatch; what matters here is in the tasks' answers.
    runtime.logger.setLevel("CRITICAL")
    now = datetime.now(UTC)
    execution = direct_stop.execution_arn(aws.settings, now, callers.short(str(order.get("requested_by") or "")))
    settings = aws.settings.with_time_scale(str(aws.time_scale))
    with ThreadPoolExecutor(1) as pool:
        # Asked for beside the first acts, which do not wait for it.
        asked = pool.submit(reports_bucket, aws)
        stopped = direct_stop.stop(
            wired(aws, asked.result), settings, order, execution,
            now=now, sleep=lambda seconds: time.sleep(seconds * aws.time_scale), shown=shown,
        )  # fmt: skip
        bucket, why = asked.result()
    if bucket is None:
        say(f"reports and lists are not stored: {why}")
    return execution, stopped


def reports_bucket(aws: Aws) -> tuple[str | None, str]:
    """The bucket from the stack's outputs, or why it is not known."""
    stack = aws.names.stack
    try:
        found = aws.hurried("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        return None, f"the outputs of the stack {stack} cannot be read ({error})"
    outputs = found[0].get("Outputs", []) if found else []
    bucket = next((str(one["OutputValue"]) for one in outputs if one["OutputKey"] == OUTPUT), None)
    return bucket, "" if bucket else f"the stack {stack} has no output {OUTPUT}"


def _speak_as_the_caller(aws: Aws) -> None:
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
