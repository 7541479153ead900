"""No sequence of runbooks starts a strategy or the service while the kill switch is engaged for it.

The search proves something only if halts, flips, resumes and faults happen in it, and if it finds adapters that are
wrong; both are tested here.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.broken import BROKEN
from tests.properties.law import Violation
from tests.properties.machine import search

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
EXAMPLES = 90
# In so many of a hundred examples at least; about a third of what is seen.
OFTEN = {
    "stopped by a halt": 50, "called stopped": 50, "stopped again": 5, "flipped": 10,
    "emergency-stop resolved": 15, "emergency-stop escalated": 3, "the watch stopped some": 3,
    "asked": 12, "released": 4, "managing allowed": 2, "started by trading_state.bring_back": 2,
    "stale-heartbeat began": 15, "fault": 12, "answer lost": 10, "raced": 5, "cut off": 7, "late or twice": 12,
}  # fmt: skip


def test_no_sequence_of_runbooks_starts_what_the_kill_switch_halts() -> None:
    seen = Counter[str]()
    run_state_machine_as_test(
        search(seen),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=SLOW,
        ),
    )
    if not os.environ.get("CI"):
        # Only the gate's examples are the same every time: of others, what is rare may be absent.
        return
    share = {what: 100 * seen[what] / seen["examples"] for what in OFTEN}
    rare = {what: round(share[what], 1) for what, least in OFTEN.items() if share[what] < least}
    assert not rare, f"the search saw too little: {rare} of a hundred examples"


@pytest.mark.parametrize("fault", BROKEN)
def test_the_search_finds_an_adapter_that(fault: str) -> None:
    """The same examples every time, so that finding it is no matter of luck."""
    wrong = BROKEN[fault]
    with pytest.raises(Violation, match=wrong.says):
        run_state_machine_as_test(
            search(Counter(), wrong.swap, wrong.day),
            settings=settings(
                max_examples=200,
                stateful_step_count=40,
                derandomize=True,
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                report_multiple_bugs=False,
                suppress_health_check=SLOW,
            ),
        )
