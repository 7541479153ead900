"""What must hold of every run, whatever failed in it. A law says what is wrong, in sentences; else nothing.

The words are those of the contract and the design that the project is built to: how a run ends, guards, and "do,
then prove".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.sweep.seen import Execution, Seen, unified

Law = Callable[[Seen], Iterator[str]]

SUCCEEDED: Final = frozenset(
    {"resolved", "nothing_to_do", "duplicate", "declined", "left_open", "delegated", "dry_run"}
)
# An execution's error, and what its incident says then.
FAILED: Final = {"Escalated": "escalated", "InvalidInput": "invalid_input"}
LAST_WORD: Final = "LastWord"
TRADING: Final = frozenset({"running", "warmup"})
# The longest timeout of an act: afterwards an ended owner's guard is free.
LONGEST_ACT: Final = timedelta(minutes=15)
# With more memory the service starts twice: as it was while a person is asked, and then with the new size.
MOST_COPIES: Final = 2
PAUSE, RESUME = "pause the strategy's entries", "resume the strategy's entries"
UNDOES: Final[Mapping[str, str]] = {PAUSE: RESUME, RESUME: PAUSE}
CHANGE: Final = re.compile(r"(?P<name>\w+) (?P<old>\S+) to (?P<new>\S+)")


def every_execution_has_ended(seen: Seen) -> Iterator[str]:
    """A run ends by itself; stopping a parent stops its children."""
    for one in seen.executions:
        if one.status == "RUNNING":
            yield f"{one.machine} still runs: {one.arn}"


def every_run_ends_in_an_outcome(seen: Seen) -> Iterator[str]:
    """How a run ends: SUCCEEDED with one of the outcomes; FAILED with `Escalated` or `InvalidInput`; and what no
    state could catch is recorded by the closer as `aborted` or `failed`."""
    for run in seen.tops:
        said = str(seen.incident(run.arn).get("outcome"))
        if run.status == "SUCCEEDED":
            outcome = str(run.output.get("outcome"))
            if outcome not in SUCCEEDED:
                yield f"{run.machine} succeeded as {outcome!r}"
            elif said != outcome:
                yield f"{run.machine} succeeded as {outcome}, and its incident says {said}"
        elif run.status == "FAILED" and run.error in FAILED:
            # Where its own end failed, the closer has recorded that; or it was written, and its answer was lost.
            own = {FAILED[str(run.error)], *(_of_the_closer(run) if LAST_WORD in run.states else ())}
            if said not in own:
                yield f"{run.machine} failed as {run.error}, and its incident says {said}"
        elif said not in _of_the_closer(run):
            yield f"{run.machine} {run.status} ({run.error}), and its incident says {said}"


def _of_the_closer(run: Execution) -> frozenset[str]:
    """What the run itself wrote before it was stopped stands, too."""
    own = frozenset(FAILED.values()) | SUCCEEDED
    return own | ({"aborted"} if run.status == "ABORTED" else {"failed"})


def every_run_leaves_an_incident_and_a_notification(seen: Seen) -> Iterator[str]:
    """No run ends in silence."""
    for run in seen.tops:
        incident = seen.incident(run.arn)
        if not incident:
            yield f"{run.machine} {run.status}: no incident"
        elif run.status != "SUCCEEDED" and not incident.get("notified_at"):
            yield f"{run.machine} {run.status}: its incident was never told"
        if not seen.told(run.arn):
            yield f"{run.machine} {run.status}: no notification names it"


def a_closed_run_has_closed_its_incident(seen: Seen) -> Iterator[str]:
    """Open stays only what waits for a person: an escalation until somebody acknowledges it, what was left open."""
    for run in seen.tops:
        incident = seen.incident(run.arn)
        open_by_design = incident.get("outcome") in ("escalated", "left_open")
        if incident and not incident.get("closed_at") and not open_by_design:
            yield f"{run.machine} {run.status} as {incident.get('outcome')}: its incident is open"


def every_guard_can_be_taken_over(seen: Seen) -> Iterator[str]:
    """Locks may be taken over when their owner has ended and the longest timeout of an act has passed since."""
    running = {one.arn for one in seen.executions if one.status == "RUNNING"}
    known = {one.arn for one in seen.executions}
    for guard in seen.guards:
        if "owner" not in guard:
            continue
        if guard["owner"] not in known:
            yield f"guard {guard['guard_id']} belongs to {guard['owner']}, which is no execution of this run"
        elif guard["owner"] in running:
            yield f"guard {guard['guard_id']} is held by a run that goes on"
        if datetime.fromisoformat(str(guard["act_until"])) > seen.now + LONGEST_ACT:
            yield f"guard {guard['guard_id']} cannot be taken over until {guard['act_until']}"


def nothing_is_asked_for_a_run_that_is_over(seen: Seen) -> Iterator[str]:
    """The closer revokes open approvals; a run that ends leaves no question that still decides something."""
    ended = {one.arn for one in seen.executions if one.status != "RUNNING"}
    for one in seen.approvals:
        if one["standing"] == "pending" and one.get("execution_arn") in ended:
            yield f"approval {one['approval_id']} still takes answers: {one['question']['title']}"


def nothing_is_done_twice(seen: Seen) -> Iterator[str]:
    """Once: one deterministic id per act; the same act of the same run stands once in its incident as done."""
    for incident in seen.incidents:
        acts = Counter(
            (str(act["action"]), str(act["target"]))
            for act in incident.get("actions") or ()
            if act["result"] == "done"
        )
        for (action, target), times in acts.items():
            # What was undone in between may be done again: each approved close pauses the entries anew.
            undone = acts[UNDOES.get(action, ""), target]
            if times > _most(seen, action) + undone:
                yield f"{action} {target}: done {times} times by {incident['runbook']}"
    if seen.copies_started > MOST_COPIES:
        yield f"the service was started {seen.copies_started} times"
    if {run.machine for run in seen.tops} == {"stale-heartbeat"}:
        for strategy, times in seen.interruptions.items():
            if times > max(1, seen.copies_started):
                yield f"{strategy} was interrupted {times} times, by {seen.copies_started} copies"
    for symbol, amount in seen.closed.items():
        opened = sum(Decimal(one["amount"]) for one in seen.positions if one["symbol"] == unified(symbol))
        if amount > opened:
            yield f"{amount} of {opened} {symbol} were closed"


def _most(seen: Seen, action: str) -> int:
    """A redeploy as it was, and one with more memory."""
    return MOST_COPIES if seen.copies_started > 1 and "the service" in action else 1


def _named(act: Mapping[str, Any]) -> str:
    return f"{act['action']} {act['target']}"


def no_two_copies_trade(seen: Seen) -> Iterator[str]:
    """Never two copies of a strategy trading; no remedy that makes things worse."""
    if seen.two_copies:
        yield f"two copies of a strategy traded at {seen.two_copies} moments"
    if seen.harm:
        yield f"remedies that made it worse: {', '.join(seen.harm)}"


def resolved_is_proven(seen: Seen) -> Iterator[str]:
    """`resolved`: acted, and verified: no checklist item fails, and what it is about is well at the platform."""
    for run in seen.tops:
        if "resolved" in (run.output.get("outcome"), seen.incident(run.arn).get("outcome")):
            lines = seen.incident(run.arn).get("checklist") or ()
            for line in lines:
                if line["result"] == "fail" and line.get("concerns") != "others":
                    yield f"{run.machine} is resolved, and its checklist fails: {line['id']}"
            yield from (f"{run.machine} is resolved, and {wrong}" for wrong in WELL[run.machine](seen))


def _beats(seen: Seen) -> Iterator[str]:
    if seen.stale:
        yield f"stale: {', '.join(seen.stale)}"


def _is_flat(seen: Seen) -> Iterator[str]:
    for one in seen.positions:
        if one["status"] != "closed":
            yield f"{one['position_id']} is {one['status']}"
        for symbol, amount in seen.held.items():
            if amount and unified(symbol) == one["symbol"]:
                yield f"{amount} {symbol} are open at the venue"


def _stands_still(seen: Seen) -> Iterator[str]:
    yield from (f"{name} is {status}" for name, status in seen.statuses.items() if status in TRADING)
    if seen.desired:
        yield f"{seen.desired} tasks are wanted"
    if seen.switch.get("engaged") is not True:
        yield "the kill switch is not engaged"


def _trades(seen: Seen) -> Iterator[str]:
    """Or only manages exits, where that was asked for: the kill switch says so itself, and stays engaged."""
    wanted, engaged = ("paused", True) if seen.switch.get("manage_only") else ("running", False)
    yield from (f"{name} is {status}" for name, status in seen.statuses.items() if status != wanted)
    if seen.switch.get("engaged") is not engaged:
        yield "the kill switch is not as it was wanted"
    if not seen.desired:
        yield "no task is wanted"


def _nothing_more(_seen: Seen) -> Iterator[str]:
    yield from ()


WELL: Final[Mapping[str, Law]] = {
    "stale-heartbeat": _beats,
    "order-failures": _beats,
    "stuck-position": _is_flat,
    "close-position": _is_flat,
    "emergency-stop": _stands_still,
    "resume-trading": _trades,
    "verify-trading": _nothing_more,
}


def what_is_said_to_be_done_is_done(seen: Seen) -> Iterator[str]:
    """Done, not done and unknown are three results: an act is never reported as done where it was not."""
    for act in seen.acts():
        if act["result"] != "done":
            continue
        action, target = str(act["action"]), str(act["target"])
        if action == "redeploy the service" and not seen.copies_started:
            yield "a redeploy is reported, and no copy was started"
        # A bot that has not looked since is not interrupted; and what was started again goes on.
        again = ("start the strategy", target) in {(each["action"], each["target"]) for each in seen.acts()}
        goes_on = not again and not seen.interruptions.get(target) and seen.statuses.get(target) in TRADING
        if action == "stop the strategy" and goes_on:
            yield f"{target} is reported as stopped, and was never interrupted"
        if action == "engage" and target == "kill switch" and "engaged" not in seen.switch:
            yield "the kill switch is reported as engaged, and was never written"
        if change := CHANGE.fullmatch(action):
            now = seen.configs.get(target, {}).get(change["name"])
            if now is not None and _number(change["new"]) not in (None, now):
                yield f"{action} {target} is reported as done, and it is {now}"
        if action.startswith("close ") and target not in seen.sent:
            yield f"order {target} is reported as filled, and was never sent"


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def what_is_done_is_told(seen: Seen) -> Iterator[str]:
    """What happened stands in an incident as done or unknown, never as not done, never not at all."""
    told = {_named(act) for act in seen.acts() if act["result"] in ("done", "unknown")}
    runbooks = {run.machine for run in seen.tops}
    named = str([(act["target"], act.get("before"), act.get("after")) for act in seen.acts()])
    for client_id in sorted(set(seen.sent)):
        if client_id not in named:
            yield f"order {client_id} was sent, and no act names it"
    if runbooks == {"stale-heartbeat"}:
        if seen.copies_started and not any(name.startswith("redeploy the service") for name in told):
            yield f"{seen.copies_started} copies were started, and no redeploy is told"
        if not seen.copies_started:
            for strategy in seen.interruptions:
                if f"stop the strategy {strategy}" not in told and not any("scale the service" in n for n in told):
                    yield f"{strategy} was interrupted, and no act says so"


def no_token_is_told(seen: Seen) -> Iterator[str]:
    """The task token is never in a mail, an output or an incident."""
    text = str([(mail.subject, mail.text) for mail in seen.mails]) + str(seen.incidents)
    text += str([(one.output, one.cause) for one in seen.tops])
    if re.search(r"task_?token", text, re.IGNORECASE):
        yield "a task token is told"


LAWS: Final[tuple[Law, ...]] = (
    every_execution_has_ended,
    every_run_ends_in_an_outcome,
    every_run_leaves_an_incident_and_a_notification,
    a_closed_run_has_closed_its_incident,
    every_guard_can_be_taken_over,
    nothing_is_asked_for_a_run_that_is_over,
    nothing_is_done_twice,
    no_two_copies_trade,
    resolved_is_proven,
    what_is_said_to_be_done_is_done,
    what_is_done_is_told,
    no_token_is_told,
)


def broken_laws(seen: Seen) -> list[str]:
    """`law: what is wrong`, in the order of the laws."""
    return [f"{law.__name__}: {wrong}" for law in LAWS for wrong in law(seen)]
