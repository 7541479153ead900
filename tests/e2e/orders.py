"""Orders that fail and flow again, as a person outside sees them: the stand-in's own count, and what is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.claims import LINES
from tests.e2e.platform import APPROVALS, CONFIG, Platform, Run

RUNBOOK = "order-failures"
# carry-xrp trades on paper.
LIVE = ("breakout-bnb", "meanrev-sol", "momentum-btc", "momentum-eth")
FIELDS = ("stake_amount", "limit_offset_bps", "order_type", "order_cooldown_seconds", "symbols")


def scores(platform: Platform) -> dict[str, Any]:
    """Of each strategy since the counts began: `sent`, `refused` by code, `passing` and `failing` in a row."""
    found: dict[str, Any] = platform.stats()["flow"]["strategies"]
    return found


def refused(platform: Platform, strategies: Sequence[str] = LIVE) -> set[int]:
    return {int(code) for one in strategies for code in scores(platform).get(one, {}).get("refused", {})}


def broken(
    platform: Platform,
    fault: str,
    *codes: int,
    strategy: str | None = None,
    count: int | None = None,
    failing: Sequence[str] = LIVE,
) -> None:
    """Breaks it, and waits until orders of these fail by it as often as it takes to call it a trouble."""
    platform.break_with(fault, strategy=strategy, count=count)

    def fails() -> bool:
        found = scores(platform)
        counts = [found.get(one, {}).get("refused", {}) for one in failing]
        told = sum(n for one in counts for code, n in one.items() if int(code) in codes)
        return all(sum(one.values()) >= 3 for one in counts) and (not codes or told >= 3)

    platform.until(fails, f"orders fail by {fault}", 30)


def flows(platform: Platform, strategies: Sequence[str] = LIVE) -> None:
    """Orders of each of these pass, and from then on none fails."""

    def passing() -> bool:
        found = scores(platform)
        return all(found.get(one, {}).get("passing", 0) >= 2 for one in strategies)

    platform.until(passing, "orders flow again", 30)
    platform.forget_counts()
    platform.until(
        lambda: all(scores(platform).get(one, {}).get("sent", 0) >= 2 for one in strategies), "they go on"
    )
    found = scores(platform)
    assert not any(found[one]["refused"] for one in strategies), found


def no_wrong_remedy(platform: Platform) -> None:
    """By the stand-in's own count: nothing was changed that cures none of the troubles there are."""
    assert platform.stats()["wrong_remedies"] == []
    assert platform.interruptions() == {}


def configs(platform: Platform) -> dict[str, dict[str, Any]]:
    """The fields of remedies, by strategy."""
    return {item["strategy_id"]: {one: item.get(one) for one in FIELDS} for item in platform.items(CONFIG)}


def changes(run: Run) -> dict[str, tuple[Any, Any, str]]:
    """Acts on configs and records: (before, after, result) by `action target`."""
    return {f"{one['action']} {one['target']}": (one["before"], one["after"], one["result"]) for one in run.acts}


@dataclass
class Asked:
    """Whoever is asked, and what they say: the answers by the cause of the question, each in its turn; the last
    one counts for every further question. `close`: what is said to the question of a stuck position."""

    platform: Platform
    answers: Mapping[str, Sequence[str]]
    seen: list[dict[str, Any]] = field(default_factory=list)

    def ended(self, arn: str, seconds: float = 120) -> Run:
        """Answers what comes until the run has ended."""

        def over() -> bool:
            self.answer_all()
            return bool(self.platform.describe(arn)["status"] != "RUNNING")

        self.platform.until(over, f"{arn} ends", seconds)
        return self.platform.ended(arn, 30)

    def answer_all(self) -> None:
        known = {one["approval_id"] for one in self.seen}
        for one in self.platform.items(APPROVALS):
            if one["standing"] == "pending" and one["approval_id"] not in known:
                self.seen.append(one)
                self._answer(one)

    def causes(self) -> list[str]:
        return [str(one["question"]["cause"]) for one in self.seen]

    def _answer(self, asked: Mapping[str, Any]) -> None:
        question = asked["question"]
        about = "close" if question["kind"] == "close" else str(question["cause"])
        said = self.answers.get(about)
        options = {one["id"]: one for one in question["options"]}
        if said is None:
            raise AssertionError(f"nobody was to be asked about {about}: {question['title']}")
        nth = sum(1 for one in self.seen if one["question"]["cause"] == question["cause"]) - 1
        decision = said[min(nth, len(said) - 1)]
        assert decision in options, (decision, list(options))
        typed = f"{options[decision]['act']} {question['target']}"
        path = f"/operators/approvals/{asked['approval_id']}"
        status, told = self.platform.signed("POST", path, {"decision": decision, "confirm": typed})
        assert status == 200, told


def begin(platform: Platform, **given: Any) -> str:
    return platform.start(RUNBOOK, {"requested_by": "alice", **given})


def resolved(platform: Platform, run: Run, *causes: str) -> None:
    """Cured and verified: every cause is named, the checklist stands, and the report says what was done."""
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert set(run.incident["cause"].split(", ")) == set(causes), run.incident["cause"]
    assert set(run.checklist) == LINES
    assert (run.checklist["positions"], run.checklist["heartbeats"]) == ("pass", "pass"), run.incident["checklist"]
    assert run.checklist["log_patterns"] == "pass", run.incident["checklist"]
    assert run.incident["root_cause"]
    assert all(act["result"] == "done" for act in run.acts), run.acts
    assert run.output["report_url"].startswith("https://s3.console.aws.amazon.com/")
    assert "X-Amz-Signature" not in run.output["report_url"]
    key = run.incident["report_key"]
    page, text = platform.report(key), platform.report(key.replace(".html", ".md"))
    assert "<html" in page
    for said in ("What failed", "What was done about it", "Whether it helped"):
        assert said in text, f"{said!r} is not in the report"
    assert len(run.mails) == 1, [mail.subject for mail in run.mails]
    assert run.mails[0].subject.startswith("[tradai local] RESOLVED ")
    told = json.dumps([run.incident, run.output, text], default=str)
    assert "task_token" not in told


def escalated(platform: Platform, run: Run, *said: str) -> None:
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert run.incident["outcome"] == "escalated"
    for words in said:
        assert words in run.cause, f"{words!r} is not in:\n{run.cause}"
        assert words in run.mails[0].text
    assert platform.interruptions() == {}
