"""Two of the scenarios that `make grants` runs. Needs the whole stack: `make test` runs it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.platform import Platform
from tests.grants import record
from tests.grants.lines import every
from tests.grants.running import engine, rows, run_alone
from tests.sweep.scenarios import BY_NAME

# Short ones: a refusal at the door, and a run with functions that act, wait and ask nobody.
# With how many grants at least: of a machine, and of each function that it calls.
LEAST = {"no stop input": 5, "verify": 20}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("grants")


@pytest.fixture(scope="module")
def platform(folder: Path) -> Iterator[Platform]:
    with engine(folder) as started:
        yield started


@pytest.mark.parametrize("name", LEAST)
def test_each_grant_of_a_run_is_needed_and_the_run_comes_to_its_end(
    platform: Platform, folder: Path, name: str
) -> None:
    before = len(rows(folder))
    verdict = run_alone(platform, folder, BY_NAME[name])
    assert verdict.wrong == (), verdict.outcome
    found = rows(folder)[before:]
    assert len(found) >= LEAST[name], found
    assert [row for row in found if row["let_through"]] == []
    assert {record.line_of(row) for row in found} <= set(every())
