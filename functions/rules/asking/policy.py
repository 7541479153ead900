"""The numbers that the rules of asking need, taken out of the settings once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from functions.approvals import Approval
from functions.settings import Settings


@dataclass(frozen=True, slots=True)
class Policy:
    """`people` are everybody whom the settings know, `desks` those who are asked for each desk ("default" for
    a desk without a ladder of its own), `names` how people are called. Times in which people are to act follow
    the pace of the environment (`pace`: its seconds for one of the settings'); the delays after wrong phrases do
    not. `repeats` are the times between one repeat and the next, `ratify_within` how long another person has to
    ratify what one has decided by breaking the glass."""

    people: frozenset[str]
    desks: Mapping[str, frozenset[str]]
    second_person_silent: timedelta
    looking_holds: timedelta
    repeats: tuple[timedelta, ...]
    wrong_phrases_free: int
    wrong_phrase_delay: timedelta
    wrong_phrase_delay_most: timedelta
    alike_before_one_request: int
    ratify_within: timedelta
    pace: float
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        limits, approvers = settings.limits, settings.approvals
        return cls(
            people=frozenset(approvers.people),
            desks={
                name: frozenset(person for rung in desk.rungs for person in rung)
                for name, desk in approvers.desks.items()
            },
            second_person_silent=settings.span(limits.second_person_silent),
            looking_holds=settings.span(limits.looking_holds),
            repeats=tuple(settings.span(seconds) for seconds in limits.unanswered_repeats),
            wrong_phrases_free=limits.wrong_phrases_free,
            wrong_phrase_delay=timedelta(seconds=limits.wrong_phrase_delay),
            wrong_phrase_delay_most=timedelta(seconds=limits.wrong_phrase_delay_most),
            alike_before_one_request=limits.alike_before_one_request,
            ratify_within=settings.span(limits.ratify_within),
            pace=settings.time_scale,
            names={person_id: person.name for person_id, person in approvers.people.items()},
        )

    def may_answer(self, approval: Approval, person_id: str) -> bool:
        """Whoever was asked, or stands on the ladder of the question's desk, and is known to the settings
        still: a link of somebody who was taken out of them is dead."""
        if person_id not in self.people:
            return False
        default = self.desks.get("default", frozenset[str]())
        ladder = self.desks.get(approval.question.desk, default)
        return person_id in ladder or any(asked.person_id == person_id for asked in approval.asked)
