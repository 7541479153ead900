"""The keys of every account, looked at by day: what would fail at night is paged, once a morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions import bots_by_day
from functions.adapters.memory.bots import MemoryBot
from functions.errors import Refused, Transient
from functions.rules.keys import Verdict
from functions.settings import Settings
from functions.strategy_bot import BotFact
from functions.tasks import check_keys
from functions.venue import AccountFact, Row, Trouble, Where
from tests.tasks.rig import SETTINGS, Rig

MAIN, SECOND = Where("binanceusdm", "main"), Where("binanceusdm", "second")


def trades(rig: Rig, strategy_id: str, **more: Any) -> None:
    item = {"strategy_id": strategy_id, "exchange": "binanceusdm", "account": "main", "mode": "live", **more}
    rig.world.put("strategy_config", item)


def look(rig: Rig, **request: Any) -> check_keys.Response:
    answer: check_keys.Response = rig.work(check_keys, **request)
    return answer


def pages(rig: Rig) -> list[str]:
    return [f"{subject}\n{message}" for subject, message in rig.world.paged]


def test_a_fit_key_is_told_by_nobody(rig: Rig) -> None:
    trades(rig, "s1")
    answer = look(rig)
    assert (answer.accounts, answer.told) == (1, False)
    assert {one.verdict for one in answer.findings} == {Verdict.GOOD}
    assert pages(rig) == []


def test_every_account_is_asked_once_and_none_that_trades_on_paper(rig: Rig) -> None:
    trades(rig, "s1")
    trades(rig, "s2")
    trades(rig, "s3", account="paper", mode="paper")
    rig.world.put(
        "positions",
        {
            "position_id": "p1", "strategy_id": "s1", "symbol": "BTC/USDT:USDT", "side": "long",
            "amount": Decimal(1), "status": "open", "exchange": "binanceusdm", "account": "second", "mode": "live",
        },
    )  # fmt: skip
    answer = look(rig)
    assert {one.about for one in answer.findings} == {"binanceusdm main", "binanceusdm second"}
    assert rig.world.calls.count("exchange.account") == answer.accounts == 2


def test_what_would_fail_at_night_is_paged_with_what_to_change(rig: Rig) -> None:
    trades(rig, "s1")
    now = datetime(2026, 1, 31, 9, tzinfo=UTC)
    rig.world.venue.accounts[MAIN] = AccountFact(MAIN, now, can_trade=False, can_withdraw=True)
    assert look(rig).told
    (told,) = pages(rig)
    assert "PREFLIGHT" in told
    assert "may trade: no (bad)" in told
    assert "take the right to withdraw from the key" in told


def test_the_command_line_is_answered_and_nobody_paged(rig: Rig) -> None:
    trades(rig, "s1")
    rig.world.trouble["exchange.account"] = Refused("no").of(Trouble(Row.KEY, "AuthenticationError", "-2015", "no"))
    answer = look(rig, quiet=True)
    assert [one.verdict for one in answer.findings] == [Verdict.BAD]
    assert not answer.told
    assert pages(rig) == []


def test_what_cannot_be_read_is_unknown_and_paged(rig: Rig) -> None:
    trades(rig, "s1")
    rig.world.trouble["positions.each_open"] = Transient("throttled")
    answer = look(rig)
    unknown = [one for one in answer.findings if one.verdict is Verdict.UNKNOWN]
    assert [one.value for one in unknown] == ["positions: throttled"]
    assert answer.told
    rig.world.trouble["strategy_config.traded"] = Transient("throttled")
    assert look(rig).accounts == 0


def test_an_account_that_only_an_unreadable_position_names_is_looked_at(rig: Rig) -> None:
    trades(rig, "s1")
    before = look(rig).accounts
    item = {
        "position_id": "p1",
        "strategy_id": "s1",
        "account": "second",
        "exchange": "binanceusdm",
        "mode": "live",
    }
    rig.world.put("positions", {**item, "amount": "much", "status": "open"})
    assert look(rig).accounts == before + 1


# --- the strategies' bots

WITH_BOTS = Settings.model_validate({**SETTINGS.model_dump(), "strategy_api": {"url": "http://bots/{strategy_id}"}})


@pytest.fixture
def bots() -> Rig:
    """Three strategies with an API: one that lets us in, one that is away, one that is stopped and away."""
    rig = Rig(WITH_BOTS)
    rig.strategy("s1")
    rig.strategy("s2")
    rig.strategy("s3", status="stopped")
    for strategy_id in ("s1", "s2", "s3"):
        rig.world.item_trouble["strategy_api.bot", strategy_id] = Transient("connection refused")
    del rig.world.item_trouble["strategy_api.bot", "s1"]
    rig.world.bots["s1"] = MemoryBot(
        BotFact("s1", "running", "5m", timedelta(minutes=5), "Momentum", "s1", "binance", False, "2026.9")
    )
    return rig


def test_every_bot_is_asked_whether_it_lets_us_in(bots: Rig) -> None:
    answer = look(bots, quiet=True, only="bots")
    assert [(one.about, one.verdict) for one in answer.bots] == [
        ("freqtrade of s1", Verdict.GOOD),
        ("freqtrade of s2", Verdict.UNKNOWN),
        ("freqtrade of s3", Verdict.NOTE),
    ]
    assert answer.findings == ()
    assert "Momentum on binance, 5m, running" in answer.bots[0].value
    assert look(bots, quiet=True, only="keys").bots == ()


def test_a_bot_that_says_no_or_trades_otherwise_than_its_config_is_paged(bots: Rig) -> None:
    trades(bots, "s1", mode="paper", account="paper")
    bots.world.item_trouble["strategy_api.bot", "s3"] = Refused("HTTP 401")
    assert look(bots).told
    (told,) = pages(bots)
    assert "freqtrade of s1: mode: live; the config says paper (bad)" in told
    assert "freqtrade of s3: refused: HTTP 401 (bad)" in told


def test_without_an_api_nobody_is_asked(rig: Rig) -> None:
    rig.strategy("s1")
    assert look(rig).bots == ()
    assert "strategy_api.bot" not in rig.world.calls


def test_strategies_that_cannot_be_read_are_unknown(bots: Rig) -> None:
    bots.world.trouble["trading_state.all"] = Transient("throttled")
    (one,) = look(bots, quiet=True, only="bots").bots
    assert (one.verdict, "throttled" in one.value) == (Verdict.UNKNOWN, True)


def test_bots_for_which_no_time_is_left_are_unknown(bots: Rig) -> None:
    for number in range(20):
        bots.strategy(f"t{number}")

    def late() -> None:
        bots.world.advance(seconds=30)

    bots.world.meanwhile["strategy_api.bot"] = late
    found = look(bots, quiet=True, only="bots").bots
    assert len({one.about for one in found}) == 23
    left = [one for one in found if one.what == "not asked"]
    assert len(left) >= 23 - bots_by_day.AT_ONCE
    assert {one.verdict for one in left} == {Verdict.UNKNOWN}
