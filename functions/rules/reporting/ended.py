"""How it ended and what cured it, in one sentence each: the first line of a report, and its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from functions.facts import Outcome
from functions.rules.plan import Remedy
from functions.rules.proven import without
from functions.rules.reporting import open_positions
from functions.rules.reporting.acts_done import MOST_NAMES, done_in_words
from functions.rules.reporting.causes import trouble_of
from functions.rules.reporting.checks import not_proven
from functions.rules.reporting.incident import Incident, capital, sentence, told
from functions.rules.reporting.silence import silence

_WORDS: Final[Mapping[str, str]] = {
    Outcome.RESOLVED: "Resolved",
    Outcome.NOTHING_TO_DO: "There was nothing to do",
    Outcome.DUPLICATE: "Not begun: another run is at it already",
    Outcome.DECLINED: "A person said no: nothing more was done",
    Outcome.LEFT_OPEN: "Left open: a person accepts the risk for a time",
    Outcome.DELEGATED: "Handed on: each position has a run of its own",
    Outcome.DRY_RUN: "Practised only",
    Outcome.ESCALATED: "NOT RESOLVED: a person must act",
    Outcome.INVALID_INPUT: "Refused at the door: nothing was changed",
    Outcome.ABORTED: "STOPPED BY HAND before its end",
    Outcome.FAILED: "THE RUN ITSELF FAILED before its end",
}
# What a summary begins with says the outcome, which has been said.
_AGAIN: Final = re.compile(
    r"^(?:Resolved and verified|A person must act now|Left open by a person|Declined by a person|Nothing to do"
    r"|Dry run, nothing was changed(?: and nobody asked)?|Refused at the door, nothing was changed"
    r"|Stopped and verified|A person must look): "
    r"|^\S+ was stopped by hand\. "
)
# Of this runbook's summary what follows is the first verdict, and not what became of it.
_STALE: Final = "stale-heartbeat"
# So the lines of an ending begin that name a remedy by what was to be done first (functions/rules/tally.py).
FIRST_VERDICT: Final = tuple(f"{one.replace('_', ' ')} " for one in Remedy)
# Whose summary says what failed, and not what was done about it.
ORDERS: Final = "order-failures"
_ITSELF: Final = frozenset({Outcome.RESOLVED, Outcome.ESCALATED, Outcome.DECLINED, Outcome.LEFT_OPEN})
STOP: Final = "emergency-stop"
_MOST_WOULD: Final = 4
_LONG: Final = 160
# Of what a stop tells of itself so much stands in the first line; the rest stands below.
_OF_A_STOP: Final = ("No position was closed.", "Nothing restarts trading until a person starts resume-trading.")
# What a good end means where nothing was broken before.
_CLAIMS: Final = {
    STOP: "STOPPED and verified: all that was meant",
    "verify-trading": "Verified: all that was asked about works",
}
_ENDS: Final = re.compile(r"(?<=[a-z)])\. (?=[A-Z])")


def title_of(it: Incident) -> str:
    """What it is about and how it ended, before anything else that it is no real cure; and whether it leaves money
    open without protection, for a title is all that many read."""
    outcome = it.text("outcome").replace("_", " ") or "not over yet"
    mark = "DRILL: " if it.drill else "Dry run: " if it.dry else ""
    open_ = f"; not proven: {', '.join(unproven)}" if (unproven := not_proven(it)) and _claims(it) else ""
    bare = "" if it.dry else open_positions.in_a_title(it)
    return f"{mark}{_about(it)}: {outcome}{open_}{f'; {bare}' if bare else ''}"


def how_it_ended(it: Incident) -> tuple[str, ...]:
    """The outcome with what is not proven of it; what it was and what was done about it."""
    outcome = it.item.get("outcome")
    lead = _WORDS.get(str(outcome), "The run has not ended")
    if _claims(it):
        unproven = not_proven(it)
        well = _CLAIMS.get(it.text("runbook"), f"{lead} and verified")
        lead = f"{lead}; NOT PROVEN: {', '.join(unproven)}" if unproven else well
    if it.text("runbook") == _STALE and outcome in _ITSELF and _cause_known(it):
        return (sentence(lead), *_of_stale(it, resolved=outcome == Outcome.RESOLVED))
    summary = _AGAIN.sub("", without(it.text("summary"), it.texts("not_proven")))
    if it.dry:
        return (sentence(lead), *filter(None, [summary and sentence(capital(summary))]), *_would(it))
    if not summary:
        return (sentence(lead),)
    if it.text("runbook") == STOP and _claims(it):
        first, *rest = _sentences(summary)
        return (sentence(lead), first, *(one for one in rest if one in _OF_A_STOP))
    told_so_far = _sentences(summary) if len(summary) > _LONG else iter((sentence(capital(summary)),))
    done = "; ".join(done_in_words(it.maps("actions"))) if it.text("runbook") == ORDERS else ""
    return (sentence(lead), *told_so_far, *((f"Done: {done}.",) if done else ()))


def _would(it: Incident) -> Iterator[str]:
    """What would have been done, and what somebody would have been asked."""
    would = it.said("not_done")
    yield from (sentence(capital(one)) for one in would[:_MOST_WOULD])
    if len(would) > _MOST_WOULD:
        yield f"And {len(would) - _MOST_WOULD} more."


def _sentences(text: str) -> Iterator[str]:
    """Each on a line of its own."""
    yield from (sentence(capital(one)) for one in _ENDS.split(text) if one)


def first_seen(it: Incident) -> str:
    """The summary where it says more than the first line; of a stale heartbeat it is the first verdict."""
    if it.text("runbook") == _STALE and it.item.get("outcome") in _ITSELF and _cause_known(it):
        return f"As the run saw it first: {_AGAIN.sub('', without(it.text('summary'), it.texts('not_proven')))}"
    return it.text("summary") or "The run has not ended."


def _about(it: Incident) -> str:
    if it.own.title:
        return told(it.own.title)
    if it.item.get("seen_by"):
        names = it.texts("strategy_ids") or it.texts("position_ids")
        whom = f" ({', '.join(names[:MOST_NAMES])})" if names else ""
        return f"{trouble_of(it.text('cause'))}{whom} in {it.place.env}, found beside another run"
    return f"{it.text('runbook') or 'A run'} in {it.place.env}"


def _claims(it: Incident) -> bool:
    return it.item.get("outcome") == Outcome.RESOLVED


def _cause_known(it: Incident) -> bool:
    """The diagnosis came to a verdict; else the summary says where it ended."""
    return bool(it.item.get("strategy_ids")) and "the run failed on its way" not in it.text("summary")


def _of_stale(it: Incident, *, resolved: bool) -> Iterator[str]:
    names = it.texts("strategy_ids")
    whole = int(it.item.get("strategy_ids_total") or len(names))
    more = f" and {whole - MOST_NAMES} more" if whole > MOST_NAMES else ""
    many = "1 strategy" if whole == 1 else f"{whole} strategies"
    yield f"{many} had sent no heartbeat{silence(it)}: {', '.join(names[:MOST_NAMES])}{more}."
    done = "; ".join(done_in_words(it.maps("actions")))
    if resolved:
        yield f"Cured by: {done}." if done else "It came back by itself: nothing was changed."
    else:
        yield f"Done: {done}." if done else "Nothing was changed."
