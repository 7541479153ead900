"""What the venue checks before it accepts an order: symbol, mode, filters, reduce-only and margin."""

from __future__ import annotations

from decimal import Decimal

from local.platform.exchange import errors
from local.platform.exchange.account import Account
from local.platform.exchange.errors import No, Refused
from local.platform.exchange.market import LEAST, MOST, TRADING, Contract
from local.platform.exchange.orders import CLOSING_SIDE
from local.platform.exchange.wanted import Wanted


def closes(wanted: Wanted) -> bool:
    """It may only make a position smaller."""
    return wanted.reduce_only or wanted.close_position or CLOSING_SIDE.get(wanted.position_side) == wanted.side


def check_status(wanted: Wanted, status: str) -> None:
    """CLOSE and SETTLING take no order at all; any other that is not TRADING only closing ones."""
    if status == TRADING:
        return
    if status in ("CLOSE", "SETTLING", "DELIVERED"):
        raise Refused(errors.CLOSED_SYMBOL)
    if not closes(wanted):
        raise Refused(errors.NOT_OPENING_NOW)


def check_frozen(account: Account) -> None:
    if account.rights.frozen:
        raise Refused(errors.FROZEN)


def check_mode(wanted: Wanted, hedged: bool) -> None:
    """The position side must fit the account's mode; reduceOnly is none of hedge mode's words."""
    if hedged == (wanted.position_side == "BOTH"):
        raise Refused(errors.WRONG_POSITION_SIDE)
    if wanted.reduce_only_sent and (hedged or wanted.close_position):
        raise Refused(errors.not_required("reduceonly"))


def check_amount(wanted: Wanted, contract: Contract) -> Decimal:
    """The amount inside LOT_SIZE or MARKET_LOT_SIZE."""
    if wanted.amount is None:
        raise Refused(errors.mandatory("quantity"))
    amount = wanted.amount
    if amount <= 0:
        raise Refused(errors.AMOUNT_ZERO)
    if amount != contract.at_step(amount):
        raise Refused(errors.PRECISION)
    if amount < contract.step:
        raise Refused(errors.AMOUNT_TOO_SMALL)
    if amount > (contract.limit_most if wanted.priced else contract.market_most):
        raise Refused(errors.AMOUNT_TOO_LARGE)
    return amount


def check_price(price: Decimal, contract: Contract) -> None:
    """PRICE_FILTER."""
    if price <= 0:
        raise Refused(errors.PRICE_BELOW_ZERO)
    if price != round(price, contract.price_decimals):
        raise Refused(errors.PRECISION)
    if price != contract.at_tick(price):
        raise Refused(errors.OFF_TICK)


def check_percent_price(wanted: Wanted, contract: Contract, mark: Decimal) -> None:
    """PERCENT_PRICE of a limit order: a buyer's price is not too high, a seller's not too low."""
    highest, lowest = contract.at_tick(mark * MOST), contract.at_tick(mark * LEAST)
    if wanted.side == "BUY" and wanted.price > highest:
        raise Refused(errors.too_high(str(highest)))
    if wanted.side == "SELL" and wanted.price < lowest:
        raise Refused(errors.too_low(str(lowest)))


def check_moved(wanted: Wanted, contract: Contract, mark: Decimal, bps: Decimal) -> None:
    """The narrow band of a fast market: a limit that was priced at the old mark and opens is refused.

    Those that close, and post-only ones, which are meant to rest, are free of it.
    """
    if closes(wanted) or wanted.time_in_force == "GTX":
        return
    by = bps / 10_000
    floor, cap = contract.at_tick(mark * (1 + by)), contract.at_tick(mark * (1 - by))
    if wanted.side == "BUY" and wanted.price < floor:
        raise Refused(errors.too_low(str(floor)))
    if wanted.side == "SELL" and wanted.price > cap:
        raise Refused(errors.too_high(str(cap)))


def check_counterparty(side: str, best: Decimal | None, mark: Decimal) -> None:
    """PERCENT_PRICE of a market order: what it would meet first."""
    if best is None or (best > mark * MOST if side == "BUY" else best < mark * LEAST):
        raise Refused(errors.PERCENT_PRICE)


def check_notional(wanted: Wanted, amount: Decimal, contract: Contract, mark: Decimal) -> None:
    """MIN_NOTIONAL, from which closing orders are free."""
    worth = amount * (wanted.price if wanted.priced else mark)
    if worth < contract.notional and not closes(wanted):
        raise Refused(errors.too_little_money(str(contract.notional)))


def check_reduces(wanted: Wanted, amount: Decimal, account: Account, covered: No) -> Decimal:
    """How much of a closing order may be filled: what is left of the position beside the resting closing orders.

    -2022 where there is nothing to close: flat, or the other way round. `covered` (-2022 or -4118: the venue's
    support names the one, users report the other) where resting orders hold all of it; -4118 where they leave
    some, but less than is asked for. Alone, a reduce-only order may ask for more than there is and is cut to it;
    in hedge mode the venue refuses that too (-2022).
    """
    held_by = (wanted.symbol, wanted.side, wanted.position_side)
    there, held = account.closable(*held_by), account.held(*held_by)
    if there == 0:
        raise Refused(errors.NOTHING_TO_REDUCE)
    if there - held <= 0:
        raise Refused(covered)
    if amount > there - held and held > 0:
        raise Refused(errors.COVERED)
    if amount > there and account.hedged:
        raise Refused(errors.NOTHING_TO_REDUCE)
    return min(amount, there - held)


def check_margin(wanted: Wanted, amount: Decimal, account: Account, available: Decimal, price: Decimal) -> None:
    """What would make a position larger needs its initial margin."""
    closable = account.closable(wanted.symbol, wanted.side, wanted.position_side)
    grows = max(Decimal(0), amount - closable)
    if grows * price / account.leverage > available:
        raise Refused(errors.NO_MARGIN)
