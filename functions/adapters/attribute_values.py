"""DynamoDB's attribute values to and from plain Python, by the rules of `boto3.dynamodb.types`.

The library's own module pulls in all of boto3, a fifth of a task's start-up, which is why these few
lines stand here; tests/adapters/test_attribute_values.py holds them to the library, value by value.
Numbers are `Decimal` both ways and never float: DynamoDB keeps 38 digits and anything longer is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any, Final

from functions.errors import Broken

Item = dict[str, Any]

_NUMBERS: Final = Context(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])


def packed(value: Any) -> dict[str, Any]:
    """`"a"` becomes `{"S": "a"}`, and so on; sets may hold strings only (the runbooks use no others)."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": _number(value)}
        case Mapping():
            return {"M": {str(key): packed(inner) for key, inner in value.items()}}
        case list() | tuple():
            return {"L": [packed(inner) for inner in value]}
        case set() | frozenset() if value and all(isinstance(inner, str) for inner in value):
            return {"SS": sorted(value)}
    raise Broken(f"DynamoDB has no attribute value for {type(value).__name__}: {str(value)[:60]!r}")


def unpacked(value: Mapping[str, Any]) -> Any:
    """`{"N": "1.5"}` becomes `Decimal("1.5")`, and so on."""
    ((kind, inner),) = value.items()
    match kind:
        case "NULL":
            return None
        case "BOOL" | "S" | "B":
            return inner
        case "N":
            return _NUMBERS.create_decimal(inner)
        case "M":
            return {key: unpacked(each) for key, each in inner.items()}
        case "L":
            return [unpacked(each) for each in inner]
        case "SS" | "BS":
            return set(inner)
        case "NS":
            return {_NUMBERS.create_decimal(each) for each in inner}
    raise Broken(f"DynamoDB answered with an attribute of the unknown type {kind!r}")


def packed_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: packed(value) for key, value in item.items()}


def unpacked_item(item: Mapping[str, Any]) -> Item:
    return {key: unpacked(value) for key, value in item.items()}


def _number(value: int | Decimal) -> str:
    try:
        number = _NUMBERS.create_decimal(value)
    except ArithmeticError:
        raise Broken(f"{value} has more digits than DynamoDB keeps") from None
    if not number.is_finite():
        raise Broken(f"{value} is no number that DynamoDB keeps")
    return str(number)
