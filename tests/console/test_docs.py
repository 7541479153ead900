"""docs/cli.md says every exit code and every command as they are."""

from __future__ import annotations

from pathlib import Path

from console.errors import MEANING, ExitCode
from console.main import cli

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")


def test_the_table_of_exit_codes_is_the_program_s_own() -> None:
    table = "\n".join(["| code | name | means |", "|---|---|---|", *(
        f"| {code.value} | `{code.name}` | {MEANING[code]} |" for code in ExitCode)])  # fmt: skip
    assert PAGE.split("## Exit codes\n", 1)[1].strip() == table


def test_every_command_is_described() -> None:
    for name in cli.commands:
        assert f"`{name} " in PAGE or f"`{name}`" in PAGE, name
