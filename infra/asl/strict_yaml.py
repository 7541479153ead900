"""YAML 1.2 that means what it looks like, or is refused with the file, the line and what to write instead.

Plain scalars are JSON: `true`, `false`, `null` and JSON numbers; every other plain scalar is a string,
`no`, `on` and `yes` too. What another reader would take for a number or a date is refused and has to be
quoted. Anchors are allowed as plain repetition (a Retry that 20 states share is easier to trust when the
one that differs stands out); merge keys are not: they are no part of YAML 1.2 and hide what overrides what.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)


class DefinitionError(ValueError):
    """A file that cannot be taken as it stands; the text is `file:line: what is wrong`."""

    def __init__(self, file: Path | str, line: int | None, message: str) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {message}")
        self.line = line
        self.message = message


_WORDS: Final = {"true": True, "false": False, "null": None}
_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_TRAPS: Final = (
    (re.compile(r"[+-]?0[0-7_]+|[+-]?0o[0-7_]+"), "may be read as an octal number"),
    (re.compile(r"[+-]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?"), "may be read as a sexagesimal number or a time"),
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?"), "may be read as a date"),
    (re.compile(r"[+-]?0[xX][0-9a-fA-F_]+|[+-]?0b[01_]+"), "may be read as a hexadecimal or binary number"),
    (re.compile(r"[+-]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "is no JSON number"),
    (re.compile(r"[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?"), "is no JSON number"),
    (re.compile(r"~|True|TRUE|False|FALSE|Null|NULL"), "may be read as true, false or null"),
)


def read(path: Path) -> Any:
    """The one document of a YAML file as JSON values; DefinitionError for whatever is ambiguous in it."""
    return parse(path.read_text(encoding="utf-8"), path)


def parse(text: str, name: Path | str = "text") -> Any:
    """As `read`, for a text; `name` stands in the errors."""
    try:
        return _Reader(text, name).document()
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise DefinitionError(name, mark.line + 1 if mark else None, f"no valid YAML: {problem}") from None


class _Reader:
    """A recursive descent over YAML events: the level where a scalar's spelling is still known."""

    def __init__(self, text: str, name: Path | str) -> None:
        self._events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self._name = name
        self._anchors: dict[str, Any] = {}

    def document(self) -> Any:
        next(self._events)
        start = next(self._events)
        if not isinstance(start, DocumentStartEvent):
            raise DefinitionError(self._name, None, "the file is empty")
        if start.version or start.tags:
            raise self._error(start, "%YAML and %TAG directives change the meaning of the text; remove them")
        value = self._value(next(self._events))
        next(self._events)
        if isinstance(extra := next(self._events), DocumentStartEvent):
            raise self._error(extra, "one document a file; a second one begins here")
        return value

    def _value(self, event: Any) -> Any:
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise self._error(event, f"the alias *{event.anchor} has no anchor before it")
            return copy.deepcopy(self._anchors[event.anchor])
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._error(event, f"the tag {tag} is refused: write the value as JSON would")
        if event.anchor is not None and event.anchor in self._anchors:
            raise self._error(event, f"the anchor &{event.anchor} stands twice")
        value: Any
        if isinstance(event, MappingStartEvent):
            value = self._mapping()
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence()
        else:
            value = self._scalar(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _mapping(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise self._error(event, "a key must be plain text")
            plain = event.style is None
            if plain and event.value == "<<":
                raise self._error(event, "merge keys (<<) are refused: repeat the fields or alias the value")
            key = self._value(event)
            if not isinstance(key, str):
                raise self._error(event, f"the key {event.value} is not a string: quote it")
            if key in found:
                raise self._error(event, f"the key {key} stands twice")
            value = next(self._events)
            if isinstance(value, ScalarEvent) and value.style is None and value.value == "":
                raise self._error(event, f"{key} has an empty value: write null, {{}}, [] or ''")
            found[key] = self._value(value)
        return found

    def _sequence(self) -> list[Any]:
        found = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event))
        return found

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style is not None:
            return text
        if text == "":
            raise self._error(event, "an empty value: write null, {}, [] or ''")
        if text in _WORDS:
            return _WORDS[text]
        if _JSON_NUMBER.fullmatch(text):
            return json.loads(text)
        for pattern, why in _TRAPS:
            if pattern.fullmatch(text):
                raise self._error(event, f"{text} {why}: quote it, or write a JSON value")
        return text

    def _error(self, event: Any, message: str) -> DefinitionError:
        return DefinitionError(self._name, event.start_mark.line + 1, message)
