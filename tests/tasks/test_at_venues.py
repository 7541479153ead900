"""Accounts are looked at beside one another: what hangs or breaks at one is that one's trouble alone."""

from __future__ import annotations

from threading import Event

from functions import at_venues
from functions.venue import Where

MAIN, SECOND = Where("binanceusdm", "main"), Where("binanceusdm", "second")


def test_what_breaks_at_one_venue_is_named_and_keeps_no_other() -> None:
    def look(where: Where) -> str:
        if where == MAIN:
            raise ModuleNotFoundError("No module named 'ccxt'")
        return "seen"

    found = at_venues.each([MAIN, SECOND], look, lambda _, why: why, within=5)
    assert found == {MAIN: "ModuleNotFoundError: No module named 'ccxt'", SECOND: "seen"}


def test_one_that_hangs_is_left_in_time_and_keeps_no_other() -> None:
    over = Event()

    def look(where: Where) -> str:
        if where == MAIN:
            over.wait(10)
        return "seen"

    found = at_venues.each([MAIN, SECOND, MAIN], look, lambda _, why: why, within=0.2)
    over.set()
    assert found == {MAIN: "no answer within 0 s", SECOND: "seen"}
