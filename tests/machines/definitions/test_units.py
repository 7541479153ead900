"""The parts that the checks are made of, where a whole definition would be a detour."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from infra.checks import intrinsics, jsonpath
from infra.checks.schema import misfits, shape_of
from infra.checks.shapes import ALL_KINDS, UNKNOWN, Shape, literal


@pytest.mark.parametrize(
    "text",
    [
        "States.UUID()",
        "States.UUID( )",
        "States.Format('it\\'s {}', $.a)",
        "States.MathAdd($.a, -1)",
        "States.Array(1, 2.5, true, null, 'x')",
        "States.JsonMerge($.a, $$.Execution.Input, false)",
        "States.ArrayGetItem(States.StringSplit($.a, ','), 0)",
        "States.Format('\\{\\} {}', $.a)",
    ],
)
def test_takes_intrinsic_functions_as_aws_documents_them(text: str) -> None:
    assert intrinsics.problems(intrinsics.parse(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "States.Format",
        "States.Format(",
        "States.Format('a'",
        "States.Format('a' 'b')",
        "States.Format('a',)",
        "States.Format(,)",
        "States.Format('a') x",
        "$.a",
        "",
        "States.Format('a)",
        "States.Format(x)",
    ],
)
def test_refuses_what_is_no_intrinsic_function(text: str) -> None:
    with pytest.raises(intrinsics.Unparsed):
        intrinsics.parse(text)


def test_sees_what_is_wrong_in_a_nested_call() -> None:
    call = intrinsics.parse("States.Format('{}', States.MathAdd($.a))")
    assert intrinsics.problems(call) == ["States.MathAdd takes 2 arguments, not 1"]


def test_lists_the_paths_of_nested_calls() -> None:
    call = intrinsics.parse("States.Format('{} {}', $.a, States.MathAdd($.b.c, $$.State.RetryCount))")
    assert intrinsics.paths(call) == ["$.a", "$.b.c", "$$.State.RetryCount"]


def test_knows_the_items_of_an_array_of_literals() -> None:
    shape = intrinsics.shape(intrinsics.parse("States.Array('a', 1)"))
    assert jsonpath.resolve(shape, (1,)).kinds == {"integer"}
    assert intrinsics.shape(intrinsics.parse("States.Array($.a)")).places is None


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.a.b_c", ("a", "b_c")),
        ("$['a b'].c", ("a b", "c")),
        ("$.a[0][12].b", ("a", 0, 12, "b")),
        ("$..a", None),
        ("$.a[*]", None),
        ("$.a[?(@.b)]", None),
        ("$.a[0:2]", None),
        ("$.a-b", None),
        ("a.b", None),
        ("$.", None),
        ("$.a.length()", None),
    ],
)
def test_parses_plain_paths_only(path: str, steps: tuple[str | int, ...] | None) -> None:
    assert jsonpath.parse(path) == steps


def test_does_not_put_a_result_at_an_index() -> None:
    with pytest.raises(jsonpath.Unresolved, match="not at an index"):
        jsonpath.put(literal({"a": 1}), (0,), UNKNOWN)


def test_assumes_and_narrows_nothing_of_an_index() -> None:
    shape = literal({"a": [1]})
    assert jsonpath.assume(shape, (0,)) == shape
    assert jsonpath.narrow(shape, ("b",)) == shape


class Node(BaseModel):
    name: str
    inner: Node | None


class Many(BaseModel):
    exact: tuple[int, str]
    any_number: tuple[int, ...]
    by_name: dict[str, int]
    word: Literal["a", "b"] | None
    one: Literal[1]
    share: float = Field(gt=0, lt=1)
    anything: Any
    short: Annotated[str, Field(min_length=1, max_length=3, pattern="^x")]


GIVEN: dict[str, Any] = {
    "exact": [1, "x"],
    "any_number": [1, 2],
    "by_name": {"a": 1},
    "word": None,
    "one": 1,
    "share": 0.5,
    "anything": [{}],
    "short": "xy",
}


def test_takes_what_a_model_takes() -> None:
    schema = TypeAdapter(Many).json_schema()
    assert TypeAdapter(Many).validate_python(GIVEN)
    assert misfits(literal(GIVEN), schema) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("any_number", ["x"]),
        ("any_number", {}),
        ("by_name", {"a": "x"}),
        ("word", "c"),
        ("word", 1),
        ("one", 2),
        ("share", 0),
        ("share", 1),
        ("share", "half"),
        ("short", ""),
        ("short", "xxxx"),
        ("short", "y"),
        ("short", None),
    ],
)
def test_refuses_what_a_model_refuses(field: str, value: Any) -> None:
    given = {**GIVEN, field: value}
    with pytest.raises(ValueError, match=field):
        TypeAdapter(Many).validate_python(given)
    assert any(field in text for text in misfits(literal(given), TypeAdapter(Many).json_schema()))


def test_knows_the_places_of_a_tuple_and_nothing_of_other_lists() -> None:
    shape = shape_of(TypeAdapter(Many).json_schema(mode="serialization"))
    assert jsonpath.resolve(shape, ("exact", 1)).kinds == {"string"}
    assert jsonpath.resolve(shape, ("anything",)).kinds == ALL_KINDS
    for path in (("any_number", 0), ("by_name", "a"), ("exact", 2), ("anything", "a")):
        with pytest.raises(jsonpath.Unresolved):
            jsonpath.resolve(shape, path)


def test_ends_at_a_model_that_holds_itself() -> None:
    shape = shape_of(TypeAdapter(Node).json_schema(mode="serialization"))
    assert jsonpath.resolve(shape, ("name",)).kinds == {"string"}
    with pytest.raises(jsonpath.Unresolved, match=r"\$\.inner may be null"):
        jsonpath.resolve(shape, ("inner", "name"))
    assert misfits(shape, TypeAdapter(Node).json_schema()) == []


def test_says_nothing_about_what_it_knows_nothing_of() -> None:
    assert misfits(UNKNOWN, TypeAdapter(Many).json_schema()) == []
    assert misfits(Shape(), TypeAdapter(Many).json_schema()) == []
