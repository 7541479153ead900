"""The shapes of order-failures and its children: what was found, what was changed, what is proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import TypeAdapter

from console.live.shapes import RESULT_TONES, Found, count, cut, names, words
from console.live.steps import Finding, Tone
from functions.orders.written import in_words, read
from functions.rules.orders.plan import OrderGroup
from functions.rules.orders.words import of_cause, of_remedy

_GROUP: Final[TypeAdapter[OrderGroup]] = TypeAdapter(OrderGroup)
MOST_CHANGES: Final = 6
# How a remedy ended without having done anything that could be proven.
ENDINGS: Final = {
    "acted": "done", "over": "nothing to do any more", "declined": "a person said no",
    "left_open": "left open by a person", "unanswered": "nobody answered", "refused": "refused",
    "gave_up": "a person must go on", "dry_run": "dry run",
}  # fmt: skip


def log(it: Found) -> Iterator[Finding]:
    """Its queries while they run, then what they have counted."""
    found = it["fact"]
    if found is None:
        if it["why"]:
            yield Finding(cut(f"unknown: {it['why']}"), Tone.UNKNOWN)
        else:
            yield Finding(f"{count(len(it['queries']), 'query')} of the log {'run' if it['again'] else 'asked'}")
        return
    failures = {name: number for name, number in found["matched"].items() if number}
    told = ", ".join(f"{words(name)} {number}" for name, number in sorted(failures.items(), key=lambda x: -x[1]))
    yield Finding(f"failures: {told}" if told else "no order failed", Tone.BAD if failures else Tone.GOOD)
    placed = sum(found["placed"].values())
    if placed:
        yield Finding(f"{count(placed, 'order')} went well among the lines that were read", Tone.EVIDENCE)
    for pattern, why in found["unread"][:3]:
        yield Finding(cut(f"not counted: {words(pattern)} - {why}"), Tone.UNKNOWN)


def traders(it: Found) -> Iterator[Finding]:
    who = names(one["strategy_id"] for one in it["traders"])
    yield Finding(f"{it['total']} may order{f': {who}' if who else ''}")
    yield from _unread(it)


def stuck(it: Found) -> Iterator[Finding]:
    if it["total"]:
        who = names(dict.fromkeys(one["strategy_id"] for one in it["stuck"]))
        wait = "waits" if it["total"] == 1 else "wait"
        yield Finding(f"{count(it['total'], 'order')} {wait} for too long: {who}", Tone.BAD)
    else:
        yield Finding("no order waits for too long", Tone.GOOD)
    yield from _unread(it)


def venues(it: Found) -> Iterator[Finding]:
    for one in it["venues"]:
        status, place = one["status"], f"{one['venue']}/{one['account_name']}"
        tone = RESULT_TONES.get(status["reading"], Tone.UNKNOWN)
        away = [symbol["symbol"] for symbol in one["symbols"] if symbol["known"] is False]
        yield Finding(cut(f"{place}: {status['detail']}"), tone)
        if one["account_unread"]:
            yield Finding(cut(f"{place}: account unknown: {one['account_unread']}"), Tone.UNKNOWN)
        if away:
            yield Finding(f"{place} does not know {names(away)}", Tone.BAD)
    yield from _unread(it)


def verdict(plan: Found) -> Iterator[Finding]:
    cured = [group for venue in plan["venues"] for group in (*venue["calm"], *venue["change"])]
    if not cured and not plan["left"]:
        yield Finding(f"{words(plan['verdict'])}: {plan['reason']}", Tone.VERDICT)
    for group in map(_GROUP.validate_python, cured):
        yield Finding(f"{of_cause(group)} -> {of_remedy(group).partition(' at ')[0]}", Tone.VERDICT)
        yield from _evidence(group)
    for group in map(_GROUP.validate_python, plan["left"]):
        yield Finding(f"{of_cause(group)} -> a person must mend it", Tone.VERDICT)
        yield from _evidence(group)
        yield Finding(cut(f"for a person: {group.fix}"), Tone.UNKNOWN)
    for one in plan["unknown"][:3]:
        yield Finding(cut(f"unknown: {one}"), Tone.UNKNOWN)


def remedy(it: Found) -> Iterator[Finding]:
    """A step of a remedy: what it decided, what it asks, what was changed, how it ended."""
    memo, end = it["memo"], it["end"]
    if end is not None:
        told = ENDINGS.get(end["ending"], words(end["ending"]))
        bad = Tone.BAD if end["ending"] in ("refused", "gave_up", "unanswered") else Tone.PLAIN
        yield Finding(cut(f"{told}: {end['why']}"), RESULT_TONES.get(str(end["result"]), bad))
    elif it["step"] == "act":
        for change in it["changes"][:MOST_CHANGES]:
            yield Finding(f"decided: {_change(change)}")
        if len(it["changes"]) > MOST_CHANGES:
            yield Finding(f"and {len(it['changes']) - MOST_CHANGES} more")
    elif it["step"] == "ask" and it["question"]:
        yield Finding(f"a person must decide: {it['question']['title']}")
    elif it["step"] == "close":
        yield Finding(f"to be closed: {names(it['positions'])}")
    elif it["step"] == "wait":
        yield Finding(cut(str(it["why"])))
    elif memo["looks"]:
        # What an act has just written; the looks after it tell of it by their own words.
        for name, tone in (("applied", Tone.GOOD), ("refused", Tone.BAD), ("unknown", Tone.UNKNOWN)):
            lead = "" if name == "applied" else f"{name}: "
            for text in _together(memo[name])[:MOST_CHANGES]:
                yield Finding(cut(f"{lead}{text}"), tone)


def proof(it: Found) -> Iterator[Finding]:
    for one in it["proofs"]:
        helped = {"done": "helped", "not_done": "did not help"}.get(one["result"], "whether it helped is unknown")
        silent = ", by silence alone" if one["silent"] else ""
        tone = RESULT_TONES.get(one["result"], Tone.UNKNOWN)
        yield Finding(cut(f"{words(one['cause'])}: {helped}{silent} - {one['why']}"), tone)
    for group in map(_GROUP.validate_python, it["appeared"]):
        yield Finding(f"appeared meanwhile: {of_cause(group)}", Tone.BAD)
    if not it["proofs"]:
        left = f", {count(it['looks_left'], 'look')} left" if it["again"] else ""
        yield Finding(f"{it['why']}{left}")


def _evidence(group: OrderGroup) -> Iterator[Finding]:
    code = f", code {' and '.join(group.codes[:3])}" if group.codes else ""
    if group.count:
        yield Finding(f"{count(group.count, 'failure')} in the log{code}", Tone.EVIDENCE)
    # What confirms it; lines of the log stand in the incident.
    for seen in [one for one in group.evidence if one.what.startswith("confirms")][:1]:
        yield Finding(cut(f"{seen.what}: {seen.value}"), Tone.EVIDENCE)


def _together(told: list[str]) -> list[str]:
    """`s1: stake 5 to 10` and the same of `s2` are one line."""
    alike: dict[str, list[str]] = {}
    for one in told:
        who, _, what = one.partition(": ")
        alike.setdefault(what or who, []).append(who)
    return [f"{names(who)}: {what}" if who != [what] else what for what, who in alike.items()]


def _change(change: Found) -> str:
    if change.get("order_id"):
        return f"order {change['order_id']} of {change['strategy_id']}: {change['why']}"
    was, becomes = (in_words(read(change[name])) for name in ("expected", "value"))
    return f"{change['strategy_id']}: {change['field']} {was} -> {becomes}"


def _unread(it: dict[str, Any]) -> Iterator[Finding]:
    if it["unread"]:
        yield Finding(cut(f"unknown: {it['unread']}"), Tone.UNKNOWN)
