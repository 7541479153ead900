"""What is proven, what is not, and what fails beside the run: rows of the first table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.facts import Outcome
from functions.rules.reporting.acts_done import done_in_words
from functions.rules.reporting.causes import trouble_of
from functions.rules.reporting.checks import CHECKS, check_of
from functions.rules.reporting.ended import FIRST_VERDICT
from functions.rules.reporting.incident import Incident, at, capital, few, sentence, told
from functions.rules.reporting.remaining import beside

# functions/rules/own_incident.py names it in the value too.
_OWN: Final = re.compile(r"; an incident of its own: \S+$")
_MOST_DONE: Final = 2
_MOST_VALUE: Final = 160
# What a proof rests on, and what it leaves open, stands at its end.
_MOST_PROOF: Final = 400
_CUT_SHORT: Final = frozenset({Outcome.ABORTED, Outcome.FAILED})


def proven(it: Incident) -> Iterator[str]:
    """The checklist's lines that pass, and what was seen done; what each of them found stands below."""
    checks = it.maps("checklist")
    good = [check_of(one) for one in checks if one.get("result") == "pass"]
    if checks:
        yield f"{len(good)} of {len(checks)} checks pass{f': {few(good, 16)}' if good else ''}."
    questions = tuple(told(one.get("question")) for one in checks)
    done = [one for one in it.said("done") if not one.startswith((*questions, *FIRST_VERDICT))]
    if not done:
        done = list(done_in_words(it.maps("actions")))
    yield from (sentence(capital(_cut(one, _MOST_PROOF))) for one in done[:_MOST_DONE])
    if len(done) > _MOST_DONE:
        yield f"And {len(done) - _MOST_DONE} more, under 'What happened, and why'."
    if not checks and not done and it.item.get("seen_by"):
        yield "That it was seen; nobody has looked into it yet."
    elif not checks and not done:
        yield _nothing(it)


def _nothing(it: Incident) -> str:
    if not (it.item.get("ended_at") or it.item.get("closed_at")):
        return "Nothing yet."
    if it.item.get("outcome") in _CUT_SHORT or it.maps("actions"):
        return "Nothing: the run ended before it could prove anything."
    return "Nothing was done, so there is nothing to prove."


def unproven(it: Incident) -> Iterator[str]:
    """Only what was looked at can be left unproven or not; what fails or is unknown stands here with its answer."""
    own = [one for one in it.maps("checklist") if one not in beside(it)]
    named = set()
    for result in ("fail", "unknown"):
        found = [one for one in own if one.get("result") == result]
        named |= {str(one.get("id")) for one in found}
        names = [check_of(one) for one in found]
        if len(found) == 1:
            yield sentence(f"{result.upper()}: {names[0]} - {_cut(told(found[0].get('value')), _MOST_VALUE)}")
        elif found:
            yield sentence(f"{result.upper()}: {few(names)}")
    skipped = [one for one in own if one.get("result") == "skipped"]
    if skipped:
        whys = {told(one.get("value")).partition(":")[0] for one in skipped}
        why = f" ({whys.pop()})" if len(whys) == 1 else ""
        yield f"Not asked{why}: {few(map(check_of, skipped))}."
        named |= {str(one.get("id")) for one in skipped}
    others = [CHECKS.get(one, one) for one in it.texts("not_proven") if one not in named]
    if others:
        yield sentence(capital(few(others)))
    if not own and it.item.get("outcome") in _CUT_SHORT:
        yield "Everything: the run did not come to its end."


def failing_beside(it: Incident) -> Iterator[str]:
    for one in beside(it):
        own = f" (incident {told(one['incident_id'])})" if one.get("incident_id") else ""
        since = f", since {at(one['began_at'])}" if one.get("began_at") else ""
        value = _OWN.sub("", told(one.get("value")))
        what = trouble_of(f"checklist: {one.get('id')}", told(one.get("question")))
        yield sentence(f"FAILS, and is not this run's: {what} - {_cut(value, _MOST_VALUE)}{since}{own}")


def _cut(text: str, most: int = 240) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} ..."
