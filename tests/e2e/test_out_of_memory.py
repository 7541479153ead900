"""The end by memory, which ECS remembers for an hour: it comes last on its engine (conftest.py)."""

from __future__ import annotations

from tests.e2e.claims import escalated
from tests.e2e.platform import SERVICE, Platform


def test_out_of_memory_is_redeployed_once_and_the_exact_next_size_proposed(platform: Platform) -> None:
    platform.break_with("out-of-memory", count=2)
    run = platform.run_of_the_alarm()
    # 1024 CPU units take 2 to 8 GiB in steps of 1 GiB.
    escalated(platform, run, "1024 CPU units and 2048 MiB", "to 1024 CPU units and 3072 MiB", '"memory": "3072"')
    assert run.incident["cause"] == "memory_exhausted"
    assert [act["action"] for act in run.acts].count("redeploy the service") == 1
    assert run.acts[-1]["target"] == SERVICE
    assert platform.harm() == []
    assert any("OutOfMemoryError" in piece["value"] for piece in run.incident["evidence"])
