from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.asl import DefinitionError, discover, load
from infra.asl.strict_yaml import parse, read
from tests.machines.definitions.example import HERE

TRAPS = read(HERE / "traps.yaml")
RUNBOOK = "title: T\nowner: O\ncan_harm: []\n"
MACHINE = "StartAt: A\nStates:\n  A:\n    Type: Succeed\n"


def folder(root: Path, name: str, machine: str = MACHINE, runbook: str = RUNBOOK) -> Path:
    made = root / name
    made.mkdir()
    (made / "machine.asl.yaml").write_text(machine)
    (made / "runbook.yaml").write_text(runbook)
    return made


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["why"] for trap in TRAPS])
def test_refuses_a_trap_and_names_its_line(trap: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(trap["text"], "machine.asl.yaml")
    assert str(caught.value).startswith(f"machine.asl.yaml:{trap['line']}: ")
    assert trap["says"] in str(caught.value)


@pytest.mark.parametrize("word", ["no", "No", "NO", "yes", "on", "off", "y", "n", "N", "Off", "null-ish", "$.a"])
def test_keeps_words_that_other_readers_take_for_booleans_as_text(word: str) -> None:
    assert parse(f"Answer: {word}\n") == {"Answer": word}


def test_keeps_quoted_traps_as_text() -> None:
    assert parse("A: '010'\nB: \"2026-01-31\"\nC: '~'\nD: 'true'\n") == {
        "A": "010",
        "B": "2026-01-31",
        "C": "~",
        "D": "true",
    }


def test_reads_json_scalars_as_json_does() -> None:
    text = "A: 0\nB: -12\nC: 1.5\nD: 1e3\nE: true\nF: false\nG: null\n"
    assert parse(text) == {"A": 0, "B": -12, "C": 1.5, "D": 1000.0, "E": True, "F": False, "G": None}


def test_repeats_an_anchored_value_as_a_copy_of_its_own() -> None:
    found = parse("A: &a {x: [1]}\nB: *a\n")
    found["A"]["x"].append(2)
    assert found["B"] == {"x": [1]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcXYZ.$ -", min_size=1), inner),
    max_leaves=20,
)


@given(JSON)
def test_reads_every_json_text_as_json_does(value: Any) -> None:
    assert parse(json.dumps({"value": value}, indent=1)) == {"value": value}


def test_loads_a_folder(tmp_path: Path) -> None:
    found = load(folder(tmp_path, "stale-heartbeat"))
    assert (found.name, found.machine["StartAt"], found.runbook.owner) == ("stale-heartbeat", "A", "O")


def test_discovers_folders_in_sorted_order_and_leaves_hidden_ones_out(tmp_path: Path) -> None:
    for name in ("b-two", "a-one", "c"):
        folder(tmp_path, name)
    (tmp_path / ".cache").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "README.md").write_text("")
    assert [found.name for found in discover(tmp_path)] == ["a-one", "b-two", "c"]


@pytest.mark.parametrize("name", ["Stale", "stale_heartbeat", "-stale", "stale--heartbeat"])
def test_refuses_a_folder_name_that_makes_no_resource_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DefinitionError, match="lower case with dashes"):
        load(folder(tmp_path, name))


@pytest.mark.parametrize("missing", ["machine.asl.yaml", "runbook.yaml"])
def test_names_a_missing_file(tmp_path: Path, missing: str) -> None:
    made = folder(tmp_path, "a")
    (made / missing).unlink()
    with pytest.raises(DefinitionError, match=f"{missing}: is missing"):
        load(made)


@pytest.mark.parametrize("text", ["[]\n", "StartAt: A\n", "States: []\n"])
def test_refuses_a_machine_without_states(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match="must be a mapping with StartAt and States"):
        load(folder(tmp_path, "a", machine=text))


def test_refuses_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the file is empty"):
        load(folder(tmp_path, "a", machine="# nothing\n"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("ownr: O\n", "ownr: Extra inputs are not permitted"),
        ("child: 'true'\n", "child: Input should be a valid boolean"),
        ("loops: {A: 0}\n", "loops.A: Input should be greater than or equal to 1"),
        ("loops: {A: '3'}\n", "loops.A: Input should be a valid integer"),
        ("numbers: {a: {default: 5, unit: hours, setting: x}}\n", "numbers.a.unit: Input should be 'seconds'"),
        ("numbers: {a: {default: 5, unit: seconds}}\n", "numbers.a.setting: Field required"),
        ("trigger: {alarm: 'tradai-{env}-x'}\n", "trigger.alarm: String should match pattern"),
    ],
)
def test_names_the_field_of_runbook_yaml_that_is_wrong(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(folder(tmp_path, "a", runbook=RUNBOOK + more))
    assert "runbook.yaml: " in str(caught.value)
    assert says in str(caught.value)


def test_demands_that_a_runbook_says_what_it_can_harm(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="can_harm: Field required"):
        load(folder(tmp_path, "a", runbook="title: T\nowner: O\n"))


def test_demands_a_test_for_each_harm(tmp_path: Path) -> None:
    harm = "title: T\nowner: O\ncan_harm: [{harm: h, check: c, test: docs/x.md}]\n"
    with pytest.raises(DefinitionError, match=r"can_harm\.0\.test"):
        load(folder(tmp_path, "a", runbook=harm))
