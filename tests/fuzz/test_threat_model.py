"""The page of threats holds what it says: every test that it names is there, and no parser is missing."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

from tests.adapters.test_grants_calls import methods
from tests.fuzz.test_door import DOORS, EVENTS, first_tasks
from tests.fuzz.test_lines import MODULES
from tests.fuzz.test_ports import BY_NOBODY
from tests.fuzz.test_web import routes
from tests.fuzz.venues import ANSWERS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
PARSERS: Final = PAGE.partition("## Every parser of outside data")[2]
NAMED: Final = re.compile(r"`(test_\w+)`")


@cache
def known_tests() -> frozenset[str]:
    """By the whole tree, parsed: a name in a comment is none."""
    found: set[str] = set()
    for file in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(node.name)
    return frozenset(found)


def rows() -> list[list[str]]:
    lines = [line for line in PARSERS.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def listed(kind: str) -> set[str]:
    """What stands in backticks in the rows whose parser begins with that word."""
    first = [row[0].lstrip("| ") for row in rows()]
    return {name for cell in first if cell.startswith(kind) for name in re.findall(r"`([^`]+)`", cell)}


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(NAMED.findall(PAGE))
    assert len(named) > 100
    assert sorted(named - known_tests()) == []


def test_every_table_of_threats_names_a_test_in_every_row() -> None:
    """But for those that say what is worth protecting."""
    threats = [
        line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith(("|---", "| asset"))
    ]
    heads = ("| control |", "| whoever", "| parser |")
    bare = [
        line for line in threats if not NAMED.search(line) and not line.startswith((*heads, "| the **", "| a **"))
    ]
    assert bare == []


def test_the_table_of_parsers_has_a_feeder_and_a_fuzz_test_in_every_row() -> None:
    here = {
        node.name
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    for row in rows():
        assert len(row) == 3, row
        assert row[1]
        assert set(NAMED.findall(row[2])) <= here, row
        assert NAMED.search(row[2]), row


def test_the_table_of_parsers_has_every_door_event_route_port_venue_and_reader_of_lines() -> None:
    doors = {one.__name__.rpartition(".")[2] for one, _ in DOORS.values()}
    tasks = {name for name in listed("task") if "/" not in name}
    assert tasks == doors | EVENTS | {"engage_kill_switch", "refuse_input", "refuse_stop"}
    assert doors | {"engage_kill_switch"} <= set(first_tasks())
    paths = {name for name in listed("task") | listed("`") if " /" in name}
    assert paths == set(routes())
    ports = {need.partition(".")[0] for need in methods()} - set(BY_NOBODY)
    assert listed("port") == ports | set(ANSWERS)
    assert listed("rules") == set(MODULES)
