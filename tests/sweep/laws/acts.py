"""Done, not done and unknown are three results, and what is done is done once and told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tests.sweep.laws.ends import BY_THE_CLOSER
from tests.sweep.laws.proof import TRADING
from tests.sweep.seen import Item, Seen, unified

PAUSE, RESUME = "pause the strategy's entries", "resume the strategy's entries"
UNDOES: Final[Mapping[str, str]] = {PAUSE: RESUME, RESUME: PAUSE}
CHANGE: Final = re.compile(r"(?P<name>\w+) (?P<old>\S+) to (?P<new>\S+)")
REDEPLOY: Final = "redeploy the service"
LARGER: Final = "register a larger revision of the task definition"
# Each of these starts the service once.
STARTS: Final = (REDEPLOY, "scale the service back")


def nothing_is_done_twice(seen: Seen) -> Iterator[str]:
    """One deterministic id per act: the same act of the same run stands once in its incident as done, and the
    platform itself has seen no more of it than was told."""
    for incident in seen.incidents:
        acts = Counter(
            (str(act["action"]), str(act["target"]))
            for act in incident.get("actions") or ()
            if act["result"] == "done"
        )
        for (action, target), times in acts.items():
            # What was undone in between may be done again: each approved close pauses the entries anew.
            undone = acts[UNDOES.get(action, ""), target]
            # As it was while a person is asked for more memory, and then with it.
            if times > 1 + undone + (action == REDEPLOY and acts[LARGER, target]):
                yield f"{action} {target}: done {times} times by {incident['runbook']}"
    yield from _starts(seen)
    if {run.machine for run in seen.tops} == {"stale-heartbeat"}:
        for strategy, times in seen.interruptions.items():
            if times > max(1, seen.copies_started):
                yield f"{strategy} was interrupted {times} times, by {seen.copies_started} copies"
    for symbol, amount in seen.closed.items():
        opened = sum(Decimal(one["amount"]) for one in seen.positions if one["symbol"] == unified(symbol))
        if amount > opened:
            yield f"{amount} of {opened} {symbol} were closed"


def _starts(seen: Seen) -> Iterator[str]:
    """One copy for each act that starts the service and is told as done or unknown; and of several runs with the
    same trouble one redeploys."""
    starting = [act for act in seen.acts() if act["result"] != "not_done" and _is_a_start(act)]
    if seen.copies_started > len(starting):
        yield f"the service was started {seen.copies_started} times, by {len(starting)} acts"
    redeploying = [one for one in seen.incidents if REDEPLOY in _done(one)]
    if len(redeploying) > 1:
        yield f"{len(redeploying)} runs redeployed the service for one trouble"


def _is_a_start(act: Mapping[str, Any]) -> bool:
    return str(act["action"]).startswith(STARTS)


def _done(incident: Mapping[str, Any]) -> set[str]:
    return {str(act["action"]) for act in incident.get("actions") or () if act["result"] == "done"}


def what_is_said_to_be_done_is_done(seen: Seen) -> Iterator[str]:
    """An act is never reported as done where it was not."""
    acts = seen.acts()
    for act in acts:
        if act["result"] != "done":
            continue
        action, target = str(act["action"]), str(act["target"])
        if action == REDEPLOY and not seen.copies_started and not _stopped_meanwhile(acts):
            yield "a redeploy is reported, and no copy was started"
        # A bot that has not looked since is not interrupted; and what was started again goes on.
        again = ("start the strategy", target) in {(each["action"], each["target"]) for each in acts}
        goes_on = not again and not seen.interruptions.get(target) and seen.statuses.get(target) in TRADING
        if action == "stop the strategy" and goes_on:
            yield f"{target} is reported as stopped, and was never interrupted"
        if action == "stop strategy" and seen.statuses.get(target) in TRADING:
            yield f"{target} is reported as stopped, and is {seen.statuses.get(target)}"
        if action == "scale to 0" and seen.desired and not any(_is_a_start(each) for each in acts):
            yield f"the service is reported as scaled to 0, and {seen.desired} tasks are wanted"
        if action == "start the strategy" and seen.statuses.get(target) not in TRADING and not _halted(seen):
            yield f"{target} is reported as started, and is {seen.statuses.get(target)}"
        if action == "engage" and target == "kill switch" and not _was_engaged(seen):
            yield "the kill switch is reported as engaged, and is not"
        if change := CHANGE.fullmatch(action):
            now = seen.configs.get(target, {}).get(change["name"])
            if now is not None and _number(change["new"]) not in (None, now):
                yield f"{action} {target} is reported as done, and it is {now}"
        if action.startswith("close ") and target not in seen.sent:
            yield f"order {target} is reported as filled, and was never sent"


def _stopped_meanwhile(acts: list[Item]) -> bool:
    """A stop takes the copy away before it has begun."""
    return any(act["action"] == "scale to 0" and act["result"] == "done" for act in acts)


def _halted(seen: Seen) -> bool:
    return seen.switch.get("engaged") is True


def _was_engaged(seen: Seen) -> bool:
    """Or it was, until somebody released it."""
    return _halted(seen) or any(str(act["action"]).startswith("release") for act in seen.acts())


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def what_is_done_is_told(seen: Seen) -> Iterator[str]:
    """What happened stands in an incident as done or unknown, never as not done, never not at all."""
    told = {f"{act['action']} {act['target']}" for act in seen.acts() if act["result"] in ("done", "unknown")}
    runbooks = {run.machine for run in seen.tops}
    named = str([(act["target"], act.get("before"), act.get("after")) for act in seen.acts()])
    for client_id in sorted(set(seen.sent)):
        if client_id not in named:
            yield f"order {client_id} was sent, and no act names it"
    if runbooks == {"stale-heartbeat"}:
        if seen.copies_started and not any(name.startswith(REDEPLOY) for name in told):
            yield f"{seen.copies_started} copies were started, and no redeploy is told"
        if not seen.copies_started:
            for strategy in seen.interruptions:
                if f"stop the strategy {strategy}" not in told and not any("scale the service" in n for n in told):
                    yield f"{strategy} was interrupted, and no act says so"
    if runbooks == {"emergency-stop"} and not _is_told_as_unknown(seen):
        for name, status in seen.statuses.items():
            if status not in TRADING and f"stop strategy {name}" not in told:
                yield f"{name} was stopped, and no act says so"


def _is_told_as_unknown(seen: Seen) -> bool:
    """The closer's word, and the last word before it: what was stopped and what was not is unknown."""
    return any(one.get("outcome") in BY_THE_CLOSER for one in seen.incidents)
