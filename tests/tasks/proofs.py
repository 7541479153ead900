"""A whole emergency stop over a world in memory, its tasks called as the machine calls them."""

from __future__ import annotations

import json
from typing import Any

from functions.halting import StopJob
from functions.tasks import (
    announce_stop,
    cancel_entry_orders,
    conclude_stop,
    latch_again,
    look_at_stop,
    post_status_page,
    stop_service,
    tell_exposure,
)
from tests.rules.facts import service, task
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, STOP, all_stopped

BRANCHES = (latch_again, None, stop_service, cancel_entry_orders, announce_stop, post_status_page)
RUNNING = service(desired=1)
LOOKS = 18


def ended(rig: Rig) -> None:
    """The service's only task has ended by now."""
    rig.world.service = service(
        task("old", "STOPPED", stopped_at=rig.now), desired=rig.world.service.desired if rig.world.service else 0
    )


def branches(rig: Rig, job: StopJob) -> list[Any]:
    did: list[Any] = []
    for branch in BRANCHES:
        if branch is None:
            did.append({"segments": [one.model_dump(mode="json") for one in all_stopped(rig, job)]})
        else:
            did.append(rig.work(branch, job=job).model_dump(mode="json"))
    return did


def look(rig: Rig, job: StopJob, before: Any = None, did: Any = None) -> look_at_stop.Response:
    left = before.looks_left if before else LOOKS
    answer: look_at_stop.Response = rig.work(look_at_stop, job=job, did=did, look=before, looks_left=left)
    return answer


def beats(rig: Rig, *names: str) -> None:
    for name in names:
        item = rig.world.item("trading_state", name) or {}
        rig.world.put("trading_state", {**item, "last_heartbeat": rig.now.isoformat()})


def looked(rig: Rig, job: StopJob, did: Any = None, before: Any = None) -> look_at_stop.Response:
    """Every look until the last one, 10 s apart."""
    last = look(rig, job, before, did)
    while last.again:
        rig.world.advance(seconds=10)
        last = look(rig, job, last, did)
    return last


def concluded(rig: Rig, **state: Any) -> conclude_stop.Response:
    answer: conclude_stop.Response = rig.work(conclude_stop, execution_arn=STOP, state=_json(state))
    return answer


def whole(rig: Rig, job: StopJob, *, ends: bool = True) -> conclude_stop.Response:
    """From the branches to the end; `ends`: the service's task ends before the first look."""
    did = branches(rig, job)
    rig.world.advance(seconds=20)
    if ends:
        ended(rig)
    last = looked(rig, job, did)
    orders = rig.work(cancel_entry_orders, job=job, after=True)
    exposure = rig.work(tell_exposure, job=job)
    return concluded(rig, job=job, did=did, look=last, orders=orders, exposure=exposure, error=None)


def listed(rig: Rig, incident_id: str = INCIDENT) -> dict[str, dict[str, Any]]:
    """The whole list in the bucket, by strategy."""
    body, _ = rig.world.objects[f"incidents/{incident_id}/strategies.jsonl"]
    rows = [json.loads(line) for line in body.splitlines()]
    found = {row["strategy_id"]: row for row in rows}
    assert len(found) == len(rows), "a strategy stands there twice"
    return found


def results(rig: Rig) -> dict[str, str]:
    return {name: row["result"] for name, row in listed(rig).items()}


def _json(state: dict[str, Any]) -> dict[str, Any]:
    return {
        name: part.model_dump(mode="json") if hasattr(part, "model_dump") else part for name, part in state.items()
    }
