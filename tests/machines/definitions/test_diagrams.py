from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from infra.asl import Definition
from infra.asl.states import every_state
from infra.conditions import condition
from infra.diagrams import ROOT, drift, main, page
from infra.flowchart import flowchart, node_id, words
from tests.machines.definitions.example import GOOD, TASKS, definition
from tests.machines.definitions.test_loading import RUNBOOK, folder

NODE = re.compile(r"^ *(\w+)(?:\[|\(|\{)", re.MULTILINE)


def chart(name: str) -> str:
    return flowchart(GOOD[name], TASKS)


@pytest.mark.parametrize("name", GOOD)
def test_draws_every_state_once(name: str) -> None:
    drawn = NODE.findall(chart(name)) + re.findall(r"subgraph (\w+)", chart(name))
    expected = [node_id(scope, state) for scope, state, _ in every_state(GOOD[name].machine)]
    assert sorted(set(expected)) == sorted(expected)
    assert [drawn.count(one) for one in expected] == [1] * len(expected)


@pytest.mark.parametrize("name", GOOD)
def test_draws_every_way_that_is_no_catch(name: str) -> None:
    text = chart(name)
    for scope, state, body in every_state(GOOD[name].machine):
        ways = [body.get("Next"), body.get("Default"), *(rule["Next"] for rule in body.get("Choices", []))]
        for target in filter(None, ways):
            arrow = rf"^ *{node_id(scope, state)} (-- .+ )?--> {node_id(scope, target)}$"
            assert re.search(arrow, text, re.MULTILINE), (state, target)


def test_draws_a_catch_dotted_with_what_it_takes() -> None:
    assert '    Begin -. "Refused" .-> Refuse\n' in chart("basic")
    assert '    Find -. "any error" .-> Tell\n' in chart("basic")


def test_draws_the_catch_that_many_states_share_once() -> None:
    text = chart("basic")
    assert "    errors -.-> LastWord\n" in text
    assert [line for line in text.splitlines() if line.endswith("> LastWord")] == ["    errors -.-> LastWord"]


def test_shows_what_acts_looks_tells_waits_and_goes_round() -> None:
    text = chart("basic")
    assert '    Act["Act"]:::act\n' in text
    assert '    Look["Look<br/>at most 12 times"]:::look\n' in text
    assert '    Tell["Tell<br/>tells people"]:::look\n' in text
    assert '    WaitABit("Wait a bit<br/>wait 15 s"):::quiet\n' in text
    assert '    Escalated(["Escalated"]):::bad\n' in text
    assert '    Ended(["Ended"]):::good\n' in text
    assert '    LastWord["Last word<br/>sns:Publish"]:::look\n' in text


def test_shows_children_callbacks_maps_and_parallels() -> None:
    assert '    RunChild[["Run child<br/>runs callback"]]:::child\n' in chart("parent")
    assert '    Ask["Ask<br/>waits for an answer, at most 10 min"]:::look\n' in chart("callback")
    assert '    subgraph ActOnEach["Act on each: for each of stale, 2 at once"]\n' in chart("map")
    assert '    subgraph LookAround["Look around: all at once"]\n' in chart("parallel")


def test_draws_an_end_where_a_state_ends_the_machine_by_itself() -> None:
    assert '    done(["done"]):::good\n' in chart("parent")
    assert "    Done_ --> done\n" in chart("parent")
    assert "done([" not in chart("basic")


