"""The stand-in of the bots' REST API, by freqtrade's own client and by the product's adapter."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from freqtrade_client import FtRestClient

from functions.adapters.strategy_api import FreqtradeApi
from functions.errors import Refused, Transient
from functions.facts import Check
from functions.rules.signals import Within, processing
from functions.strategy_api_settings import StrategyApiSettings
from tests.local.engine.lab import eventually
from tests.local.platform.rig import CONFIGS, Rig

BTC, BOT = "BTC/USDT:USDT", "momentum-btc"
API = StrategyApiSettings(url="http://127.0.0.1:1/replaced", http_timeout=5)
WITHIN = Within(API.analyzed_within, timedelta(seconds=API.grace), API.candles_within)


class Secrets:
    """The engine's Secrets Manager, as the adapter asks it."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def client(self, service: str, _saying: object) -> Any:
        return self._rig.client(service)


def password(rig: Rig) -> tuple[str, str]:
    text = rig.client("secretsmanager").get_secret_value(SecretId="tradai-local-freqtrade")["SecretString"]
    found = json.loads(text)
    return found["username"], found["password"]


def address(rig: Rig, strategy_id: str = BOT) -> str:
    return f"{rig.engine.endpoint_url}/_local/freqtrade/{strategy_id}"


@pytest.fixture
def outside(rig: Rig) -> Any:
    rig.call("DELETE", "/signals")
    return FtRestClient(address(rig), *password(rig))


@pytest.fixture
def ours(rig: Rig) -> FreqtradeApi:
    rig.call("DELETE", "/signals")
    aws: Any = Secrets(rig)
    url = address(rig, "{strategy_id}")
    return FreqtradeApi(aws, StrategyApiSettings(url=url, http_timeout=5), "local")


def judged(api: FreqtradeApi, strategy_id: str = BOT, symbol: str = BTC) -> Check:
    bot = api.bot(strategy_id)
    return processing(bot, api.candles(strategy_id, symbol, bot.timeframe, 2), WITHIN, datetime.now(UTC)).result


# --- by freqtrade's own client


def test_the_outside_client_sees_a_bot(outside: Any) -> None:
    assert outside.ping() == {"status": "pong"}
    assert outside.version() == {"version": "2026.9"}
    config = outside.show_config()
    assert (config["state"], config["timeframe"], config["timeframe_ms"]) == ("running", "5m", 300_000)
    assert (config["bot_name"], config["dry_run"], config["exchange"]) == (BOT, False, "binance")
    assert outside.whitelist() == {"whitelist": [BTC], "length": 1, "method": ["StaticPairList"]}
    now = datetime.now(UTC).timestamp()
    health = outside.health()
    assert now - health["last_process_ts"] < 60 < now - health["bot_startup_ts"]


def test_the_outside_client_gets_candles_by_both_methods(outside: Any) -> None:
    whole, chosen = outside.pair_candles(BTC, "5m", 3), outside.pair_candles(BTC, "5m", 3, [])
    for found in (whole, chosen):
        assert (found["pair"], found["length"], len(found["data"])) == (BTC, 3, 3)
        assert {len(row) for row in found["data"]} == {len(found["columns"])}
        assert found["data_stop_ts"] == found["data"][-1][found["columns"].index("__date_ts")]
        now = datetime.now(UTC).timestamp()
        # The candle that is still open is dropped: the last one opened one to two timeframes ago.
        assert 300 <= now - found["data_stop_ts"] / 1_000 <= 602
        assert 0 <= now - found["last_analyzed_ts"] <= 302
    assert "rsi" in whole["columns"]
    assert "rsi" not in chosen["columns"]
    assert "rsi" in chosen["all_columns"]


def test_a_pair_or_timeframe_that_is_not_analysed_has_no_rows(outside: Any) -> None:
    for pair, timeframe in (("DOGE/USDT:USDT", "5m"), (BTC, "1h")):
        found = outside.pair_candles(pair, timeframe)
        assert (found["length"], found["data"], found["last_analyzed_ts"], found["data_stop"]) == (0, [], 0, "")


def test_the_outside_client_sees_the_open_trades(rig: Rig, outside: Any) -> None:
    position = rig.call("POST", "/positions", {"strategy": BOT, "side": "short"}).json
    trades = outside.status()
    (mine,) = [one for one in trades if one["amount"] == float(position["amount"]) and one["is_short"]]
    assert (mine["pair"], mine["is_open"], mine["base_currency"]) == (BTC, True, "BTC")
    assert rig.call("POST", "/exchange-control/reset", {}).status == 200
    key = {"position_id": {"S": position["position_id"]}}
    dynamodb = rig.client("dynamodb")
    dynamodb.delete_item(TableName="tradai-positions-local", Key=key)
    for row in dynamodb.scan(TableName="tradai-orders-local", ConsistentRead=True)["Items"]:
        if row["position_id"] == key["position_id"]:
            dynamodb.delete_item(TableName="tradai-orders-local", Key={**key, "order_id": row["order_id"]})
    assert outside.status() == []


