from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.approvals import Delivery, Standing
from functions.rules.asking.ballots import Kind
from functions.rules.asking.standing import decide_alone, lapse, repeated, revoke, supersede, unreached
from tests.rules.asking.asks import (
    BOTH,
    HALVE,
    HEDGE,
    LAPSES,
    POLICY,
    RAISE,
    approval,
    at,
    ended,
    question,
    rule,
    vote,
)

OVER = [standing for standing in Standing if standing is not Standing.PENDING]


def test_one_is_enough_to_reduce_risk_when_the_second_stays_silent() -> None:
    given = approval(votes=(vote("ana", HALVE, seconds=100, note="too big"),))
    assert decide_alone(given, at(399), POLICY) is None
    made = decide_alone(given, at(400), POLICY)
    assert made is not None
    assert (made.standing, made.delivery, made.version) == (Standing.DECIDED, Delivery.DUE, 3)
    assert made.decision is not None
    assert (made.decision.option, made.decision.by, made.decision.at) == ("halve", ("ana",), at(400))
    assert made.decision.note == "too big"
    assert (
        made.decision.why_alone == "one person was enough: it reduces risk, and the second was silent for 5 min 0 s"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"votes": (vote("ana", BOTH, seconds=100),)},
        {"votes": (vote("ana", RAISE, seconds=100),)},
        {"votes": ()},
        {"votes": (vote("ana", HALVE, seconds=100), vote("bo", HEDGE, seconds=110))},
        {"votes": (vote("ana", HALVE, seconds=100),), "requester": "ana"},
        {"votes": (vote("ana", HALVE, seconds=100),), "lapses_at": at(500)},
        {"votes": (vote("ana", HALVE, seconds=600),)},
        {"votes": (vote("ana", HALVE, seconds=100, until=at(500)),)},
        {"votes": (vote("ana", replace(HALVE, id="gone"), seconds=100),)},
        {
            "votes": (vote("ana", HALVE, seconds=100),),
            "question": question(options=(replace(HALVE, needed=3),)),
        },
    ],
    ids=[
        "adds risk",
        "needs one",
        "nobody voted",
        "the second disagrees",
        "the requester's own",
        "it lapses now",
        "the second could not be silent so long before the lapse",
        "its end has passed",
        "not offered",
        "three are needed",
    ],
)
def test_one_is_not_enough_otherwise(more: dict[str, Any]) -> None:
    for seconds in (500, 899, 900, 5_000):
        assert decide_alone(approval(**more), at(seconds), POLICY) is None


def test_the_lone_vote_of_somebody_who_was_taken_out_of_the_settings_is_none() -> None:
    given = approval(votes=(vote("ana", HALVE),))
    assert decide_alone(given, at(400), POLICY) is not None
    assert decide_alone(given, at(400), replace(POLICY, people=POLICY.people - {"ana"})) is None


def test_somebody_else_s_lone_vote_is_enough_also_where_there_is_a_requester() -> None:
    given = approval(votes=(vote("bo", HALVE, seconds=100),), requester="ana")
    assert decide_alone(given, at(400), POLICY) is not None


@pytest.mark.parametrize("standing", OVER)
def test_what_is_over_stays_as_it_is(standing: Standing) -> None:
    given = ended(standing, votes=(vote("ana", HALVE, seconds=100),))
    assert decide_alone(given, at(450), POLICY) is None
    assert lapse(given, at(1000), POLICY) is None
    assert unreached(given, at(450), POLICY) is None
    assert revoke(given) is None
    assert supersede(given) is None


def test_it_lapses_when_its_time_is_over_and_not_before() -> None:
    assert lapse(approval(), LAPSES - timedelta(microseconds=1), POLICY) is None
    made = lapse(approval(), LAPSES, POLICY)
    assert made is not None
    assert (made.standing, made.delivery, made.decision) == (Standing.LAPSED, Delivery.DUE, None)
    assert (made.version, made.repeats, made.repeat_at) == (3, 0, LAPSES + timedelta(minutes=15))
    assert rule(made, RAISE, seconds=10).kind is Kind.LAPSED


def test_unreached_is_told_to_the_run_and_repeated() -> None:
    made = unreached(approval(), at(30), POLICY)
    assert made is not None
    assert (made.standing, made.delivery, made.version) == (Standing.UNREACHED, Delivery.DUE, 3)
    assert made.repeat_at == at(30 + 900)
    assert made.open


@pytest.mark.parametrize(("end", "standing"), [(revoke, Standing.REVOKED), (supersede, Standing.SUPERSEDED)])
def test_what_nobody_waits_for_is_delivered_to_nobody(end: Any, standing: Standing) -> None:
    made = end(approval())
    assert (made.standing, made.delivery, made.version) == (standing, Delivery.NONE, 3)
    assert made.unfiled, "its incident is still to be told"
    assert not replace(made, unfiled=False).open


def test_repeats_come_after_15_30_and_60_minutes_and_then_every_60() -> None:
    given, now, gaps = ended(Standing.LAPSED, repeat_at=at(1800)), at(1800), []
    for _ in range(5):
        given = repeated(given, now, POLICY)
        assert given.repeat_at is not None
        gaps.append((given.repeat_at - now).total_seconds() / 60)
        now = given.repeat_at
    assert gaps == [30, 60, 60, 60, 60]
    assert (given.repeats, given.version) == (5, 7)
