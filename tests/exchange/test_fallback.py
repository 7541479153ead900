"""The stand-in of the fallback venue, by the unmodified ccxt: a flat account, for whoever signs as Bybit does."""

from __future__ import annotations

from collections.abc import Iterator

import ccxt
import pytest

from local.platform.exchange.fallback import COINS, FallbackRoutes
from local.platform.exchange.server import MAIN, SECOND, Served, serve

SYMBOL = "BTC/USDT:USDT"


@pytest.fixture(scope="module")
def second() -> Iterator[Served]:
    with serve(routes=FallbackRoutes) as served:
        yield served


def client(served: Served, account: str = MAIN, **more: str) -> ccxt.bybit:
    """What kind of account it is, is told beforehand; else it would ask what is not built here."""
    keys = served.keys[account]
    options = {"fetchMarkets": {"types": ["linear"]}, "enableUnifiedMargin": False, "enableUnifiedAccount": True}
    config = {"apiKey": keys.key, "secret": keys.secret, "options": options, "has": {"fetchCurrencies": False}}
    made = ccxt.bybit({**config, **more})
    made.urls["api"] = dict.fromkeys(made.urls["api"], served.url)
    return made


@pytest.mark.parametrize("account", [MAIN, SECOND])
def test_an_account_is_flat_by_every_list_that_tells_of_it(second: Served, account: str) -> None:
    bybit = client(second, account)
    assert set(bybit.load_markets()) == {f"{coin}/USDT:USDT" for coin in COINS}
    assert bybit.fetch_positions([SYMBOL]) == []
    assert bybit.fetch_positions(params={"settleCoin": "USDT"}) == []
    assert bybit.fetch_open_orders(SYMBOL) == []
    assert bybit.fetch_my_trades(SYMBOL) == []


def test_its_clock_is_told(second: Served) -> None:
    bybit = client(second)
    assert abs(int(bybit.fetch_time()) - bybit.milliseconds()) < 5_000


@pytest.mark.parametrize(
    ("wrong", "error", "code"),
    [
        ({"apiKey": "0" * 64}, ccxt.AuthenticationError, 10003),
        ({"secret": "0" * 64}, ccxt.AuthenticationError, 10004),
    ],
)
def test_who_does_not_sign_with_a_key_of_an_account_is_told_nothing(
    second: Served, wrong: dict[str, str], error: type[ccxt.BaseError], code: int
) -> None:
    with pytest.raises(error, match=str(code)):
        client(second, **wrong).fetch_positions([SYMBOL])


def test_another_accounts_secret_signs_for_nobody_else(second: Served) -> None:
    with pytest.raises(ccxt.AuthenticationError, match="10004"):
        client(second, secret=second.keys[SECOND].secret).fetch_positions([SYMBOL])


def test_a_time_stamp_outside_the_window_is_refused(second: Served) -> None:
    bybit = client(second)
    bybit.load_markets()
    behind = bybit.milliseconds() - 10_000
    bybit.nonce = bybit.milliseconds = lambda: behind
    with pytest.raises(ccxt.InvalidNonce, match="10002"):
        bybit.fetch_positions([SYMBOL])


def test_while_it_is_down_nobody_is_answered(second: Served) -> None:
    second.venue.down = True
    try:
        with pytest.raises(ccxt.ExchangeError, match="10016"):
            client(second).fetch_time()
    finally:
        second.venue.down = False
