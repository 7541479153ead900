"""`demo order-failures`: orders fail, the alarm goes off, each cause gets its remedy, and orders flow again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from console.aws import Aws
from console.demo import Patience, all_beat, broken_on_purpose, executions, reason_of
from console.expectations import Expected
from console.incident import outcome_of
from console.live.marks import lasted
from console.live.steps import Tone
from console.live.views import View
from console.local_api import LocalApi
from console.runs import incident_of
from console.stuck_demo import Person
from console.watching import follow
from functions.ids import incident_id_for

RUNBOOK: Final = "order-failures"
# Orders of a strategy that fail before anybody calls it a trouble, and that pass before anybody calls it over.
FAILING, PASSING = 3, 2
# What the person at the keyboard says: the first of these that is offered.
WANTED: Final = ("reduce_stake", "replace_1", "take_out", "widen", "slow_down")


def _resolved(cause: str, why: str, count: int | None = None) -> Expected:
    return Expected(frozenset({"resolved"}), cause, True, why, count)


def _escalated(cause: str, why: str) -> Expected:
    return Expected(frozenset({"escalated"}), cause, False, why)


DEMOS: Final[Mapping[str, Expected]] = {
    "orders.invalid-price": _resolved("invalid_price", "limits are widened inside the small cap, for a while"),
    "orders.insufficient-balance": _resolved("insufficient_balance", "stakes are smaller, by a person's word"),
    "orders.rate-limited": _resolved("rate_limited", "entries come less often, and nothing was restarted"),
    "orders.maintenance": _resolved("maintenance", "waited for its end, and nothing was changed", 20),
    "orders.symbol-renamed": _resolved("invalid_symbol", "the new name stands in the config, by a person's word"),
    "orders.account-frozen": _escalated("account_frozen", "only the venue's support can mend it: told whom to ask"),
    "orders.no-permission": _escalated("permission", "only who owns the key can mend it: told which right"),
    "orders.clock-skew": _escalated("clock_skew", "only who owns the host can mend it: told by how much"),
}


def play(aws: Aws, fault: str, strategy: str | None, expected: Expected, shown: View) -> list[str]:
    """Plays it; what is wrong with its end is returned, empty if it ended as it should."""
    assert aws.local is not None  # noqa: S101 - a demo is only ever given the embedded AWS
    api, wait = LocalApi(aws.local.endpoint_url), Patience(aws)
    beating = wait.until("beat", lambda: all_beat(aws, api), "every strategy beats")
    shown.note(f"{len(beating)} strategies beat: {', '.join(beating)}", Tone.GOOD)
    api.forget_stats()
    before = {str(one["executionArn"]) for one in executions(aws, RUNBOOK)}
    api.break_with(fault, strategy=strategy, count=expected.count)
    broken = time.monotonic()
    shown.note(broken_on_purpose(api, fault, strategy), Tone.BAD)
    failing = wait.until("orders", lambda: _failing(api.stats()), "orders fail")
    shown.note(f"orders fail: {failing}", Tone.BAD)
    alarm = wait.until("orders", lambda: _alarm(aws), "the alarm on failing orders goes off")
    after = lasted(time.monotonic() - broken)
    shown.note(f"alarm {alarm['AlarmName']} went off after {after}: {reason_of(alarm)}", Tone.BAD)
    arn = wait.until("start", lambda: _started(aws, before), f"the alarm starts {RUNBOOK}")
    run = follow(aws, arn, shown, watched=Person(aws, incident_id_for(arn), shown, WANTED))
    incident = incident_of(aws, run.arn) or {}
    outcome, wrong = outcome_of(run.status, run.output, run.error, incident), _wrong_remedies(api.stats())
    api.forget_stats()
    if expected.cured:
        wait.patiently("orders", lambda: _flows(api.stats()))
        shown.note(counted(api.stats()), Tone.GOOD if _flows(api.stats()) else Tone.BAD)
    return faults_found_in(
        expected, outcome=outcome, cause=str(incident.get("cause") or ""), wrong_remedies=wrong, stats=api.stats()
    )


def faults_found_in(
    expected: Expected, *, outcome: str, cause: str, wrong_remedies: list[str], stats: Mapping[str, Any]
) -> list[str]:
    """What is wrong with how it ended. `stats`: what the stand-in counted since."""
    wrong: list[str] = []
    if outcome not in expected.outcomes:
        wrong.append(f"the run ended {outcome}, expected was {' or '.join(sorted(expected.outcomes))}")
    if cause != expected.cause:
        wrong.append(f"the incident names {cause or 'no cause'}, expected was {expected.cause}")
    if wrong_remedies:
        wrong.append(f"a remedy cured nothing: {', '.join(wrong_remedies)}")
    if restarted := [name for name, times in stats.get("interruptions", {}).items() if times]:
        wrong.append(f"strategies were interrupted: {', '.join(sorted(restarted))}")
    if expected.cured and not _flows(stats):
        wrong.append(f"orders do not flow: {_failing(stats) or 'none is sent'}")
    return wrong


def counted(stats: Mapping[str, Any]) -> str:
    """What the venue made of the orders, by the stand-in's count and not by the run's word."""
    found = _strategies(stats).values()
    sent, filled = (sum(int(one.get(name, 0)) for one in found) for name in ("sent", "filled"))
    refused = sum(sum(one.get("refused", {}).values()) for one in found)
    orders = "1 order" if sent == 1 else f"{sent} orders"
    return f"counted at the venue since the run ended: {orders} sent, {filled} filled, {refused} refused"


def _strategies(stats: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = stats.get("flow", {}).get("strategies", {})
    return found


def _failing(stats: Mapping[str, Any]) -> str | None:
    """Whose, and by which codes; None while it is no trouble yet."""
    failing = {name: one for name, one in _strategies(stats).items() if one.get("failing", 0) >= FAILING}
    codes = sorted({code for one in failing.values() for code in one.get("refused", {})})
    return f"{', '.join(sorted(failing))} ({', '.join(codes)})" if failing else None


def _flows(stats: Mapping[str, Any]) -> bool:
    found = _strategies(stats).values()
    return bool(found) and all(one.get("passing", 0) >= PASSING for one in found)


def _wrong_remedies(stats: Mapping[str, Any]) -> list[str]:
    return [str(one.get("remedy")) for one in stats.get("wrong_remedies", ())]


def _alarm(aws: Aws) -> dict[str, Any] | None:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[aws.settings.order_failures_alarm])
    return next((dict(one) for one in found["MetricAlarms"] if one["StateValue"] == "ALARM"), None)


def _started(aws: Aws, before: set[str]) -> str | None:
    found = (str(one["executionArn"]) for one in executions(aws, RUNBOOK))
    return next((arn for arn in found if arn not in before), None)
