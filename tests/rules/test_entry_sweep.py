"""What a look for entry orders at the venues comes to: only what was seen to be gone is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.facts import Result
from functions.rules.entry_sweep import Sweep, Swept
from functions.venue import Where

CLEAR = Swept(Where("binanceusdm", "main"), cancelled=("7 (c1): buy 1",), kept=2)
OTHER = Swept(Where("bybit", "main"))


@pytest.mark.parametrize(
    ("one", "result", "proven"),
    [
        (CLEAR, Result.DONE, True),
        (replace(CLEAR, standing=("8: buy 1",)), Result.NOT_DONE, False),
        (replace(CLEAR, unread="timeout"), Result.UNKNOWN, False),
        (replace(CLEAR, unclear=("9: sell 1",)), Result.UNKNOWN, True),
        (replace(CLEAR, standing=("8: buy 1",), unread="timeout"), Result.NOT_DONE, False),
    ],
)
def test_an_account_is_clear_only_where_it_was_read_and_lists_none(
    one: Swept, result: Result, proven: bool
) -> None:
    assert (one.result, one.proven) == (result, proven)
    assert Sweep((one, OTHER)).result is Sweep((OTHER, one)).result is result


@pytest.mark.parametrize(
    ("sweep", "result"),
    [
        (Sweep((CLEAR, OTHER)), Result.DONE),
        (Sweep((CLEAR,), unknown=("s1",)), Result.UNKNOWN),
        (Sweep((CLEAR,), trouble=("the configs: throttled",)), Result.UNKNOWN),
        (Sweep((replace(CLEAR, standing=("8: buy 1",)),), unknown=("s1",)), Result.NOT_DONE),
        (Sweep(()), Result.UNKNOWN),
        (Sweep((), unknown=("s1",), paper=True), Result.UNKNOWN),
        (Sweep((), paper=True), Result.DONE),
    ],
)
def test_whom_nobody_asked_about_may_have_orders(sweep: Sweep, result: Result) -> None:
    assert sweep.result is result
