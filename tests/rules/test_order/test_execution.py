"""What the venues' answers prove of order execution: no yes without a venue's yes or a fill."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import Check
from functions.rules.test_order.execution import Asked, Tried, execution
from functions.venue import AccountFact, Fill, ProbeOrder, Row, Trouble, Validation, Where
from tests.rules.facts import NOW

MAIN = Where("binanceusdm", "main")
ORDER = ProbeOrder("c1", "BTC/USDT:USDT", "buy", Decimal("0.002"), Decimal(58_200), hedged=False)
FILL = Fill("f1", "o1", "buy", Decimal("0.1"), Decimal(60_000), None, None, NOW)
WELL = AccountFact(MAIN, NOW, can_trade=True, frozen=False, hedged=False, available=Decimal(100))
YES = Tried(MAIN, ORDER.symbol, ORDER, Validation.ACCEPTED)
SILENT = Tried(MAIN, ORDER.symbol, ORDER, Validation.NOT_OFFERED)
NO = replace(YES, validation=None, refused=Trouble(Row.INSUFFICIENT_BALANCE, "InsufficientFunds", "-2019", "no"))
OURS = replace(YES, validation=None, refused=Trouble(Row.KEY, "NoKey", "ResourceNotFoundException", "no key"))
UNREAD = replace(YES, validation=None, unread=("the book: no answer",))


def asked(*tried: Tried, account: AccountFact | None = WELL, **more: Any) -> Asked:
    return Asked(MAIN, account, tried, **more)


@pytest.mark.parametrize(
    ("accounts", "result", "told"),
    [
        ([asked(YES)], Check.PASS, "the venue would take buy 0.002 at 58200, post-only (validated, not placed)"),
        ([asked(replace(YES, fill=FILL))], Check.PASS, "fill f1 of 0.1 at 60000"),
        ([asked(replace(SILENT, fill=FILL))], Check.PASS, "offers no validation; fill f1"),
        ([asked(SILENT)], Check.SKIPPED, "offers no validation, and nothing was filled"),
        ([asked(NO)], Check.FAIL, "insufficient_balance (InsufficientFunds -2019)"),
        ([asked(replace(NO, fill=FILL))], Check.FAIL, "-2019"),
        ([asked(YES, NO)], Check.FAIL, "-2019"),
        ([asked(UNREAD)], Check.UNKNOWN, "the book: no answer"),
        ([asked(replace(UNREAD, fill=FILL))], Check.UNKNOWN, "no answer"),
        ([asked(YES, UNREAD)], Check.UNKNOWN, "no answer"),
        ([asked(YES), asked(SILENT)], Check.SKIPPED, "offers no validation"),
        ([asked(UNREAD, NO)], Check.FAIL, "-2019"),
        ([asked(OURS)], Check.UNKNOWN, "no key"),
        ([asked(Tried(MAIN, "X"))], Check.UNKNOWN, "no answer"),
        ([asked(account=None, unread=("no answer within 40 s",))], Check.UNKNOWN, "within 40 s"),
        ([asked(YES, account=replace(WELL, frozen=True, frozen_why="locked"))], Check.FAIL, "frozen (locked)"),
        ([asked(YES, account=replace(WELL, can_trade=False))], Check.FAIL, "may not trade"),
        ([asked(YES, account=replace(WELL, available=Decimal(0)))], Check.FAIL, "no margin"),
        ([asked(YES, account=replace(WELL, available=None))], Check.PASS, "validated"),
        ([], Check.SKIPPED, "no live account trades"),
    ],
)
def test_what_each_answer_proves(accounts: list[Asked], result: Check, told: str) -> None:
    found = execution(accounts)
    assert found.result is result
    assert told in found.told


def test_an_account_that_is_not_known_keeps_it_from_passing() -> None:
    assert execution([asked(YES)], unknown=["whose account s2 trades"]).result is Check.UNKNOWN
    assert execution([asked(NO)], unknown=["whose account s2 trades"]).result is Check.FAIL


def test_who_is_on_paper_is_told_and_proves_nothing() -> None:
    found = execution([], beside=["s1 (on paper)"])
    assert (found.result, found.told) == (Check.SKIPPED, "no live account trades; not asked: s1 (on paper)")


def test_a_failure_names_the_account_that_it_is_about() -> None:
    assert execution([asked(NO, NO)]).about == ("binanceusdm/main",)


def test_many_are_counted() -> None:
    found = execution([asked(*[replace(NO, symbol=f"S{n}") for n in range(9)])])
    assert "and 3 more" in found.told
