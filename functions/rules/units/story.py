"""What is known of a stuck position for its report, before it is put into sections."""

from __future__ import annotations

from dataclasses import dataclass

from functions.facts import OrderFact, PositionFact
from functions.ports.exchange import Attempt
from functions.rules.units.attribution import Attribution
from functions.rules.units.pnl import Pnl
from functions.rules.units.why_stuck import WhyStuck


@dataclass(frozen=True, slots=True)
class Story:
    """`causes`: the sentences of the cause beyond the order history; `questions`: what a person still has to
    answer; `unreadable`: what was asked for it in vain."""

    position: PositionFact
    why: WhyStuck | None
    orders: tuple[OrderFact, ...] = ()
    attribution: Attribution | None = None
    attempts: tuple[Attempt, ...] = ()
    pnl: Pnl | None = None
    causes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
