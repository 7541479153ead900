"""Shapes from pydantic's JSON schemas, and whether a shape fits one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.checks.shapes import UNKNOWN, Shape, join_all, kind

Schema = Mapping[str, Any]
_DEPTH: Final = 12


def shape_of(schema: Schema, root: Schema | None = None, depth: int = 0) -> Shape:
    """The shape of what a model dumps: every property is there, since models dump with all fields."""
    root = schema if root is None else root
    if depth > _DEPTH:
        return UNKNOWN
    options = list(alternatives(schema, root))
    if len(options) != 1 or options[0] is not schema:
        return join_all([shape_of(option, root, depth + 1) for option in options])
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else list(schema["enum"])
        return Shape(frozenset(map(kind, values)), values=frozenset(values))
    kinds = _kinds(schema)
    if kinds is None:
        return UNKNOWN
    fields = {name: shape_of(inner, root, depth + 1) for name, inner in schema.get("properties", {}).items()}
    places = None
    if "prefixItems" in schema and schema.get("maxItems") == len(schema["prefixItems"]):
        places = tuple(shape_of(inner, root, depth + 1) for inner in schema["prefixItems"])
    items = None
    if "array" in kinds:
        inner = schema.get("items")
        items = shape_of(inner, root, depth + 1) if isinstance(inner, Mapping) and inner else UNKNOWN
        if places:
            items = join_all(list(places))
    return Shape(kinds, fields, items, places, most=schema.get("maximum"))


def misfits(shape: Shape, schema: Schema, root: Schema | None = None, where: str = "") -> list[str]:
    """Why a request's schema may refuse a value of `shape`; empty where it fits or nothing is known."""
    root = schema if root is None else root
    options = list(alternatives(schema, root))
    if shape.is_unknown or any(_kinds(option) is None and "enum" not in option for option in options):
        return []
    allowed: set[str] = set()
    for option in options:
        allowed |= _kinds(option) or {kind(value) for value in option.get("enum", [])}
    if "number" in allowed:
        allowed.add("integer")
    if wrong := sorted(shape.kinds - allowed):
        return [f"{where or 'the input'} may be {' or '.join(wrong)}, wanted is {' or '.join(sorted(allowed))}"]
    problems = _scalar_misfits(shape, options, where)
    for kind_of in ("object", "array"):
        if kind_of in shape.kinds:
            problems += _best(shape, [o for o in options if kind_of in (_kinds(o) or ())], root, where, kind_of)
    return problems


def alternatives(schema: Schema, root: Schema) -> Iterator[Schema]:
    """The schema itself, or what `$ref`, `anyOf`, `oneOf` and `allOf` of one lead to."""
    if "$ref" in schema:
        yield from alternatives(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    elif "anyOf" in schema or "oneOf" in schema:
        for inner in schema.get("anyOf") or schema["oneOf"]:
            yield from alternatives(inner, root)
    elif len(schema.get("allOf", [])) == 1:
        yield from alternatives(schema["allOf"][0], root)
    else:
        yield schema


def _kinds(schema: Schema) -> frozenset[str] | None:
    given = schema.get("type")
    if given is None:
        return frozenset({kind(schema["const"])}) if "const" in schema else None
    return frozenset([given] if isinstance(given, str) else given)


def _best(shape: Shape, options: list[Schema], root: Schema, where: str, kind_of: str) -> list[str]:
    inside = _object_misfits if kind_of == "object" else _array_misfits
    tried = [inside(shape, option, root, where) for option in options]
    return min(tried, key=len, default=[])


def _object_misfits(shape: Shape, schema: Schema, root: Schema, where: str) -> list[str]:
    properties = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False
    problems = [
        f"{_at(where, name)} is required and not surely given"
        for name in schema.get("required", [])
        if name not in shape.fields
    ]
    for name, inner in shape.fields.items():
        if name in properties:
            problems += misfits(inner, properties[name], root, _at(where, name))
        elif isinstance(schema.get("additionalProperties"), Mapping):
            problems += misfits(inner, schema["additionalProperties"], root, _at(where, name))
        elif closed:
            problems.append(f"{_at(where, name)} is no field of the request; its fields are {_list(properties)}")
    return problems


def _array_misfits(shape: Shape, schema: Schema, root: Schema, where: str) -> list[str]:
    inner = schema.get("items")
    if shape.items is None or not isinstance(inner, Mapping):
        return []
    return misfits(shape.items, inner, root, f"{where}[]")


def _scalar_misfits(shape: Shape, options: list[Schema], where: str) -> list[str]:
    problems = []
    for value in sorted(shape.values or (), key=repr):
        scalar = [option for option in options if _takes(option, value)]
        if not scalar:
            wanted = [repr(v) for o in options for v in o.get("enum", [o["const"]] if "const" in o else [])]
            told = f"wanted is one of {', '.join(wanted)}" if wanted else "the request's bounds refuse it"
            problems.append(f"{where} may be {value!r}; {told}")
    return problems


def _takes(schema: Schema, value: Any) -> bool:
    if "const" in schema:
        return bool(schema["const"] == value)
    if "enum" in schema:
        return value in schema["enum"]
    kinds = _kinds(schema) or frozenset()
    if kind(value) not in kinds and not (kind(value) == "integer" and "number" in kinds):
        return False
    if isinstance(value, str):
        fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return fits and bool(re.search(schema.get("pattern", ""), value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        over, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        return low <= value <= high and (over is None or value > over) and (under is None or value < under)
    return True


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _list(names: Any) -> str:
    return ", ".join(names) or "none"
