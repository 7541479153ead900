"""One served venue for all tests, as new for each; the real ccxt; the venue's own SDK."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ccxt
import pytest
from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)

from local.platform.exchange.exchange import Exchange
from local.platform.exchange.server import Keys, Served, serve

SYMBOL = "BTC/USDT:USDT"


class Clock:
    """Epoch milliseconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_795_000_000_000

    def __call__(self) -> int:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += int(1000 * seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def exchange(clock: Clock) -> Exchange:
    made = Exchange(clock=clock)
    made.add_account("main", "key", "secret")
    made.add_account("second", "key2", "secret2")
    return made


@pytest.fixture(scope="session")
def running() -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture
def served(running: Served) -> Iterator[Served]:
    running.venue.reset()
    yield running
    running.venue.mend()


def client(served: Served, keys: Keys, **options: Any) -> Any:
    """The unmodified ccxt; only its addresses are others, and the error table that goes by address is merged."""
    made = ccxt.binanceusdm(
        {
            "apiKey": keys.key,
            "secret": keys.secret,
            "enableRateLimit": False,
            "timeout": 2000,
            "options": {
                "fetchMarkets": {"types": ["linear"]},
                "warnOnFetchOpenOrdersWithoutSymbol": False,
                **options,
            },
        }
    )
    made.has["fetchCurrencies"] = False
    for name, address in made.urls["api"].items():
        if isinstance(address, str):
            path = address.partition("binance.com")[2]
            made.urls["api"][name] = f"{served.url}{path}"
    made.exceptions["exact"].update(made.exceptions["linear"]["exact"])
    return made


@pytest.fixture
def usdm(served: Served) -> Any:
    return client(served, served.keys["main"])


@pytest.fixture
def sdk(served: Served) -> Any:
    keys = served.keys["main"]
    made = ConfigurationRestAPI(
        api_key=keys.key, api_secret=keys.secret, base_path=served.url, retries=0, timeout=2000
    )
    return DerivativesTradingUsdsFutures(config_rest_api=made).rest_api


def order(side: str, amount: str, price: str | None = None, **more: str) -> dict[str, str]:
    """An order by the venue's names."""
    kind = {"type": "MARKET"} if price is None else {"type": "LIMIT", "price": price, "timeInForce": "GTC"}
    return {"symbol": "BTCUSDT", "side": side, "quantity": amount, "newOrderRespType": "RESULT", **kind, **more}


def stop(side: str, price: str, **more: str) -> dict[str, str]:
    """A stop-market order by the venue's names; it closes the position unless it is told an amount."""
    closing = {} if "quantity" in more else {"closePosition": "true"}
    return {"symbol": "BTCUSDT", "side": side, "type": "STOP_MARKET", "triggerPrice": price, **closing, **more}


def amount(exchange: Exchange, side: str = "BOTH", account: str = "main") -> Decimal:
    """What the account holds of BTCUSDT."""
    return exchange.accounts[account].position("BTCUSDT", side).amount
