"""Which accounts trade real money, and for whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from functions.facts import PositionFact
from functions.rules.venue_accounts import Accounts, accounts_of
from functions.settings import Account
from functions.venue import Where

MAIN, SECOND = Where("binanceusdm", "main"), Where("binanceusdm", "second")
LIVE = {"exchange": "binanceusdm", "account": "main", "mode": "live"}
POSITION = PositionFact("p1", "s1", "BTC/USDT:USDT", "long", Decimal(1), "open")


def config(strategy_id: str, **more: str) -> dict[str, str]:
    return {"strategy_id": strategy_id, **LIVE, **more}


def known(
    *configs: dict[str, str], positions: tuple[PositionFact, ...] = (), accounts: dict[str, Account] | None = None
) -> Accounts:
    return accounts_of(configs, positions, accounts or {}, "binanceusdm", ("binanceusdm", "okx"))


def test_an_account_has_all_who_trade_there() -> None:
    found = known(config("s1"), config("s2"), config("s3", account="second"))
    assert found == Accounts({MAIN: frozenset({"s1", "s2"}), SECOND: frozenset({"s3"})})
    assert found.wheres == (MAIN, SECOND)


def test_paper_is_no_account_and_what_nobody_says_is_unknown() -> None:
    found = known(config("s1", mode="paper"), config("s2", mode="demo"), {"strategy_id": "s3"})
    assert found == Accounts({}, unknown=("s2", "s3"), paper=("s1",))


def test_the_settings_say_what_the_config_does_not() -> None:
    account = Account(account="main", mode="live", desk="d", owner="o")
    assert known({"strategy_id": "s1"}, accounts={"s1": account}).live == {MAIN: frozenset({"s1"})}
    assert known(accounts={"s1": account}).live == {MAIN: frozenset({"s1"})}
    paper = account.model_copy(update={"mode": "paper"})
    assert known(config("s1"), accounts={"s1": paper}).live == {MAIN: frozenset({"s1"})}


def test_a_position_may_lie_elsewhere_than_its_strategy_trades_now() -> None:
    there = replace(POSITION, account="second", mode="live", exchange="binanceusdm")
    assert set(known(config("s1"), positions=(there,)).live) == {MAIN, SECOND}
    nobodys = replace(there, strategy_id="")
    assert known(positions=(nobodys,)).live == {SECOND: frozenset()}


def test_one_that_was_switched_may_have_something_at_every_venue() -> None:
    found = known(config("s1", exchange="okx", switched_exchange="yes"))
    assert set(found.live) == {Where("okx", "main"), MAIN}


def test_of_some_strategies_it_is_their_accounts_and_those_of_nobody() -> None:
    nobodys = replace(POSITION, strategy_id="", account="second", mode="live", exchange="binanceusdm")
    found = known(config("s1"), config("s2", exchange="okx"), {"strategy_id": "s3"}, positions=(nobodys,))
    assert set(found.of(["s1"]).live) == {MAIN, SECOND}
    assert found.of(["s1"]).unknown == ()
    assert found.of(["s3"]).unknown == ("s3",)
    assert found.of(None) is found
