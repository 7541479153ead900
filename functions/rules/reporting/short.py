"""The first section: for whoever has a minute. What, why, who decided, the money, what is proven, what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from functions.facts import Outcome
from functions.rules.reporting import causes
from functions.rules.reporting.costs import money_told
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.ended import (
    ORDERS,
    STOP,
    how_it_ended,
    title_of,
)
from functions.rules.reporting.incident import Incident, at, capital, sentence, told
from functions.rules.reporting.lines import lines
from functions.rules.reporting.moments import lasted, moment
from functions.rules.reporting.people import decided_by, option_of
from functions.rules.reporting.proof import failing_beside, proven, unproven
from functions.rules.reporting.remaining import remaining

__all__ = ["MOST_LEFT", "how_it_ended", "short", "title_of", "why_told"]

_UNDECIDED: Final = {
    "lapsed": "nobody answered in time",
    "unreached": "nobody could be reached",
    "revoked": "withdrawn unanswered",
    "pending": "nobody has answered yet",
}
_DRILL: Final = (
    "DRILL: this was practised. Nothing of the platform was changed; what follows is what would have been done."
)
_DRY_RUN: Final = "Dry run: nothing of the platform was changed; what follows is what would have been done."
# Of what is left to a person so many stand in the first table, the others in a section of their own.
MOST_LEFT: Final = 8
_WELL: Final = frozenset({Outcome.RESOLVED, Outcome.NOTHING_TO_DO})
_ARN: Final = re.compile(r"arn:aws[\w-]*:states:[\w-]*:\d*:execution:([\w-]+):[\w:.-]*[\w-]")


def short(it: Incident) -> Section:
    said = [line for line, holds in ((_DRILL, it.drill), (_DRY_RUN, it.dry and not it.drill)) if holds]
    if not it.final:
        said.append("First edition, by the run itself; the one with the timeline follows within minutes.")
    # An execution by its machine: its address stands among the links.
    rows = tuple((name, _ARN.sub(r"a run of \1", lines(found))) for name, found in _rows(it) if found)
    return Section("In short", tuple(said), (Table(("what", "value"), rows),))


def _rows(it: Incident) -> Iterator[tuple[str, tuple[str, ...]]]:
    happened = how_it_ended(it)
    yield "what happened", happened
    so_far = " ".join(happened).casefold()
    own = {told(what): told(value) for what, value in it.own.short if what not in ("why", "money")}
    own = {what: value for what, value in own.items() if value.casefold() not in so_far}
    yield from ((name, (value,)) for name, value in own.items())
    yield "why", why_told(it)
    yield "who decided", tuple(_decided(one) for one in it.maps("approvals")) or (_nobody(it),)
    yield "money", money_told(it)
    yield "proven", tuple(proven(it))
    yield "not proven", tuple(unproven(it))
    yield "beside this run", tuple(failing_beside(it))
    yield "left to a person", _left(it)
    yield "strategies, positions", (_about(it),)
    yield "when", (_when(it),)
    yield "started by", (started_by(it),)
    yield "incident", (f"{it.text('incident_id')}, as of {at(it.written_at)}",)


def why_told(it: Incident) -> tuple[str, ...]:
    """What a person found out first; then the run's own cause as a sentence, with its detail."""
    given = [one for one in it.maps("follow_up") if one.get("field") == "root_cause"]
    person = (
        [f"{sentence(told(given[-1].get('text')))} (root cause, by {told(given[-1].get('by'))})"] if given else []
    )
    cause = it.text("cause")
    if not cause and not it.item.get("outcome"):
        return (*person, "Not found yet.")
    if cause in causes.NONE_FOUND and it.item.get("outcome") in _WELL:
        return tuple(person) or ("Nothing was found to be broken.",)
    found = (*causes.cause_told(it.text("runbook"), cause), *_in_numbers(it))
    return (*person, *(sentence(capital(one)) for one in found))


def _in_numbers(it: Incident) -> Iterator[str]:
    """How many orders failed, and by which codes: of one cause without its name, which stands before it."""
    if it.text("runbook") == ORDERS:
        found = tuple(map(told, it.own.causes))
        yield from (one.partition(": ")[2] if len(found) == 1 else one for one in found)


def _nobody(it: Incident) -> str:
    """Nobody was asked, so who began it decided."""
    who = it.text("requested_by")
    if it.text("runbook") == STOP and who:
        return f"Nobody was asked: {who} pressed the emergency stop (so the input CLAIMS)."
    if it.maps("actions") and it.text("alarm_name"):
        return "Nobody was asked: the runbook does this by itself."
    if who and not it.text("alarm_name"):
        itself = ", and the runbook does this by itself" if it.maps("actions") else ""
        return f"Nobody was asked: {who} started the run (so the input CLAIMS){itself}."
    return "Nobody was asked."


def _decided(record: Mapping[str, Any]) -> str:
    title = told(record.get("title") or "a question")
    decision = record.get("decision")
    if not isinstance(decision, Mapping):
        standing = str(record.get("standing"))
        undecided = _UNDECIDED.get(standing, told(record.get("standing") or "not decided"))
        return sentence(f"{capital(undecided)}: {title}")
    note = f' ("{told(decision["note"])}")' if decision.get("note") else ""
    return sentence(f"{capital(decided_by(record))}: {option_of(record, decision.get('option'))}{note}")


def _left(it: Incident) -> tuple[str, ...]:
    if it.dry:
        return ("Nothing: it was only practised.",)
    found = _to_do(it)
    if len(found) <= MOST_LEFT:
        return tuple(found) or ("Nothing.",)
    return (*found[: MOST_LEFT - 1], f"And {len(found) - MOST_LEFT + 1} more, under 'Left to a person'.")


def _to_do(it: Incident) -> list[str]:
    """What stands in the first row, some lines further up, is not told again."""
    happened = " ".join(how_it_ended(it))
    return [one for one in remaining(it) if one.rstrip(".") not in happened]


def _about(it: Incident) -> str:
    ids = [*it.texts("strategy_ids"), *it.texts("position_ids")]
    names = ("strategy_ids", "position_ids")
    whole = sum(int(it.item.get(f"{name}_total") or len(it.texts(name))) for name in names)
    more = f" and {whole - 12} more" if whole > 12 else ""
    return f"{', '.join(ids[:12])}{more}" if ids else "none"


def _when(it: Incident) -> str:
    opened, ended = it.item.get("opened_at"), it.item.get("ended_at") or it.item.get("closed_at")
    start, end = moment(opened), moment(ended)
    took = f" (took {lasted(end - start)})" if start and end else ""
    return f"{at(opened)} to {at(ended) if ended else 'now'}{took}"


def started_by(it: Incident) -> str:
    """What started it is proven where it is an alarm; a name in the input is what somebody claims."""
    alarm, person, other = it.text("alarm_name"), it.text("requested_by"), it.text("seen_by")
    if other:
        return f"the checklist of {other}, which found it"
    if alarm:
        return f"the alarm {alarm}"
    if not person:
        return "nobody named; CloudTrail (StartExecution) knows the AWS identity"
    return f"{person}, as the input CLAIMS; CloudTrail (StartExecution) knows the AWS identity"


def all_left(it: Incident) -> Iterable[str]:
    """What the first table has no room for."""
    found = _to_do(it)
    return found[MOST_LEFT - 1 :] if len(found) > MOST_LEFT else ()
