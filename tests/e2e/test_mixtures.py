"""Several causes at once, causes that come back, and remedies that cannot help."""

from __future__ import annotations

from tests.e2e.claims import escalated, left_behind, resolved
from tests.e2e.platform import CONFIG, Platform


def alarm_input(platform: Platform) -> dict[str, str]:
    found = platform.until(
        lambda: platform.alarm() if platform.alarm()["StateValue"] == "ALARM" else None, "the alarm", 20
    )
    return {"alarm_name": found["AlarmName"], "alarm_at": found["StateUpdatedTimestamp"].isoformat()}


def test_gives_each_of_two_venues_its_own_remedy(platform: Platform) -> None:
    """One strategy hangs on another venue while the first venue is away for one strategy."""
    platform.silence_the_alarm()
    # On paper: the stand-in's other venue has no accounts, so that nobody could account for positions there.
    platform.change(CONFIG, "meanrev-sol", exchange="bybit", mode="paper")
    platform.break_with("deadlock", "meanrev-sol")
    platform.break_with("exchange-down", "carry-xrp", count=6)
    run = platform.run(given=alarm_input(platform))
    resolved(platform, run, "deadlock, exchange_down")
    assert run.done() == ["stop the strategy meanrev-sol", "start the strategy meanrev-sol"]
    assert platform.interruptions() == {"meanrev-sol": 1}
    assert sorted(run.incident["strategy_ids"]) == ["carry-xrp", "meanrev-sol"]


def test_restarts_nothing_on_an_address_that_a_venue_is_counting(platform: Platform) -> None:
    """A deadlock would be restarted, but a restart asks the venue for everything anew."""
    platform.silence_the_alarm()
    platform.break_with("deadlock", "meanrev-sol")
    platform.break_with("rate-limited", "carry-xrp", count=60)
    run = platform.run(given=alarm_input(platform))
    escalated(platform, run, "meanrev-sol")
    assert platform.interruptions() == {}
    assert platform.harm() == []
    assert all(act["action"].startswith("raise order_cooldown_seconds") for act in run.acts), run.acts


def test_a_service_that_crashes_again_while_it_is_watched_is_not_called_resolved(platform: Platform) -> None:
    platform.break_with("service-crashed", count=9)
    run = platform.run_of_the_alarm()
    escalated(platform, run, "did not stay well during the watch")
    assert [act["action"] for act in run.acts] == ["redeploy the service"]
    assert platform.stats()["service"]["copies_started"] == 1, "one run redeploys once"


def test_a_remedy_that_cannot_help_ends_escalated(platform: Platform) -> None:
    """The service dies at its first beat after every start, so a redeploy is the wrong remedy."""
    platform.break_with("service-crashed", count=1)
    run = platform.run_of_the_alarm()
    escalated(platform, run, "next for ")
    assert run.incident["cause"] == "service_crashed"
    assert platform.active_faults() == ["service-crashed"]
    left_behind(platform, run)


def test_a_task_that_never_starts_is_not_called_redeployed(platform: Platform) -> None:
    """The image cannot start in time: the redeploy took no effect, and the run says so."""
    platform.break_with("slow-start", count=5000)
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "Not done:")
    assert platform.service()["runningCount"] == 0
