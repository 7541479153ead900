"""Failures laid together: one bucket for each cause at each account, with those whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.facts import OrderFacts, Sign, TraderFact
from functions.rules.units.owner import PAPER

# The venue counts and serves by address, and every strategy leaves by the same one.
VENUE_WIDE: Final = frozenset({Cause.RATE_LIMITED, Cause.MAINTENANCE})
# One account has one balance, one standing, one key and one clock: whoever trades there is concerned.
ACCOUNT_WIDE: Final = frozenset({Cause.ACCOUNT_FROZEN, Cause.PERMISSION, Cause.CLOCK_SKEW})
# These are one strategy's own, by its config: who did not fail by them is not treated for them.
OWN: Final = frozenset({Cause.INSUFFICIENT_BALANCE, Cause.INVALID_PRICE, Cause.UNKNOWN})
# A line that names nobody, and comes so soon after one that does, tells the same a second time (a traceback).
SAME_BREATH: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Place:
    """None: not known; and for what concerns a whole venue no account."""

    venue: str | None
    account: str | None

    @property
    def told(self) -> str:
        return "/".join(filter(None, (self.venue, self.account))) or "no venue by name"


@dataclass(frozen=True, slots=True)
class Bucket:
    """`signs` is empty where nothing but the venue's own facts says so. `guessed`: no line names those whom it
    concerns; they only trade there."""

    cause: Cause
    place: Place
    signs: tuple[Sign, ...]
    traders: tuple[TraderFact, ...]
    named: tuple[str, ...] = field(default=())
    guessed: bool = False

    @property
    def count(self) -> int:
        return sum(sign.count for sign in self.signs)

    @property
    def last_at(self) -> datetime | None:
        return max((sign.last_at for sign in self.signs), default=None)

    @property
    def first_at(self) -> datetime | None:
        return min((sign.first_at for sign in self.signs), default=None)

    @property
    def strategy_ids(self) -> tuple[str, ...]:
        return tuple(sorted({*self.named, *(one.strategy_id for one in self.traders)}))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sign.code for sign in self.signs if sign.code))


def buckets(facts: OrderFacts) -> tuple[Bucket, ...]:
    """Of the log's signs, in the order of the causes."""
    by_id = {one.strategy_id: one for one in facts.traders}
    found: dict[tuple[Cause, Place], list[Sign]] = {}
    for sign in facts.logs.signs if facts.logs else ():
        found.setdefault((sign.cause, _place(sign, by_id)), []).append(sign)
    found = _told_once(found)
    order = list(Cause)
    keys = sorted(found, key=lambda key: (order.index(key[0]), key[1].venue or "", key[1].account or ""))
    return tuple(_bucket(cause, place, found[cause, place], facts.traders) for cause, place in keys)


def bucket_of(cause: Cause, place: Place, traders: Iterable[TraderFact]) -> Bucket:
    """Of facts alone."""
    return _bucket(cause, place, (), traders)


def at(place: Place, traders: Iterable[TraderFact]) -> tuple[TraderFact, ...]:
    """Who orders there; for an unknown account everybody at the venue, for an unknown venue everybody."""
    return tuple(
        one
        for one in traders
        if (place.venue is None or one.venue == place.venue)
        and (place.account is None or one.account == place.account)
    )


def _told_once(found: Mapping[tuple[Cause, Place], list[Sign]]) -> dict[tuple[Cause, Place], list[Sign]]:
    """What names nobody, and so lies at no account, goes to the one account of which the same was just said."""
    kept = dict(found)
    for (cause, place), signs in found.items():
        if cause not in OWN or any(sign.strategy_id for sign in signs):
            continue
        near = [
            key
            for key, others in kept.items()
            if key[0] is cause
            and place.venue in (None, key[1].venue)
            and (ours := _newest(one for one in others if one.strategy_id)) is not None
            and ours >= max(sign.last_at for sign in signs) - SAME_BREATH
        ]
        if len(near) == 1:
            kept[near[0]] = [*kept[near[0]], *kept.pop((cause, place))]
        elif near and sum(one.count for key in near for one in kept[key]) >= sum(one.count for one in signs):
            del kept[cause, place]
    return kept


def _bucket(cause: Cause, place: Place, signs: Sequence[Sign], traders: Iterable[TraderFact]) -> Bucket:
    """Those whom the lines name; everybody there where a line names nobody, or the cause is everybody's."""
    there = at(place, traders)
    named = {sign.strategy_id for sign in signs if sign.strategy_id is not None}
    guessed = cause not in VENUE_WIDE | ACCOUNT_WIDE and _names_nobody(cause, signs)
    everybody = guessed or cause in VENUE_WIDE | ACCOUNT_WIDE
    # Paper trades no money at this account; it is concerned where a line names it, or nobody else is there.
    traded = tuple(one for one in there if one.mode != PAPER or one.strategy_id in named) or there
    concerned = traded if everybody else tuple(one for one in there if one.strategy_id in named)
    return Bucket(cause, place, tuple(signs), concerned, tuple(sorted(named)), guessed)


def _names_nobody(cause: Cause, signs: Sequence[Sign]) -> bool:
    """A line of them says it of somebody, and nobody knows of whom."""
    told, nobody = _newest(one for one in signs if one.strategy_id), _newest(s for s in signs if not s.strategy_id)
    if told is None or nobody is None or cause not in OWN:
        return told is None or nobody is not None
    return told < nobody - SAME_BREATH


def _newest(signs: Iterable[Sign]) -> datetime | None:
    return max((sign.last_at for sign in signs), default=None)


def _place(sign: Sign, by_id: Mapping[str, TraderFact]) -> Place:
    trader = by_id.get(sign.strategy_id or "")
    venue = sign.venue or (trader.venue if trader else _only(one.venue for one in by_id.values()))
    if sign.cause in VENUE_WIDE:
        return Place(venue, None)
    if trader is not None and trader.venue in (venue, None):
        return Place(venue, trader.account)
    return Place(venue, _only(one.account for one in by_id.values() if one.venue == venue))


def _only(values: Iterable[str | None]) -> str | None:
    """The one that all say; None where they differ, or nobody says."""
    found = {one for one in values if one is not None}
    return found.pop() if len(found) == 1 else None
