"""Our own events on EventBridge's default bus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.errors import Transient

SOURCE: Final = "tradai.runbooks"
INCIDENT_CHANGED: Final = "Incident Changed"


class EventBridgeAnnouncements:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def changed(self, incident_id: str) -> None:
        """PutEvents answers 200 for an event that it did not take; that one is said again by whoever sees it."""
        entry = {
            "Source": SOURCE,
            "DetailType": INCIDENT_CHANGED,
            "Detail": json.dumps({"incident_id": incident_id}),
        }
        what = f"events:PutEvents {INCIDENT_CHANGED} {incident_id}"
        with saying(Saying.REPEATABLE, what):
            answer = self._aws.client("events", Saying.REPEATABLE).put_events(Entries=[entry])
        if answer.get("FailedEntryCount") != 0:
            failed: Mapping[str, str] = next(iter(answer.get("Entries", ())), {})
            raise Transient(f"{what}: {failed.get('ErrorCode')}: {failed.get('ErrorMessage')}")
