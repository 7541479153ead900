"""Questions to people: who may be given a task token, where it may stand, and how long its state waits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from infra.asl import Definition
from infra.asl.placeholders import PLACEHOLDER, strings
from infra.asl.states import LAMBDA_CALLBACK, every_state, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding

CALLBACK_PATH: Final = "$$.Task.Token"
PLACE: Final = "Parameters.Payload.task_token.$"
_TASK_CONTEXT: Final = re.compile(r"\$\$\.Task\b|\$\$\[.Task\b")
ITERATOR: Final = "[]"
IN_A_MAP: Final = (
    "asks inside a Map: its items share one state, so that each question would take the place of the one before; "
    "give each item a child machine that asks"
)
_INNER_STATES: Final = frozenset({"Branches", "ItemProcessor"})
# `limits.approval_backstop_change` is later than `limits.approval_lapses_change`.
BACKSTOP: Final = re.compile(r"(.+\.approval)_backstop_([a-z]+)")


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `question` and `token`."""
    found: list[Finding] = []
    for scope, name, state in every_state(definition.machine):
        asks = state.get("Resource") == LAMBDA_CALLBACK
        told = [("token", message) for message in _token(state, asks=asks)]
        if asks:
            told += [("question", message) for message in _question(state, definition, context)]
            if ITERATOR in scope.path:
                told.append(("question", IN_A_MAP))
        found += [Finding(definition.name, scope.at(name), rule, message) for rule, message in told]
    return found


def _token(state: Mapping[str, Any], *, asks: bool) -> Iterator[str]:
    own = {key: value for key, value in state.items() if key not in _INNER_STATES}
    places = {place: text for place, text in strings(own) if _TASK_CONTEXT.search(text)}
    for place, text in places.items():
        if not asks:
            yield f"{place}: only a callback has a task token"
        elif (place, text) != (PLACE, CALLBACK_PATH):
            name = place.removesuffix(".$").rpartition(".")[2]
            yield f"{place}: the token is passed whole as Payload.task_token, which readers redact, not as {name}"
    if asks and places.get(PLACE) != CALLBACK_PATH:
        yield f"{PLACE} must be {CALLBACK_PATH}: without it nobody can answer"


def _question(state: Mapping[str, Any], definition: Definition, context: Context) -> Iterator[str]:
    facts = context.tasks.get(task_of(state) or "")
    if facts is not None and facts.answer is None:
        yield f"{facts.name} declares no Answer: a task that is given a token says what it is answered with"
    text = state.get("TimeoutSeconds")
    alone = PLACEHOLDER.fullmatch(text) if isinstance(text, str) else None
    number = definition.runbook.numbers.get(alone[1]) if alone else None
    named = BACKSTOP.fullmatch(number.setting) if number else None
    if number is None or named is None:
        yield (
            "TimeoutSeconds must be a number whose setting is an approval_backstop: a state that gives up while "
            "people are still asked throws their answer away"
        )
        return
    lapse = _default(context.settings, f"{named[1]}_lapses_{named[2]}")
    if lapse is not None and number.default <= lapse:
        yield f"TimeoutSeconds {number.default} is not above the {lapse} s after which the question lapses"


def _default(settings: type[BaseModel] | None, path: str) -> Any:
    """The default of a field of the settings by its dotted path; None where there is none."""
    model: Any = settings
    *parts, last = path.split(".")
    for part in parts:
        model = model.model_fields[part].annotation if model and part in model.model_fields else None
    return model.model_fields[last].default if model and last in model.model_fields else None
