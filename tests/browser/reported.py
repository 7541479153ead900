"""Reports of incidents that were recorded: items and histories of runs on the embedded AWS, with waits as long as
on AWS. Accounts and addresses are made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from functions.adapters.pictures import MatplotlibPictures
from functions.history import History, StateSpan
from functions.rules.reporting.incident import Incident, Place
from functions.rules.reporting.moments import moment
from functions.rules.reporting.own import Own, of_map
from functions.rules.reporting.report import documents
from functions.rules.reporting.timeline import Timeline, timeline_of

RECORDED = Path(__file__).with_name("recorded")
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
PLACE = Place(
    env="prod",
    region="eu-central-1",
    log_group="/ecs/tradai-strategy-service-prod",
    alarms=("tradai-prod-heartbeat-stale", "tradai-prod-position-stuck"),
    details="https://s3.console.aws.amazon.com/s3/object/tradai-prod-reports?prefix=incidents/details.jsonl",
)


@dataclass(frozen=True)
class Recorded:
    item: dict[str, Any]
    own: Own
    history: History
    end: datetime

    @property
    def timeline(self) -> Timeline:
        found = timeline_of(self.item, self.history, end=self.end)
        assert found is not None
        return found


@cache
def recorded(name: str) -> Recorded:
    data = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    item: dict[str, Any] = data["item"]
    history = _history(item, data["history"])
    ends = [moment(item.get(field)) for field in ("closed_at", "notified_at", "acknowledged_at")]
    last = max(filter(None, [history.ended_at, *ends]), default=history.spans[-1].entered_at)
    return Recorded(item, of_map(data.get("own") or {}), history, last + timedelta(minutes=1))


@cache
def pages(name: str, **more: Any) -> Mapping[str, str]:
    """Both files of the final edition, by name; `more` are fields of the item that people or the end wrote."""
    found = recorded(name)
    item = {**found.item, **{field: json.loads(value) for field, value in more.items()}}
    picture = MatplotlibPictures().timeline(found.timeline)
    incident = Incident(item, PLACE, found.end, found.own, found.history, found.timeline, picture, final=True)
    return {name: text for name, (text, _) in documents(incident).items()}


def _history(item: Mapping[str, Any], data: Mapping[str, Any]) -> History:
    base = datetime.fromisoformat(item["opened_at"])

    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else base + timedelta(seconds=seconds)

    spans = []
    for place, state, kind, entered, left, error, asks, tries in data["spans"]:
        machine, arn = data["executions"][place]
        since = base + timedelta(seconds=entered)
        spans.append(StateSpan(machine, arn, state, kind, since, at(left), error, asks, tries))
    arn, started, ended = item["execution_arn"], at(data["started"]), at(data["ended"])
    return History(arn, item["runbook"], data["status"], started, ended, tuple(spans), data["events"])
