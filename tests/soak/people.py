"""People who answer what a run asks: soon, late or never; in the end all that is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.asking import signed
from tests.e2e.platform import APPROVALS, ClientError, Platform
from tests.soak.plan import answer, decision, generator

OWN = "alice"
# For one answer the person on call is enough; where two are needed the other two give theirs.
ALONE, TOGETHER = (OWN,), ("bob", "carol")
SOON, LATE = (0.2, 3.0), (4.0, 20.0)
TAKEN = 200


class Answerers:
    """`told`: how many were answered soon, late, too late, or never, and what was said."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self._platform, self._pick = platform, generator(seed, "answers")
        self._due: dict[str, float] = {}
        self._had: set[str] = set()
        self.told: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.hurry = False

    def look(self) -> None:
        """One round over everything that is asked now."""
        for one in self._platform.items(APPROVALS):
            key = str(one["approval_id"])
            if one["standing"] != "pending" or one.get("parent") or key in self._had:
                continue
            if key not in self._due:
                self._due[key] = self._when(str(one["question"]["cause"]))
            if self.hurry or time.monotonic() >= self._due[key]:
                self._had.add(key)
                self._decide(one)

    def _when(self, cause: str) -> float:
        """Monotonic. While all is halted everybody waits for the answer that brings it back."""
        how = "soon" if cause == "resume" else answer(self._pick)
        self.told[how] += 1
        if how == "never":
            return float("inf")
        minutes = self._pick.uniform(*(SOON if how == "soon" else LATE))
        return time.monotonic() + minutes * 60 * self._platform.time_scale

    def _decide(self, one: Mapping[str, Any]) -> None:
        options = {str(option["id"]): option for option in one["question"]["options"]}
        chosen = decision(self._pick, options, last=self.hurry) or decision(self._pick, options)
        if chosen is None:
            self.told["no answer that words can give"] += 1
            return
        option = options[chosen]
        body = {
            "decision": chosen,
            "confirm": f"{option['act']} {one['question']['target']}",
            "note": "seen at the venue, order 77",
            "members": str(len(one.get("members") or ())),
        }
        if option.get("until_at_most_minutes") is not None:
            body["until"] = (datetime.now(UTC) + timedelta(seconds=self._pick.uniform(10, 40))).isoformat()
        path = f"/operators/approvals/{one['approval_id']}"
        statuses = []
        for person in TOGETHER if int(option.get("needed") or 1) > 1 else ALONE:
            try:
                statuses.append(self._sent(person, path, body))
            except ClientError:
                # Its run ended in this moment.
                statuses.append(0)
        # A refusal is an answer to us: it lapsed meanwhile, or its run has ended.
        taken = statuses[-1] == TAKEN
        self.told["taken" if taken else "refused"] += 1
        if taken:
            self.said[chosen] += 1

    def _sent(self, person: str, path: str, body: Mapping[str, str]) -> int:
        if person == OWN:
            return self._platform.signed("POST", path, body)[0]
        return signed(self._platform, person, "POST", path, body)[0]
