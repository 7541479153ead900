from __future__ import annotations

from pathlib import Path

import pytest

from infra.asl import discover
from infra.checks import RULES, run
from infra.checks.__main__ import ROOT, main
from infra.checks.context import from_package, task_facts
from tests.machines.definitions.test_loading import folder

QUIET = "StartAt: A\nStates:\n  A:\n    Type: Succeed\n"


def test_finds_nothing_in_the_definitions_of_this_project() -> None:
    definitions = discover(ROOT / "statemachines")
    found = run(definitions, from_package(ROOT, definitions))
    assert [str(finding) for finding in found if not finding.warning] == []


def test_prints_each_finding_with_machine_state_and_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "statemachines").mkdir()
    folder(tmp_path / "statemachines", "quiet-end", machine=QUIET)
    assert main(tmp_path) == 1
    out = capsys.readouterr().out.splitlines()
    assert "quiet-end/A: a run can end here with nobody told [silent-end]" in out
    assert out[-1].startswith("1 definitions, ")


def test_says_how_much_it_looked_at_when_nothing_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "statemachines").mkdir()
    assert main(tmp_path) == 0
    assert capsys.readouterr().out.startswith("0 definitions, ")


def test_names_file_and_line_of_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "statemachines").mkdir()
    folder(tmp_path / "statemachines", "a", machine="StartAt: A\nStartAt: B\n")
    assert main(tmp_path) == 2
    assert "machine.asl.yaml:2: the key StartAt stands twice" in capsys.readouterr().err


def test_names_what_a_task_file_does_not_declare() -> None:
    with pytest.raises(AttributeError, match=r"functions/tasks/find_stale\.py declares no Request"):
        task_facts(object(), "find_stale")


def test_explains_every_rule_in_the_docs() -> None:
    docs = (ROOT / "docs" / "definition-checks.md").read_text(encoding="utf-8")
    assert [rule for rule, what in RULES.items() if f"| `{rule}` | {what} |" not in docs] == []
