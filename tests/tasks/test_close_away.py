"""A venue that goes away in the middle of a close is waited for as before a question, and looked at again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from functions.adapters.memory.exchange import said
from functions.errors import Transient, Uncertain
from functions.rules.closing.next_step import Seen
from functions.tasks import look_at_unit
from functions.venue import OrderStatus, Row, Trouble, VenueOrder, Where
from tests.tasks.close_rig import CloseRig, closes

DOWN = Trouble(Row.UNREACHABLE, "NetworkError", None, "no answer")
MAINTENANCE = Trouble(Row.MAINTENANCE, "OnMaintenance", None, "back later")


def gone(rig: CloseRig, trouble: Trouble, seconds: float, *, at: str = "SendAttempt") -> Callable[[str], None]:
    """From the first time that `at` is entered, for so long."""
    began: list[datetime] = []

    def between(state: str) -> None:
        if state == at and not began:
            began.append(rig.now)
            rig.venue.down = trouble
        if began and rig.venue.down is not None and rig.now >= began[0] + timedelta(seconds=seconds):
            rig.venue.down = None

    return between


@pytest.mark.parametrize("trouble", [DOWN, MAINTENANCE, replace(DOWN, row=Row.CLOCK)])
def test_an_absence_of_minutes_is_waited_out_and_the_same_approval_closes_it(trouble: Trouble) -> None:
    rig = CloseRig()
    rig.stop()
    began = rig.now
    ended = closes(rig, between=gone(rig, trouble, 300))
    assert ended.error is None
    assert rig.result().how == "flat"
    assert rig.now - began > timedelta(seconds=300)
    assert [one.filled for one in rig.attempts() if one.filled] == [rig.amount]
    assert len(rig.venue.created) == 1
    notes = [value for what, value in rig.evidence() if "went away" in what]
    assert len(notes) == 2
    assert "waits for binanceusdm" in notes[0]
    assert "answers again" in notes[1]


def test_an_order_whose_answer_was_lost_in_the_absence_is_found_and_never_sent_again() -> None:
    rig = CloseRig()
    rig.venue.executed_but.append(Uncertain("no answer"))
    states: list[str] = []
    away = gone(rig, DOWN, 400, at="after the order")

    def between(state: str) -> None:
        away("after the order" if "SendAttempt" in states else state)
        states.append(state)

    ended = closes(rig, between=between)
    assert (ended.error, rig.result().how, rig.held) == (None, "flat", Decimal(0))
    assert len(rig.venue.created) == len(rig.attempts()) == 1


def test_an_hours_maintenance_voids_the_approval_and_nothing_is_sent_by_its_old_quote() -> None:
    rig = CloseRig()
    rig.stop()
    closes(rig, between=gone(rig, MAINTENANCE, 3_600))
    result = rig.result()
    assert (result.how, result.closed, result.protected) == ("void", Decimal(0), True)
    assert rig.venue.created == []


def test_what_was_closed_in_part_before_an_hours_maintenance_is_asked_about_again() -> None:
    rig = CloseRig()
    rig.stop()
    rig.venue.fills_at_most = rig.amount / 5
    states: list[str] = []
    away = gone(rig, MAINTENANCE, 3_600, at="after the order")

    def between(state: str) -> None:
        away("after the order" if "SendAttempt" in states else state)
        states.append(state)

    closes(rig, between=between)
    result = rig.result()
    assert (result.how, result.closed) == ("void", rig.amount / 5)
    assert len(rig.venue.created) == 1


def test_a_venue_that_never_comes_back_ends_the_close_by_the_wait_and_the_entries_stay_paused() -> None:
    rig = CloseRig()
    rig.stop()
    began = rig.now
    closes(rig, between=gone(rig, DOWN, 10**9))
    result = rig.result()
    took = rig.now - began
    assert timedelta(minutes=14) < took < timedelta(minutes=18)
    assert (result.how, result.protected, result.pause_stands) == ("unknown", False, True)
    assert "order may still be on its way" in result.entries
    assert rig.venue.created == []


def test_a_position_without_its_protection_at_a_venue_that_is_away_pages_at_once_and_once() -> None:
    rig = CloseRig()
    rig.stop()
    job = rig.job()
    first = rig.work(look_at_unit, job=job, before=None, sent=None, slip=None)
    rig.venue.down = DOWN
    bare = first.model_copy(update={"seen": replace(Seen(), bare=True)})
    second = rig.work(look_at_unit, job=job, before=bare, sent=None, slip=None)
    assert second.verdict == "wait"
    [(subject, text)] = rig.world.paged
    assert "without its protection" in subject
    assert "inc" in text.lower()
    rig.work(look_at_unit, job=job, before=second, sent=None, slip=None)
    assert len(rig.world.paged) == 1
    # One whose protection was seen to rest pages nobody.
    rig.world.paged.clear()
    rig.work(look_at_unit, job=job, before=first, sent=None, slip=None)
    assert rig.world.paged == []


class Reading:
    """A venue in a maintenance in which it answers readings, and takes no order for so long after the first."""

    def __init__(self, rig: CloseRig, seconds: float) -> None:
        self.rig, self.seconds, self.tries = rig, seconds, list[datetime]()
        self.right = rig.venue.rest
        rig.venue.rest = self.rest  # type: ignore[method-assign]  # the twin's own venue, for this test alone

    def rest(self, where: Where, order: VenueOrder) -> VenueOrder:
        self.tries.append(self.rig.now)
        if self.rig.now < self.tries[0] + timedelta(seconds=self.seconds):
            raise said(Transient, Row.MAINTENANCE, "OnMaintenance", None, "no orders now")
        return self.right(where, order)


def taken_off(rig: CloseRig, states: list[str]) -> Callable[[str], None]:
    """Its protection is gone after it was written down, and nothing has fired."""

    def between(state: str) -> None:
        if state == "LookAtUnit" and state not in states:
            stop = next(one for one in rig.venue.working(rig.unit.where) if one.client_order_id == "stop-1")
            rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.CANCELED))
        states.append(state)

    return between


def test_protection_that_a_maintenance_does_not_take_pages_at_once_and_is_tried_again_until_it_does() -> None:
    rig = CloseRig()
    rig.stop()
    venue, states = Reading(rig, 300), list[str]()
    off, paged = taken_off(rig, states), list[int]()

    def between(state: str) -> None:
        off(state)
        paged.append(len(rig.world.paged))

    closes(rig, between=between)
    result = rig.result()
    assert (result.how, result.closed) == ("flat", rig.amount)
    # Paged by the look after the first try; then the pace of a bounded wait, and no order before it rests again.
    first = states.index("RestoreAndGoOn")
    assert states[first : first + 4] == ["RestoreAndGoOn", "SettleAttempt", "LookAtUnit", "SettleAttempt"]
    assert paged[first + 2 : first + 4] == [0, 1]
    assert 5 < states.count("RestoreAndGoOn") < 15
    assert venue.tries[-1] - venue.tries[0] >= timedelta(seconds=300)
    assert rig.venue.created[0].created_at is not None
    assert rig.venue.created[0].created_at >= venue.tries[0] + timedelta(seconds=300)
    assert ["without its protection" in subject for subject, _ in rig.world.paged] == [True]


def test_protection_that_a_maintenance_never_takes_ends_by_the_wait_and_says_so() -> None:
    rig = CloseRig()
    rig.stop()
    venue = Reading(rig, 10**9)
    closes(rig, between=taken_off(rig, []))
    result = rig.result()
    assert (result.how, result.protected, result.pause_stands) == ("not_closed", False, True)
    assert timedelta(hours=3) < venue.tries[-1] - venue.tries[0] <= timedelta(hours=4, minutes=5)
    assert result.waited > 3 * 3_600
    assert rig.venue.created == []
    assert len(rig.world.paged) == 1
