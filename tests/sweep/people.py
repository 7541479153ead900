"""People who answer what a run asks, as soon as it asks, until it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.asking import signed
from tests.e2e.platform import APPROVALS, Platform
from tests.sweep.seen import machine_of

# Whose AWS identity the engine's own keys are.
OWN = "alice"
# Nobody says the same for ever to what does not help.
MOST_TIMES = 3


@dataclass
class People:
    """`says`: decisions, the preferred one first; a question that offers none of them is left to lapse, and so is
    every one of `silent`, a (machine, state)."""

    platform: Platform
    says: Sequence[str]
    names: Sequence[str] = (OWN,)
    silent: tuple[str, str] | None = None
    asked: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)

    def answer_all(self) -> None:
        """Everybody answers every question that is new."""
        for one in self.platform.items(APPROVALS):
            key = str(one["approval_id"])
            if one["standing"] != "pending" or key in self.asked:
                continue
            self.asked.add(key)
            decision = None if _place_of(one) == self.silent else self._decision(one)
            self.times[str(one["question"]["cause"])] += 1
            if decision is not None and self.times[str(one["question"]["cause"])] <= MOST_TIMES:
                self._answer(one, decision)

    def _decision(self, one: Mapping[str, Any]) -> str | None:
        offered = {str(option["id"]) for option in one["question"]["options"]}
        return next((said for said in self.says if said in offered), None)

    def _answer(self, one: Mapping[str, Any], decision: str) -> None:
        """A refusal is an answer to us: it lapsed meanwhile, or its run has ended."""
        question = one["question"]
        [option] = [each for each in question["options"] if each["id"] == decision]
        body = {"decision": decision, "confirm": f"{option['act']} {question['target']}"}
        path = f"/operators/approvals/{one['approval_id']}"
        for person in self.names:
            if person == OWN:
                self.platform.signed("POST", path, body)
            else:
                signed(self.platform, person, "POST", path, body)


def _place_of(approval: Mapping[str, Any]) -> tuple[str, str]:
    return machine_of(str(approval["execution_arn"])), str(approval["state"])
