"""What the stack reads from a task file, and how a file that says it wrongly is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import paths
from infra.errors import SetupError
from infra.tasks import discover, read
from tests.infra.stacks import TINY

TASKS = TINY / "functions" / "tasks"


def test_files_are_found_sorted_and_helpers_are_left_out() -> None:
    assert [task.name for task in discover(TASKS)] == [
        "ask",
        "closer",
        "detect",
        "judge_risk",
        "look_around",
        "mail_events",
        "page",
        "preflight",
        "scale_down",
        "sweep",
        "watch_halt",
        "watcher",
    ]


def test_reads_what_a_task_says_of_itself() -> None:
    task = read(TASKS / "look_around.py")
    assert (task.act, task.timeout, task.memory, task.in_network) == (False, 15, 256, True)
    assert (task.needs, task.layers, task.trigger) == (("guards.held",), (), None)
    assert task.description == "Looks at the guard."


@pytest.mark.parametrize(
    ("name", "trigger"),
    [
        ("closer", "closer"),
        ("watcher", "watcher"),
        ("sweep", "sweeper"),
        ("mail_events", "mail-events"),
        ("page", "http"),
        ("watch_halt", "halt-watch"),
        ("judge_risk", "risk-alarm"),
        ("detect", "stuck-detector"),
        ("preflight", "preflight-daily"),
    ],
)
def test_a_task_says_what_calls_it_besides_machines(name: str, trigger: str) -> None:
    assert read(TASKS / f"{name}.py").trigger == trigger


def test_a_real_task_is_read_as_python_imports_it() -> None:
    from functions.tasks import find_stale

    task = read(paths.FUNCTIONS / "tasks" / "find_stale.py")
    assert task.needs == find_stale.handler.needs
    assert (task.timeout, task.memory) == (find_stale.TIMEOUT_SECONDS, find_stale.MEMORY_MB)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("ACT = False", "ACT = 0", "wrong.py: ACT must be bool, is 0"),
        ("TIMEOUT_SECONDS = 15", "", "wrong.py: TIMEOUT_SECONDS must be int, is None"),
        ("ACT = False", "ACT = False\nREPEATABLE = True", "wrong.py: REPEATABLE stands beside ACT = True"),
        ("ACT = False", "ACT = True\nREPEATABLE = 1", "wrong.py: REPEATABLE must be bool, is 1"),
        ("MEMORY_MB = 256", "MEMORY_MB = True", "wrong.py: MEMORY_MB must be int, is True"),
        ("IN_NETWORK = True", 'TRIGGER = "moon"', r"wrong.py: TRIGGER must be one of .*, is 'moon'"),
        ("IN_NETWORK = True", 'LAYERS = "exchange"', "wrong.py: LAYERS must be tuple, is 'exchange'"),
        ("def handler", "def other", "wrong.py: `handler` must be made by functions.runtime.task"),
    ],
)
def test_a_task_that_says_it_wrongly_is_told_with_its_file(
    before: str, after: str, told: str, tmp_path: Path
) -> None:
    text = (TASKS / "look_around.py").read_text("utf-8")
    assert before in text
    (tmp_path / "wrong.py").write_text(text.replace(before, after), "utf-8")
    with pytest.raises(SetupError, match=told):
        discover(tmp_path)
