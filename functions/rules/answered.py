"""What a person's answer, or none, means for the end of a run, in a sentence each."""

from __future__ import annotations

from typing import Final, assert_never

from functions.rules.pieces import AfterAsking, Asked
from functions.rules.plan import Group
from functions.rules.proposals import names

# The lines of the checklist that fail while a trouble is left as it is. Positions and orders are not among
# them: nobody accepted that a position is in danger.
FOLLOWS: Final = frozenset({"heartbeats", "signals", "log_patterns", "alarms"})
# What a venue that is away, and is left so, cannot be asked. A position that is known to be wrong is another thing.
UNREAD_WHILE_AWAY: Final = frozenset({"positions"})

# What `Answer.decision` is where nobody chose an option.
NOBODY: Final = {
    "lapsed": "nobody answered in time",
    "unreached": "nobody could be reached",
    "revoked": "the question was withdrawn",
}


def accepted(asked: Asked) -> bool:
    """A person knows of the trouble and leaves it: it stays open by name and escalates nothing."""
    return asked.how in (AfterAsking.DECLINED, AfterAsking.LEFT_OPEN)


def told(asked: Asked, group: Group) -> str:
    """Who decided what for whom, and what stays open by it."""
    whom, who = names(group.strategy_ids), _who(asked)
    match asked.how:
        case AfterAsking.ACTED:
            return f"{who} decided for {whom}{_note(asked)}"
        case AfterAsking.DECLINED:
            return f"{who} said no for {whom}{_note(asked)}; it stays open: {group.proposal}"
        case AfterAsking.LEFT_OPEN:
            until = f"until {asked.until:%Y-%m-%d %H:%M:%S} UTC" if asked.until else "without an end"
            return f"{who} left it as it is for {whom} {until}{_note(asked)}; it stays open: {group.proposal}"
        case AfterAsking.UNANSWERED:
            return f"{asked.why or 'nobody answered'}, so nothing was decided for {whom}: {group.proposal}"
        case _:
            assert_never(asked.how)


def _who(asked: Asked) -> str:
    who = " and ".join(asked.by) or "somebody who is not named"
    return f"{who} alone ({asked.why_alone})" if asked.why_alone else who


def _note(asked: Asked) -> str:
    return f' ("{asked.note}")' if asked.note else ""
