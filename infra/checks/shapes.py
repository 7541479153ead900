"""What is surely known about a JSON value at a place of a definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

ALL_KINDS: Final = frozenset({"null", "boolean", "integer", "number", "string", "object", "array"})


@dataclass(frozen=True)
class Shape:
    """`kinds`: the JSON types it may have. `fields`: those that it surely has whenever it is an object.

    `items`: what each item is whenever it is an array (None: it has none); `places`: the items one by one
    where their number is known. `values`: the scalars it may be, where they are known. `most`: its
    largest value where it is a number with a bound.
    """

    kinds: frozenset[str] = ALL_KINDS
    fields: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    places: tuple[Shape, ...] | None = None
    values: frozenset[Any] | None = None
    most: int | None = None

    @property
    def is_unknown(self) -> bool:
        return self.kinds == ALL_KINDS

    def without_null(self) -> Shape:
        values = None if self.values is None else self.values - {None}
        return replace(self, kinds=self.kinds - {"null"}, values=values)

    def with_field(self, name: str, shape: Shape) -> Shape:
        return replace(self, fields={**self.fields, name: shape})


Places = tuple[Shape, ...] | None

UNKNOWN: Final = Shape(items=Shape())
NULL: Final = Shape(frozenset({"null"}), values=frozenset({None}))
STRING: Final = Shape(frozenset({"string"}))
INTEGER: Final = Shape(frozenset({"integer"}))
NUMBER: Final = Shape(frozenset({"number"}))
BOOLEAN: Final = Shape(frozenset({"boolean"}))
EMPTY: Final = Shape(frozenset({"object"}))


def obj(fields: Mapping[str, Shape]) -> Shape:
    return Shape(frozenset({"object"}), fields=dict(fields))


def arr(item: Shape) -> Shape:
    return Shape(frozenset({"array"}), items=item)


def places(shapes: tuple[Shape, ...]) -> Shape:
    item = join_all(shapes) if shapes else None
    return Shape(frozenset({"array"}), items=item, places=shapes)


# What a catcher puts in: on AWS both fields are always there, `Cause` as "" where there is none.
ERROR: Final = obj({"Error": STRING, "Cause": STRING})


def literal(value: Any) -> Shape:
    """The shape of a literal; text with a placeholder in it is some string."""
    if isinstance(value, Mapping):
        return obj({key: literal(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return places(tuple(literal(inner) for inner in value))
    if isinstance(value, str) and "${" in value:
        return STRING
    most = value if isinstance(value, int) and not isinstance(value, bool) else None
    return Shape(frozenset({kind(value)}), values=frozenset({value}), most=most)


def kind(value: Any) -> str:
    """The JSON type of a scalar."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def join(one: Shape, other: Shape) -> Shape:
    """What is sure of a value that is `one` or `other`."""
    if one == other:
        return one
    if "object" in one.kinds and "object" in other.kinds:
        names = [name for name in one.fields if name in other.fields]
        fields: Mapping[str, Shape] = {name: join(one.fields[name], other.fields[name]) for name in names}
    else:
        fields = one.fields if "object" in one.kinds else other.fields
    items = join(one.items, other.items) if one.items and other.items else one.items or other.items
    if "array" in one.kinds and "array" in other.kinds:
        same = _join_places(one.places, other.places)
    else:
        same = one.places if "array" in one.kinds else other.places
    values = None if one.values is None or other.values is None else one.values | other.values
    most = None if one.most is None or other.most is None else max(one.most, other.most)
    return Shape(one.kinds | other.kinds, fields, items, same, values, most)


def _join_places(one: Places, other: Places) -> Places:
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(map(join, one, other))


def join_all(shapes: tuple[Shape, ...] | list[Shape]) -> Shape:
    """The join of at least one shape."""
    joined = shapes[0]
    for shape in shapes[1:]:
        joined = join(joined, shape)
    return joined