def test_escapes_what_mermaid_would_take_for_its_own() -> None:
    states = {
        "A": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "StringEquals": 'x "<b>" #1', "Next": "end"}],
            "Default": "end",
        },
        "end": {"Type": "Succeed"},
    }
    runbook = {"title": "t", "owner": "o", "can_harm": []}
    made = definition("made", {"machine": {"StartAt": "A", "States": states}, "runbook": runbook})
    assert '    A -- "a is x #quot;#lt;b#gt;#quot; #35;1" --> end_\n' in flowchart(made, {})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("IsThereARemedy", "Is there a remedy"),
        ("Classify", "Classify"),
        ("ReadECSService", "Read ECS service"),
        ("LookAt2Tasks", "Look at2 tasks"),
    ],
)
def test_reads_a_name_as_words(name: str, told: str) -> None:
    assert words(name) == told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"Variable": "$.new.again", "BooleanEquals": True}, "again"),
        ({"Variable": "$.new.all_back", "BooleanEquals": False}, "not all back"),
        ({"Variable": "$.plan.remedy", "StringEquals": "slow_down"}, "remedy is slow down"),
        ({"Variable": "$.a.b", "StringMatches": "x*"}, "b looks like x*"),
        ({"Variable": "$.n", "NumericGreaterThanEquals": 3}, "n at least 3"),
        ({"Variable": "$.n", "NumericLessThanPath": "$.most_of_all"}, "n below most of all"),
        ({"Variable": "$.t", "TimestampGreaterThan": "2026-01-01T00:00:00Z"}, "t above 2026-01-01T00:00:00Z"),
        ({"Variable": "$.a", "IsPresent": True}, "a is given"),
        ({"Variable": "$.a", "IsPresent": False}, "a is not given"),
        ({"Variable": "$.a", "IsNull": True}, "no a"),
        ({"Variable": "$.a", "IsNull": False}, "some a"),
        ({"Variable": "$.a", "IsNumeric": True}, "a is numeric"),
        ({"Variable": "$.a", "IsNumeric": False}, "a is not numeric"),
        ({"Not": {"Variable": "$.a", "IsNull": True}}, "not (no a)"),
        (
            {"And": [{"Variable": "$.a", "BooleanEquals": True}, {"Variable": "$.b", "BooleanEquals": True}]},
            "a and b",
        ),
        (
            {"Or": [{"Variable": "$.a", "StringEquals": one} for one in ("x", "y", "z")]},
            "a is x, y or z",
        ),
        (
            {"Or": [{"Variable": "$.a", "StringEquals": "x"}, {"Variable": "$.b", "BooleanEquals": True}]},
            "a is x or b",
        ),
    ],
)
def test_tells_a_condition_in_words(rule: dict[str, Any], told: str) -> None:
    assert condition(rule) == told


def test_gives_the_same_page_every_time() -> None:
    assert page(GOOD["basic"], TASKS) == page(GOOD["basic"], TASKS)


def test_links_the_machines_that_a_machine_runs() -> None:
    assert "Runs [callback](../callback/diagram.md)." in page(GOOD["parent"], TASKS)


def test_lists_what_states_say_of_themselves(tmp_path: Path) -> None:
    machine = {"StartAt": "A", "States": {"A": {"Type": "Succeed", "Comment": "ends | at once"}}}
    made = definition("made", {"machine": machine, "runbook": {"title": "Made", "owner": "o", "can_harm": []}})
    assert page(made, {}).endswith("| state | what it does |\n|---|---|\n| A | ends \\| at once |\n")


def test_shows_a_diff_where_a_diagram_has_drifted(tmp_path: Path) -> None:
    one = Definition("basic", tmp_path, GOOD["basic"].machine, GOOD["basic"].runbook)
    assert "+# Basic\n" in drift(one, TASKS)
    (tmp_path / "diagram.md").write_text(page(one, TASKS), encoding="utf-8")
    assert drift(one, TASKS) == ""
    (tmp_path / "diagram.md").write_text(page(one, TASKS).replace("Act", "Akt"), encoding="utf-8")
    assert '-    Akt["Akt"]:::act\n+    Act["Act"]:::act\n' in drift(one, TASKS).replace("\n \n", "\n")


def test_writes_what_it_then_finds_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "statemachines").mkdir()
    made = folder(tmp_path / "statemachines", "a", runbook=RUNBOOK)
    assert main(["--check"], tmp_path) == 1
    assert "run `python -m infra.diagrams`" in capsys.readouterr().out
    assert not (made / "diagram.md").exists()
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert "1 diagrams, no drift" in capsys.readouterr().out


def test_names_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "statemachines").mkdir()
    folder(tmp_path / "statemachines", "a", machine="A: 1\nA: 2\n")
    assert main([], tmp_path) == 2
    assert "machine.asl.yaml:2: " in capsys.readouterr().err


def test_finds_the_diagrams_of_this_project_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], ROOT) == 0, capsys.readouterr().out
