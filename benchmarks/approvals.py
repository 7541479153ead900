"""From a person's decision to the execution that goes on, and how long a decision waits whose delivery died."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from benchmarks import sample
from benchmarks.rig import Rig, rig
from tests.approvals.desk import Desk, http
from tests.approvals.rig import outputs
from tests.e2e.platform import Platform

TRIES = 21
KILLS = 2
Send = Callable[[], None]
# Real time for the sweeper; the rest is not touched by the scale.
SCALE = 1.0


def measure() -> dict[str, Any]:
    """Seconds from sending to the end of the execution, medians of TRIES, all in turn. `bare` is one
    SendTaskSuccess by boto3 for a token that is known; `link` the pattern of the public samples, a GET with the
    token in it that a function hands over; `form` ours, with everything that it does; `written` the part of ours
    after the decision.
    `redelivered`: seconds from a decision whose delivery failed to the end of the execution."""
    with rig(SCALE) as one:
        desk = desk_of(one)
        url = sample.deploy(desk.platform)
        ways: dict[str, Callable[[Desk, Any], Send]] = {
            "bare": answer_bare,
            "link": partial(answer_by_link, url),
            "form": answer_by_form,
        }
        took: dict[str, list[float]] = {name: [] for name in (*ways, "written")}
        for _ in range(TRIES):
            for name, way in ways.items():
                whole, after = timed(desk, way)
                took[name].append(whole)
                if name == "form":
                    took["written"].append(after)
        waited = [redelivery(desk) for _ in range(KILLS)]
    medians = {name: statistics.median(all_of_it) for name, all_of_it in took.items()}
    return {
        **{f"{name}_seconds": round(one, 4) for name, one in medians.items()},
        "ratio_to_bare": round(medians["form"] / medians["bare"], 2),
        "ratio_to_link": round(medians["form"] / medians["link"], 2),
        "tries": TRIES,
        "redelivered_seconds": [round(one, 1) for one in waited],
        "worst_redelivery_seconds": round(max(waited), 1),
    }


def desk_of(one: Rig) -> Desk:
    platform = Platform(one.endpoint_url, "bench", "bench", SCALE, one.machines)
    platform.warm()
    return Desk(platform, outputs(platform)["ApprovalsUrl"]).ready()


def timed(desk: Desk, prepare: Callable[[Desk, Any], Send]) -> tuple[float, float]:
    """From sending, and from the moment of the decision where one was written."""
    asked = desk.ask()
    send = prepare(desk, asked)
    began = time.time()
    send()
    desk.until(lambda: desk.status(asked) != "RUNNING", "the run goes on")
    ended: float = desk.platform.describe(asked.execution)["stopDate"].timestamp()
    decided = desk.approval_of(asked).get("decision")
    at = datetime.fromisoformat(decided["at"]).timestamp() if decided else began
    return ended - began, ended - at


def answer_bare(desk: Desk, asked: Any) -> Send:
    token, states = token_of(desk, asked), desk.platform.client("stepfunctions")
    return lambda: states.send_task_success(taskToken=token, output=json.dumps({"decision": "reject"}))


def answer_by_link(url: str, desk: Desk, asked: Any) -> Send:
    token = token_of(desk, asked)

    def send() -> None:
        answer = http("GET", f"{url}?token={token}")
        assert answer.status == 200, (answer.status, answer.text)

    return send


def token_of(desk: Desk, asked: Any) -> str:
    table = {"TableName": "tradai-runbook-approvals-local", "Key": {"approval_id": {"S": asked.approval_id}}}
    return str(desk.platform.client("dynamodb").get_item(**table)["Item"]["task_token"]["S"])


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
