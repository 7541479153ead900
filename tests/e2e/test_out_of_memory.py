"""The end by memory where nobody is asked. ECS remembers it for an hour: it comes last (conftest.py)."""

from __future__ import annotations

from tests.e2e import asking
from tests.e2e.claims import escalated, nothing_was_touched
from tests.e2e.platform import GUARDS, SERVICE, Platform, ago


def test_a_spent_budget_asks_nobody_and_the_exact_next_size_is_proposed(platform: Platform) -> None:
    spent = {f"inc-{n}": ago(60 * n) for n in range(3)}
    platform.put(GUARDS, {"guard_id": f"budget/redeploy/{SERVICE}", "at": spent, "version": 3})
    platform.break_with("out-of-memory", count=2)
    run = platform.run_of_the_alarm()
    # 1024 CPU units take 2 to 8 GiB in steps of 1 GiB.
    escalated(platform, run, "1024 CPU units and 2048 MiB", "to 1024 CPU units and 3072 MiB", '"memory": "3072"')
    assert "the budget of redeploys of this hour is spent: a person can be asked from " in run.cause
    assert run.incident["cause"] == "memory_exhausted"
    assert any("OutOfMemoryError" in piece["value"] for piece in run.incident["evidence"])
    nothing_was_touched(platform, run)
    assert asking.request(platform) == {}


def test_a_dry_run_says_what_it_would_ask_and_asks_nobody(platform: Platform) -> None:
    platform.silence_the_alarm()
    platform.break_with("out-of-memory")
    run = platform.run(given={"dry_run": True})
    assert (run.status, run.outcome) == ("SUCCEEDED", "dry_run"), run.told()
    assert "would ask a person to raise memory" in run.mails[0].text
    assert any(piece["what"] == "would ask" and "3072 MiB" in piece["value"] for piece in run.incident["evidence"])
    nothing_was_touched(platform, run)
    assert asking.request(platform) == {}
    assert platform.letters() == []
