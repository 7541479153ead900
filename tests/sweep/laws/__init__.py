"""What must hold of every run, whatever failed in it. A law says what is wrong, in sentences; else nothing.

The words are those of the contract and the design that the project is built to: how a run ends, guards, and "do,
then prove".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.sweep.laws.acts import (
    PAUSE,
    RESUME,
    nothing_is_done_twice,
    what_is_done_is_told,
    what_is_said_to_be_done_is_done,
)
from tests.sweep.laws.ends import (
    a_closed_run_has_closed_its_incident,
    every_execution_has_ended,
    every_output_is_whole,
    every_run_ends_in_an_outcome,
    every_run_leaves_an_incident_and_a_notification,
    what_runs_beside_is_not_lost,
)
from tests.sweep.laws.guards import every_guard_can_be_taken_over, nothing_is_asked_for_a_run_that_is_over
from tests.sweep.laws.proof import TRADING, resolved_is_checked, resolved_is_proven
from tests.sweep.laws.safety import no_token_is_told, no_two_copies_trade, nothing_stays_unprotected_in_silence
from tests.sweep.seen import Seen

__all__ = [
    "LAWS",
    "PAUSE",
    "RESUME",
    "TRADING",
    "Law",
    "a_closed_run_has_closed_its_incident",
    "broken_laws",
    "every_execution_has_ended",
    "every_guard_can_be_taken_over",
    "every_output_is_whole",
    "every_run_ends_in_an_outcome",
    "every_run_leaves_an_incident_and_a_notification",
    "no_token_is_told",
    "no_two_copies_trade",
    "nothing_is_asked_for_a_run_that_is_over",
    "nothing_is_done_twice",
    "nothing_stays_unprotected_in_silence",
    "resolved_is_checked",
    "resolved_is_proven",
    "what_is_done_is_told",
    "what_is_said_to_be_done_is_done",
    "what_runs_beside_is_not_lost",
]

Law = Callable[[Seen], Iterator[str]]

LAWS: Final[tuple[Law, ...]] = (
    every_execution_has_ended,
    every_run_ends_in_an_outcome,
    every_output_is_whole,
    every_run_leaves_an_incident_and_a_notification,
    what_runs_beside_is_not_lost,
    a_closed_run_has_closed_its_incident,
    every_guard_can_be_taken_over,
    nothing_is_asked_for_a_run_that_is_over,
    nothing_is_done_twice,
    no_two_copies_trade,
    nothing_stays_unprotected_in_silence,
    resolved_is_checked,
    resolved_is_proven,
    what_is_said_to_be_done_is_done,
    what_is_done_is_told,
    no_token_is_told,
)


def broken_laws(seen: Seen) -> list[str]:
    """`law: what is wrong`, in the order of the laws."""
    return [f"{law.__name__}: {wrong}" for law in LAWS for wrong in law(seen)]
