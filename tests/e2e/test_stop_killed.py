"""An emergency stop that is itself stopped, in every state in turn, and started again."""

from __future__ import annotations

from contextlib import suppress

from tests.e2e.platform import GUARDS, ClientError, Platform
from tests.e2e.stops import STOP, TRADING, listed, resolved, statuses, switch

STATES = (
    "Engage",
    "StopEverything",
    "Latch",
    "StopSegment",
    "StopService",
    "CancelEntryOrders",
    "Announce",
    "TellStatusPage",
    "LookAtStop",
    "WaitForTheNextLook",
    "LookAgain",
    "CancelEntryOrdersAgain",
    "TellExposure",
    "Conclude",
)
TRIES = 5


def test_killed_in_every_state_and_started_again_everything_is_stopped_and_nothing_called_so_that_trades(
    platform: Platform,
) -> None:
    killed = []
    for state in STATES:
        platform.trading_again()
        arn = _killed_in(platform, state)
        killed.append(arn)
        _says_nothing_untrue(platform, arn)
        resolved(platform, platform.run(STOP, {"reason": f"again, after {state}"}))
        _says_nothing_untrue(platform, arn)
        halt = switch(platform)["halt_id"]
        for name in statuses(platform):
            record = platform.item(GUARDS, f"halt/{halt}/strategy/{name}")
            assert record is not None, f"nobody can bring {name} back"
            assert record["status"] == "running"
    platform.until(lambda: all(_closed(platform, arn) for arn in killed), "people are told of each", 20)


def _killed_in(platform: Platform, state: str) -> str:
    """A run that was stopped by hand after it had entered that state, and before it ended."""
    for _ in range(TRIES):
        arn = platform.start(STOP, {"reason": f"killed in {state}"})
        # Without a pause: a state lasts as long as its function.
        while state not in platform.entered(arn) and platform.describe(arn)["status"] == "RUNNING":
            continue
        with suppress(ClientError):
            platform.stop(arn)
        if platform.describe(arn)["status"] == "ABORTED":
            assert state in platform.entered(arn)
            return arn
    raise AssertionError(f"no run could be stopped in {state}")


def _says_nothing_untrue(platform: Platform, arn: str) -> None:
    """Its functions may still be at work, so its list may come yet; the table is read after it."""
    incident = platform.incident_of(arn)
    if not incident:
        return
    run = platform.result(platform.describe(arn))
    with suppress(ClientError):
        said = {name for name, row in listed(platform, run).items() if row["result"] == "done"}
        now = statuses(platform)
        assert not {name for name in said if now[name] in TRADING}


def _closed(platform: Platform, arn: str) -> bool:
    """By the closer, or by a last function that went on after its run."""
    incident = platform.incident_of(arn)
    told = [mail for mail in platform.mails() if f"Incident: {incident.get('incident_id')}\n" in mail.text]
    return bool(incident.get("closed_at")) and any(str(incident["outcome"]).upper() in one.subject for one in told)
