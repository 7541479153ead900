"""What a task declares in `needs` is what its source names, itself or through the helpers that it calls.

The helpers are followed function by function, so that a role holds what its task's work can reach and no
more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import functions
from functions.grants import GRANTS
from functions.ports import Ports

ROOT = Path(functions.__file__).parent
PORTS = {field.name for field in fields(Ports)}
TASKS = sorted(path.stem for path in (ROOT / "tasks").glob("*.py") if not path.stem.startswith("_"))
HELPERS = sorted(
    path.stem
    for path in ROOT.glob("*.py")
    if any(line.startswith("NEEDS") for line in path.read_text("utf-8").splitlines())
)
Definition = ast.FunctionDef | ast.ClassDef
Place = tuple[str, str]


class Source:
    """One module's top-level functions and classes, and what its imports of `functions` stand for."""

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self.definitions: dict[str, ast.AST] = {
            node.name: node for node in tree.body if isinstance(node, Definition)
        }
        # Whoever picks out of a table of functions may call each of them.
        self.definitions |= {name.id: node for node in tree.body if _is_table(node) for name in _targets(node)}
        self.routes = _routes(tree)
        self.modules: dict[str, str] = {}
        self.names: dict[str, Place] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "functions":
                for alias in node.names:
                    self._import(str(node.module), alias.name, alias.asname or alias.name)

    def _import(self, module: str, name: str, known_as: str) -> None:
        if _file(f"{module}.{name}") is not None:
            self.modules[known_as] = f"{module}.{name}"
        else:
            self.names[known_as] = (module, name)

    def reaches(self, node: ast.AST) -> Iterator[Place | str]:
        """Every `port.method` that a piece of source names, and every place that it refers to."""
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute):
                if (need := _need(each)) is not None:
                    yield need
                elif isinstance(each.value, ast.Name) and each.value.id in self.modules:
                    yield self.modules[each.value.id], each.attr
            elif isinstance(each, ast.Name):
                if each.id in self.names:
                    yield self.names[each.id]
                elif each.id in self.definitions:
                    yield "", each.id
                for route in self.routes.get(each.id, ()):
                    yield "", route


def _routes(tree: ast.Module) -> dict[str, list[str]]:
    """Functions that are handed to an object of the module by `@app.get(...)`: whoever uses it may call them."""
    made = {name.id for node in tree.body for name in _targets(node)}
    routes: dict[str, list[str]] = {}
    for node in tree.body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            holder = called.value if isinstance(called, ast.Attribute) else None
            if isinstance(node, ast.FunctionDef) and isinstance(holder, ast.Name) and holder.id in made:
                routes.setdefault(holder.id, []).append(node.name)
    return routes


def _is_table(node: ast.stmt) -> bool:
    return isinstance(getattr(node, "value", None), ast.Dict)


def _targets(node: ast.stmt) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target for target in targets if isinstance(target, ast.Name)]


def _file(module: str) -> Path | None:
    path = ROOT.parent.joinpath(*module.split(".")).with_suffix(".py")
    return path if path.is_file() else None


def _need(node: ast.Attribute) -> str | None:
    """`ports.<port>.<method>`, or the same below an attribute that is called `ports` or `_ports`."""
    inner = node.value
    if not isinstance(inner, ast.Attribute) or inner.attr not in PORTS:
        return None
    holder = inner.value
    name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", None)
    return f"{inner.attr}.{node.attr}" if name in ("ports", "_ports") else None


@cache
def source(module: str) -> Source | None:
    path = _file(module)
    return Source(path.read_text("utf-8")) if path else None


@cache
def reached_from(module: str, name: str) -> frozenset[Place | str]:
    """What a definition reaches; nothing where there is none. Most tasks share most of the way."""
    text = source(module)
    if text is None or name not in text.definitions:
        return frozenset()
    return frozenset(text.reaches(text.definitions[name]))


def needs_of(module: str, *entries: str) -> set[str]:
    """What these functions of a module name, and everything that they refer to."""
    found: set[str] = set()
    seen: set[Place] = set()
    waiting: list[Place] = [(module, entry) for entry in entries]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        for reached in reached_from(*place):
            if isinstance(reached, str):
                found.add(reached)
            else:
                waiting.append((reached[0] or place[0], reached[1]))
    return found


@pytest.mark.parametrize("task", TASKS)
def test_a_task_declares_exactly_what_its_work_can_reach(task: str) -> None:
    module = f"functions.tasks.{task}"
    declared = set(import_module(module).handler.needs)
    assert declared == needs_of(module, "handler")
    assert declared <= set(GRANTS)


@pytest.mark.parametrize("helper", HELPERS)
def test_a_helper_declares_exactly_what_it_reaches(helper: str) -> None:
    module = f"functions.{helper}"
    text = source(module)
    assert text is not None
    assert set(import_module(module).NEEDS) == needs_of(module, *text.definitions)


def test_follows_functions_through_modules_and_finds_nothing_besides() -> None:
    text = Source("""
from functions import acts
from functions.opening import write as write_it
from functions.tasks import find_stale

def handler(request, ports, settings):
    ports.guards.take("x")
    look = ports.clock.now
    self.ports.alarms.state("a")
    self._ports.halts.records("h")
    settings.limits.monitor_looks
    ports.nothing.method()
    acts.perform(ports)
    write_it(ports)
    helper()

def helper():
    pass

def unused():
    ports.orders.working([])
""")
    reached = set(text.reaches(text.definitions["handler"]))
    assert reached == {
        "guards.take",
        "clock.now",
        "alarms.state",
        "halts.records",
        ("functions.acts", "perform"),
        ("functions.opening", "write"),
        ("", "helper"),
    }


def test_follows_the_routes_of_an_application() -> None:
    text = Source("""
from functools import cache
app: Final = Resolver()

def handler(event, ports, settings):
    return app.resolve(event)

@app.get("/approvals")
def show():
    ports.approvals.open()

@app.not_found
def nowhere():
    pass

@cache
def unused():
    ports.orders.working([])
""")
    assert set(text.reaches(text.definitions["handler"])) == {("", "show"), ("", "nowhere")}
    assert "approvals.open" in set(text.reaches(text.definitions["show"]))


def test_a_helper_is_counted_by_the_function_that_is_called() -> None:
    assert needs_of("functions.opening", "write") == {"incidents.open"}
    assert "incidents.intend" in needs_of("functions.acts", "perform")
