from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.attribute_values import packed, packed_item, unpacked, unpacked_item
from functions.errors import Broken

NUMBERS = st.one_of(
    st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1),
    st.decimals(min_value=-(10**20), max_value=10**20, places=10, allow_nan=False, allow_infinity=False),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.text(), NUMBERS, st.sets(st.text(min_size=1), min_size=1, max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=12,
)


def order_free(value: Any) -> Any:
    """The library leaves the order within a set open."""
    if isinstance(value, dict):
        return {key: sorted(inner) if key == "SS" else order_free(inner) for key, inner in value.items()}
    return [order_free(inner) for inner in value] if isinstance(value, list) else value


@given(VALUES)
def test_packs_every_value_as_the_library_does(value: Any) -> None:
    assert order_free(packed(value)) == order_free(TypeSerializer().serialize(value))


@given(VALUES)
def test_unpacks_every_value_as_the_library_does(value: Any) -> None:
    wire = TypeSerializer().serialize(value)
    ours, theirs = unpacked(wire), TypeDeserializer().deserialize(wire)
    assert ours == theirs
    assert type(ours) is type(theirs)


@pytest.mark.parametrize("wire", [{"NS": ["1", "2.5"]}, {"L": []}, {"M": {}}, {"N": "1E+2"}, {"N": "-0"}])
def test_unpacks_what_others_have_written_as_the_library_does(wire: Any) -> None:
    assert unpacked(wire) == TypeDeserializer().deserialize(wire)


def test_whole_items_keep_their_names() -> None:
    item = {"position_id": "p1", "amount": Decimal("0.05")}
    assert packed_item(item) == {"position_id": {"S": "p1"}, "amount": {"N": "0.05"}}
    assert unpacked_item(packed_item(item)) == item


@pytest.mark.parametrize(
    "value",
    [1.5, object(), set(), {1, 2}, Decimal("NaN"), Decimal("Infinity"), 10**39 + 1, Decimal("0." + "1" * 39)],
)
def test_refuses_what_dynamodb_would_not_keep_exactly(value: Any) -> None:
    with pytest.raises(Broken):
        packed(value)


def test_an_attribute_of_a_kind_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(Broken):
        unpacked({"X": "1"})
