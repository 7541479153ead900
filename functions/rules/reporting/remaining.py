"""What is left to a person, each with the command that does it, the weightiest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.facts import Outcome
from functions.rules.reporting.acts_done import put_back
from functions.rules.reporting.causes import trouble_of
from functions.rules.reporting.checks import CHECKS, check_of, not_proven
from functions.rules.reporting.incident import Incident, at, capital, sentence, told
from functions.rules.reporting.lines import typed
from functions.rules.reporting.open_positions import exposed

STUCK: Final = "stuck-position"
# Of these runbooks nothing trades until somebody brings it back.
_STOP: Final = "emergency-stop"
_RESUME: Final = "resume-trading"
# The run ended with its trouble still there.
_OPEN_ENDS: Final = frozenset(
    {Outcome.ESCALATED, Outcome.LEFT_OPEN, Outcome.DECLINED, Outcome.ABORTED, Outcome.FAILED}
)
# functions/rules/tally.py and functions/rules/orders/end.py: what the checklist says against it stands in a row of
# its own in the first table.
_CHECK: Final = re.compile(r"(?:not known: )?checklist(?:, (\w+): |: (.+?) - (?:fail|unknown|skipped)\b)")
# A command among what is known: how what was changed is taken back.
COMMAND: Final = "runbooks "
# console/commands/config.py: "config undo: s1: stake_amount is 500 again; s2: ...".
UNDONE: Final = "config undo: "
_IS_AGAIN: Final = re.compile(r"\S+: \S+ is .+ again")
_WITH_COMMAND: Final = re.compile(r"`([^`]+)`")
_MOST_POSITIONS: Final = 3
# functions/switch_acts.py: "switch back: s1 to binanceusdm, once it is well ...: `aws ...`".
_FOLLOW_UP: Final = re.compile(
    r"^(?P<what>[\w ]+): (?P<whom>[\w.-]+)(?P<how>[^`]*?):? `(?P<command>.+)`$", re.DOTALL
)


def remaining(it: Incident) -> tuple[str, ...]:
    """Everything that somebody has still to do or to know; empty where nothing is, or it was only practised."""
    return () if it.dry else tuple(dict.fromkeys(_all(it)))


def follow_ups(it: Incident) -> Iterator[tuple[str, str, str]]:
    """What is to be done later, of each strategy: what and when, whom, the command."""
    for one in it.maps("evidence"):
        if one.get("what") not in ("follow-up", "what undoes it"):
            continue
        value = told(one.get("value"))
        found = _FOLLOW_UP.match(value)
        if found:
            yield f"{found['what']}{found['how']}".rstrip(), found["whom"], found["command"]
        else:
            yield value, told(one.get("where")), ""


def _all(it: Incident) -> Iterator[str]:
    checks = {one: name for one in it.left if (name := _check_named(it, one))}
    yield from (sentence(capital(one)) for one in it.left if one not in checks)
    if checks:
        names = ", ".join(dict.fromkeys(checks.values()))
        yield f"See to what the checklist does not pass ({names}), and verify again: {_verify(it)}"
    yield from _positions(it)
    if not checks and it.item.get("outcome") == Outcome.RESOLVED and (open_ := not_proven(it)):
        yield f"Look again at what is not proven ({', '.join(open_)}): {_verify(it)}"
    yield from _beside(it)
    yield from (sentence(_WITH_COMMAND.sub(lambda found: typed(found[1]), told(one))) for one in it.own.later)
    until = put_back(it.maps("actions"))
    back = f"is put back by itself at {until}; to take it back before:" if until else "is taken back by"
    takes_back = [one for one in it.said("known") if one.startswith(COMMAND) and not _taken_back(it)]
    yield from (f"What was changed {back} {typed(one)}" for one in takes_back)
    yield from _later(it)
    yield from _this_incident(it)
    yield from (f"Could not be read for this report: {one}" for one in map(told, it.unread))


def _taken_back(it: Incident) -> bool:
    """By the last `config undo`, which puts back whatever still stands, and notes what came of it."""
    notes = [str(one.get("text")) for one in it.maps("follow_up") if one.get("field") == "note"]
    last = next((one for one in reversed(notes) if one.startswith(UNDONE)), None)
    return last is not None and all(map(_IS_AGAIN.fullmatch, last.removeprefix(UNDONE).split("; ")))


def _check_named(it: Incident, line: str) -> str | None:
    """The line of the checklist that this sentence tells of, in a word or two."""
    found = _CHECK.match(line)
    if found is None:
        return None
    if found[1]:
        return CHECKS.get(found[1], found[1])
    named = (one for one in it.maps("checklist") if told(one.get("question")) == found[2])
    return next(map(check_of, named), found[2])


def _positions(it: Incident) -> Iterator[str]:
    ids = it.texts("position_ids")
    if it.text("runbook") == STUCK and it.item.get("outcome") in _OPEN_ENDS and len(ids) == 1:
        yield f"Look at it and ask again: {typed(_start(it, STUCK, {'position_id': ids[0]}))}"
    for one in exposed(it)[:_MOST_POSITIONS]:
        command = typed(_start(it, STUCK, {"position_id": one.position_id}))
        yield f"Protect or close {one.position_id} ({one.told}): {command}"
    outcome, given = it.item.get("outcome"), {"requested_by": "YOU", "reason": "WHY"}
    if it.text("runbook") == _STOP and outcome != Outcome.INVALID_INPUT:
        yield f"Nothing trades until somebody brings it back: {typed(_start(it, _RESUME, given))}"
    if it.text("runbook") == _RESUME and outcome in _OPEN_ENDS:
        yield f"Ask again once that is cured: {typed(_start(it, _RESUME, given))}"
    if outcome in (Outcome.ABORTED, Outcome.FAILED):
        yield f"Have the platform looked at: {_verify(it)}"


def _beside(it: Incident) -> Iterator[str]:
    """What failed before the run, or concerns others, and has an incident of its own."""
    for one in beside(it):
        if one.get("incident_id"):
            what = trouble_of(f"checklist: {one.get('id')}", told(one.get("question")))
            yield f"Beside this run: {what}. See {typed(_show(it, one['incident_id']))}"


def beside(it: Incident) -> list[Mapping[str, Any]]:
    """Lines of the checklist that fail and are not this run's business."""
    lines = it.maps("checklist")
    return [one for one in lines if one.get("result") == "fail" and one.get("concerns") in ("others", "before")]


