"""From a person's decision to the execution that goes on, and how long a decision waits whose delivery died."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.rig import Rig, rig
from tests.approvals.desk import Desk, http
from tests.approvals.rig import outputs
from tests.e2e.platform import Platform

TRIES = 21
KILLS = 3
# Real time for the sweeper; the rest is not touched by the scale.
SCALE = 1.0


def measure() -> dict[str, Any]:
    """`resumed`: seconds from sending to the end of the execution, medians of TRIES, both in turn. `bare` is one
    SendTaskSuccess by boto3 for a token that is known; ours is the form over HTTP with everything that it does.
    `redelivered`: seconds from a decision whose delivery failed to the end of the execution."""
    with rig(SCALE) as one:
        desk = desk_of(one)
        bare, ours = [], []
        for _ in range(TRIES):
            bare.append(timed(desk, answer_bare))
            ours.append(timed(desk, answer_by_form))
        waited = [redelivery(desk) for _ in range(KILLS)]
    return {
        "bare_seconds": round(statistics.median(bare), 4),
        "form_seconds": round(statistics.median(ours), 4),
        "ratio": round(statistics.median(ours) / statistics.median(bare), 2),
        "tries": TRIES,
        "redelivered_seconds": [round(one, 1) for one in waited],
        "worst_redelivery_seconds": round(max(waited), 1),
    }


def desk_of(one: Rig) -> Desk:
    platform = Platform(one.endpoint_url, "bench", "bench", SCALE, one.machines)
    platform.warm()
    return Desk(platform, outputs(platform)["ApprovalsUrl"]).ready()


Send = Callable[[], None]


def timed(desk: Desk, prepare: Callable[[Desk, Any], Send]) -> float:
    asked = desk.ask()
    send = prepare(desk, asked)
    began = time.time()
    send()
    desk.until(lambda: desk.status(asked) != "RUNNING", "the run goes on")
    ended: float = desk.platform.describe(asked.execution)["stopDate"].timestamp()
    return ended - began


def answer_bare(desk: Desk, asked: Any) -> Send:
    table = {"TableName": "tradai-runbook-approvals-local", "Key": {"approval_id": {"S": asked.approval_id}}}
    token = desk.platform.client("dynamodb").get_item(**table)["Item"]["task_token"]["S"]
    states = desk.platform.client("stepfunctions")
    return lambda: states.send_task_success(taskToken=token, output=json.dumps({"decision": "reject"}))


def answer_by_form(desk: Desk, asked: Any) -> Send:
    link = asked.links["alice"]
    form = desk.page(link).form_of("reject")
    body = {**form.fields, "confirm": form.phrase}

    def send() -> None:
        answer = http("POST", link, body)
        assert answer.status == 200, (answer.status, answer.text)

    return send


def redelivery(desk: Desk) -> float:
    """The decision is written, and the call that would hand it over dies, also where it is tried again."""
    asked = desk.ask()
    send = answer_by_form(desk, asked)
    desk.platform.refuse("SendTaskSuccess", "ServiceUnavailable", 5)
    began = time.time()
    send()
    desk.platform.http("DELETE", "/_local/refusals")
    desk.until(lambda: desk.status(asked) != "RUNNING", "the sweeper delivers", 150)
    ended: float = desk.platform.describe(asked.execution)["stopDate"].timestamp()
    return ended - began
