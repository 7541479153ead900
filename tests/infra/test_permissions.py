"""The page of what is allowed: complete, and as the code has it."""

from __future__ import annotations

from infra import permissions
from infra.asl import discover as definitions
from infra.tasks import discover

PAGE = permissions.page()


def test_the_page_stands_as_it_is_written() -> None:
    assert permissions.FILE.read_text("utf-8") == PAGE, "run `python -m infra.permissions`"


def test_every_function_and_every_machine_has_its_part() -> None:
    names = [task.name for task in discover(permissions.ROOT / "functions" / "tasks")]
    names += [one.name for one in definitions(permissions.ROOT / "statemachines")]
    heads = [line.removeprefix("### ") for line in PAGE.splitlines() if line.startswith("### ")]
    assert heads == names


def test_every_line_says_what_needs_it() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| may")]
    assert rows
    assert [row for row in rows if not row.split("|")[3].strip()] == []


def test_no_account_region_or_environment_of_anybody_is_named() -> None:
    body = PAGE.partition("## Functions")[2]
    assert permissions.ACCOUNT not in body
    assert permissions.REGION not in body
