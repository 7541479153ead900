"""What a position's own exits have filled since the question is off what was approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from functions.approvals import CloseTerms
from functions.rules.closing.exited import exited, without_exited
from functions.rules.units.attribution import Attribution, Standing
from functions.venue import Fill

QUOTED = datetime(2026, 1, 31, 3, tzinfo=UTC)
STEP = Decimal("0.001")
TERMS = CloseTerms(
    position_id="pos-1",
    venue="binanceusdm",
    account="main",
    symbol="BTC/USDT:USDT",
    side="long",
    amount=Decimal("0.05"),
    worst_price=Decimal(59_700),
    mark_price=Decimal(60_000),
    average=Decimal(60_000),
    quoted_at=QUOTED,
)
STOP = Fill(
    fill_id="1",
    order_id="11",
    side="sell",
    amount=Decimal("0.05"),
    price=Decimal(59_000),
    fee=None,
    fee_asset=None,
    at=QUOTED + timedelta(seconds=1),
    client_order_id="stop-1",
)


def agreed(amount: str) -> Attribution:
    held = Decimal(amount)
    return Attribution(
        standing=Standing.AGREED,
        amount=held,
        own=held,
        others=Decimal(0),
        venue=held,
        rest=Decimal(0),
        owners=(),
        told="as the table says",
    )


def test_a_stop_that_fired_since_the_quote_counts_once_and_a_trigger_by_its_own_id() -> None:
    assert exited(TERMS, [STOP, STOP], {"stop-1"}) == Decimal("0.05")
    of_a_trigger = replace(STOP, client_order_id="trigger7", trigger_id="7")
    assert exited(TERMS, [of_a_trigger], {"7"}) == Decimal("0.05")


def test_what_was_there_before_the_quote_or_is_of_others_or_opens_does_not_count() -> None:
    others = [
        replace(STOP, at=QUOTED),
        replace(STOP, client_order_id="stop-other", fill_id="2"),
        replace(STOP, side="buy", fill_id="3"),
        replace(STOP, position_side="short", fill_id="4"),
    ]
    assert exited(TERMS, others, {"stop-1"}) == 0


def test_as_much_as_was_approved_is_not_its_own_after_its_stop_has_closed_it() -> None:
    """The strategy entered again, and the table tells nothing of it."""
    told = without_exited(agreed("0.05"), TERMS, Decimal(0), Decimal("0.05"), STEP)
    assert (told.standing, told.amount) == (Standing.BREAK, Decimal(0))
    assert "whose that is, is not known" in told.told


def test_what_a_partial_exit_leaves_is_closed_and_not_a_step_more() -> None:
    half = Decimal("0.025")
    assert without_exited(agreed("0.025"), TERMS, Decimal(0), half, STEP).standing is Standing.AGREED
    assert without_exited(agreed("0.026"), TERMS, Decimal(0), half, STEP).standing is Standing.BREAK
    assert without_exited(agreed("0.025"), TERMS, Decimal("0.01"), half, STEP).standing is Standing.BREAK


def test_without_an_exit_of_its_own_nothing_changes() -> None:
    standing = agreed("0.06")
    assert without_exited(standing, TERMS, Decimal(0), Decimal(0), STEP) is standing