def _later(it: Incident) -> Iterator[str]:
    """Those of one kind together; one by one they stand with their commands in the section of this name."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for what, whom, command in follow_ups(it):
        kinds.setdefault(what, []).append((whom, command))
    for what, found in kinds.items():
        names = ", ".join(whom for whom, _ in found)
        if len(found) == 1 and found[0][1]:
            yield f"{capital(what)} ({names}): {typed(found[0][1])}"
        elif found[0][1]:
            yield f"{capital(what)} ({names}); the commands stand below under 'Left to a person'."
        else:
            yield sentence(capital(what) if names in what else f"{capital(what)} ({names})")


def _this_incident(it: Incident) -> Iterator[str]:
    incident_id, env = it.text("incident_id"), it.place.env
    if until := it.item.get("left_open_until"):
        yield f"The risk is accepted until {at(until)}; then it is asked about again."
    if it.item.get("outcome") and not it.item.get("closed_at"):
        glass = any(isinstance(one.get("glass"), Mapping) for one in it.maps("approvals"))
        if glass:
            command = f"runbooks incidents ratify {incident_id} --env {env}"
            yield f"Another person has to ratify what one decided alone: {typed(command)}"
        else:
            command = f"runbooks incidents ack {incident_id} --env {env}"
            yield f"Nobody has taken it over: {typed(command)}"
    given = {one.get("field") for one in it.maps("follow_up")}
    options = {"root_cause": '--root-cause "..."', "prevention": '--prevention "..."'}
    missing = [option for field, option in options.items() if field not in given]
    if missing and it.texts("open_questions"):
        command = f"runbooks incidents note {incident_id} {' '.join(missing)} --env {env}"
        yield f"Write down what lay behind it and what prevents it: {typed(command)}"


def _start(it: Incident, runbook: str, given: Mapping[str, str]) -> str:
    return f"runbooks start {runbook} --env {it.place.env} --input '{json.dumps(given)}'"


def _verify(it: Incident) -> str:
    return typed(_start(it, "verify-trading", {"requested_by": "YOU"}))


def _show(it: Incident, incident_id: object) -> str:
    return f"runbooks incidents show {told(incident_id)} --env {it.place.env}"
