"""What a question about a stuck position rests on, and the figures that follow from it. All prices in the quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.facts import Evidence, PositionFact
from functions.position_settings import PositionSettings
from functions.rules.stuck.overdue import Overdue
from functions.rules.stuck.waiting import BPS, Market
from functions.rules.units import prices
from functions.rules.units.attribution import Attribution
from functions.rules.units.why_stuck import WhyStuck
from functions.venue import AccountFact, Book, Unit, VenueOrder, VenuePosition
from functions.venue import Market as Rules

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Asking:
    """`account` None: not read. `orders` None: the venue's working orders could not be read. `healthy` None: the
    strategy can exit by itself, else why it cannot. `voids`: closes that ended because the facts moved beyond
    their bound. `last`: what came of the close before. `by_hand`: why a person says that it should be closed.
    `due_price`: the market's price in the minute in which the exit was due; None: not known."""

    position: PositionFact
    unit: Unit
    attribution: Attribution
    venue: VenuePosition
    rules: Rules
    book: Book | None
    orders: tuple[VenueOrder, ...] | None
    account: AccountFact | None
    why: WhyStuck
    overdue: Overdue
    healthy: str | None
    desk: str
    settings: PositionSettings
    now: datetime
    waited_minutes: int = 0
    voids: int = 0
    last: str | None = None
    by_hand: str | None = None
    due_price: Decimal | None = None
    unreadable: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def amount(self) -> Decimal:
        return self.attribution.amount

    @property
    def sign(self) -> int:
        return 1 if self.unit.side == "long" else -1

    @property
    def mark(self) -> Decimal | None:
        """The venue's mark, else the middle of the book."""
        if self.venue.mark_price:
            return self.venue.mark_price
        best = self.best
        return (best[0] + best[1]) / 2 if best else None

    @property
    def best(self) -> tuple[Decimal, Decimal] | None:
        if self.book is None or not self.book.bids or not self.book.asks:
            return None
        return self.book.bids[0][0], self.book.asks[0][0]

    @property
    def average(self) -> Decimal | None:
        """Expected by the book for the whole amount; None: no book, or it is too thin."""
        return prices.average_for(self.book, self.unit.side, self.amount) if self.book else None

    @property
    def bps(self) -> int:
        wider = self.voids >= self.settings.voids_before_wider
        return self.settings.wider_price_bps if wider else self.settings.worst_price_bps

    @property
    def worst(self) -> Decimal | None:
        mark = self.mark
        return prices.worst_price(mark, self.unit.side, self.bps, self.rules.price_tick) if mark else None

    @property
    def notional(self) -> Decimal | None:
        return self.amount * self.mark if self.mark else None

    @property
    def entry(self) -> Decimal | None:
        """The position's own, by the table; the venue's is an average over all owners."""
        return self.position.entry_price or self.venue.entry_price

    def gain(self, price: Decimal | None) -> Decimal | None:
        """In the quote, without fees and funding, if the whole amount were closed at the price."""
        if price is None or self.entry is None:
            return None
        return (price - self.entry) * self.amount * self.sign

    @property
    def market(self) -> Market:
        """The loss is against the market's price when the exit was due: never an order's limit, nor the entry."""
        mark, liquidation, due = self.mark, self.venue.liquidation_price, self.due_price
        loss = (due - mark) * self.sign / due * BPS if mark and due else None
        far = abs(mark - liquidation) / mark * HUNDRED if mark and liquidation else None
        best = self.best
        spread = (best[1] - best[0]) / ((best[0] + best[1]) / 2) * BPS if best else None
        return Market(loss, far, bool(liquidation) or mark is None, spread)
