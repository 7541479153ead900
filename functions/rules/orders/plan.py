"""The verdict of order-failures: which causes, with what evidence, and what is done about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.facts import Evidence
from functions.rules.orders.causes import Cause, Remedy


class Verdict(StrEnum):
    """`act`: at least one group has a remedy (a wait and a question included). `escalate`: orders fail and only a
    person can go on. `nothing_to_do`: nothing fails (any more)."""

    ACT = "act"
    NOTHING_TO_DO = "nothing_to_do"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class OrderGroup:
    """One cause at one account of one venue, with the strategies and symbols that it concerns.

    `confirmed`: a second kind of evidence says the same (venue, account, market, book, config); without it no
    config is changed unasked. `count`: failures in the log within the hour, `last_at` the newest. `codes`: the
    venue's, raw. `fix`: what a person must do, exactly, where the remedy is `escalate` or does not help.
    `orders`: (position_id, order_id) of stuck orders, where those are what it is about. `until`: the planned end
    that the venue gives. `counted`: the accounts of which the venue counts the orders (requests it counts by
    address, which is everybody's); empty where it counts none, or nobody knows of which."""

    group_id: str
    cause: Cause
    remedy: Remedy
    venue: str | None
    account: str | None
    strategy_ids: tuple[str, ...]
    symbols: tuple[str, ...]
    confirmed: bool
    count: int
    first_at: datetime | None
    last_at: datetime | None
    codes: tuple[str, ...]
    fix: str
    evidence: tuple[Evidence, ...] = ()
    retry_after_seconds: int | None = None
    counts_orders: bool | None = None
    until: datetime | None = None
    orders: tuple[tuple[str, str], ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VenueGroups:
    """What is done at one venue: `calm` side by side first, then `change` side by side; none stops another."""

    venue: str
    calm: tuple[OrderGroup, ...]
    change: tuple[OrderGroup, ...]


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """`venues` side by side. `left`: causes that only a person can cure (remedy `escalate`). `reason`: one
    sentence. `unknown`: what could not be read, each a sentence; `blind`: those of them with which nobody can tell
    whether anything else fails. `strategy_ids`: everybody concerned."""

    verdict: Verdict
    reason: str
    venues: tuple[VenueGroups, ...]
    left: tuple[OrderGroup, ...]
    strategy_ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()


def groups_of(plan: OrderPlan) -> tuple[OrderGroup, ...]:
    """Those that have a remedy, venue by venue, in the order in which they are cured."""
    return tuple(group for venue in plan.venues for group in (*venue.calm, *venue.change))
