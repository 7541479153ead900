"""What a position has earned or lost, in the quote currency, and what the delay of its exit has cost.

An unknown part makes the sum unknown, never zero; what is known of it stands in the lines all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.rules.units.fills import average
from functions.rules.units.prices import ZERO
from functions.rules.units.words import cents, moment, money, number
from functions.venue import Direction, Fill, Funding

# (asset, minute) to what one of it cost in the quote then; None: not known.
Rates = Mapping[tuple[str, datetime], Decimal | None]


@dataclass(frozen=True, slots=True)
class Pnl:
    """In the quote. `price`: exits against the entry, above 0 earned. `fees`: paid, above 0. `funding`: above 0
    received. `total` = price - fees + funding. `shortfall`: the exits against the price when the exit was due,
    apart and not part of the total: above 0 is what the delay cost. None: not known, and `unknown` names why.
    `lines`: sentences for people. `closing_fees`: those of the exits, a part of `fees`."""

    quote: str
    price: Decimal | None
    fees: Decimal | None
    funding: Decimal | None
    total: Decimal | None
    shortfall: Decimal | None
    unknown: tuple[str, ...]
    lines: tuple[str, ...]
    closing_fees: Decimal | None = None


def minute_of(at: datetime) -> datetime:
    """The minute by which a rate is known."""
    return at.replace(second=0, microsecond=0)


def rates_needed(
    quote: str, fills: Sequence[Fill], funding: Sequence[Funding] = ()
) -> tuple[tuple[str, datetime], ...]:
    """What must be asked of the venue before `pnl` can judge: (asset, minute), each once."""
    paid = [(fill.fee_asset, fill.at) for fill in fills if fill.fee] + [(one.asset, one.at) for one in funding]
    asked = ((asset, minute_of(at)) for asset, at in paid if asset is not None and asset != quote)
    return tuple(dict.fromkeys(asked))


def pnl(
    *,
    direction: Direction,
    quote: str,
    entry_price: Decimal | None,
    closing: Sequence[Fill],
    opening: Sequence[Fill] | None,
    rates: Rates,
    funding: Sequence[Funding] | None,
    funding_share: Decimal | None,
    due_price: Decimal | None,
) -> Pnl:
    """`closing`: the fills of this position's share (`fills.closing_fills`). `opening`: those that opened it; None:
    not known, empty: it is known that none was charged. `rates`: a missing one is unknown. `funding`: every payment
    of the symbol while it was open; None: not readable. `funding_share`: 0 to 1, this position's part of the unit
    (`share_of_unit`); None: not known. `due_price`: the price when the exit was due."""
    book = _Book(quote, rates)
    sign = Decimal(1 if direction == "long" else -1)
    closed, exit_price = sum((fill.amount for fill in closing), ZERO), average(closing)
    price = shortfall = None
    if exit_price is None:
        book.miss("no closing fill is known")
    else:
        price = book.against("the entry price", entry_price, closing, sign)
        shortfall = book.against("the price when the exit was due", due_price, closing, -sign)
    leaving = book.fees("closing", closing)
    entering = book.fees("opening", opening)
    fees = None if leaving is None or entering is None else leaving + entering
    paid = book.funded(funding, funding_share)
    total = None if price is None or fees is None or paid is None else price - fees + paid
    lines = (
        f"Closed {number(closed)} ({direction}) at {money(exit_price, quote)} on average, "
        f"entered at {money(entry_price, quote)}.",
        f"Price against the entry: {money(price, quote, sign=True)}.",
        f"Fees: {money(fees, quote)} (opening {money(entering, quote)}, closing {money(leaving, quote)}).",
        f"Funding: {money(paid, quote, sign=True)}.",
        f"In all: {money(total, quote, sign=True)}.",
        f"Apart from that, against {money(due_price, quote)}, the market's price when the exit was due: "
        f"{delay_told(shortfall, quote)}.",
    )
    unknown = tuple(dict.fromkeys(book.missing))
    return Pnl(quote, price, fees, paid, total, shortfall, unknown, lines, leaving)


def share_of_unit(own: Decimal, others: Decimal) -> Decimal | None:
    """This position's part of what the unit held, 0 to 1; None where the table says nothing of it."""
    return own / (own + others) if own > ZERO and others >= ZERO else None


class _Book:
    """Adds up in the quote, and notes what it could not."""

    def __init__(self, quote: str, rates: Rates) -> None:
        self._quote, self._rates, self.missing = quote, rates, list[str]()

    def miss(self, why: str) -> None:
        self.missing.append(why)

    def against(self, name: str, price: Decimal | None, fills: Sequence[Fill], sign: Decimal) -> Decimal | None:
        """By each fill, so that no average's rounding is in it."""
        if price is None:
            self.miss(f"{name} is not known")
            return None
        return sum(((fill.price - price) * fill.amount * sign for fill in fills), ZERO)

    def fees(self, which: str, fills: Sequence[Fill] | None) -> Decimal | None:
        if fills is None:
            self.miss(f"the {which} fees are not known")
            return None
        parts = [self._fee(which, fill) for fill in fills]
        known = [part for part in parts if part is not None]
        return sum(known, ZERO) if len(known) == len(parts) else None

    def funded(self, payments: Sequence[Funding] | None, share: Decimal | None) -> Decimal | None:
        if payments is None:
            self.miss("funding could not be read")
            return None
        if not payments:
            return ZERO
        if share is None:
            self.miss("funding was paid for all owners of the symbol, and this position's part of it is not known")
            return None
        parts = [self._in_quote("funding", one.amount, one.asset, one.at) for one in payments]
        known = [part for part in parts if part is not None]
        return sum(known, ZERO) * share if len(known) == len(parts) else None

    def _fee(self, which: str, fill: Fill) -> Decimal | None:
        if fill.fee is None or (fill.fee_asset is None and fill.fee):
            self.miss(f"the fee of the {which} fill {fill.fill_id} is not known")
            return None
        return self._in_quote(f"the fee of the {which} fill {fill.fill_id}", fill.fee, fill.fee_asset, fill.at)

    def _in_quote(self, what: str, amount: Decimal, asset: str | None, at: datetime) -> Decimal | None:
        if asset == self._quote or not amount:
            return amount
        rate = self._rates.get((asset or "", minute_of(at)))
        if rate is None:
            self.miss(f"{what}: the rate of {asset} in {self._quote} at {moment(at)} is not known")
            return None
        return amount * rate


def delay_told(shortfall: Decimal | None, quote: str, *, short: bool = False) -> str:
    """As a clause; above 0 is what it cost. `short`: to the cent."""
    if shortfall is None:
        return "what the delay cost is unknown" if short else "unknown"
    if not shortfall:
        return "the delay cost nothing"
    return (
        f"the delay {'cost' if shortfall > ZERO else 'gained'} {(cents if short else money)(abs(shortfall), quote)}"
    )
