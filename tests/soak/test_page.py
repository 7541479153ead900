"""The page counts what was done and what came of it, and leaves out no law and no break of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.soak import laws, page
from tests.soak.record import Begun, Notes, Struck
from tests.soak.test_laws import ALARM, ALARM_AT, AT, soaked
from tests.soak.times import quantile, times
from tests.sweep.test_laws import RUN

RAN = page.Ran("today on 2 cores", 20, 1_000, 7, 0.1)


def test_says_how_long_how_large_and_from_which_seed_it_was() -> None:
    well = soaked(lambda notes: setattr(notes, "oldest", 4.2))
    told = page.text(well, laws.broken(well), RAN)
    assert "the oldest heartbeat was 4 s old" in told
    assert "Last run: today on 2 cores: 20 minutes (200 of the platform, time scale 0.1), 1,000 strategies" in told
    assert "seed 7. Laws broken: 0." in told
    assert "## Broken" not in told
    assert "| service-crashed | 1 | 0 |" in told
    assert "| stale-heartbeat | 1 | resolved 1 |" in told
    assert f"Changes of an alarm into ALARM: {ALARM} 1; delivered a second time: 0." in told
    for law in laws.LAWS:
        assert f"| {law.__name__.replace('_', ' ')} | 0 |" in told


def test_every_break_of_a_law_is_a_sentence() -> None:
    forged = soaked(letters={"q": 2})
    told = page.text(forged, laws.broken(forged), RAN)
    assert "Laws broken: 1." in told
    assert "| nothing is a dead letter | 1 |" in told
    assert "- nothing is a dead letter: 2 messages in q" in told


def test_what_is_held_is_told_at_begin_middle_and_end() -> None:
    told = page.text(soaked(kept={"incidents": 3}), {}, RAN)
    assert "| MB of the engine | 200 | 250 | 295 |" in told
    assert "0.50 MB for each execution, at most 2 allowed" in told
    assert "incidents 3 (3.00)" in told


def test_a_trouble_takes_until_the_end_of_the_run_that_began_after_it() -> None:
    begun = {
        "before": Begun("stale-heartbeat", {}, AT - timedelta(seconds=9), AT),
        RUN: Begun(
            "stale-heartbeat", {"alarm_at": ALARM_AT}, AT + timedelta(seconds=5), AT + timedelta(seconds=60)
        ),
        "later": Begun("stale-heartbeat", {}, AT + timedelta(seconds=80), AT + timedelta(seconds=90)),
    }
    assert [one.seconds for one in times(soaked(begun=begun))] == [60.0]


def test_a_run_that_was_somebody_elses_ends_no_trouble() -> None:
    well = soaked()
    duplicate = replace(well.seen, incidents=({**well.seen.incidents[0], "outcome": "duplicate"},))
    assert list(times(soaked(seen=duplicate))) == []


def test_a_position_waits_for_the_run_that_names_it() -> None:
    def stuck(notes: Notes) -> None:
        notes.struck[:] = [Struck("position", "p1", "stuck-position", AT)]

    def run(position: str) -> Begun:
        return Begun("stuck-position", {"position_id": position}, AT, AT + timedelta(seconds=30))

    assert [one.seconds for one in times(soaked(stuck, begun={"a": run("p2"), "b": run("p1")}))] == [30.0]
    assert list(times(soaked(stuck, begun={"a": run("p2")}))) == []


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.95, 4), (1.0, 4), (0.01, 1)])
def test_a_quantile_is_the_smallest_value_that_enough_do_not_exceed(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2])(share) == value
