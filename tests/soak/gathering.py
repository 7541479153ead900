"""Everything that is left to see when a soak is over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from tests.e2e.platform import APPROVALS, GUARDS, INCIDENTS, Platform
from tests.soak.record import Begun, Notes, Soaked
from tests.sweep.seen import look

LETTERS: Final = "dead-letters"


def gathered(platform: Platform, notes: Notes, told: Mapping[str, int], said: Mapping[str, int]) -> Soaked:
    return Soaked(
        seen=look(platform, ""),
        notes=notes,
        begun=_begun(platform),
        letters=_letters(platform),
        wrong=tuple(one for one in platform.stats()["wrong_remedies"] if one["harm"]),
        kept=_kept(platform),
        told=dict(told),
        said=dict(said),
    )


def _begun(platform: Platform) -> dict[str, Begun]:
    found = {}
    for machine in platform.state_machines:
        for arn in platform.executions(machine):
            one = platform.describe(arn)
            given = json.loads(one["input"])
            found[arn] = Begun(
                machine, given if isinstance(given, dict) else {}, one["startDate"], one.get("stopDate")
            )
    return found


def _letters(platform: Platform) -> dict[str, int]:
    sqs, found = platform.client("sqs"), {}
    for url in sqs.list_queues().get("QueueUrls") or ():
        if url.endswith(LETTERS):
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            found[url.rpartition("/")[2]] = int(told["Attributes"]["ApproximateNumberOfMessages"])
    return found


def _kept(platform: Platform) -> dict[str, int]:
    """Items that DynamoDB never forgets, by table; those of the guards by the first word of their id."""
    found = {"incidents": len(platform.items(INCIDENTS)), "approvals": len(platform.items(APPROVALS))}
    for word, count in sorted(Counter(_word(one) for one in platform.items(GUARDS) if "ttl" not in one).items()):
        found[f"guards {word}"] = count
    return found


def _word(item: Mapping[str, Any]) -> str:
    return str(item["guard_id"]).partition("/")[0]
