from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.approval_items import item_of
from functions.approvals import Approval, CloseTerms, Delivery, Line, Question, Risk, Standing
from functions.rules.asking.ballots import Kind
from functions.rules.asking.storms import MOST_MEMBERS, joined, member_of, parent_for, spread
from tests.rules.asking.asks import (
    BOTH,
    CLOSE,
    HALVE,
    LAPSES,
    OPTIONS,
    POLICY,
    RAISE,
    REJECT,
    WAIT,
    approval,
    at,
    decision,
    ended,
    member,
    question,
    rule,
    vote,
    written,
)


def pending(number: int, **more: Any) -> Approval:
    return approval(approval_id=f"apr-{number}", asked_at=at(number), **more)


THREE = (pending(2), pending(1), pending(3))


def parent_of(
    asked: Question, open: Sequence[Approval], *, requester: str | None = None, seconds: float = 60
) -> Approval | None:
    return parent_for(asked, open, POLICY, now=at(seconds), requester=requester)


def test_a_fourth_alike_joins_the_oldest_that_speaks_for_itself() -> None:
    assert parent_of(question(), THREE) == THREE[1]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_up_to_three_alike_ask_for_themselves(count: int) -> None:
    assert parent_of(question(), THREE[:count]) is None


def test_members_count_as_alike_and_nobody_joins_a_member() -> None:
    members = tuple(replace(pending(n), parent="apr-5") for n in (1, 2, 3))
    assert parent_of(question(), members) is None
    parent = pending(5)
    assert parent_of(question(), (*members, parent)) == parent


def test_of_two_asked_at_the_same_moment_everybody_takes_the_same_one() -> None:
    same = [approval(approval_id=f"apr-{name}") for name in "cab"]
    assert parent_of(question(), same) == same[1]
    assert parent_of(question(), same[::-1]) == same[1]


@pytest.mark.parametrize(
    "other",
    [
        {"cause": "deadlock"},
        {"venue": None},
        {"venue": "kraken"},
        {"kind": "close"},
        {"desk": "other"},
        {"options": OPTIONS[:-1]},
        {"options": (replace(RAISE, id="raise_more"), *OPTIONS[1:])},
        {"options": (replace(RAISE, risk=Risk.REDUCES), *OPTIONS[1:])},
        {"options": (replace(RAISE, needed=2), *OPTIONS[1:])},
        {"options": (replace(RAISE, statement="no order of strat-b works at the venue"), *OPTIONS[1:])},
        {"options": (replace(RAISE, act="GROW"), *OPTIONS[1:])},
    ],
    ids=lambda other: "-".join(other),
)
def test_a_question_that_is_not_alike_asks_for_itself(other: dict[str, Any]) -> None:
    assert parent_of(question(**other), THREE) is None


def test_other_words_for_the_same_answers_are_alike() -> None:
    told = replace(RAISE, label="More memory", consequence="strat-b restarts")
    other = question(title="And there?", target="STRAT-B", facts=(), options=(*OPTIONS[1:], told))
    assert parent_of(other, THREE) == THREE[1]


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.PENDING])
def test_what_is_over_takes_no_more_part(standing: Standing) -> None:
    assert parent_of(question(), (*THREE[:2], ended(standing))) is None


def test_whoever_asked_for_one_never_answers_for_another() -> None:
    assert parent_of(question(), THREE, requester="ana") is None
    by_ana = tuple(replace(one, requester="ana") for one in THREE)
    assert parent_of(question(), by_ana) is None
    assert parent_of(question(), by_ana, requester="ana") == by_ana[1]


def test_nobody_joins_a_request_that_somebody_has_answered_already() -> None:
    voted = replace(THREE[1], votes=(vote("ana", BOTH),))
    assert parent_of(question(), (THREE[0], voted, THREE[2])) == THREE[0]
    all_voted = tuple(replace(one, votes=(vote("ana", BOTH),)) for one in THREE)
    assert parent_of(question(), all_voted) is None
    assert joined(voted, member(1)) is None