def test_nobody_comes_in_without_the_password_or_a_token(rig: Rig, outside: Any) -> None:
    user, word = password(rig)
    wrong = FtRestClient(address(rig), user, "guessed")
    assert wrong.show_config() == {"detail": "Unauthorized"}
    assert requests.get(f"{address(rig)}/api/v1/ping", timeout=5).json() == {"status": "pong"}
    login = f"{address(rig)}/api/v1/token/login"
    assert requests.post(login, auth=(user, "guessed"), timeout=5).status_code == 401
    assert requests.post(login, timeout=5).json() == {"detail": "Not authenticated"}
    tokens = requests.post(login, auth=(user, word), timeout=5).json()
    config = f"{address(rig)}/api/v1/show_config"
    for token, status in ((tokens["access_token"], 200), (tokens["refresh_token"], 401), ("x", 401)):
        answer = requests.get(config, headers={"Authorization": f"Bearer {token}"}, timeout=5)
        assert answer.status_code == status
    refreshed = requests.post(
        f"{address(rig)}/api/v1/token/refresh",
        headers={"Authorization": f"Bearer {tokens['refresh_token']}"},
        timeout=5,
    )
    assert set(refreshed.json()) == {"access_token"}


def test_what_freqtrade_does_not_know_is_refused_as_it_refuses(rig: Rig) -> None:
    user = password(rig)
    base = f"{address(rig)}/api/v1"
    assert requests.get(f"{base}/nothing", auth=user, timeout=5).json() == {"detail": "Not Found"}
    assert requests.delete(f"{base}/pair_candles", auth=user, timeout=5).status_code == 405
    missing = requests.post(f"{base}/pair_candles", auth=user, json={"pair": BTC}, timeout=5)
    assert missing.status_code == 422
    assert missing.json()["detail"][0]["loc"] == ["body", "timeframe"]
    assert requests.get(f"{address(rig, 'nobody')}/api/v1/ping", timeout=5).status_code == 404


# --- by the product's adapter


def test_a_well_bot_processes(ours: FreqtradeApi) -> None:
    assert judged(ours) is Check.PASS
    assert ours.pairs(BOT) == (BTC,)


def test_a_signal_is_on_the_candle_that_it_was_put_on(rig: Rig, ours: FreqtradeApi) -> None:
    wish = {"strategy": BOT, "symbol": BTC, "signal": "exit_long", "candles_ago": 2}
    put = rig.call("POST", "/signals", wish)
    assert put.status == 201, put.text
    found = ours.candles(BOT, BTC, "5m", 5)
    assert [one.exit_long for one in found.candles] == [False, False, True, False, False]
    assert found.candles[2].opened_at + found.candle == datetime.fromisoformat(put.json["closes"])
    assert not any(one.exit_short or one.enter_long for one in found.candles)


@pytest.mark.parametrize("fault", ["signals-stopped", "candles-stopped", "exchange-down"])
def test_a_bot_that_stands_still_is_seen_by_its_candles_and_by_nothing_else(
    rig: Rig, ours: FreqtradeApi, outside: Any, fault: str
) -> None:
    rig.fault(fault, BOT if fault != "exchange-down" else None)
    assert judged(ours) is Check.FAIL
    assert outside.ping() == {"status": "pong"}
    assert outside.show_config()["state"] == "running"
    assert datetime.now(UTC).timestamp() - outside.health()["last_process_ts"] < 60
    rig.call("DELETE", "/faults")
    assert judged(ours) is Check.PASS


def test_a_fault_of_one_bot_leaves_the_others_well(rig: Rig, ours: FreqtradeApi) -> None:
    rig.fault("signals-stopped", BOT)
    assert judged(ours, "momentum-eth", "ETH/USDT:USDT") is Check.PASS


@pytest.mark.parametrize(("status", "word"), [(None, Transient), (502, Transient), (200, Refused), (401, Refused)])
def test_an_api_that_is_away_or_somebody_else_is_unreadable(
    rig: Rig, ours: FreqtradeApi, status: int | None, word: type[Exception]
) -> None:
    rig.fault("strategy-api-down", BOT, status)
    with pytest.raises(word):
        judged(ours)
    assert judged(ours, "momentum-eth", "ETH/USDT:USDT") is Check.PASS


def test_a_strategy_that_is_stopped_has_a_stopped_bot_and_old_candles(rig: Rig, ours: FreqtradeApi) -> None:
    rig.put(BOT, status="stopped")
    eventually(lambda: ours.bot(BOT).state, lambda state: state == "stopped")
    assert judged(ours) is Check.FAIL


def test_what_is_traded_is_the_configs(rig: Rig, ours: FreqtradeApi) -> None:
    item = rig.client("dynamodb").get_item(TableName=CONFIGS, Key={"strategy_id": {"S": "carry-xrp"}})["Item"]
    assert ours.bot("carry-xrp").dry_run == (item["mode"]["S"] == "paper")
    assert ours.pairs("carry-xrp") == tuple(one["S"] for one in item["symbols"]["L"])
