"""Every cause that the code knows is told to operators in a sentence, and never as a raw word."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from functions.rules import plan
from functions.rules.checklist import LINES as CHECKLIST
from functions.rules.orders import causes as orders
from functions.rules.orders.words import STUCK
from functions.rules.reporting import causes
from functions.rules.reporting.causes import LINES, cause_told, trouble_of
from functions.rules.units import why_stuck
from infra import paths

WORDS = [
    *(("stale-heartbeat", one.value) for one in plan.Cause),
    *(("stuck-position", one.value) for one in why_stuck.Why),
    *(("close-position", one.value) for one in why_stuck.Why),
    *(("order-failures", one.value) for one in orders.Cause),
    ("order-failures", STUCK),
]


@pytest.mark.parametrize(("runbook", "word"), WORDS)
def test_every_cause_of_every_runbook_has_a_sentence(runbook: str, word: str) -> None:
    (told,) = cause_told(runbook, word)
    assert told.endswith(".")
    assert told[0].isupper()
    assert "_" not in told
    assert len(told.split()) >= 4, "a sentence, and no word"
    assert cause_told(runbook, f"{word}: the detail.") == (told, "the detail.")


def test_no_sentence_belongs_to_a_cause_that_is_gone() -> None:
    known = {(runbook, str(word)) for runbook, table in causes.BY_RUNBOOK.items() for word in table}
    assert known == set(WORDS)


@pytest.mark.parametrize("line", [one.id for one in CHECKLIST])
def test_every_line_of_the_checklist_has_its_trouble_in_a_sentence(line: str) -> None:
    (told,) = cause_told("verify-trading", f"checklist: {line}")
    assert told.endswith(".")
    assert told != f"checklist: {line}"
    assert trouble_of(f"checklist: {line}") != "Trouble"


def test_several_lines_of_the_checklist_are_several_sentences() -> None:
    both = cause_told("verify-trading", "checklist: heartbeats, signals")
    assert both == tuple(LINES[one] for one in ("heartbeats", "signals"))


def test_several_causes_are_several_sentences_and_what_nobody_found_says_so() -> None:
    both = cause_told("stale-heartbeat", "exchange_down, rate_limited")
    assert both == (*cause_told("stale-heartbeat", "exchange_down"), *cause_told("stale-heartbeat", "rate_limited"))
    for nothing in ("", "none found", "not determined"):
        assert cause_told("stale-heartbeat", nothing) == (causes.NOT_FOUND,)


def test_what_a_person_gave_as_a_reason_is_quoted_as_one() -> None:
    assert cause_told("emergency-stop", "emergency stop by ana: too many orders") == (
        'Somebody stopped all trading by hand. The reason given: "too many orders" (by ana, a claim).',
    )
    assert cause_told("resume-trading", "resume asked for: it is well {again}") == (
        'Somebody asked for it. The reason given: "it is well {again}".',
    )


def test_a_word_that_nobody_knows_is_told_without_its_underscores() -> None:
    assert cause_told("stale-heartbeat", "solar_flare") == ("Solar flare.",)
    assert cause_told("stale-heartbeat", "what somebody typed: <b>") == ("what somebody typed: <b>",)


def test_every_text_that_the_code_writes_as_a_cause_is_one_of_these() -> None:
    """A new `cause=` of an incident's note needs its sentence here first."""
    leads = set()
    for path in sorted((paths.ROOT / "functions").rglob("*.py")):
        leads |= set(_causes(path))
    assert leads <= {"checklist: ", "emergency stop by ", "resume asked for: "}, leads


def _causes(path: Path) -> list[str]:
    """How the literal texts begin that are noted as a cause."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "note":
            continue
        for given in node.keywords:
            if given.arg == "cause":
                found += [_lead(given.value)]
    return [one for one in found if one]


def _lead(value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        return str(value.values[0].value)
    return ""
