"""Positions that stay open after a run, as the incident keeps them (`open_positions`, functions/tasks/
tell_exposure.py): what they are worth, what they stand at, and whether anything protects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.incident import Incident, or_none, told
from functions.rules.units.words import cents, money

FIELD: Final = "open_positions"
TITLE: Final = "Open positions"
_SAFE: Final = frozenset({"whole", "flat", "paper"})
_RESTS: Final = {
    "whole": "protected",
    "partly": "PROTECTED IN PART ONLY",
    "none": "UNPROTECTED",
    "flat": "flat at the exchange",
    "unknown": "UNKNOWN",
    "paper": "paper: no real money",
    "unasked": "not asked at the exchange",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One of them. `worth`: amount times the venue's mark, `profit` at that mark, both in `quote`; None: not known.
    `safe`: all of it is protected, or no money is in it."""

    position_id: str
    strategy_id: str
    what: str
    rests: str
    worth: Decimal | None
    profit: Decimal | None
    quote: str
    where: str
    safe: bool
    real: bool

    @property
    def told(self) -> str:
        worth = f", worth {cents(self.worth, self.quote)}" if self.worth is not None else ""
        return f"{self.what}{worth}, {self.rests}"


def standing(it: Incident) -> list[Standing]:
    return [_of(one) for one in it.maps(FIELD)]


def exposed(it: Incident) -> list[Standing]:
    """Those of which nothing is known to protect the whole."""
    return [one for one in standing(it) if not one.safe]


def row(it: Incident) -> tuple[str, ...]:
    """For the first table: how many, what they are worth and stand at, and each that is not protected."""
    if not isinstance(it.item.get(FIELD), (list, tuple)):
        return ()
    found = standing(it)
    if not found:
        return ("none",)
    bare = exposed(it)
    whole = int(it.item.get(f"{FIELD}_total") or len(found))
    loud = ", ".join(_loud(bare)) if bare else "all protected"
    real = [one for one in found if one.real]
    parts = [f"{whole} open: {loud}"]
    if real:
        parts += [f"worth {_sum(real, 'worth')} at the mark", f"P&L so far {_sum(real, 'profit', sign=True)}"]
    first = f"{'; '.join(parts)}."
    at_risk = (f"At risk without known protection: {_sum([one for one in bare if one.real], 'worth')}.",)
    return (first, *(at_risk if bare else ()), *(f"{one.position_id}: {one.told}" for one in bare[:4]))


def _loud(bare: list[Standing]) -> Iterator[str]:
    """What is known to be without protection is not called unknown."""
    known = [_RESTS["none"], _RESTS["partly"]]
    for word in known:
        if number := sum(one.rests == word for one in bare):
            yield f"{number} {word}"
    if number := sum(one.rests not in known for one in bare):
        yield f"{number} NOT KNOWN TO BE PROTECTED"


def in_a_title(it: Incident) -> str:
    """`1 open position UNPROTECTED, 24,000.00 USDT`; nothing where all are protected or none is open."""
    bare = exposed(it)
    if not bare:
        return ""
    words = " and ".join(_loud(bare))
    noun = " open position " if words.startswith("1 ") else " open positions "
    return f"{words.replace(' ', noun, 1)}, {_sum([one for one in bare if one.real], 'worth')}"


def section(it: Incident) -> Section | None:
    found = standing(it)
    if not found:
        return None
    rows = tuple(
        (
            one.position_id,
            one.strategy_id,
            one.what,
            one.rests,
            "unknown" if one.worth is None else money(one.worth, one.quote),
            "unknown" if one.profit is None else money(one.profit, one.quote, sign=True),
            one.where,
        )
        for one in found
    )
    heads = ("position", "strategy", "what", "protection", "worth at the mark", "P&L", "exchange, account")
    lines = ("The P&L is against the entry, at the exchange's mark, without fees and funding.",)
    return Section(TITLE, lines, (Table(heads, rows),))


def _of(one: Mapping[str, Any]) -> Standing:
    symbol, rests = told(one.get("symbol") or "unknown symbol"), str(one.get("protection_at_the_venue"))
    amount = _number(one.get("amount"))
    size = "?" if amount is None else f"{amount:f}"
    listed = one.get("protective_orders")
    word = _RESTS.get(rests, "UNKNOWN")
    safe = rests in _SAFE
    if rests == "unasked" and listed:
        safe, word = True, f"{len(listed)} protective in the table; {word}"
    return Standing(
        told(one.get("position_id")),
        or_none(one.get("strategy_id")),
        f"{told(one.get('side') or 'unknown side')} {size} {symbol}",
        word,
        _number(one.get("worth")),
        _number(one.get("profit")),
        _quote(symbol),
        f"{or_none(one.get('exchange'))}, {or_none(one.get('account'))}",
        safe,
        rests not in ("paper", "flat"),
    )


def _sum(found: list[Standing], name: str, *, sign: bool = False) -> str:
    """By currency; what is not known of it is said, never counted as nothing."""
    sums: dict[str, Decimal] = {}
    unknown = 0
    for one in found:
        value: Decimal | None = getattr(one, name)
        if value is None:
            unknown += 1
        else:
            sums[one.quote] = sums.get(one.quote, Decimal(0)) + value
    parts = [cents(value, quote, sign=sign) for quote, value in sorted(sums.items())]
    parts += [f"{unknown} of unknown value"] if unknown else []
    return " and ".join(parts) or "nothing"


def _quote(symbol: str) -> str:
    """`BTC/USDT:USDT` is settled in USDT."""
    return symbol.rpartition("/")[2].partition(":")[0] if "/" in symbol else ""


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def rows_of(found: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """What an incident keeps of them."""
    names = (
        "position_id", "strategy_id", "symbol", "side", "amount", "exchange", "account", "protective_orders",
        "protection_at_the_venue", "worth", "profit", "percent_to_liquidation",
    )  # fmt: skip
    return [{name: one.get(name) for name in names} for one in found]
