"""The watcher's sweep: EventBridge tells of the transition once, and what comes after it is found all the same.

A minute of the alarm's age is a real minute at every time scale, so these are the slow ones.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.e2e.claims import escalated
from tests.e2e.platform import ALARM, GUARDS, Platform, Run


def is_counter(guard_id: str) -> bool:
    """`sweeps/{alarm}/{since}/{strategies seen stale}`; beside it stands the set of those strategies."""
    return guard_id.startswith("sweeps/") and guard_id.rpartition("/")[2].isdigit()


def counter(platform: Platform) -> str:
    """The guards table's item that counts the sweeps of the present alarm."""
    found = platform.until(
        lambda: [key for key in (str(item["guard_id"]) for item in platform.items(GUARDS)) if is_counter(key)],
        "the watcher has swept",
        120,
    )
    return str(found[0])


@pytest.mark.timeout(420)
def test_sweeps_three_times_and_then_pages_once(platform: Platform) -> None:
    platform.break_with("database-down", count=0)
    first = platform.run_of_the_alarm()
    escalated(platform, first)
    swept = platform.ended(platform.started_by_alarm(after=1), 150)
    assert swept.input["requested_by"] == "watcher, sweep 1"
    assert swept.input["alarm_name"] == ALARM
    escalated(platform, swept)
    # Two more minutes in which it did not help, without waiting for them.
    minutes = {f"{datetime.now(UTC):%Y-%m-%dT}00:0{n}" for n in range(2)}
    tokens = platform.item(GUARDS, counter(platform))
    assert tokens is not None
    platform.change(GUARDS, tokens["guard_id"], tokens=set(tokens["tokens"]) | minutes)
    paged = platform.until(lambda: pages(platform), "the watcher pages", 150)
    assert "3 runs" in paged[0]
    runs = platform.new_runs()
    platform.pause(600)
    assert len(pages(platform)) == 1, "one page, not one at every look"
    assert platform.new_runs() == runs, "and no further run"


def pages(platform: Platform) -> list[str]:
    return [mail.subject for mail in platform.mails() if " PAGE " in mail.subject]


@pytest.mark.timeout(300)
def test_a_second_strategy_that_goes_stale_while_the_alarm_is_up_is_found(platform: Platform) -> None:
    """The alarm does not go off again: it is up already."""
    platform.break_with("exchange-down", "carry-xrp", count=0)
    arn = platform.started_by_alarm()
    platform.until(lambda: "ApplyRemedies" in platform.entered(arn), "the first run is at work", 30)
    platform.break_with("deadlock", "meanrev-sol")
    told = platform.until(
        lambda: [mail for mail in platform.mails() if "also stale" in mail.subject], "the watcher tells", 20
    )
    assert "meanrev-sol" in told[0].text
    first: Run = platform.ended(arn)
    assert "meanrev-sol" in first.incident["strategy_ids"]
    second = platform.ended(platform.started_by_alarm(after=1), 150)
    assert second.input["requested_by"].startswith("watcher")
    assert {"meanrev-sol", "carry-xrp"} <= set(second.incident["strategy_ids"])
    assert len([mail for mail in platform.mails() if "also stale" in mail.subject]) == 1, "told once"
