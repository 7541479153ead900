"""Whether orders are executed: what the venues of the live accounts said, judged for the checklist's third line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from functions.facts import Check
from functions.venue import AccountFact, Fill, ProbeOrder, Trouble, Validation, Where

NOT_OFFERED: Final = "this venue offers no validation"
# Told of each kind, in one answer.
MOST: Final = 6
# Of a refusal that was ours, before the venue was asked: no answer of the venue's.
OURS: Final = frozenset({"Adapter", "settings", "NoKey", "symbol"})


@dataclass(frozen=True, slots=True)
class Tried:
    """One symbol of one account. `order` is what was validated; `validation` None: no answer. `refused`: the
    venue's own refusal. `fill`: the newest one since the trouble was cured. `unread`: what could not be asked.
    `fill` alone proves it where a venue validates nothing."""

    where: Where
    symbol: str
    order: ProbeOrder | None = None
    validation: Validation | None = None
    refused: Trouble | None = None
    fill: Fill | None = None
    unread: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        return f"{self.where.venue}/{self.where.account} {self.symbol}"


@dataclass(frozen=True, slots=True)
class Asked:
    """An account, with what it is and what was tried there. `unread`: of the account as a whole. `left`: test
    orders of earlier runs that rest there still, on any symbol, each with its client id."""

    where: Where
    account: AccountFact | None
    tried: tuple[Tried, ...]
    unread: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        return f"{self.where.venue}/{self.where.account}"


@dataclass(frozen=True, slots=True)
class Execution:
    result: Check
    told: str
    about: tuple[str, ...] = ()


def execution(accounts: Sequence[Asked], unknown: Sequence[str] = (), beside: Sequence[str] = ()) -> Execution:
    """A venue's own no is a failure, whatever else it said. A yes, or a fill since, proves it for one symbol;
    every symbol that was asked must be proven. `unknown`: what kept accounts from being known; `beside`: whose
    money is none of ours."""
    fails, unread, proven, open_ = list[str](), list(unknown), list[str](), list[str]()
    about = list[str]()
    for one in accounts:
        blocked = _blocked(one)
        if blocked:
            fails.append(f"{one.named}: {blocked}")
            about.append(one.named)
        if one.left:
            fails.append(
                f"{one.named}: a test order of an earlier run rests there, cancel it: {', '.join(one.left)}"
            )
            about.append(one.named)
        unread += [f"{one.named}: {why}" for why in (*one.unread, *_unsaid(one))]
        for tried in one.tried:
            _sort(tried, fails, about, unread, proven, open_)
    aside = [f"not asked: {', '.join(beside[:MOST])}"] if beside else []
    for said, result in ((fails, Check.FAIL), (unread, Check.UNKNOWN), (open_, Check.SKIPPED)):
        if said:
            told = [*said[:MOST], *_more(said), *(f"proven: {one}" for one in proven[:2]), *aside]
            return Execution(result, "; ".join(told), tuple(dict.fromkeys(about)))
    if proven:
        return Execution(Check.PASS, "; ".join([*proven[:MOST], *_more(proven), *aside]))
    return Execution(Check.SKIPPED, "; ".join(["no live account trades", *aside]))


@dataclass(frozen=True, slots=True)
class Real:
    """What became of a real test order; `skipped`: none was placed."""

    result: Check
    told: str


def with_real(result: Check, told: str, real: Real) -> tuple[Check, str]:
    """The worse of both: an order that was taken proves nothing for an account that refuses another. Where none
    was placed, the rest of the answer stands, and what was not asked is proven by one that was placed."""
    if real.result is Check.SKIPPED:
        return result, f"{told}; {real.told}"
    order = (Check.SKIPPED, Check.PASS, Check.UNKNOWN, Check.FAIL)
    return max(result, real.result, key=order.index), f"{real.told}; {told}"


def _sort(
    tried: Tried, fails: list[str], about: list[str], unread: list[str], proven: list[str], open_: list[str]
) -> None:
    fill = f"; {_filled(tried.fill)}" if tried.fill else ""
    if tried.refused is not None and tried.refused.kind not in OURS:
        fails.append(f"{tried.named}: the venue refuses an order, {tried.refused.told()}{fill}")
        about.append(f"{tried.where.venue}/{tried.where.account}")
    elif tried.refused is not None:
        unread.append(f"{tried.named}: {tried.refused.told()}{fill}")
    elif tried.unread:
        unread.append(f"{tried.named}: {', '.join(tried.unread)}{fill}")
    elif tried.validation is Validation.ACCEPTED and tried.order is not None:
        proven.append(f"{tried.named}: the venue would take {_ordered(tried.order)} (validated, not placed){fill}")
    elif tried.fill is not None:
        proven.append(f"{tried.named}: {NOT_OFFERED}{fill}")
    elif tried.validation is Validation.NOT_OFFERED:
        open_.append(f"{tried.named}: {NOT_OFFERED}, and nothing was filled since the trouble was cured")
    else:
        unread.append(f"{tried.named}: no answer")


def _blocked(asked: Asked) -> str | None:
    """What the account itself says against any order."""
    account = asked.account
    if account is None:
        return None
    if account.frozen:
        return f"the account is frozen ({account.frozen_why or 'no reason given'})"
    if account.can_trade is False:
        return "the account or its key may not trade"
    if account.available is not None and account.available <= Decimal(0):
        return f"no margin is available ({account.available})"
    return None


def _unsaid(asked: Asked) -> tuple[str, ...]:
    """What the line judges the account by, where it could not be read: a validated order does not stand for it.
    What a venue never says is missing without a reason, and keeps nothing open."""
    account = asked.account
    if account is None or None not in (account.frozen, account.can_trade, account.available):
        return ()
    return tuple(f"the account: {why}" for why in account.unread[:2] if why not in asked.unread)


def _ordered(order: ProbeOrder) -> str:
    return f"{order.side} {_plain(order.amount)} at {_plain(order.price)}, post-only"


def _filled(fill: Fill) -> str:
    return f"fill {fill.fill_id} of {_plain(fill.amount)} at {_plain(fill.price)}, {fill.at:%Y-%m-%d %H:%M:%S} UTC"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _more(said: Sequence[str]) -> list[str]:
    return [f"and {len(said) - MOST} more"] if len(said) > MOST else []
