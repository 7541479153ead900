"""A wrong edit of a safety condition is seen by the tests that stand beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from tests.mutants import code
from tests.mutants.code import ROOT, CutOff, Edit, Kind, NotAnEdit, NotSound
from tests.mutants.safety import EDITS

# `python -m tests.mutants` takes all of them; here it is one of each kind.
SEED: Final = 20_261_123
# Without an engine of their own, so that a sample is quick.
QUICK: Final = ("tests/rules/", "tests/tasks/", "tests/adapters/venues/")
FILE: Final = "functions/rules/cooldown.py"
FIRST: Final = "from __future__ import annotations\n"
TESTS: Final = ("tests/rules/test_cooldown.py",)


def _sample() -> tuple[Edit, ...]:
    quick = [edit for edit in EDITS if all(test.startswith(QUICK) for test in edit.tests)]
    pick = Random(SEED)
    return tuple(pick.choice([edit for edit in quick if edit.kind is kind]) for kind in Kind)


def test_a_sample_of_them_is_seen() -> None:
    assert code.survivors(code.run(_sample())) == ""


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_every_edit_can_still_be_made(edit: Edit) -> None:
    text = (ROOT / edit.file).read_text(encoding="utf-8")
    assert edit.made_in(text) != text
    assert [test for test in edit.tests if not (ROOT / test.partition("::")[0]).is_file()] == []


def test_every_kind_of_safety_condition_is_tried() -> None:
    counted = Counter(edit.kind for edit in EDITS)
    assert len(EDITS) >= 40
    assert min(counted[kind] for kind in Kind) >= 5


def test_none_stands_there_twice() -> None:
    assert len({(edit.file, edit.old, edit.new) for edit in EDITS}) == len(EDITS)
    assert len({str(edit) for edit in EDITS}) == len(EDITS)


def test_an_edit_that_no_test_sees_is_a_survivor_and_leaves_the_original_as_it_is() -> None:
    before = (ROOT / FILE).read_bytes()
    same = Edit(Kind.UNKNOWN, "nothing is wrong", FILE, FIRST, f"{FIRST}# Nothing is changed.\n", TESTS)
    assert code.survivors([code.look(same)]) == str(same)
    assert (ROOT / FILE).read_bytes() == before


def test_an_edit_that_cannot_be_imported_is_no_sight() -> None:
    broken = Edit(Kind.UNKNOWN, "it breaks", FILE, FIRST, f"{FIRST}import a_module_that_nobody_has\n", TESTS)
    with pytest.raises(NotAnEdit, match="a_module_that_nobody_has"):
        code.look(broken)


def test_tests_that_take_too_long_are_no_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "LONGEST", 0.01)
    slow = Edit(Kind.UNKNOWN, "it is slow", FILE, FIRST, f"{FIRST}# Nothing is changed.\n", TESTS)
    with pytest.raises(CutOff, match="it is slow"):
        code.look(slow)


def test_tests_that_fail_without_a_mistake_are_told_before_any_is_made() -> None:
    kept = Edit(Kind.UNKNOWN, "it is kept", FILE, FIRST, "", TESTS)
    code.sound([kept])
    with pytest.raises(NotSound, match="test_nowhere"):
        code.sound([kept, replace(kept, tests=(f"{TESTS[0]}::test_nowhere", "tests/test_nowhere.py"))])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("a text that stands nowhere", "", "stands there 0 times"),
        ("\n", "", "stands there [0-9]+ times"),
        (FIRST, FIRST, "nothing is changed"),
        (FIRST, "def\n", "invalid syntax"),
    ],
)
def test_an_edit_that_cannot_be_made_is_said_to_be_none(old: str, new: str, why: str) -> None:
    text = (ROOT / FILE).read_text(encoding="utf-8")
    with pytest.raises(NotAnEdit, match=why):
        Edit(Kind.UNKNOWN, "it cannot be made", FILE, old, new, TESTS).made_in(text)
