"""Checklist: whether every position is accounted for, table against venue both ways, and none is stuck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.facts import Check
from functions.rules.proposals import names
from functions.rules.units.attribution import Share
from functions.venue import Unit, VenuePosition, Where

ZERO = Decimal(0)
# Which exits the platform may have taken off its amounts: its own, and those of our closes.
WAYS = ((True, True), (False, False), (True, False), (False, True))


@dataclass(frozen=True, slots=True)
class Held:
    """One open live position of the table. `own`: of a strategy that this is about. `stuck`: why it is; None: it is
    not. `since`: when its exit was due. `before`: it was stuck before the run, which is about other positions."""

    unit: Unit
    share: Share
    own: bool
    stuck: str | None
    since: datetime | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What the venue holds on one account, whatever is not flat. `steps`: the amount step by symbol; one that is
    missing could not be read. `own_symbols`: what the strategies concerned trade there; None: not known, and so
    everything. `hedged`: its position mode; needed only where the venue holds nothing that tells it."""

    where: Where
    held: tuple[VenuePosition, ...]
    steps: Mapping[str, Decimal]
    own_symbols: frozenset[str] | None
    hedged: bool | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`concerns` is `others` where only what this is not about does not pass, `before` where that was stuck before
    already. `about` are the positions and places that do not pass, `began_at` since when, where that is known.
    `differs`: table and venue do not agree, which may be a write on its way."""

    result: Check
    told: str
    concerns: str
    about: tuple[str, ...] = ()
    began_at: datetime | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    result: Check
    told: str
    own: bool
    about: str = ""
    since: datetime | None = None
    before: bool = False
    differs: bool = False


def account_for(
    held: Sequence[Held],
    accounts: Sequence[Account],
    unread: Sequence[tuple[str, bool]] = (),
    beside: Sequence[str] = (),
) -> Verdict:
    """`unread`: what could not be read, each with whether it concerns the run. `beside`: what is not compared, and
    need not be, in words. What is not known is never a pass."""
    lines = [*_stuck(held), *_compared(held, accounts), *(_Line(Check.UNKNOWN, told, own) for told, own in unread)]
    more = f"; not compared: {names(beside)}" if beside else ""
    if not lines:
        total = len(held)
        told = f"{total} open positions, table and venue agree, none is stuck" if total else "no position is open"
        where = f" ({len(accounts)} accounts read)" if accounts else ""
        return Verdict(Check.PASS, f"{told}{where}{more}", "run")
    own = [line for line in lines if line.own]
    shown = own or lines
    failing = [line for line in shown if line.result is Check.FAIL]
    result = Check.FAIL if failing else Check.UNKNOWN
    told = names([line.told for line in (*failing, *(one for one in shown if one not in failing))])
    concerns = "run" if own else "before" if failing and all(line.before for line in failing) else "others"
    about = tuple(line.about for line in failing if line.about)
    since = min((line.since for line in failing if line.since is not None), default=None)
    differs = any(line.differs for line in failing)
    return Verdict(result, f"{told}{more}", concerns, about, since, differs)


def _stuck(held: Iterable[Held]) -> list[_Line]:
    return [
        _Line(
            Check.FAIL,
            f"{one.share.position_id} is stuck: {one.stuck}",
            one.own and not one.before,
            one.share.position_id,
            one.since,
            one.before,
        )
        for one in held
        if one.stuck is not None
    ]


def _compared(held: Sequence[Held], accounts: Sequence[Account]) -> list[_Line]:
    """By account and symbol. Without hedge mode the two directions are one net position."""
    by_place: defaultdict[tuple[Where, str], list[Held]] = defaultdict(list)
    for one in held:
        by_place[one.unit.where, one.unit.symbol].append(one)
    lines = []
    for account in accounts:
        there: defaultdict[str, list[VenuePosition]] = defaultdict(list)
        for position in account.held:
            there[position.unit.symbol].append(position)
        symbols = {symbol for where, symbol in by_place if where == account.where} | set(there)
        for symbol in sorted(symbols):
            mine = by_place.get((account.where, symbol), [])
            lines += _of_symbol(account, symbol, mine, there.get(symbol, []))
    return lines


def _of_symbol(account: Account, symbol: str, mine: Sequence[Held], there: Sequence[VenuePosition]) -> list[_Line]:
    place = f"{symbol} on {account.where.venue}/{account.where.account}"
    known = account.own_symbols is None or symbol in account.own_symbols
    own = any(one.own for one in mine) or (not mine and known)
    step = account.steps.get(symbol)
    if step is None:
        return [_Line(Check.UNKNOWN, f"{place}: its amounts could not be compared", own)]
    hedged: bool | None = any(position.hedged for position in there)
    if not there and {one.unit.side for one in mine} == {"long", "short"}:
        # Two directions that stand for nothing at the venue agree with it only where they are one net position.
        hedged = account.hedged
        if hedged is None:
            told = (
                "long and short of the table stand against nothing at the venue, and its position mode is not known"
            )
            return [_Line(Check.UNKNOWN, f"{place}: {told}", own)]
    longs, shorts = (_venue(there, side) for side in ("long", "short"))
    for way in WAYS:
        table_long, table_short = (_table(mine, side, *way) for side in ("long", "short"))
        if hedged:
            agree = abs(table_long - longs) < step and abs(table_short - shorts) < step
        else:
            agree = abs((table_long - table_short) - (longs - shorts)) < step
        if agree:
            return []
    table = f"long {_table(mine, 'long', *WAYS[0]):f} short {_table(mine, 'short', *WAYS[0]):f}"
    told = f"{place}: the table has {table}, the venue long {longs:f} short {shorts:f}"
    return [_Line(Check.FAIL, told, own, place, differs=True)]


def _venue(there: Sequence[VenuePosition], side: str) -> Decimal:
    return sum((position.amount for position in there if position.unit.side == side), ZERO)


def _table(mine: Sequence[Held], side: str, reduced: bool, ours_reduced: bool) -> Decimal:
    """Whether the recorded exits are off the amounts already: the platform's own, and those of our closes."""
    there = [one.share for one in mine if one.unit.side == side]
    return sum((one.read(reduced=reduced, ours_reduced=ours_reduced).amount for one in there), ZERO)