def test_nobody_joins_a_request_that_is_about_to_end() -> None:
    """Its end is that of its members too: whoever asks a moment before would be told that nobody answered."""
    assert parent_of(question(), THREE, seconds=450) == THREE[1]
    assert parent_of(question(), THREE, seconds=450.7) == THREE[0]
    assert parent_of(question(), THREE, seconds=899) is None
    assert parent_of(question(), THREE, seconds=901) is None
    late = approval(approval_id="apr-9", asked_at=at(600), lapses_at=at(1_500))
    assert parent_of(question(), (*THREE, late), seconds=899) == late


def test_a_request_speaks_for_no_more_than_it_can_hold_and_the_next_one_takes_over() -> None:
    full = replace(THREE[1], members=tuple(member(n) for n in range(MOST_MEMBERS)))
    assert joined(full, member(0)) is full
    assert joined(full, member(MOST_MEMBERS)) is None
    assert joined(replace(full, members=full.members[1:]), member(MOST_MEMBERS)) is not None
    assert parent_of(question(), (THREE[0], full, THREE[2])) == THREE[0]


def test_joining_is_written_once() -> None:
    once = joined(approval(), member(1))
    assert once is not None
    assert (once.members, once.version) == ((member(1),), 3)
    assert joined(once, member(1)) is once
    twice = joined(once, member(2))
    assert twice is not None
    assert twice.members == (member(1), member(2))


@pytest.mark.parametrize(
    "gone", [replace(approval(), parent="apr-0"), *(ended(s) for s in Standing if s is not Standing.PENDING)]
)
def test_nobody_joins_what_is_over_or_a_member_itself(gone: Approval) -> None:
    assert joined(gone, member(1)) is None


def test_one_that_is_a_member_stays_one_when_the_parent_was_answered() -> None:
    answered = ended(Standing.DECIDED, members=(member(1),))
    assert joined(answered, member(1)) is answered


MEMBER = approval(approval_id="apr-m1", incident_id="inc-m1", parent="apr-1", rungs_sent=0, asked=(), version=1)


def led(standing: Standing = Standing.PENDING, **more: Any) -> Approval:
    base = approval() if standing is Standing.PENDING else ended(standing)
    return replace(base, members=(member(1),), **more)


def test_a_member_s_decision_is_its_parent_s_with_the_time_and_the_people() -> None:
    made = spread(led(Standing.DECIDED), MEMBER, at(61), POLICY)
    assert made is not None
    assert (made.standing, made.delivery, made.version) == (Standing.DECIDED, Delivery.DUE, 2)
    assert made.decision == decision()
    assert spread(led(Standing.DECIDED), made, at(62), POLICY) is None


def test_a_decision_in_time_is_not_lost_to_a_late_sweep() -> None:
    made = spread(led(Standing.DECIDED), MEMBER, at(5_000), POLICY)
    assert made is not None
    assert made.standing is Standing.DECIDED


@pytest.mark.parametrize(
    "parent",
    [
        None,
        replace(led(), members=()),
        replace(led(), members=(member(2),)),
        led(Standing.REVOKED),
        led(Standing.SUPERSEDED),
        led(Standing.DECIDED, decision=None),
        led(Standing.DECIDED, decision=replace(decision(), option="of another question")),
        led(Standing.DECIDED, decision=decision(seconds=900)),
    ],
    ids=[
        "gone",
        "not a member",
        "another's",
        "revoked",
        "superseded",
        "no decision",
        "not offered",
        "after its lapse",
    ],
)
def test_a_member_whose_parent_cannot_speak_for_it_asks_for_itself(parent: Approval | None) -> None:
    made = spread(parent, MEMBER, at(100), POLICY)
    assert made == replace(MEMBER, parent=None, version=2)


def test_a_member_waits_while_its_parent_waits() -> None:
    assert spread(led(), MEMBER, at(100), POLICY) is None


def test_a_request_that_is_no_member_follows_nobody() -> None:
    assert spread(led(Standing.DECIDED), replace(MEMBER, parent=None), at(100), POLICY) is None


@pytest.mark.parametrize("standing", [Standing.LAPSED, Standing.UNREACHED])
def test_a_member_ends_without_an_answer_when_its_parent_does(standing: Standing) -> None:
    made = spread(led(standing), replace(MEMBER, lapses_at=at(2_000)), at(901), POLICY)
    assert made is not None
    assert (made.standing, made.delivery, made.version) == (standing, Delivery.DUE, 2)
    assert made.repeat_at == at(901 + 900)


