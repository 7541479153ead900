"""The stand-in exchange itself, without HTTP: accounts, prices, books and orders behind one lock.

Everything is by the venue's own words: symbols are `BTCUSDT`, sides `BUY` and `SELL`, times epoch milliseconds,
amounts base units, and orders are asked for by the parameters of Binance's REST API as text. What the venue refuses
raises `errors.Refused` with its code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from local.platform.exchange import errors
from local.platform.exchange.account import Account, Rights
from local.platform.exchange.desk import Twist
from local.platform.exchange.errors import Refused
from local.platform.exchange.lookup import found_order, found_trigger
from local.platform.exchange.marketplace import Marketplace, epoch
from local.platform.exchange.orders import Order, Trigger
from local.platform.exchange.wanted import wanted


class Exchange(Marketplace):
    """One venue. Safe to use from several threads.

    Args:
        seed: of the random walk.
        clock: epoch milliseconds.
    """

    def __init__(self, *, seed: int = 0, clock: Callable[[], int] = epoch) -> None:
        super().__init__(seed=seed, clock=clock)
        self._made: dict[str, tuple[str, str, dict[str, Any]]] = {}

    # Accounts.

    def add_account(
        self,
        name: str,
        key: str,
        secret: str,
        *,
        wallet: Decimal = Decimal(100_000),
        bnb: Decimal = Decimal(10),
        hedged: bool = False,
        leverage: int = 10,
        **rights: bool,
    ) -> Account:
        """A new account, or the same one anew. `rights`: fields of `account.Rights`."""
        with self.lock:
            account = Account(name, key, secret, Rights(**rights), wallet, bnb, hedged, leverage)
            self._made[name] = (
                key,
                secret,
                {"wallet": wallet, "bnb": bnb, "hedged": hedged, "leverage": leverage, **rights},
            )
            self.accounts[name] = account
            return account

    def remove_account(self, name: str) -> None:
        """Its key is unknown from now on."""
        with self.lock:
            self.accounts.pop(name, None)
            self._made.pop(name, None)

    def by_key(self, key: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.key == key), None)

    def reset(self) -> None:
        """As new: the accounts with their keys stay, what they held and did is gone."""
        with self.lock:
            self._begin()
            for name, (key, secret, how) in list(self._made.items()):
                self.add_account(name, key, secret, **how)

    def transfer(self, account: str, amount: Decimal) -> None:
        """USDT into the futures wallet, or out of it (below 0)."""
        with self.lock:
            self.desk.ledger.book(self.accounts[account], "", "TRANSFER", amount, "USDT", self.clock())

    def set_hedged(self, account: str, hedged: bool, *, asked: bool = False) -> None:
        """Switches the position mode. `asked` by the account itself: refused as the venue would."""
        with self.lock:
            one = self.accounts[account]
            if asked:
                if one.hedged == hedged:
                    raise Refused(errors.NO_CHANGE_OF_MODE)
                if one.open_orders() or one.open_triggers():
                    raise Refused(errors.MODE_WITH_ORDERS)
                if any(position.amount for position in one.positions.values()):
                    raise Refused(errors.MODE_WITH_POSITION)
            one.hedged = hedged

    # Orders.

    def place(self, account: str, params: Mapping[str, str], twist: Twist | None = None) -> Order:
        """`POST /fapi/v1/order`."""
        with self.lock:
            return self.desk.place(self.accounts[account], wanted(params), twist)

    def test(self, account: str, params: Mapping[str, str]) -> None:
        """`POST /fapi/v1/order/test`: every check, no order."""
        with self.lock:
            self.desk.check(self.accounts[account], wanted(params))

    def place_trigger(self, account: str, params: Mapping[str, str], twist: Twist | None = None) -> Trigger:
        """`POST /fapi/v1/algoOrder`."""
        with self.lock:
            return self.triggers.place(self.accounts[account], wanted(params), twist)

    def cancel(self, account: str, order_id: int) -> Order:
        """Raises Refused (-2011) where it is not open."""
        with self.lock:
            one = self.accounts[account]
            order = found_order(one.open_orders(), order_id=order_id)
            if order is None:
                raise Refused(errors.NO_SUCH_ORDER_TO_CANCEL)
            return self.desk.cancel(order)

    def cancel_trigger(self, account: str, algo_id: int) -> Trigger:
        with self.lock:
            trigger = found_trigger(self.accounts[account].open_triggers(), algo_id=algo_id)
            if trigger is None:
                raise Refused(errors.NO_SUCH_ORDER_TO_CANCEL)
            return self.triggers.cancel(trigger)

    def cancel_all(self, account: str, symbol: str) -> None:
        """The plain orders of a symbol; those that wait for a price stay."""
        with self.lock:
            one = self.accounts[account]
            for order in one.open_orders(symbol):
                self.desk.cancel(order)

    def cancel_all_triggers(self, account: str, symbol: str) -> None:
        with self.lock:
            for trigger in self.accounts[account].open_triggers(symbol):
                self.triggers.cancel(trigger)

    def fill_resting(self, account: str, order_id: int, amount: Decimal) -> Order:
        """Somebody takes so much of a resting order at its price."""
        with self.lock:
            one = self.accounts[account]
            order = found_order(one.open_orders(), order_id=order_id)
            if order is None:
                raise Refused(errors.NO_SUCH_ORDER)
            self.desk.fill_resting(one, order, amount)
            return order

    def liquidate(self, account: str, symbol: str, position_side: str = "BOTH") -> Order:
        """The venue closes the position at the market, under a client id of its own (`autoclose-...`)."""
        with self.lock:
            one = self.accounts[account]
            amount = one.position(symbol, position_side).amount
            if amount == 0:
                raise Refused(errors.NOTHING_TO_REDUCE)
            side = "SELL" if amount > 0 else "BUY"
            client_id = f"autoclose-{self.clock()}"
            return self.desk.market(one, symbol, side, abs(amount), client_id, position_side=position_side)
