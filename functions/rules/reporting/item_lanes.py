"""What an incident's own record says by time: the incident, its approvals, its acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions.facts import Outcome, Result
from functions.rules.reporting.lanes import Bar, Lane, Mark, Tone
from functions.rules.reporting.moments import moment

# Acts of one kind with less between them are one stretch: a stop of a thousand strategies is one thing.
_NEAR: Final = timedelta(seconds=5)
# Targets up to here fit beside what was done to them.
_SHORT: Final = 30
_GOOD: Final = frozenset({Outcome.RESOLVED, Outcome.NOTHING_TO_DO, Outcome.DRY_RUN})
_BAD: Final = frozenset({Outcome.ESCALATED, Outcome.ABORTED, Outcome.FAILED, Outcome.INVALID_INPUT})
_RESULTS: Final = {Result.DONE: Tone.GOOD, Result.NOT_DONE: Tone.BAD, Result.UNKNOWN: Tone.UNKNOWN}
_STANDINGS: Final = {"lapsed": Tone.BAD, "unreached": Tone.BAD, "revoked": Tone.UNKNOWN}


def incident_lane(item: Mapping[str, Any]) -> Lane | None:
    """The alarm, opened, told, acknowledged, closed. None where it is not known when it was opened."""
    opened, ended = moment(item.get("opened_at")), moment(item.get("ended_at"))
    closed = moment(item.get("closed_at"))
    if opened is None:
        return None
    outcome = str(item.get("outcome") or "")
    tone = Tone.GOOD if outcome in _GOOD else Tone.BAD if outcome in _BAD else Tone.UNKNOWN
    shown = outcome.replace("_", " ") or "no outcome yet"
    told = "the incident is opened"
    marks = [
        Mark(at, label, each)
        for at, label, each in (
            (moment(item.get("alarm_at")), f"alarm {item.get('alarm_name') or ''}".strip(), Tone.BAD),
            (ended if closed is None else None, f"run ended: {shown}", tone),
            (closed, f"closed: {shown}", tone),
            (moment(item.get("notified_at")), "people were notified", Tone.PERSON),
            (moment(item.get("acknowledged_at")), f"acknowledged by {item.get('acknowledged_by')}", Tone.PERSON),
        )
        if at is not None
    ]
    return Lane("Incident", (Bar(opened, closed, shown, tone, told),), tuple(marks))


def approval_lanes(item: Mapping[str, Any]) -> Iterator[Lane]:
    """One for each request: asked, looked at, voted, decided."""
    records = [one for one in item.get("approvals") or () if isinstance(one, Mapping)]
    for record in sorted(records, key=lambda one: str(one.get("asked_at"))):
        asked = moment(record.get("asked_at"))
        if asked is None:
            continue
        title = str(record.get("title") or "a question")
        standing, decision = str(record.get("standing") or "pending"), record.get("decision") or {}
        over = moment(decision.get("at")) or (None if standing == "pending" else moment(record.get("lapses_at")))
        bar = Bar(asked, over, title, Tone.PERSON, f"people are asked: {title}")
        yield Lane(f"Asked: {title}", (bar,), tuple(_steps(record, decision, standing, over)))


def act_lane(item: Mapping[str, Any]) -> Lane | None:
    """Acts by result; those of one kind that follow at once are one, with their number."""
    acts = [(moment(act.get("at")), act) for act in item.get("actions") or () if isinstance(act, Mapping)]
    timed = sorted(((at, act) for at, act in acts if at is not None), key=lambda one: one[0])
    bars: list[Bar] = []
    marks: list[Mark] = []
    for group in _alike(timed):
        (first, act), last = group[0], group[-1][0]
        result = str(act.get("result") or Result.UNKNOWN)
        tone = _RESULTS.get(Result(result) if result in set(Result) else Result.UNKNOWN, Tone.UNKNOWN)
        action, said = str(act.get("action")), result.replace("_", " ")
        count = f" ×{len(group)}" if len(group) > 1 else ""
        target = f" {act.get('target')}" if not count and str(act.get("target")) not in action else ""
        shown = f"{action}{target}" if len(target) <= _SHORT else action
        if last > first:
            bars.append(Bar(first, last, f"{action}{count}", tone, f"acts, {said}: {action}{count}"))
        else:
            marks.append(Mark(first, f"{shown}{count}", tone, f"act, {said}: {action}{target}{count}"))
    return Lane("Acts", tuple(bars), tuple(marks)) if bars or marks else None


def _steps(
    record: Mapping[str, Any], decision: Mapping[str, Any], standing: str, over: datetime | None
) -> Iterator[Mark]:
    labels = {one.get("id"): str(one.get("label")) for one in record.get("options") or ()}
    names = {one.get("person"): str(one.get("name") or one.get("person")) for one in record.get("asked") or ()}
    for field, verb, tone in (("seen", "looked", Tone.PERSON), ("votes", "says", Tone.PERSON)):
        for one in record.get(field) or ():
            at, person = moment(one.get("at")), one.get("person")
            if at is not None:
                name = names.get(person, str(person))
                what = f"{name} {verb}" + (f": {_option(labels, one)}" if field == "votes" else "")
                yield Mark(at, what, tone)
    if decision and over is not None:
        by = ", ".join(names.get(one, str(one)) for one in decision.get("by") or ()) or "nobody"
        option = _option(labels, decision)
        yield Mark(over, f"decided: {option}", Tone.GOOD, f"decided by {by}: {option}")
    elif over is not None:
        yield Mark(over, standing, _STANDINGS.get(standing, Tone.UNKNOWN), f"the question ended: {standing}")


def _option(labels: Mapping[Any, str], chosen: Mapping[str, Any]) -> str:
    """As people were offered it."""
    return labels.get(chosen.get("option")) or str(chosen.get("option"))


def _alike(
    acts: Iterable[tuple[datetime, Mapping[str, Any]]],
) -> list[list[tuple[datetime, Mapping[str, Any]]]]:
    """By action and result, each stretch of them without a pause."""
    groups: dict[tuple[str, str], list[list[tuple[datetime, Mapping[str, Any]]]]] = {}
    for at, act in acts:
        of_kind = groups.setdefault((str(act.get("action")), str(act.get("result"))), [])
        if of_kind and at - of_kind[-1][-1][0] <= _NEAR:
            of_kind[-1].append((at, act))
        else:
            of_kind.append([(at, act)])
    return sorted((group for kind in groups.values() for group in kind), key=lambda group: group[0][0])