@pytest.mark.parametrize("standing", [Standing.LAPSED, Standing.UNREACHED])
def test_an_unanswered_member_is_acknowledged_with_its_parent(standing: Standing) -> None:
    lapsed = replace(MEMBER, standing=standing, delivery=Delivery.TAKEN)
    assert spread(led(standing), lapsed, at(1_000), POLICY) is None
    made = spread(led(standing, acknowledged_by="bo"), lapsed, at(1_000), POLICY)
    assert made is not None
    assert (made.acknowledged_by, made.version, made.open) == ("bo", 2, False)
    assert spread(led(standing, acknowledged_by="bo"), made, at(1_000), POLICY) is None


@pytest.mark.parametrize("standing", [Standing.DECIDED, Standing.REVOKED, Standing.SUPERSEDED])
def test_an_unanswered_member_repeats_by_itself_when_its_parent_does_not(standing: Standing) -> None:
    lapsed = replace(MEMBER, standing=Standing.LAPSED, delivery=Delivery.TAKEN)
    assert spread(led(standing), lapsed, at(1_000), POLICY) == replace(lapsed, parent=None, version=2)
    assert spread(led(), lapsed, LAPSES, POLICY) is None


@pytest.mark.parametrize("standing", [Standing.DECIDED, Standing.REVOKED, Standing.SUPERSEDED])
def test_a_member_that_is_over_follows_nothing_any_more(standing: Standing) -> None:
    over = replace(ended(standing), approval_id="apr-m1", parent="apr-1")
    assert spread(led(Standing.LAPSED, acknowledged_by="bo"), over, at(1_000), POLICY) is None


def test_a_vote_on_the_parent_s_page_of_before_a_member_came_decides_for_nobody() -> None:
    grown = joined(approval(), member(1))
    assert grown is not None
    assert rule(grown, RAISE, members_seen=0).kind is Kind.CHANGED_MEANWHILE
    waiting = written(rule(grown, BOTH, members_seen=1, typed="resume all2"))
    assert joined(waiting, member(2)) is None
    assert {CLOSE.id, HALVE.id, WAIT.id, REJECT.id} <= {option.id for option in OPTIONS}


def test_of_a_member_the_first_facts_are_kept_each_cut_so_that_many_have_room() -> None:
    long = "\U0001f525" * 5_000
    facts = (*(Line(f"fact {number}", "short") for number in range(3)), Line("log", long), Line(long, long))
    asked = question(title=long, target="ETHUSDT", facts=(*facts, Line("sixth", "left out")))
    one = member_of(approval(question=asked))
    assert (one.approval_id, one.incident_id, one.target) == ("apr-1", "inc-1", "ETHUSDT")
    assert one.facts[:3] == facts[:3]
    assert len(one.facts) == 5
    assert one.facts[3].value.endswith("...")
    for text in (one.title, *(line.name + line.value for line in one.facts)):
        assert len(text.encode()) <= 200
    whole = approval(members=(one,) * MOST_MEMBERS)
    assert len(json.dumps(item_of(whole, "w"), ensure_ascii=False).encode()) < 200_000


def test_half_a_letter_in_a_fact_keeps_nobody_from_joining() -> None:
    broken = question(facts=(Line("log", "half \ud83d of it"),))
    assert member_of(approval(question=broken)).facts == (Line("log", "half ? of it"),)


def test_a_close_joins_nothing_and_speaks_for_nothing() -> None:
    """Its terms stand on its own page alone, and each is counted by itself."""
    terms = CloseTerms(
        position_id="p",
        venue="binanceusdm",
        account="main",
        symbol="BTC/USDT:USDT",
        side="long",
        amount=Decimal(1),
        worst_price=Decimal(1),
        mark_price=Decimal(1),
        average=None,
        quoted_at=THREE[0].asked_at,
    )
    asked = tuple(replace(one, question=replace(one.question, close=terms)) for one in THREE)
    assert parent_of(replace(question(), close=terms), asked) is None
