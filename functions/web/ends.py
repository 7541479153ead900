"""How a request stands, in words: what it waits for, or who ended it, when, and whether the run took it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from functions.approvals import Approval, Decision, Delivery, Standing
from functions.rules.glass import owes
from functions.web import glass
from functions.web.view import End, Masked, Tone
from functions.web.words import clean, clean_lines, listed, moment, short

_TAKEN: Final = {
    Delivery.NONE: "Nobody waits for it.",
    Delivery.DUE: "Being handed to the run; it is tried again every minute until the run has it.",
    Delivery.TAKEN: "The run has it and goes on.",
    Delivery.OVER: "The run does not wait for it any more. Look at the incident.",
}


def end_of(approval: Approval, name: Callable[[str], str], masked: Masked) -> End | None:
    """None while it is open."""
    match approval.standing:
        case Standing.PENDING:
            return None
        case Standing.DECIDED:
            return _decided(approval, name, masked)
        case Standing.LAPSED:
            return End("warn", "Lapsed: nobody decided in time", _unanswered(approval, name))
        case Standing.UNREACHED:
            return End("bad", "Nobody could be reached", _unanswered(approval, name))
        case Standing.REVOKED:
            return End("warn", "Withdrawn: the run has ended", (("What now", "Look at the incident."),))
        case Standing.SUPERSEDED:
            text = "The run has asked again since. Answer by the newer mail; this link decides nothing."
            return End("warn", "Replaced by a newer request", (("What now", text),))


def _decided(approval: Approval, name: Callable[[str], str], masked: Masked) -> End:
    made = approval.decision
    if made is None:
        return End("good", "Decided")
    option = approval.option(made.option)
    rows = [
        ("By", masked(listed(name(one) for one in made.by))),
        ("At", moment(made.at)),
    ]
    if made.until:
        rows.append(("Until", moment(made.until)))
    if option is not None:
        rows.append(("What it does", clean(option.consequence)))
    if made.why_alone:
        rows.append(("Why one was enough", masked(clean(made.why_alone))))
    if approval.glass:
        by = approval.glass.ratified_by
        rows += [(k, masked(v)) for k, v in glass.rows(approval.glass, name(by) if by else None)]
    rows.append(("Where it is", _TAKEN[approval.delivery]))
    if approval.delivery is Delivery.OVER:
        rows += [("Said", masked(clean(one))) for one in approval.trouble[-1:]]
    label = short(option.label if option else made.option)
    good: Tone = "warn" if owes(approval) else "good"
    tone: Tone = "bad" if approval.delivery is Delivery.OVER else good
    # Why the glass was broken is the note.
    return End(tone, f"Decided: {label}", tuple(rows), None if approval.glass else _note(made, masked))


def _note(made: Decision, masked: Masked) -> str | None:
    return masked(clean_lines(made.note)) if made.note else None


def _unanswered(approval: Approval, name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    rows = [("At", moment(approval.lapses_at))] if approval.standing is Standing.LAPSED else []
    rows.append(("What was done", "Nothing was changed by this request."))
    if approval.acknowledged_by:
        rows.append(("Acknowledged by", name(approval.acknowledged_by)))
    else:
        rows.append(("What now", "The incident stays open, and this is repeated, until somebody acknowledges it."))
    return tuple(rows)
