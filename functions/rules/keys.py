"""Whether an account's key can do at night what it must, and nothing besides: judged by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from functions.venue import AccountFact, Row, Trouble, Where

# Seconds. A venue takes an order for a few seconds after its time stamp; beyond that every order is refused.
SKEW_MOST: Final = Decimal(1)


class Verdict(StrEnum):
    """`note`: not wrong, but good to know. `unknown` is no `good`."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """One thing about one account. `advice` says what to change; empty where nothing is."""

    about: str
    what: str
    verdict: Verdict
    value: str
    advice: str = ""


def unreadable(where: Where, why: str, trouble: Trouble | None) -> KeyFinding:
    """It could not be asked. A key that the venue does not take is bad; a venue that is away is unknown."""
    refused = trouble is not None and trouble.row in (Row.KEY, Row.FROZEN)
    return KeyFinding(
        _name(where),
        "key",
        Verdict.BAD if refused else Verdict.UNKNOWN,
        why,
        "store the right key in the account's secret, or free it for the platform's address" if refused else "",
    )


def judge(fact: AccountFact) -> tuple[KeyFinding, ...]:
    """Everything about an account that has answered."""
    return tuple(_findings(fact))


def _findings(fact: AccountFact) -> Iterator[KeyFinding]:
    about = _name(fact.where)
    yield _yes_or_no(
        about,
        "may trade",
        fact.can_trade,
        wanted=True,
        advice="allow the key to trade futures, or free the account",
    )
    yield _yes_or_no(
        about, "may withdraw", fact.can_withdraw, wanted=False, advice="take the right to withdraw from the key"
    )
    frozen = "no" if fact.frozen is False else fact.frozen_why or "yes"
    if fact.frozen is None:
        yield KeyFinding(about, "frozen", Verdict.UNKNOWN, "the venue did not say")
    else:
        verdict = Verdict.BAD if fact.frozen else Verdict.GOOD
        yield KeyFinding(about, "frozen", verdict, frozen, "ask the venue's support" if fact.frozen else "")
    yield _address(about, fact.ip_restricted)
    if fact.hedged is None:
        yield KeyFinding(about, "position mode", Verdict.UNKNOWN, "the venue did not say")
    else:
        yield KeyFinding(about, "position mode", Verdict.GOOD, "hedge" if fact.hedged else "one-way")
    yield _clock(about, fact.clock_skew)
    for why in fact.unread:
        yield KeyFinding(about, "could not be read", Verdict.UNKNOWN, why)


def _yes_or_no(about: str, what: str, said: bool | None, *, wanted: bool, advice: str) -> KeyFinding:
    if said is None:
        return KeyFinding(about, what, Verdict.UNKNOWN, "the venue did not say")
    word = "yes" if said else "no"
    return KeyFinding(
        about, what, Verdict.GOOD if said is wanted else Verdict.BAD, word, "" if said is wanted else advice
    )


def _address(about: str, restricted: bool | None) -> KeyFinding:
    """That a restricted key was answered at all proves that this address is among those that it is bound to."""
    match restricted:
        case True:
            return KeyFinding(about, "address", Verdict.GOOD, "bound to addresses, and this one is among them")
        case False:
            advice = "bind the key to the address by which the platform leaves its network"
            return KeyFinding(
                about, "address", Verdict.NOTE, "bound to no address: whoever has it can use it", advice
            )
        case None:
            return KeyFinding(about, "address", Verdict.UNKNOWN, "the venue did not say")


def _clock(about: str, skew: Decimal | None) -> KeyFinding:
    if skew is None:
        return KeyFinding(about, "clock", Verdict.UNKNOWN, "the venue did not say its time")
    told = f"{abs(skew):.3f} s {'ahead of' if skew >= 0 else 'behind'} the venue's"
    if abs(skew) > SKEW_MOST:
        return KeyFinding(about, "clock", Verdict.BAD, told, "orders are refused as too old or too early")
    return KeyFinding(about, "clock", Verdict.GOOD, told)


def _name(where: Where) -> str:
    return f"{where.venue} {where.account}"
