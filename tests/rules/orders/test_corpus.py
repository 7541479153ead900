"""The corpus of order errors is whole, frozen, fairly split, and true to the real ccxt."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from tests.corpus.load import CAUSES, HELD_OUT, LABELS, OPEN, VENUES, Case, cases, note
from tests.corpus.split import held_out
from tests.corpus.through_ccxt import code_of, raised

FROZEN = {
    OPEN: "685e90c38d2f53f84911631bec6de4fc762194d6523e8f70ad34d2f05cda49a9",
    HELD_OUT: "e0700359e13d953c1ea98dd68de6c88d6c14f38de078eb90fb684feee0ca27be",
}
ALL = (*cases(OPEN), *cases(HELD_OUT))
ANSWERS = [case for case in ALL if case.answer is not None]


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_the_corpus_is_the_one_that_was_frozen(path: Path) -> None:
    assert sha256(path.read_bytes()).hexdigest() == FROZEN[path]


def test_the_held_out_file_says_that_no_rule_is_tuned_on_it() -> None:
    assert "never tuned" in note(HELD_OUT)
    assert "HELD OUT" not in note(OPEN)


def test_the_third_that_is_held_out_follows_from_ids_and_labels_alone() -> None:
    assert {case.id for case in cases(HELD_OUT)} == held_out(reversed(ALL))
    assert len(cases(HELD_OUT)) == len(ALL) // 3


@pytest.mark.parametrize("label", LABELS)
def test_a_third_of_each_label_is_held_out_within_two_cases(label: str) -> None:
    held, whole = (sum(label in case.labels for case in some) for some in (cases(HELD_OUT), ALL))
    assert abs(held - whole / 3) <= 2


@pytest.mark.parametrize("venue", VENUES)
def test_a_third_of_each_venue_is_held_out_within_three_cases(venue: str) -> None:
    held, whole = (sum(case.venue == venue for case in some) for some in (cases(HELD_OUT), ALL))
    assert abs(held - whole / 3) <= 3


def test_every_cause_has_cases_of_every_venue_and_of_both_kinds() -> None:
    seen = {(label, case.venue) for case in ALL for label in case.labels}
    kinds = {(label, case.kind) for case in ALL for label in case.labels}
    assert {(cause, venue) for cause in (*CAUSES, "unknown") for venue in VENUES} <= seen
    assert {(cause, kind) for cause in CAUSES for kind in ("log_line", "exchange_answer")} <= kinds


def test_there_are_enough_cases_of_each_sort() -> None:
    labels = Counter(label for case in ALL for label in case.labels)
    assert len(ALL) >= 240
    assert labels["none"] >= 40
    assert sum(case.language != "en" for case in ALL) >= 30
    assert sum(len(case.labels) > 1 for case in ALL) >= 10


def test_the_readme_tells_how_many_there_are() -> None:
    told = (HELD_OUT.parent / "README.md").read_text("utf-8").replace("\n", " ")
    foreign = sum(case.language != "en" for case in ALL)
    assert f"{len(ALL)} cases of four venues" in told
    assert f"{len(ANSWERS)} answers and {len(ALL) - len(ANSWERS)} log lines, {foreign} of the lines" in told


def test_every_case_is_of_one_kind_and_no_two_are_the_same() -> None:
    assert all((case.line is None) == (case.kind == "exchange_answer") for case in ALL)
    assert all((case.answer is None) == (case.kind == "log_line") for case in ALL)
    assert len({case.id for case in ALL}) == len(ALL)
    assert len({(case.venue, case.said) for case in ALL}) == len(ALL)


def test_every_label_is_known_and_nothing_wrong_stands_alone() -> None:
    for case in ALL:
        assert case.labels
        assert case.labels <= set(LABELS), case.id
        assert len(case.labels) == 1 or not case.labels & {"none", "unknown"}, case.id
        assert case.source, case.id
        assert case.why, case.id


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case.id)
def test_the_pinned_ccxt_raises_what_the_corpus_says(case: Case) -> None:
    answer = case.answer
    assert answer is not None
    found = raised(case.venue, answer.http_status, answer.headers, answer.body)
    assert found == (answer.ccxt_class, answer.text)
    assert code_of(case.venue, answer.body) == answer.code
