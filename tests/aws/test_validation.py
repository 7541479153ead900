"""Only AWS's verdict decides; what it says besides is told."""

from __future__ import annotations

from botocore.stub import Stubber

from tests.aws.validation import problems

TEXT = '{"StartAt":"One","States":{"One":{"Type":"Succeed"}}}'
ASKED = {"definition": TEXT, "type": "STANDARD", "severity": "WARNING"}


def said(stub: Stubber, result: str, *diagnostics: dict[str, str]) -> list[str]:
    answer = {"result": result, "diagnostics": list(diagnostics)}
    stub.add_response("validate_state_machine_definition", answer, ASKED)
    return problems(stub.client, TEXT)


def test_a_definition_that_aws_takes_has_no_problems(stub: Stubber) -> None:
    assert said(stub, "OK") == []


def test_a_warning_is_told_with_awss_verdict(stub: Stubber) -> None:
    warning = {
        "severity": "WARNING",
        "code": "NO_DOLLAR",
        "message": "looks like a path",
        "location": "/States/One",
    }
    assert said(stub, "OK", warning) == ["OK WARNING NO_DOLLAR at /States/One: looks like a path"]


def test_an_error_is_told_with_its_place(stub: Stubber) -> None:
    error = {"severity": "ERROR", "code": "MISSING_TRANSITION_TARGET", "message": "Missing 'Next' target: Two"}
    assert said(stub, "FAIL", error) == ["FAIL ERROR MISSING_TRANSITION_TARGET at /: Missing 'Next' target: Two"]


def test_a_verdict_without_a_reason_is_a_problem_too(stub: Stubber) -> None:
    assert said(stub, "FAIL") == ["FAIL without a reason"]


def test_a_refused_question_is_a_problem(stub: Stubber) -> None:
    stub.add_client_error("validate_state_machine_definition", "AccessDeniedException", "not allowed")
    (line,) = problems(stub.client, TEXT)
    assert line.startswith("FAIL refused: ")
    assert "AccessDeniedException" in line
