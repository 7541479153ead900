"""The measuring of the classifier: what each kind of classifier would score, and what ours does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.classifier import measure, score
from benchmarks.classifier_table import PRECISION, RECALL, part
from tests.corpus.load import CAUSES, HELD_OUT, OPEN, Case, cases


def _case(*labels: str) -> Case:
    return Case("x", "okx", "log_line", "en", frozenset(labels), "source", "why", line="line")


def _always(*labels: str) -> Callable[[Case], frozenset[str]]:
    return lambda _case: frozenset(labels)


@pytest.mark.parametrize("path", [OPEN, HELD_OUT], ids=lambda path: path.stem)
def test_a_classifier_that_knows_the_labels_is_perfect(path: Path) -> None:
    found = score(cases(path), lambda case: case.labels)
    assert (found["precision"], found["recall"], found["abstention"], found["wrong"]) == (1.0, 1.0, 0.0, 0)
    assert found["healthy_taken_for_errors"] == 0
    assert found["unknown_kept"] == found["unknown"]


def test_a_classifier_that_sees_nothing_abstains_from_everything() -> None:
    found = score(cases(OPEN), _always("none"))
    assert (found["precision"], found["recall"], found["abstention"]) == (1.0, 0.0, 1.0)
    assert found["unknown_taken_for_healthy"] == found["unknown"]


def test_a_classifier_that_names_every_cause_is_wrong_wherever_one_is_not() -> None:
    found = score(cases(OPEN), _always(*CAUSES))
    assert found["recall"] == 1.0
    assert found["precision"] < 0.1
    assert found["wrong"] == found["cases"] * len(CAUSES) - sum(one["cases"] for one in found["by_cause"].values())
    assert found["healthy_taken_for_errors"] == found["healthy"] > 0


def test_a_wrong_cause_costs_precision_of_the_named_and_recall_of_the_missed() -> None:
    some = [_case("rate_limited"), _case("maintenance")]
    by_cause = score(some, _always("maintenance"))["by_cause"]
    assert by_cause["maintenance"]["precision"] == 0.5
    assert by_cause["maintenance"]["recall"] == 1.0
    assert by_cause["rate_limited"]["recall"] == 0.0
    assert by_cause["rate_limited"]["abstained"] == 0


def test_a_line_with_two_causes_of_which_one_is_named_counts_half() -> None:
    found = score([_case("rate_limited", "maintenance")], _always("maintenance"))
    assert (found["precision"], found["recall"], found["abstention"]) == (1.0, 0.5, 0.0)


def test_few_cases_prove_less_than_many() -> None:
    few, many = (score([_case("permission")] * count, _always("permission")) for count in (10, 1_000))
    assert few["recall"] == many["recall"] == 1.0
    # Wilson's bound of n hits in n tries is n / (n + 1.96^2).
    assert few["recall_at_least"] == pytest.approx(10 / 13.8415, abs=1e-4)
    assert many["recall_at_least"] == pytest.approx(1_000 / 1_003.8415, abs=1e-4)
    assert score([_case("permission")], _always("none"))["precision_at_least"] == 0.0


def test_the_rules_reach_their_goals_on_the_cases_that_were_held_out() -> None:
    found = measure()
    held = found["held_out"]
    assert held["precision"] >= PRECISION
    assert held["recall"] >= RECALL
    assert "open_astray" in found
    # Of the held-out cases nothing but numbers leaves.
    assert not [case.id for case in cases(HELD_OUT) if case.id in str(found)]


def test_the_page_shows_every_cause_beside_the_goals() -> None:
    page = "\n".join(part(measure(), "foot"))
    assert all(f"| {cause.replace('_', ' ')} |" in page for cause in CAUSES)
    assert f"| {PRECISION} |" in page
    assert f"| {RECALL} |" in page
