"""`demo emergency-stop`: a platform that trades is stopped, and watched for whoever comes back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from console import callers, kill_switch, stopping
from console.aws import Aws
from console.demo import Patience, all_beat
from console.errors import ConsoleError, ExitCode
from console.live.steps import Tone
from console.live.views import View
from console.local_api import LocalApi

REASON = "a rehearsal"
# Seconds in which whatever wants to come back may: fixed, and shortened by the time scale (a watch and more).
WATCHED = (2.0, 90.0)


def play(aws: Aws, shown: View) -> list[str]:
    """Plays it; what is wrong with its end is returned, empty if it ended as it should."""
    assert aws.local is not None  # noqa: S101 - a demo is only ever given the embedded AWS
    api = LocalApi(aws.local.endpoint_url)
    if kill_switch.item(aws).get("engaged"):
        raise ConsoleError(
            ExitCode.DEMO_FAILED, "the kill switch of this embedded AWS is engaged already",
            "`runbooks resume-trading`, or `local down` for a fresh one",
        )  # fmt: skip
    # Beats of before a restart of the service do not count: whoever trades writes new ones.
    api.forget_stats()
    beating = Patience(aws).until("beat", lambda: all_beat(aws, api), "every strategy beats")
    shown.note(f"{len(beating)} strategies trade: {', '.join(beating)}", Tone.GOOD)
    order = {"reason": REASON, "requested_by": callers.claim(aws), "dry_run": False}
    end = stopping.stop(aws, order, shown, directly=False)
    for title, row in stopping.told(end):
        shown.note(f"{title:<14}{row.text}", row.tone)
    before, seconds = api.stats().get("heartbeats", {}), WATCHED[0] + WATCHED[1] * aws.time_scale
    shown.note(f"watching for {seconds:.0f} s whether anything comes back")
    time.sleep(seconds)
    wrong = faults_found_in(
        outcome=end.outcome, statuses=_statuses(aws), switch=kill_switch.item(aws), service=_service(aws),
        before=before, after=api.stats().get("heartbeats", {}), known=aws.settings.trading_statuses,
    )  # fmt: skip
    if not wrong:
        shown.note(
            "to bring it back: `runbooks resume-trading --env local --reason ...`, answered by another person",
            Tone.COMMAND,
        )
    return wrong


def faults_found_in(
    *, outcome: str, statuses: Mapping[str, str], switch: Mapping[str, Any], service: tuple[int, int],
    before: Mapping[str, Any], after: Mapping[str, Any], known: frozenset[str],
) -> list[str]:  # fmt: skip
    """What is wrong with how the stop ended.

    Args:
        outcome: of the run.
        statuses: of every strategy, at the end of the watch.
        switch: the kill switch's item.
        service: desired and running count.
        before: heartbeats by strategy that the stand-in had written when the run ended.
        after: the same at the end of the watch.
        known: statuses that trade.
    """
    wrong: list[str] = []
    if outcome != "resolved":
        wrong.append(f"the run ended {outcome}, expected was resolved")
    if trading := sorted(name for name, status in statuses.items() if status in known):
        wrong.append(f"still trading: {', '.join(trading)}")
    if not switch.get("engaged"):
        wrong.append("the kill switch is not engaged")
    if any(service):
        wrong.append(f"the service has {service[1]} tasks and wants {service[0]}")
    if beat := sorted(name for name in after if after[name] != before.get(name)):
        wrong.append(f"beat after the stop was proven: {', '.join(beat)}")
    return wrong


def _statuses(aws: Aws) -> dict[str, str]:
    """The stand-in has few strategies: one page."""
    page = aws.table(aws.settings.platform.trading_state_table).scan(ConsistentRead=True)
    return {str(item["strategy_id"]): str(item.get("status")) for item in page["Items"]}


def _service(aws: Aws) -> tuple[int, int]:
    platform = aws.settings.platform
    found = aws.client("ecs").describe_services(cluster=platform.cluster, services=[platform.service])["services"]
    return int(found[0]["desiredCount"]), int(found[0]["runningCount"])
