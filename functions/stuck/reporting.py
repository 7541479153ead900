"""The incident report of one stuck position: Markdown and HTML, by the renderers of the unit's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.contracts import ActRecord
from functions.ending import Documents
from functions.facts import Evidence
from functions.ports.exchange import Attempt
from functions.rules.pieces import Ending
from functions.rules.stuck.end import How
from functions.rules.units.report import Act, Answer, Story, sections, to_html, to_markdown
from functions.rules.units.why_stuck import Why, WhyStuck
from functions.stuck.state import StuckState

QUESTIONS: Mapping[Why, tuple[str, ...]] = {
    Why.NEVER_SUBMITTED: (
        "Why did the strategy send no exit order: its log around the signal, its process, its budget of orders?",
        "Would its other positions be stuck in the same way?",
    ),
    Why.REJECTED: (
        "What has to change so that the venue takes the exit: margin, price filter, permission, symbol?",
    ),
    Why.UNFILLED: ("Is the limit of an exit order too far from the market, and does anything replace it in time?",),
    Why.PARTIAL: ("Who looks after what an exit order leaves over?",),
    Why.WORKING: ("Why does the exit take so long?",),
    Why.NO_EXIT_DUE: ("Should there have been an exit signal, or is the greatest age too short?",),
    Why.UNKNOWN: ("What do the order history and the venue's own history say, side by side?",),
}


ELSEWHERE: Final = frozenset({"profit and loss", "profit and loss not known", "asks", "answer"})


def documents(
    state: StuckState, ending: Ending, item: Mapping[str, Any], acts: Sequence[ActRecord], now: datetime
) -> Documents:
    """Empty where no position was read: then the general report is stored."""
    if state.accounted is None or state.settled is None:
        return {}
    memo = state.settled.look.memo
    story = Story(
        position=state.accounted.position,
        incident_id=state.run.incident_id,
        at=now,
        outcome=str(ending.outcome),
        summary=ending.summary,
        why=memo.stuck_by,
        orders=state.accounted.orders,
        attribution=memo.shares,
        answers=tuple(_answer(one) for one in item.get("approvals") or ()),
        attempts=state.accounted.attempts,
        acts=tuple(_act(one) for one in acts if not _is_order(one, state.accounted.attempts)),
        pnl=state.accounted.pnl,
        causes=causes_of(memo.stuck_by, state),
        # Money and questions have sections of their own.
        evidence=tuple(_evidence(one) for one in item.get("evidence") or () if one.get("what") not in ELSEWHERE),
        questions=questions_of(memo.stuck_by, ending),
        proven=ending.done,
        left=(*ending.not_done, *(f"not known: {one}" for one in ending.unknown)),
        unreadable=state.accounted.unreadable,
    )
    parts = sections(story)
    title = f"Stuck position {story.position.position_id}: {ending.outcome}"
    return {
        "report.md": (to_markdown(parts, title), "text/markdown"),
        "report.html": (to_html(parts, title), "text/html"),
    }


def causes_of(why: WhyStuck | None, state: StuckState) -> tuple[str, ...]:
    found = []
    if why is not None and why.order is not None and why.order.error:
        found.append(f"The venue or the strategy said: {why.order.error}")
    end = state.settled.look.end if state.settled else None
    if end is not None and end.how is How.CORRECTED:
        found.append("The venue held nothing of it any more: the record was not closed when the position was.")
    return tuple(found)


def questions_of(why: WhyStuck | None, ending: Ending) -> tuple[str, ...]:
    asked = QUESTIONS[why.why] if why else ()
    return (*asked, *(f"Left to a person: {line}" for line in (*ending.not_done, *ending.unknown)))


def root_cause(why: WhyStuck | None, state: StuckState) -> str | None:
    if why is None:
        return None
    return " ".join((f"{why.why.value}: {why.detail}", *causes_of(why, state)))[:1_000]


def _act(one: ActRecord) -> Act:
    return Act(one.action, one.target, str(one.result), one.by, one.at, one.after or "")


def _is_order(act: ActRecord, attempts: Sequence[Attempt]) -> bool:
    """It stands in the report's own table of orders."""
    return act.action.startswith("close ") and act.target in {one.client_order_id for one in attempts}


def _answer(record: Mapping[str, Any]) -> Answer:
    decision = record.get("decision") or {}
    at = decision.get("at") or record.get("asked_at")
    return Answer(
        asked=str(record.get("title") or "untitled"),
        choice=decision.get("option"),
        by=tuple(map(str, decision.get("by") or ())),
        at=datetime.fromisoformat(str(at)) if at else None,
        note=decision.get("note"),
        approval_id=record.get("approval_id"),
        why_alone=decision.get("why_alone"),
    )


def _evidence(entry: Mapping[str, Any]) -> Evidence:
    what, where, value = (str(entry.get(name) or "") for name in ("what", "where", "value"))
    return Evidence(what, where, value, datetime.fromisoformat(str(entry["at"])))
