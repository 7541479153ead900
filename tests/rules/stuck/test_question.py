"""The question about a stuck position: sound for whoever must answer it, and never more than the facts allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvals import Question, Risk
from functions.facts import OrderFact, PositionFact
from functions.position_settings import PositionSettings
from functions.rules.asking.phrase import distinct, whole
from functions.rules.asking.sound import faults
from functions.rules.stuck import confirming
from functions.rules.stuck.asking import Asking
from functions.rules.stuck.overdue import Overdue
from functions.rules.stuck.question import CLOSE, CLOSES, UNBOUNDED, WAIT, needed, question
from functions.rules.stuck.telling import told
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.why_stuck import Why, WhyStuck
from functions.venue import AccountFact, Book, Direction, Market, Unit, VenuePosition, Where
from tests.rules.facts import NOW

BTC = "BTC/USDT:USDT"
WHERE = Where("binanceusdm", "main")
RULES = Market(BTC, True, "USDT", Decimal("0.1"), Decimal("0.001"), Decimal("0.001"))


def asking(
    *,
    side: Direction = "long",
    amount: str = "0.5",
    mark: str | None = "60000",
    liquidation: str | None = None,
    **more: Any,
) -> Asking:
    unit, number = Unit(WHERE.venue, WHERE.account, BTC, side), Decimal(amount)
    price = None if mark is None else Decimal(mark)
    shares = Attribution(Standing.AGREED, number, number, Decimal(0), number, Decimal(0), (), "they agree")
    given_: dict[str, Any] = {
        "position": PositionFact("p", "alpha", BTC, side, number, "open", entry_price=Decimal(59_000)),
        "unit": unit,
        "attribution": shares,
        "venue": VenuePosition(
            unit,
            number,
            Decimal(0),
            False,
            NOW,
            mark_price=price,
            liquidation_price=None if liquidation is None else Decimal(liquidation),
        ),
        "rules": RULES,
        "book": Book(BTC, ((Decimal(59_990), Decimal(9)),), ((Decimal(60_010), Decimal(9)),), NOW),
        "orders": (),
        "account": AccountFact(WHERE, NOW, can_trade=True),
        "why": WhyStuck(Why.REJECTED, "It was rejected."),
        "overdue": Overdue(True, NOW - timedelta(hours=1), "it is late"),
        "healthy": None,
        "desk": "default",
        "settings": PositionSettings(),
        "now": NOW,
        "due_price": Decimal(60_000),
    }
    return Asking(**{**given_, **more})


def ids(put: Question) -> list[str]:
    return [option.id for option in put.options]


@pytest.mark.parametrize(("side", "worst"), [("long", "59700"), ("short", "60300")])
def test_the_worst_price_is_on_the_side_that_costs(side: Direction, worst: str) -> None:
    terms = question(asking(side=side)).close
    assert terms is not None
    assert (terms.worst_price, terms.side) == (Decimal(worst), side)


@pytest.mark.parametrize(("voids", "worst"), [(0, "59700"), (1, "59700"), (2, "59100"), (5, "59100")])
def test_the_bound_is_wider_only_after_two_voids(voids: int, worst: str) -> None:
    terms = question(asking(voids=voids)).close
    assert terms is not None
    assert terms.worst_price == Decimal(worst)


@pytest.mark.parametrize(
    ("more", "people"),
    [
        ({"amount": "0.833"}, 1),
        ({"amount": "0.834"}, 2),
        ({"amount": "5", "liquidation": "58000"}, 1),
        ({"amount": "5", "liquidation": "50000"}, 2),
    ],
)
def test_two_people_close_a_large_one_unless_liquidation_is_near(more: dict[str, Any], people: int) -> None:
    put = question(asking(**more))
    assert {option.needed for option in put.options if option.id in CLOSES} == {people}
    assert {option.needed for option in put.options if option.id not in CLOSES} == {1}
    assert needed(asking(**more)) == people


@pytest.mark.parametrize(
    "ill",
    [
        {"account": None},
        {"account": AccountFact(WHERE, NOW, can_trade=False)},
        {"account": AccountFact(WHERE, NOW, frozen=True)},
        {"rules": replace(RULES, active=False)},
        {"mark": None, "book": None},
    ],
)
def test_what_cannot_be_sent_is_not_offered_and_said(ill: dict[str, Any]) -> None:
    put = question(asking(**ill))
    assert CLOSES.isdisjoint(ids(put))
    [why] = [line.value for line in put.facts if line.name == "Closing by the runbook"]
    assert why.startswith("not offered")


def test_without_the_venues_mark_the_middle_of_the_book_is_one() -> None:
    terms = question(asking(mark=None)).close
    assert terms is not None
    assert terms.mark_price == Decimal(60_000)


def test_positions_alike_can_be_answered_as_one() -> None:
    """What the options declare says nothing of one position."""
    one, other = (question(asking(amount=amount)) for amount in ("0.1", "0.2"))
    for left, right in zip(one.options, other.options, strict=True):
        assert (left.id, left.statement, left.act, left.risk) == (right.id, right.statement, right.act, right.risk)
    assert (one.cause, one.venue, one.kind) == (other.cause, other.venue, other.kind)


@given(
    st.sampled_from(["long", "short"]),
    st.decimals("0.001", "5", places=3),
    st.none() | st.decimals("30000", "90000", places=1),
    st.none() | st.text(min_size=1, max_size=20),
    st.integers(0, 90),
    st.integers(0, 6),
)
def test_every_question_is_sound(
    side: Direction, amount: Decimal, liquidation: Decimal | None, healthy: str | None, waited: int, voids: int
) -> None:
    far = None if liquidation is None else str(liquidation)
    put = question(
        asking(
            side=side,
            amount=str(amount),
            liquidation=far,
            healthy=healthy,
            waited_minutes=waited,
            voids=voids,
        )
    )
    assert faults(put, people=2) == ()
    phrases = [whole(option, distinct(put)) for option in put.options]
    assert len(phrases) == len(set(phrases))
    assert {option.id for option in put.options if option.risk is Risk.REDUCES} == {CLOSE, UNBOUNDED}
    assert all(option.risk is not Risk.ADDS for option in put.options)
    assert healthy is None or WAIT not in ids(put)
    assert put.close is not None
    assert put.close.amount == amount


@pytest.mark.parametrize(
    ("mark", "due", "said"),
    [
        ("59000", "60000", "167 bps lost against the market's price when it was due, 60000 USDT at "),
        ("60000", "60000", "0 bps lost or gained against the market's price when it was due, 60000 USDT at "),
        ("60600", "60000", "100 bps gained against the market's price when it was due, 60000 USDT at "),
        ("60000", None, "not known: the market's price at "),
    ],
)
def test_the_loss_is_against_the_markets_price_when_the_exit_was_due(mark: str, due: str | None, said: str) -> None:
    """Whatever the limit of its exit order was, and whatever it was entered at."""
    order = OrderFact("o", "p", "alpha", "sell", "limit", "open", protective=False, price=Decimal(70_000))
    why = WhyStuck(Why.UNFILLED, "It works.", order)
    price = None if due is None else Decimal(due)
    put = question(asking(mark=mark, why=why, due_price=price))
    [line] = [one.value for one in put.facts if one.name == "Since the exit was due"]
    assert line.startswith(said)
    assert (WAIT in ids(put)) is (mark != "59000" and due is not None)


@pytest.mark.parametrize("price", ["58999.999", "59000", "59000.001"])
def test_nothing_lost_and_nothing_gained_has_no_sign(price: str) -> None:
    put = question(asking(mark=price))
    [line] = [one.value for one in put.facts if one.name == "Profit or loss"]
    assert line.startswith("0.00 USDT at the mark")


@pytest.mark.parametrize("leave", [True, False])
def test_the_second_questions_are_sound_and_allow_no_close(leave: bool) -> None:
    facts = asking()
    if leave:
        put = confirming.gone(facts.position, facts.unit, "default", "gone", 60)
    else:
        put = confirming.by_hand(facts.position, facts.unit, "default")
    assert faults(put, people=1) == ()
    assert put.close is None
    assert CLOSES.isdisjoint(ids(put))


@pytest.mark.parametrize(
    ("number", "text"),
    [("0.50", "0.5"), ("1E+3", "1000"), ("60000", "60000"), ("1E-8", "0.00000001"), (None, "not known")],
)
def test_numbers_are_written_out(number: str | None, text: str) -> None:
    assert told(None if number is None else Decimal(number)) == text
