"""What the incident report of orders that failed tells of its own: causes in numbers, remedies, their proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from functions.orders.collecting import ends_of, remedied_of
from functions.orders.model import CauseProof, OrderRemedied
from functions.orders.proving import newest
from functions.orders.state import OrderState
from functions.rules.orders.causes import Cause
from functions.rules.orders.plan import OrderGroup, OrderPlan
from functions.rules.orders.plan import groups_of as planned
from functions.rules.orders.words import cause_of, counted, of_cause, of_remedy, whom, word_of
from functions.rules.proposals import names
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.own import Own

# In the table of failures; sentences name fewer.
_MOST_NAMES: Final = 12
QUESTIONS: Mapping[Cause, str] = {
    Cause.INSUFFICIENT_BALANCE: "Is the stake too large for the account, or was margin tied up by something else?",
    Cause.INVALID_PRICE: "Was it one fast market, or is the limit offset too small for this symbol in general?",
    Cause.RATE_LIMITED: "Which strategy sends too many orders, and does anything else use this address?",
    Cause.MAINTENANCE: "Was the maintenance announced, and could entries have been paused for it?",
    Cause.INVALID_SYMBOL: "Who reads the venue's announcements of renamed and delisted symbols?",
    Cause.ACCOUNT_FROZEN: "Why did the venue freeze the account, and can it happen to the others?",
    Cause.PERMISSION: "Who changed the key, and why did the daily preflight not say so before the orders failed?",
    Cause.CLOCK_SKEW: "What keeps the clock of the strategy service's host right?",
    Cause.UNKNOWN: "What do the venue's own records say of these orders?",
}

STUCK_ASKED: Final = "Why did the strategy service not settle its own records, and does it look for lost answers?"


def own_of(state: OrderState) -> Own:
    """Nothing of its own where no verdict was reached."""
    plan = state.diagnosed.plan if state.diagnosed else None
    if plan is None:
        return Own()
    groups = groups_of(state, plan)
    if not groups:
        return Own()
    return Own(
        title="Orders that failed",
        short=(("what failed", "; ".join(of_cause(group) for group in groups)),),
        causes=tuple(_cause(group) for group in groups),
        sections=tuple(_sections(state, groups)),
        questions=tuple(dict.fromkeys(STUCK_ASKED if group.orders else QUESTIONS[group.cause] for group in groups)),
    )


def groups_of(state: OrderState, plan: OrderPlan) -> tuple[OrderGroup, ...]:
    """Of every round, each once, the treated ones first."""
    treated = [one.group for one in remedied_of(state)]
    found = {group.group_id: group for group in (*plan.left, *planned(plan), *treated)}
    return tuple(found.values())


def causes_told(state: OrderState) -> str:
    """For the incident's `cause`."""
    plan = state.diagnosed.plan if state.diagnosed else None
    groups = groups_of(state, plan) if plan else ()
    return ", ".join(dict.fromkeys(map(word_of, groups)))


def root_cause(state: OrderState) -> str | None:
    """What the run found, None where nothing failed."""
    plan = state.diagnosed.plan if state.diagnosed else None
    groups = groups_of(state, plan) if plan else ()
    return " ".join(_cause(group) for group in groups)[:1_000] or None


def _cause(group: OrderGroup) -> str:
    code = f", code {' and '.join(group.codes[:3])}" if group.codes else ""
    what = cause_of(group)
    if group.orders:
        times, by = counted(len(group.orders), "record"), "table"
    else:
        failures, by = counted(group.count, "failure"), "log"
        times = f"{failures} in the log{code}" if group.count else "by the venue's own answer"
    sure = "" if group.confirmed else f"; nothing but the {by} says so"
    return f"{what[0].upper()}{what[1:]}: {times}, {whom(group)}{sure}."


def _sections(state: OrderState, groups: tuple[OrderGroup, ...]) -> Iterator[Section]:
    yield _failures(groups)
    remedied, proofs = remedied_of(state), newest(state.before.proofs)
    if remedied:
        yield _remedies(remedied)
    if proofs:
        yield _proofs(groups, proofs)
    follow = tuple(dict.fromkeys(line for end in ends_of(state) for line in end.follow_ups))
    if follow:
        yield Section("Changes that can be undone", follow)


def _failures(groups: tuple[OrderGroup, ...]) -> Section:
    rows = tuple(
        (
            cause_of(group),
            f"{group.venue or 'unknown'} / {group.account or 'unknown'}",
            names(group.strategy_ids, _MOST_NAMES) or whom(group),
            names(group.symbols, _MOST_NAMES),
            str(group.count),
            ", ".join(group.codes[:3]),
            f"{group.last_at:%Y-%m-%d %H:%M:%S} UTC" if group.last_at else "",
            "yes" if group.confirmed else f"no, by the {'table' if group.orders else 'log'} alone",
        )
        for group in groups
    )
    heads = ("cause", "venue / account", "strategies", "symbols", "failures", "codes", "newest", "confirmed")
    return Section("What failed", tables=(Table(heads, rows),))


def _remedies(remedied: tuple[OrderRemedied, ...]) -> Section:
    rows = tuple(
        (
            of_remedy(one.group),
            (one.end.result.value if one.end and one.end.result else one.end.ending if one.end else "unknown"),
            one.end.why if one.end else str(one.error or "no result came back"),
            " and ".join(one.end.decided_by) if one.end and one.end.decided_by else "the runbook",
        )
        for one in remedied
    )
    return Section("What was done about it", tables=(Table(("remedy", "result", "what", "by"), rows),))


def _proofs(groups: tuple[OrderGroup, ...], proofs: Mapping[str, CauseProof]) -> Section:
    rows = tuple(
        (
            cause_of(group),
            one.result.value,
            str(one.failures),
            str(one.placed),
            f"{one.since:%H:%M:%S} to {one.until:%H:%M:%S} UTC",
            one.why,
        )
        for group in groups
        if (one := proofs.get(group.group_id)) is not None
    )
    heads = ("cause", "result", "failures since", "orders that went well", "watched", "what was seen")
    return Section("Whether it helped", tables=(Table(heads, rows),))
