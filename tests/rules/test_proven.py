"""A summary says `verified` only where nothing is left to be proven."""

from __future__ import annotations

from functions.rules.proven import lead, tail, without

OPEN = ("orders", "signals")


def test_what_is_proven_whole_is_verified() -> None:
    assert lead("Resolved", ()) == "Resolved and verified: "
    assert tail(()) == ""


def test_what_is_not_proven_stands_where_verified_would_stand() -> None:
    assert lead("Resolved", OPEN) == "Resolved; not proven: orders, signals - "
    assert "verified" not in lead("Stopped", OPEN)
    assert tail(OPEN) == "; not proven: orders, signals"


def test_a_reader_who_knows_what_is_not_proven_is_told_the_rest() -> None:
    assert without(f"{lead('Stopped', OPEN)}5 of 5 - all", OPEN) == "5 of 5 - all"
    assert without(f"6 of 7 lines pass{tail(OPEN)}", OPEN) == "6 of 7 lines pass"


def test_words_that_say_nothing_of_it_stay() -> None:
    assert without("one - two", OPEN) == "one - two"
    assert without("Resolved and verified: one", ()) == "Resolved and verified: one"
