"""The JSONPath of the Amazon States Language, strict: a definite path has a value or is unresolved."""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions


class Unresolved(LookupError):
    """The path leads nowhere, or is none that Step Functions reads."""


def resolve(path: str, data: Any) -> Any:
    """The value at a path; a list where the path has a wildcard.

    Raises:
        Unresolved: a named field or an index before any wildcard is not there, or the path is malformed.
    """
    if not path or path == "$":
        return data
    tokens = stepfunctions._parse_jsonpath_tokens(path) if path.startswith("$") else None
    if tokens is None:
        raise Unresolved(path)
    values = [data]
    spread = False
    for kind, name in tokens:
        found: list[Any] = []
        for value in values:
            if kind == "wildcard":
                found.extend(
                    value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
                )
            elif _has(kind, name, value):
                found.append(value[name])
            elif not spread:
                raise Unresolved(path)
        spread = spread or kind == "wildcard"
        values = found
    return values if spread else values[0]


def _has(kind: str, name: Any, value: Any) -> bool:
    if kind == "field":
        return isinstance(value, dict) and name in value
    return isinstance(value, list) and name < len(value)
