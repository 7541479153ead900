"""The same seed draws the same; all that is drawn exists at the stand-in; everything comes up in a long soak."""

from __future__ import annotations

from collections import Counter

from local.platform.faults.board import CATALOGUE
from local.platform.wish import STUCK
from tests.soak import kinds, plan

MANY = ("momentum-btc", "strategy-00001", "strategy-00002")


def drawn(seed: int, count: int) -> list[plan.Episode]:
    pick = plan.generator(seed, "episodes")
    return [plan.episode(pick, MANY) for _ in range(count)]


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    assert drawn(1, 50) == drawn(1, 50)
    assert drawn(1, 50) != drawn(2, 50)


def test_what_one_thread_draws_changes_nothing_of_what_another_one_does() -> None:
    assert plan.generator(1, "hands").random() != plan.generator(1, "episodes").random()


def test_every_kind_is_a_fault_of_the_catalogue_that_takes_what_it_is_given() -> None:
    for one in (*kinds.KINDS, kinds.ONCE):
        found = CATALOGUE[one.name]
        assert one.whom == "service" or found.takes_strategy, one.name
        assert one.counts == (None,) or found.count_means is not None, one.name
    assert set(plan.STUCK) == set(STUCK)


def test_of_the_platforms_own_faults_only_that_of_the_topic_is_left_out() -> None:
    here = {one.name for one in (*kinds.KINDS, kinds.ONCE)}
    left = {name for name in CATALOGUE if name not in here and not name.startswith("exchange.")}
    assert left == {"topic-down"}


def test_every_kind_comes_up_and_an_episode_has_none_twice() -> None:
    seen = Counter(one.kind.name for each in drawn(1, 2000) for one in each.troubles)
    assert set(seen) == {one.name for one in kinds.KINDS}
    assert seen["service-crashed"] > seen["detector-dead"]
    for each in drawn(3, 200):
        names = [one.kind.name for one in each.troubles]
        assert 1 <= len(names) == len(set(names)) <= 3


def test_a_trouble_of_one_strategy_names_one() -> None:
    for each in drawn(5, 300):
        for one in each.troubles:
            assert (one.strategy is not None) == (one.kind.whom != "service")


def test_nobody_gives_an_answer_that_takes_more_than_words() -> None:
    pick = plan.generator(1, "answers")
    options = ("manual_close", "emergency_close", "leave_open")
    said = Counter(plan.decision(pick, options) for _ in range(500))
    assert set(said) == {"emergency_close", "leave_open"}
    assert said["emergency_close"] > said["leave_open"]
    assert plan.decision(pick, ("break_glass",)) is None


def test_by_hand_everything_is_done_at_times_and_a_halt_seldom() -> None:
    pick = plan.generator(1, "hands")
    done = Counter(plan.act(pick) for _ in range(1000))
    assert set(done) == set(plan.ACTS)
    assert done["halt"] < done["verify"] / 3


def test_in_the_end_nobody_says_what_is_asked_again() -> None:
    pick = plan.generator(1, "answers")
    options = ("wait_next_cycle", "emergency_close", "leave_open")
    assert {plan.decision(pick, options, last=True) for _ in range(100)} == {"emergency_close"}
    assert plan.decision(pick, ("leave_open",), last=True) is None


def test_people_answer_soon_late_and_never() -> None:
    pick = plan.generator(1, "answers")
    assert {plan.answer(pick) for _ in range(200)} == {"soon", "late", "never"}
