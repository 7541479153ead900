"""Renders a definition into the text that CloudFormation gets as `DefinitionString`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from infra.asl.definition import MACHINE_FILE, Definition
from infra.asl.placeholders import PLACEHOLDER, malformed, placeholders
from infra.asl.strict_yaml import DefinitionError

# States.DefinitionSizeLimit of CreateStateMachine: 1 MB of definition.
MOST_BYTES: Final = 1_048_576


def render(definition: Definition, values: Mapping[str, str | int]) -> str:
    """The definition as canonical JSON (sorted keys, no spaces) with every placeholder replaced.

    `values` has an entry for each of `placeholders(definition)`, no other; a number of `runbook.yaml`
    that it leaves out takes its default. A placeholder that is a string's whole text and a declared number
    becomes a JSON number; all else is put in as text, so CDK tokens (`${Token[...]}`) pass through whole.
    DefinitionError where a placeholder is unknown or malformed, or a value is unused or of the wrong type.
    """
    numbers = definition.runbook.numbers
    whole = {**{name: number.default for name, number in numbers.items()}, **values}
    _compare(definition, whole)
    for name, value in whole.items():
        _check_type(definition, name, value)
    text = json.dumps(_replaced(definition.machine, whole, frozenset(numbers)), **_CANONICAL)
    if len(text.encode()) > MOST_BYTES:
        raise _error(definition, f"{len(text.encode())} bytes are more than Step Functions takes")
    return text


_CANONICAL: Final[dict[str, Any]] = {
    "sort_keys": True,
    "separators": (",", ":"),
    "ensure_ascii": False,
    "allow_nan": False,
}


def with_defaults(definition: Definition) -> Mapping[str, Any]:
    """The definition with its numbers replaced by their defaults and all other placeholders kept."""
    numbers = {name: number.default for name, number in definition.runbook.numbers.items()}
    replaced: Mapping[str, Any] = _replaced(definition.machine, numbers, frozenset(numbers))
    return replaced


def number_values(definition: Definition, settings: object) -> dict[str, int]:
    """The values of the declared numbers from a settings object, by each one's dotted field."""
    found = {}
    for name, number in definition.runbook.numbers.items():
        value: object = settings
        for part in number.setting.split("."):
            if not hasattr(value, part):
                raise _error(definition, f"the settings have no field {number.setting} (number {name})")
            value = getattr(value, part)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _error(definition, f"the settings field {number.setting} is no whole number")
        found[name] = value
    return found


def _compare(definition: Definition, values: Mapping[str, str | int]) -> None:
    if bad := malformed(definition):
        where, text = bad[0]
        raise _error(definition, f"{where}: malformed placeholder in {text!r}")
    named = placeholders(definition)
    if unknown := sorted(named - set(values)):
        raise _error(definition, f"no value for the placeholder {', '.join(unknown)}")
    if unused := sorted(set(values) - named):
        raise _error(definition, f"the definition never uses {', '.join(unused)}")


def _check_type(definition: Definition, name: str, value: object) -> None:
    number = name in definition.runbook.numbers
    if number and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise _error(definition, f"the number {name} must be a whole number of at least 1, is {value!r}")
    if not number and (not isinstance(value, str) or not value):
        raise _error(
            definition,
            f"the value of {name} must be text, is {value!r}; numbers are declared in runbook.yaml",
        )


def _replaced(value: Any, values: Mapping[str, str | int], numbers: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(inner, values, numbers) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, values, numbers) for inner in value]
    if not isinstance(value, str):
        return value
    alone = PLACEHOLDER.fullmatch(value)
    if alone and alone[1] in numbers:
        return values[alone[1]]
    # One pass: what a value brings in is never searched for placeholders again.
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), value)


def _error(definition: Definition, message: str) -> DefinitionError:
    return DefinitionError(definition.folder / MACHINE_FILE, None, message)
