"""Too little margin for the stake, by the venue's own margin account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from local.platform.exchange.account import Account
from local.platform.exchange.margin import Margins
from local.platform.exchange.market import CONTRACTS, symbol_id
from local.platform.exchange.orders import ZERO
from local.platform.faults.base import BadFault
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.before import before_trouble
from local.platform.ordering.clearing import take_away
from local.platform.ordering.config import OrderConfig
from local.platform.placed import VenueSaysNo
from local.platform.wish import Wish

# A position whose margin is this many stakes' frees more than enough.
STAKES_HELD = 6


@dataclass
class InsufficientBalance(OrderTrouble):
    name = "orders.insufficient-balance"
    about = (
        "The account's free margin is below what the stake needs: entries are -2019 until stake_amount is halved, "
        "a position of the account is closed (one is opened if there is none) or funds are added."
    )
    count_means = "percent of the smallest stake that the free margin carries (1 to 99, default 60)"
    cures = frozenset({"stake_amount"})
    PERCENT = 60

    taken: list[tuple[Account, Decimal]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        percent = self.PERCENT if self.count is None else self.count
        if not 0 < percent < 100:
            raise BadFault(f"count: {self.count_means}")
        accounts = self.accounts(traders)
        everybody = self.world.ordering.flow.traders(self.world.trading())
        of = {name: [one for one in traders if one.account == name and one.symbols] for name in accounts}
        before = {name: self.world.venue.exchange.accounts[name].wallet for name in accounts}
        for name, mine in of.items():
            if mine:
                self._hold_something(name, mine)
        for name, mine in of.items():
            if mine:
                self._take(name, before[name], min(one.stake for one in mine) * percent / 100)
        self.ill = frozenset(one.strategy_id for one in everybody if one.account in accounts)

    def _hold_something(self, name: str, mine: Sequence[OrderConfig]) -> None:
        """A position of the account that can be closed: one from the table, or a new one."""
        ordering, exchange = self.world.ordering, self.world.venue.exchange
        needed = max(one.stake for one in mine)
        for item in ordering.holdings.positions().values():
            if item.get("account") == name and item.get("status") == "open" and item.get("mode", "live") == "live":
                contract = CONTRACTS.get(symbol_id(str(item.get("symbol"))))
                worth = exchange.prices.mark(contract.symbol) * item.get("amount", ZERO) if contract else ZERO
                if worth >= 2 * needed:
                    return
        first = mine[0]
        contract = CONTRACTS[symbol_id(first.symbols[0])]
        amount = contract.at_step(STAKES_HELD * needed / exchange.prices.mark(contract.symbol))
        try:
            made = ordering.opener.open(
                Wish(strategy=first.strategy_id, symbol=first.symbols[0], amount=max(amount, contract.step)),
                before_trouble(exchange, name, contract.symbol),
            )
        except VenueSaysNo as no:
            raise BadFault(f"{self.name}: {no}") from None
        self.opened.append(made["position_id"])

    def _take(self, name: str, before: Decimal, carried: Decimal) -> None:
        """Out of the wallet, until the free margin carries no larger stake. `before`: what was in it."""
        exchange = self.world.venue.exchange
        with exchange.lock:
            account = exchange.accounts[name]
            amount = Margins(account, exchange.prices).available - carried / account.leverage
            if amount > 0:
                exchange.transfer(name, -amount)
            self.taken.append((account, before - account.wallet))

    def lift(self) -> None:
        exchange = self.world.venue.exchange
        with exchange.lock:
            for account, amount in self.taken:
                # A venue that was reset since has new accounts with full wallets.
                if exchange.accounts.get(account.name) is account:
                    exchange.transfer(account.name, amount)

    def repair(self) -> None:
        for position_id in self.opened:
            take_away(self.world.ordering, position_id)
