"""The keys of every account, looked at by day: what would fail at night is paged, once a morning."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from functions.errors import Refused, Transient
from functions.rules.keys import Verdict
from functions.tasks import check_keys
from functions.venue import AccountFact, Row, Trouble, Where
from tests.tasks.rig import Rig

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
    rig.world.trouble["positions.every_open"] = Transient("throttled")
    answer = look(rig)
    unknown = [one for one in answer.findings if one.verdict is Verdict.UNKNOWN]
    assert [one.value for one in unknown] == ["positions: throttled"]
    assert answer.told
    rig.world.trouble["strategy_config.traded"] = Transient("throttled")
    assert look(rig).accounts == 0
